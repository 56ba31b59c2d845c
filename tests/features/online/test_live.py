"""Live windows: the forms of what goes in and comes out."""

from __future__ import annotations

import json

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import wanamaker as wm
from wanamaker.base.errors import DataError, FileReadError, OutputError, ParameterError
from wanamaker.features.online.live import LiveWindows

LOG = pl.DataFrame({"ip": [1, 11, 1], "app": [11, 1, 11], "cost": [1, 2, 3], "at": [0, 1, 2]})
WINDOWS = wm.WindowFeatures(
    [
        wm.count(by=["ip", "app"], within="1m"),
        wm.total("cost", by="ip", within="1m"),
        wm.since_last(by="ip", within="1m"),
    ],
    time="at",
)


def test_keys_that_are_alike_when_glued_are_not_the_same() -> None:
    assert WINDOWS.online().observe_many(LOG)["count_ip_app_1m"].to_list() == [0, 0, 1]


@pytest.mark.parametrize("kind", [pd.DataFrame, pa.table, pl.DataFrame])
def test_the_callers_kind_of_table_comes_back(kind) -> None:
    columns = LOG.to_dict(as_series=False)
    found = WINDOWS.online().observe_many(kind(columns))
    assert isinstance(found, type(kind(columns)))
    assert pl.DataFrame(found).columns == [*LOG.columns, *WINDOWS.names]


def test_a_table_has_the_types_of_the_batch() -> None:
    assert WINDOWS.online().observe_many(LOG).schema == WINDOWS.transform(LOG).schema
    assert WINDOWS.online().observe_many(LOG[:0]).schema == WINDOWS.transform(LOG[:0]).schema


def test_a_file_is_observed_like_the_table_in_it(tmp_path) -> None:
    LOG.write_parquet(tmp_path / "log.parquet")
    assert WINDOWS.online().observe_many(tmp_path / "log.parquet").equals(WINDOWS.online().observe_many(LOG))


def test_neither_the_event_nor_the_table_is_changed() -> None:
    live, event, table = WINDOWS.online(), dict(LOG.row(0, named=True)), LOG.clone()
    live.observe(event)
    live.observe_many(table)
    assert event == LOG.row(0, named=True)
    assert table.equals(LOG)


def test_what_is_returned_stays_as_it_is_when_more_comes() -> None:
    live = WINDOWS.online()
    first = live.observe_many(LOG[:1])
    kept = first.clone()
    live.observe_many(LOG[1:2])
    live.observe_many(LOG[2:])
    assert first.equals(kept)


def test_a_text_beyond_those_that_are_remembered_is_the_same_key(monkeypatch) -> None:
    monkeypatch.setattr("wanamaker.features.online.reader.TEXTS", 2)
    live = wm.WindowFeatures([wm.count(by="name", within="1h")], time="at").online()
    names = ["a", "b", "c", "a", "b", "c", "a"]
    found = [live.observe({"name": name, "at": at})["count_name_1h"] for at, name in enumerate(names)]
    assert found == [0, 0, 0, 1, 1, 1, 2]


def test_lookup_of_lists_is_that_of_the_batch_and_counts_nothing() -> None:
    live = WINDOWS.online()
    live.observe_many(LOG)
    before = live.stats
    asked = pl.DataFrame(
        {"ip": [[1, 11, 5], [], None, [1]], "app": [11, 11, 11, None], "at": [10, 10, 10, 10]}
    )
    assert live.lookup(asked).equals(WINDOWS.lookup(LOG, asked))
    assert live.stats == before


def test_a_total_beyond_64_bits_is_a_float() -> None:
    live = WINDOWS.online()
    big = (1 << 63) - 1
    live.observe({"ip": 1, "app": 1, "cost": big, "at": 0})
    assert live.observe({"ip": 1, "app": 1, "cost": big, "at": 1})["total_cost_ip_1m"] == big
    assert live.observe({"ip": 1, "app": 1, "cost": -big, "at": 2})["total_cost_ip_1m"] == 2.0 * big
    assert live.observe({"ip": 1, "app": 1, "cost": 0, "at": 3})["total_cost_ip_1m"] == big


def test_a_state_is_saved_whole_and_read_by_its_own_definitions_only(tmp_path) -> None:
    live = WINDOWS.online(lateness="5s")
    live.observe_many(LOG)
    live.save(tmp_path / "state")
    assert not [path for path in (tmp_path / "state").rglob("*") if path.suffix not in {"", ".json", ".npy"}]
    again = LiveWindows.load(tmp_path / "state", WINDOWS)
    event = {"ip": 1, "app": 11, "cost": 0, "at": 5}
    assert again.observe(event) == live.observe(event)
    with pytest.raises(DataError, match="is 6s older than the newest"):
        LiveWindows.load(tmp_path / "state").observe(event | {"at": -4})
    with pytest.raises(OutputError, match="is not empty"):
        live.save(tmp_path / "state")
    live.save(tmp_path / "state", overwrite=True)
    other = wm.WindowFeatures([wm.count(by="ip", within="2m")], time="at")
    with pytest.raises(ParameterError, match="The windows are not those of the state"):
        LiveWindows.load(tmp_path / "state", other)


def test_a_damaged_state_is_refused(tmp_path) -> None:
    live = WINDOWS.online()
    live.save(tmp_path / "state")
    (tmp_path / "state" / "state" / "0-slots.npy").unlink()
    with pytest.raises(FileReadError, match="cannot be read"):
        LiveWindows.load(tmp_path / "state")
    told = json.loads((tmp_path / "state" / "live.json").read_text())
    (tmp_path / "state" / "live.json").write_text(json.dumps(told | {"version": 2}))
    with pytest.raises(FileReadError, match=r"must be of version 1\. Got 2"):
        LiveWindows.load(tmp_path / "state")


@pytest.mark.parametrize(("saved", "wanted"), [("memory", "reference"), ("reference", "memory")])
def test_a_state_is_not_read_by_another_kind_of_store(saved, wanted, tmp_path) -> None:
    WINDOWS.online(f"{saved}://").save(tmp_path / "state")
    with pytest.raises(ParameterError, match=f"is one of '{saved}://'. Got store='{wanted}://'"):
        LiveWindows.load(tmp_path / "state", store=f"{wanted}://")
    assert LiveWindows.load(tmp_path / "state", store=f"{saved}://").size == 0
