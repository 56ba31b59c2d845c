"""Writing a world of clicks stretch by stretch."""

from __future__ import annotations

import json

import polars as pl
import pyarrow.parquet as pq
import pytest
from polars.testing import assert_frame_equal

from wanamaker.base.errors import OutputError, ParameterError
from wanamaker.simulate import clicks, streamed, write_clicks
from wanamaker.simulate.clicks import cycle


def test_a_written_world_is_the_one_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(cycle, "_ROWS_OF_A_SLOT", 2_000)
    folder = write_clicks(7_000, tmp_path / "new" / "world", seed=6, bots=0.2)
    world = clicks(7_000, seed=6, bots=0.2)
    assert_frame_equal(pl.read_parquet(folder / "log.parquet"), world.log)
    assert_frame_equal(pl.read_parquet(folder / "truth.parquet"), world.truth)
    told = json.loads((folder / "world.json").read_text(encoding="utf-8"))
    assert told == {"kind": "clicks", "parameters": world.parameters}
    assert sorted(path.name for path in folder.iterdir()) == ["log.parquet", "truth.parquet", "world.json"]
    assert pq.ParquetFile(folder / "log.parquet").num_row_groups == 4


def test_a_world_in_memory_writes_the_same_tables(tmp_path):
    world = clicks(3_000, seed=6)
    streamed, held = write_clicks(3_000, tmp_path / "a", seed=6), world.write(tmp_path / "b")
    for name in ("log.parquet", "truth.parquet"):
        assert_frame_equal(pl.read_parquet(streamed / name), pl.read_parquet(held / name))
    assert (streamed / "world.json").read_text() == (held / "world.json").read_text()


def test_an_unknown_option_is_refused_with_the_nearest_and_nothing_is_written(tmp_path):
    with pytest.raises(ParameterError, match=r"'bot' *.*\nHint: Did you mean 'bots'"):
        write_clicks(100, tmp_path / "world", bot=0.1)
    assert not (tmp_path / "world").exists()


def test_an_option_out_of_range_leaves_nothing_behind(tmp_path):
    with pytest.raises(ParameterError, match="'bots' parameter"):
        write_clicks(100, tmp_path / "world", bots=2.0)
    assert not (tmp_path / "world").exists()


def test_a_failed_write_leaves_the_old_world_whole_and_nothing_else(tmp_path, monkeypatch):
    folder = write_clicks(500, tmp_path, seed=1)
    old = pl.read_parquet(folder / "log.parquet")

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(streamed, "write_json", full_disk)
    with pytest.raises(OutputError, match=r"no room left to write .*\nHint: "):
        write_clicks(500, tmp_path, seed=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log.parquet", "truth.parquet", "world.json"]
    assert pl.read_parquet(tmp_path / "log.parquet").equals(old)
