"""Writing a world."""

from __future__ import annotations

import json

import polars as pl
import pytest

from wanamaker.base.errors import OutputError
from wanamaker.simulate import World, journeys


def test_a_written_world_reads_back_as_it_was(tmp_path):
    world = journeys(200, seed=4, confounded=True)
    folder = world.write(tmp_path / "new" / "world")
    assert sorted(path.name for path in folder.iterdir()) == ["log.parquet", "truth.parquet", "world.json"]
    assert pl.read_parquet(folder / "log.parquet").equals(world.log)
    assert pl.read_parquet(folder / "truth.parquet").equals(world.truth)
    described = json.loads((folder / "world.json").read_text(encoding="utf-8"))
    assert described == {"kind": "journeys", "parameters": world.parameters}


def test_writing_again_replaces_the_world_and_leaves_other_files(tmp_path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    journeys(200, seed=1).write(tmp_path)
    second = journeys(200, seed=2)
    second.write(tmp_path)
    assert pl.read_parquet(tmp_path / "log.parquet").equals(second.log)
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_a_failed_write_leaves_the_old_world_whole_and_nothing_else(tmp_path, monkeypatch):
    old = journeys(200, seed=1)
    old.write(tmp_path)

    def full_disk(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_text", full_disk)
    with pytest.raises(OutputError, match=r"no room left to write .*world\.json.*\nHint: "):
        journeys(200, seed=2).write(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log.parquet", "truth.parquet", "world.json"]
    assert pl.read_parquet(tmp_path / "log.parquet").equals(old.log)


def test_a_folder_that_is_a_file_is_an_output_error(tmp_path):
    (tmp_path / "taken").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match=r"taken.*cannot be written"):
        journeys(50).write(tmp_path / "taken")


def test_the_repr_is_one_line_however_long_the_log():
    frame = pl.DataFrame({"a": range(1000)})
    assert repr(World("journeys", frame, frame, {"seed": 7})) == (
        "World(kind='journeys', log=1000 rows, truth=1000 rows, seed=7)"
    )
