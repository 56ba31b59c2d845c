"""Logs at an ``s3://`` address; the bucket is a folder here, behind the same file system interface."""

from __future__ import annotations

import sys
import types

import polars as pl
import pytest
from pyarrow import fs

import wanamaker as wm
from wanamaker.base.errors import FileReadError, MissingExtraError

LOG = pl.DataFrame(
    {"uid": [1, 1, 2], "timestamp": [1, 2, 3], "campaign": ["a", "b", "a"], "conversion": [0, 1, 0]}
)


@pytest.fixture
def bucket(tmp_path, monkeypatch):
    (tmp_path / "logs" / "march").mkdir(parents=True)
    LOG[:2].write_parquet(tmp_path / "logs" / "march" / "1.parquet")
    LOG[2:].write_parquet(tmp_path / "logs" / "march" / "2.parquet")
    fake = types.ModuleType("s3fs")
    fake.S3FileSystem = lambda: fs.SubTreeFileSystem(str(tmp_path), fs.LocalFileSystem())
    monkeypatch.setitem(sys.modules, "s3fs", fake)


def test_a_folder_of_a_bucket_is_one_log(bucket):
    found = wm.journeys_from_events("s3://logs/march/").to_frame()
    assert found.equals(wm.journeys_from_events(LOG).to_frame())


def test_nothing_at_the_address_is_told(bucket):
    with pytest.raises(FileReadError, match="'s3://logs/april' cannot be read as parquet"):
        wm.journeys_from_events("s3://logs/april")


def test_without_the_extra_the_command_that_installs_it_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(MissingExtraError, match=r"s3://.*'s3'.*\nHint: pip install 'wanamaker\[s3\]'"):
        wm.journeys_from_events("s3://logs/march")
