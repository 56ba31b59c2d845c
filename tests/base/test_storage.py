"""Outputs appear whole or not at all."""

from __future__ import annotations

import errno
import os

import pytest

from wanamaker.base.errors import OutputError
from wanamaker.base.storage import new_directory, new_file, read_json, write_json


def leftovers(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_directory_appears_only_when_it_is_complete(tmp_path):
    target = tmp_path / "run"
    with new_directory(target) as folder:
        (folder / "a.txt").write_text("x", encoding="utf-8")
        assert not target.exists()
    assert leftovers(tmp_path) == ["run"]
    assert leftovers(target) == ["a.txt"]


def test_an_error_leaves_nothing_behind(tmp_path):
    def fail():
        with new_directory(tmp_path / "run") as folder:
            (folder / "a.txt").write_text("x", encoding="utf-8")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert leftovers(tmp_path) == []


def test_a_full_disk_is_told_as_such_and_leaves_the_old_run_as_it_was(tmp_path):
    target = tmp_path / "run"
    target.mkdir()
    (target / "old.txt").write_text("old", encoding="utf-8")

    def fill():
        with new_directory(target, overwrite=True) as folder:
            (folder / "a.txt").write_text("x", encoding="utf-8")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(OutputError, match=r"no room left to write .*run.*\nHint: Free space"):
        fill()
    assert leftovers(tmp_path) == ["run"]
    assert (target / "old.txt").read_text(encoding="utf-8") == "old"


def test_an_occupied_directory_needs_overwrite(tmp_path):
    (tmp_path / "old.txt").write_text("old", encoding="utf-8")
    with pytest.raises(OutputError, match=r"is not empty\.\nHint: .*--overwrite"), new_directory(tmp_path):
        pass


def test_overwriting_replaces_everything(tmp_path):
    target = tmp_path / "run"
    target.mkdir()
    (target / "old.txt").write_text("old", encoding="utf-8")
    with new_directory(target, overwrite=True) as folder:
        (folder / "new.txt").write_text("new", encoding="utf-8")
    assert leftovers(target) == ["new.txt"]
    assert leftovers(tmp_path) == ["run"]


def test_an_empty_directory_may_be_used(tmp_path):
    with new_directory(tmp_path / "x") as folder:
        (folder / "a").touch()
    (tmp_path / "empty").mkdir()
    with new_directory(tmp_path / "empty") as folder:
        (folder / "a").touch()
    assert leftovers(tmp_path / "empty") == ["a"]


def test_a_file_in_place_of_the_output_directory_is_refused(tmp_path):
    (tmp_path / "run").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match="must be a directory"), new_directory(tmp_path / "run"):
        pass


def test_a_directory_that_cannot_be_made_is_a_user_error(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot be written"), new_directory(tmp_path / "file" / "run"):
        pass


def test_a_file_keeps_its_old_content_until_the_new_is_complete(tmp_path):
    path = tmp_path / "a.json"
    write_json(path, {"a": 1})

    def fail():
        with new_file(path) as temporary:
            temporary.write_text("{", encoding="utf-8")
            raise OSError(errno.EFBIG, "File too large")

    with pytest.raises(OutputError, match="no room left"):
        fail()
    assert read_json(path) == {"a": 1}
    assert leftovers(tmp_path) == ["a.json"]


def test_numbers_that_json_does_not_know_are_refused(tmp_path):
    with pytest.raises(ValueError, match="JSON compliant"):
        write_json(tmp_path / "a.json", {"a": float("nan")})
