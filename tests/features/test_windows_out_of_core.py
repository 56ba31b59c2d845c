"""A log in pieces and parts gives what it gives as a whole, in its order."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wanamaker as wm
from tests.features.logs import RESOLUTIONS, features, rows, table, windows
from tests.features.test_windows_oracle import EVERY_KIND, bursts
from wanamaker.base.errors import DataError, OutOfMemoryError, ParameterError, SchemaError
from wanamaker.features.batch.bundles import bundles_of
from wanamaker.features.batch.out_of_core import parts_for
from wanamaker.features.batch.pieces import Pieces
from wanamaker.features.batch.spill import parts_of
from wanamaker.features.to_file import write_windows

NAMES = [window.name for window in EVERY_KIND]


@pytest.fixture
def little_memory(monkeypatch):
    """So little that a small log is read in pieces and has several parts."""
    monkeypatch.setattr("wanamaker.features.batch.pieces._LEAST", 300)
    monkeypatch.setenv("WANAMAKER_MEMORY_GB", "0.0005")


def shuffled(seed: int) -> pl.DataFrame:
    log = bursts(1_500, seed).sample(fraction=1.0, shuffle=True, seed=seed)
    return log.with_columns(
        ip=pl.when(pl.col("ip") > 35).then(None).otherwise(pl.col("ip")), note=pl.col("site") + "!"
    )


def test_parts_give_what_the_whole_gives(tmp_path, little_memory) -> None:
    log = shuffled(1)
    log.write_parquet(tmp_path / "log.parquet")
    whole = features(EVERY_KIND)
    wanted = whole.transform(log)
    rows = whole.transform_file(tmp_path / "log.parquet", tmp_path / "out.parquet")
    pieces = Pieces(tmp_path / "log.parquet", whole._reader())
    assert parts_for(bundles_of(whole.plan), pieces) > 1
    assert pieces.piece < len(log)
    assert rows == len(log)
    assert pl.read_parquet(tmp_path / "out.parquet").equals(wanted)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["log.parquet", "out.parquet"]


def test_parts_after_history_give_what_the_whole_gives(tmp_path, little_memory) -> None:
    log = bursts(1_500, 2).sort("at")
    past, new = log.head(700), log.slice(700).drop("bought", "told")
    past.write_parquet(tmp_path / "past.parquet")
    new.write_parquet(tmp_path / "new.parquet")
    whole = features(EVERY_KIND)
    whole.transform_file(
        tmp_path / "new.parquet", tmp_path / "out.parquet", history=tmp_path / "past.parquet"
    )
    assert pl.read_parquet(tmp_path / "out.parquet").equals(whole.transform(new, history=past))


@st.composite
def cases(draw):
    resolution = draw(st.sampled_from(sorted(RESOLUTIONS)))
    return resolution, draw(windows(resolution)), draw(rows())


@settings(max_examples=40)
@given(cases(), st.booleans())
def test_any_log_in_parts_gives_what_the_whole_gives(case, after_history: bool) -> None:
    resolution, definitions, made = case
    whole = features(definitions, resolution)
    log, past = table(made), None
    if after_history:
        cut = log["at"].median() or 0.0
        past, log = log.filter(pl.col("at") < cut), log.filter(pl.col("at") >= cut)
        # A log in one form, its history in another.
        past = past.with_columns(pl.col("ip").cast(pl.Int16), pl.col("app").cast(pl.String))
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setattr("wanamaker.features.batch.pieces._LEAST", 4)
        patch.setenv("WANAMAKER_MEMORY_GB", "0.000002")
        log_file, past_file, out = (Path(folder) / f"{name}.parquet" for name in ("log", "past", "out"))
        log.write_parquet(log_file)
        if past is not None:
            past.write_parquet(past_file)
        whole.transform_file(log_file, out, history=None if past is None else past_file)
        assert pl.read_parquet(out).equals(whole.transform(log, history=past))


def test_a_time_may_be_a_key_and_a_value_as_well(tmp_path, little_memory) -> None:
    log = shuffled(6).with_columns(pl.col("at").cast(pl.Int64) % 900)
    log.write_parquet(tmp_path / "log.parquet")
    definitions = [
        wm.count(by=["at", "ip"], within="1s", peers="arrived", name="n"),
        wm.total("at", by="ip", within="5m"),
        wm.distinct("at", by="app", within="5m"),
    ]
    whole = wm.WindowFeatures(definitions, time="at")
    whole.transform_file(tmp_path / "log.parquet", tmp_path / "out.parquet")
    assert pl.read_parquet(tmp_path / "out.parquet").equals(whole.transform(log))
    assert whole.transform(log)["n"].max() > 0


def test_a_log_and_its_history_have_to_fit_together(tmp_path, monkeypatch) -> None:
    log = bursts(1_000, 7).sort("at")
    log.head(550).write_parquet(tmp_path / "past.parquet")
    log.slice(550).write_parquet(tmp_path / "new.parquet")
    told = [features(EVERY_KIND), tmp_path / "new.parquet", tmp_path / "out.csv"]
    one = 550 * (4 * (7 * 8 + 32) + 8 * len(EVERY_KIND))
    monkeypatch.setenv("WANAMAKER_MEMORY_GB", str(1.5 * one / 1e9))
    assert write_windows(*told) == 550
    with pytest.raises(ParameterError, match="of a large log are written as parquet"):
        write_windows(*told, history=tmp_path / "past.parquet", overwrite=True)
    # A feature takes its room as well.
    monkeypatch.setenv("WANAMAKER_MEMORY_GB", str(0.9 * one / 1e9))
    with pytest.raises(ParameterError, match="of a large log are written as parquet"):
        write_windows(*told, overwrite=True)


def test_one_unit_of_time_holds_for_all_pieces(tmp_path, little_memory) -> None:
    # By themselves the first rows would be seconds; with the last ones all are milliseconds.
    log = pl.DataFrame({"at": [*range(0, 600_000, 1_000), 200_000_000_000], "ip": [1] * 601})
    whole = wm.WindowFeatures([wm.count(by="ip", within="5s")], time="at")
    for name, told in (("number", log), ("text", log.with_columns(pl.col("at").cast(pl.String)))):
        told.write_parquet(tmp_path / f"{name}.parquet")
        whole.transform_file(tmp_path / f"{name}.parquet", tmp_path / "out.parquet")
        found = pl.read_parquet(tmp_path / "out.parquet")["count_ip_5s"]
        assert found.to_list() == [0, 1, 2, 3, 4, *[5] * 595, 0]


def test_a_log_that_does_not_fit_says_what_does(tmp_path, little_memory) -> None:
    bursts(2_500, 1).write_parquet(tmp_path / "log.parquet")
    with pytest.raises(OutOfMemoryError, match=r"transform_file\(log, out\) computes it in parts"):
        features(EVERY_KIND).transform(tmp_path / "log.parquet")


def test_an_empty_log_keeps_its_columns(tmp_path, little_memory) -> None:
    bursts(10, 1).clear().write_parquet(tmp_path / "log.parquet")
    assert features(EVERY_KIND).transform_file(tmp_path / "log.parquet", tmp_path / "out.parquet") == 0
    found = pl.read_parquet(tmp_path / "out.parquet")
    assert found.schema == features(EVERY_KIND).transform(bursts(10, 1).clear()).schema


def test_a_text_file_larger_than_memory_becomes_parquet(tmp_path, little_memory) -> None:
    log = bursts(2_500, 3).drop("units")
    log.write_csv(tmp_path / "log.csv")
    windows = features([window for window in EVERY_KIND if window.column != "units"])
    assert write_windows(windows, tmp_path / "log.csv", tmp_path / "out.parquet") == len(log)
    found = pl.read_parquet(tmp_path / "out.parquet")
    wanted = windows.transform(log)
    assert found.select(windows.names).equals(wanted.select(windows.names))
    with pytest.raises(ParameterError, match="of a large log are written as parquet"):
        write_windows(windows, tmp_path / "log.csv", tmp_path / "out.csv", overwrite=True)


def test_a_log_that_fits_may_become_any_format(tmp_path) -> None:
    log = bursts(100, 3)
    log.write_parquet(tmp_path / "log.parquet")
    windows = features(EVERY_KIND)
    for name, read in (("out.csv", pl.read_csv), ("out.arrow", pl.read_ipc), ("out.jsonl", pl.read_ndjson)):
        write_windows(windows, tmp_path / "log.parquet", tmp_path / name)
        wanted = windows.transform(log)
        assert read(tmp_path / name)["count_ip_app_5m"].to_list() == wanted["count_ip_app_5m"].to_list()


def test_nothing_is_left_of_what_fails(tmp_path, little_memory) -> None:
    log = bursts(1_500, 4).with_columns(at=pl.col("at").cast(pl.Int64).cast(pl.String))
    log = log.with_columns(at=pl.when(pl.int_range(pl.len()) == 900).then(pl.lit("soon")).otherwise("at"))
    log.write_parquet(tmp_path / "log.parquet")
    with pytest.raises(DataError, match=r"'soon' cannot be read as a time.*Rows count from row"):
        wm.WindowFeatures([wm.count(by="ip", within="5m")], time="at").transform_file(
            tmp_path / "log.parquet", tmp_path / "out.parquet"
        )
    assert [entry.name for entry in tmp_path.iterdir()] == ["log.parquet"]


def test_the_same_is_refused_as_in_memory(tmp_path, little_memory) -> None:
    log = bursts(1_500, 5)
    log.write_parquet(tmp_path / "log.parquet")
    log.with_columns(arrived=1).write_parquet(tmp_path / "taken.parquet")
    whole = features(EVERY_KIND)
    with pytest.raises(SchemaError, match="already has a column 'arrived'"):
        whole.transform_file(tmp_path / "taken.parquet", tmp_path / "out.parquet")
    with pytest.raises(DataError, match="History must end before the new rows begin"):
        whole.transform_file(
            tmp_path / "log.parquet", tmp_path / "out.parquet", history=tmp_path / "log.parquet"
        )
    with pytest.raises(SchemaError, match="not found"):
        wm.WindowFeatures([wm.count(by="ipp", within="5m")], time="at").transform_file(
            tmp_path / "log.parquet", tmp_path / "out.parquet"
        )
    log.with_columns(pl.col("ip").cast(pl.UInt64)).write_parquet(tmp_path / "taken.parquet")
    with pytest.raises(SchemaError, match=r"128 bits cannot be spilled\. The column 'ip' has them, or would"):
        whole.transform_file(
            tmp_path / "log.parquet", tmp_path / "out.parquet", history=tmp_path / "taken.parquet"
        )
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["log.parquet", "taken.parquet"]


def test_equal_keys_go_to_one_part_whatever_their_table() -> None:
    keys = pl.DataFrame({"ip": [1, 2, None, 1], "site": ["a", None, "b", "a"]})
    parts = parts_of(keys, 7)
    assert parts[0] == parts[3]
    assert parts_of(keys[::-1], 7).tolist() == parts[::-1].tolist()
    assert set(parts_of(pl.DataFrame({"ip": range(1_000)}), 3)) == {0, 1, 2}
