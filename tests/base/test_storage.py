"""Files and directories appear whole or not at all."""

from __future__ import annotations

import errno
import os

import pytest

from wanamaker.base.errors import FileReadError, OutputError
from wanamaker.base.storage import new_directory, new_file, read_json, refuse_occupied, write_json


class InterruptionError(Exception):
    """Something that goes wrong halfway."""


def test_a_file_appears_whole(tmp_path):
    place = tmp_path / "deep" / "file.txt"
    with new_file(place) as temporary:
        temporary.write_text("new")
        assert not place.exists()
    assert place.read_text() == "new"
    assert [one.name for one in place.parent.iterdir()] == ["file.txt"]


@pytest.mark.parametrize("error", [InterruptionError(), KeyboardInterrupt()])
def test_a_file_that_is_not_finished_leaves_the_old_one_and_nothing_else(tmp_path, error):
    place = tmp_path / "file.txt"
    place.write_text("old")

    def write() -> None:
        with new_file(place) as temporary:
            temporary.write_text("half")
            raise error

    with pytest.raises(type(error)):
        write()
    assert place.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["file.txt"]


def test_a_full_disk_is_told_as_such_and_leaves_nothing(tmp_path):
    def write(make, place) -> None:
        with make(place) as temporary:
            (temporary / "part" if temporary.is_dir() else temporary).write_text("half")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    for make in (new_file, new_directory):
        with pytest.raises(
            OutputError, match=r"There is no room left to write .*out.*nothing was kept"
        ) as caught:
            write(make, tmp_path / "out")
        assert "Free space on the disk" in caught.value.hint
        assert list(tmp_path.iterdir()) == []


def test_a_directory_appears_whole_and_takes_the_place_of_the_old_one(tmp_path):
    place = tmp_path / "run"
    for content, overwrite in (("one", False), ("two", True)):
        with new_directory(place, overwrite=overwrite) as temporary:
            (temporary / f"{content}.txt").write_text(content)
        assert [one.name for one in place.iterdir()] == [f"{content}.txt"]
    assert [one.name for one in tmp_path.iterdir()] == ["run"]


@pytest.mark.parametrize("error", [InterruptionError(), KeyboardInterrupt()])
def test_a_directory_that_is_not_finished_leaves_the_old_one_and_nothing_else(tmp_path, error):
    place = tmp_path / "run"
    place.mkdir()
    (place / "old.txt").write_text("old")

    def write() -> None:
        with new_directory(place, overwrite=True) as temporary:
            (temporary / "half.txt").write_text("half")
            raise error

    with pytest.raises(type(error)):
        write()
    assert [one.name for one in tmp_path.rglob("*")] == ["run", "old.txt"]


def test_a_directory_that_holds_something_is_refused_before_any_work(tmp_path):
    (tmp_path / "old.txt").write_text("old")

    def write() -> None:
        with new_directory(tmp_path):
            pytest.fail("the work began")

    with pytest.raises(OutputError, match=r"The output directory .* is not empty") as caught:
        write()
    assert "--overwrite" in caught.value.hint
    refuse_occupied(tmp_path, overwrite=True)
    refuse_occupied(tmp_path / "none", overwrite=False)


def test_a_file_where_a_directory_should_be_is_refused(tmp_path):
    (tmp_path / "out").write_text("x")
    for overwrite in (False, True):
        with pytest.raises(OutputError, match=r"The output must be a directory. .* is a file"):
            refuse_occupied(tmp_path / "out", overwrite=overwrite)


def test_json_comes_back_as_it_was_and_refuses_what_json_cannot_say(tmp_path):
    place = tmp_path / "a.json"
    write_json(place, {"ü": [1, 2.5, None, True]})
    assert read_json(place) == {"ü": [1, 2.5, None, True]}
    with pytest.raises(ValueError, match=r"JSON compliant"):
        write_json(place, float("nan"))


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", None])
def test_a_file_that_is_no_json_is_refused(tmp_path, content):
    place = tmp_path / "a.json"
    if content is not None:
        place.write_bytes(content)
    with pytest.raises(FileReadError, match=r"a\.json' cannot be read as JSON"):
        read_json(place)
