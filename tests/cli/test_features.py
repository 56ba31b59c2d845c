"""``wanamaker features``: from a spec and a log to a log with features."""

from __future__ import annotations

import json

import polars as pl
import pytest

import wanamaker as wm

LOG = pl.DataFrame(
    {
        "at": [0, 10, 20, 30],
        "ip": [1, 1, 1, 2],
        "bought": [1, 0, 0, 0],
        "told": [15, None, None, None],
    }
)
SPEC = """
time = "at"
label = "bought"
label_time = "told"
windows = [{ count = ["ip"], within = "1m" }, { rate = ["ip"], within = "1m", prior = 2 }]
"""


@pytest.fixture
def given(tmp_path):
    LOG.write_parquet(tmp_path / "log.parquet")
    (tmp_path / "spec.toml").write_text(SPEC, encoding="utf-8")
    return tmp_path


def test_the_log_comes_back_with_its_features(wanamaker, given) -> None:
    log, out = given / "log.parquet", given / "out.parquet"
    told = wanamaker("features", given / "spec.toml", log, "--out", out, "--train", log, "--json")
    assert told.code == 0
    answer = json.loads(told.out)
    windows = wm.WindowFeatures.from_spec(
        {
            "time": "at",
            "label": "bought",
            "label_time": "told",
            "windows": [{"count": ["ip"], "within": "1m"}, {"rate": ["ip"], "within": "1m", "prior": 2}],
        }
    ).fit(LOG)
    assert pl.read_parquet(out).equals(windows.transform(LOG))
    assert answer == {
        "out": str(out),
        "rows": 4,
        "features": ["count_ip_1m", "rate_ip_1m"],
        "fingerprint": windows.fingerprint,
    }


def test_history_is_gone_on_from(wanamaker, given) -> None:
    LOG.slice(2).drop("bought", "told").write_parquet(given / "new.parquet")
    LOG.head(2).write_parquet(given / "past.parquet")
    past = given / "past.parquet"
    told = wanamaker(
        *("features", given / "spec.toml", given / "new.parquet", "--out", given / "out.csv"),
        *("--history", past, "--train", past),
    )
    assert told.code == 0
    assert told.out == f"2 rows with 2 features: {given / 'out.csv'}\n"
    found = pl.read_csv(given / "out.csv")
    assert found["count_ip_1m"].to_list() == [2, 0]
    assert found["rate_ip_1m"].to_list() == [(2 * 0.5 + 1) / 4, 0.5]


def test_a_large_log_is_computed_in_parts(wanamaker, given, monkeypatch) -> None:
    monkeypatch.setenv("WANAMAKER_MEMORY_GB", "0.0000001")
    (given / "spec.toml").write_text(
        'time = "at"\nwindows = [{ count = ["ip"], within = "1m" }]', encoding="utf-8"
    )
    told = wanamaker("features", given / "spec.toml", given / "log.parquet", "--out", given / "out.parquet")
    assert told.code == 0
    assert pl.read_parquet(given / "out.parquet")["count_ip_1m"].to_list() == [0, 1, 2, 0]


def test_a_file_that_is_there_is_kept_unless_told_otherwise(wanamaker, given) -> None:
    arguments = ("features", given / "spec.toml", given / "log.parquet", "--out", given / "log.parquet")
    told = wanamaker(*arguments)
    assert told.code == 2
    assert "exists" in told.err
    assert "--overwrite" in told.err
    assert pl.read_parquet(given / "log.parquet").equals(LOG)
    assert wanamaker(*arguments, "--overwrite", "--train", given / "log.parquet").code == 0
    assert "count_ip_1m" in pl.read_parquet(given / "log.parquet").columns


@pytest.mark.parametrize(
    ("spec", "out", "message"),
    [
        (SPEC, "out.parquet", "The rate 'rate_ip_1m' is not fitted"),
        (SPEC, "out.xlsx", "The suffix of"),
        (SPEC.replace("count", "cuont"), "out.parquet", "windows[0] must name one kind of window."),
        (SPEC + "\nuntil = 3", "out.parquet", "Unknown key of a window spec: 'until'."),
        (SPEC.replace('"at"', '"when"'), "out.parquet", "columns were not found"),
    ],
)
def test_the_users_mistakes_leave_nothing_behind(wanamaker, given, spec, out, message) -> None:
    (given / "spec.toml").write_text(spec, encoding="utf-8")
    extra = () if "not fitted" in message else ("--train", given / "log.parquet")
    told = wanamaker("features", given / "spec.toml", given / "log.parquet", "--out", given / out, *extra)
    assert told.code == 2
    assert message in told.err
    assert not (given / out).exists()
