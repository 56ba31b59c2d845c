"""Tables are written in the format that the file's suffix names."""

from __future__ import annotations

import polars as pl
import pytest

from wanamaker.base.errors import OutputError
from wanamaker.events.reading import read_table
from wanamaker.events.writing import WRITERS, refuse_unwritable, write_table

FRAME = pl.DataFrame({"name": ["a", "b,c"], "number": [1, 2]})


@pytest.mark.parametrize("suffix", WRITERS)
def test_what_is_written_is_read_again(tmp_path, suffix):
    path = tmp_path / f"table{suffix}"
    write_table(FRAME, path)
    assert read_table(path).frame.equals(FRAME)
    assert [file.name for file in tmp_path.iterdir()] == [path.name], "nothing half-written is left"


def test_an_unknown_suffix_names_the_known_ones(tmp_path):
    with pytest.raises(
        OutputError, match=r"must name a format\. Known: \.parquet, \.csv.*\nHint: .*t\.parquet"
    ):
        write_table(FRAME, tmp_path / "t.xlsx")


def test_a_directory_is_no_file(tmp_path):
    (tmp_path / "d.csv").mkdir()
    with pytest.raises(OutputError, match="must be a file"):
        refuse_unwritable(tmp_path / "d.csv", overwrite=True)


def test_a_file_is_replaced_only_where_that_was_asked_for(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=r"exists\.\nHint: .*--overwrite"):
        refuse_unwritable(path, overwrite=False)
    refuse_unwritable(path, overwrite=True)
