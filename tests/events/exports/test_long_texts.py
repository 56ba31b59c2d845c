"""What is read many bytes at a time is read as byte by byte, wherever the steps begin and end."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wanamaker as wm
from tests.events.exports.written import report_of
from wanamaker.events.exports.column import Column
from wanamaker.events.exports.encoding import read_text
from wanamaker.events.exports.kernels import newlines, split_rows, to_utf8
from wanamaker.events.exports.lines import behind_lines, first_lines, lines_of
from wanamaker.events.exports.words.kernels import upto_eight

HEADER = "Search term,Day,Clicks,Cost"


def split(text: str, begin: int, width: int) -> list[list[str]]:
    body = np.frombuffer(text.encode(), dtype=np.uint8)
    starts, ends = np.zeros((2, width, text.count("\n") + 1), dtype=np.int32)
    rows = split_rows(body, begin, ord("\t"), np.arange(width), starts, ends)
    columns = [Column(body, starts[place, :rows], ends[place, :rows]) for place in range(width)]
    return [list(row) for row in zip_longest(*(column.texts().to_list() for column in columns))]


@pytest.mark.parametrize("size", [8_150, 8_191, 8_192, 8_193, 16_384, 30_001])
@pytest.mark.parametrize("begin", [0, 3])
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_rows_are_split_alike_wherever_a_text_ends(size: int, begin: int, end: str) -> None:
    random = np.random.default_rng(size)
    told = "".join(
        "\t".join(["a", '"b\tc"', '"d""e"', "", "fünf", "x" * length]) + "\r\n"
        for length in random.integers(0, 40, 2_000)
    )
    whole = told.encode()[: size - 1].decode("utf-8", "ignore")
    text = "ab\n"[:begin] + whole[: whole.rindex("\tf")] + end
    records = list(csv.reader(io.StringIO(text[begin:], newline=""), delimiter="\t"))
    assert split(text, begin, 6) == [record + [""] * (6 - len(record)) for record in records]


@given(st.integers(0, 40), st.lists(st.sampled_from([1, 7, 15, 16, 17, 33]), max_size=20))
def test_ascii_between_other_letters_becomes_utf_8(first: int, gaps: Sequence[int]) -> None:
    text = "a" * first + "".join("é😀ת日"[number % 4] + "b" * gap for number, gap in enumerate(gaps))
    units = np.frombuffer(text.encode("utf-16-le"), dtype=np.uint16)
    out = np.empty(4 * len(units) + 8, dtype=np.uint8)
    assert out[: to_utf8(units, out)].tobytes() == text.encode()


@given(st.binary(max_size=20), st.data())
def test_up_to_eight_bytes_are_one_number(body: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, len(body)))
    word = upto_eight(np.frombuffer(body, dtype=np.uint8), start, end)
    assert word == int.from_bytes(body[start : min(end, start + 8)], "little")


@settings(deadline=None)
@given(st.lists(st.binary(max_size=30).map(lambda told: told.hex() + "\0" * (len(told) % 3)), max_size=300))
def test_cells_that_differ_only_in_length_are_told_apart(cells: list[str]) -> None:
    codes, distinct = Column.of(cells).distinct()
    assert distinct.to_list() == list(dict.fromkeys(cells))
    assert distinct.gather(codes).to_list() == cells


def test_a_cell_longer_than_all_room_finds_room() -> None:
    cells = ["a" * 100_000, "b", "a" * 100_000, "c" * 300_000]
    codes, distinct = Column.of(cells).distinct()
    assert (codes.to_list(), distinct.to_list()) == ([0, 1, 0, 2], ["a" * 100_000, "b", "c" * 300_000])


@given(st.lists(st.sampled_from(["", "a", "two words", "ü"]), min_size=1, max_size=9), st.booleans())
def test_lines_are_found_by_their_number(lines: list[str], ended: bool) -> None:
    text = "\n".join(lines) + "\n" * ended
    body = np.frombuffer(text.encode() or b"\n", dtype=np.uint8)
    assert newlines(body) == body.tobytes().count(b"\n")
    assert first_lines(body, len(lines)) == lines
    if text and (ended or lines[-1]):
        assert lines_of(body, range(1, len(lines) + 1), len(lines)) == dict(enumerate(lines, 1))
    for count in range(1, len(lines)):
        assert body[: behind_lines(body, count)].tobytes().count(b"\n") == count


def test_a_line_longer_than_the_first_look_is_passed_over() -> None:
    body = np.frombuffer(b"x" * 300_000 + b"\nb\nc", dtype=np.uint8)
    assert behind_lines(body, 1) == 300_001
    assert behind_lines(body, 2) == 300_003


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "shift_jis", "utf-32"])
def test_a_text_that_grows_beyond_what_was_expected_is_whole(tmp_path: Path, encoding: str) -> None:
    text = "Search term\n" + "検索語句\n" * 700_000
    file = tmp_path / "report.csv"
    file.write_bytes(text.encode(encoding))
    assert read_text(str(file), encoding).body.decode().lstrip("\ufeff") == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_last_line_needs_no_newline(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "report.csv"
    file.write_text(f"{HEADER}\na,2025-01-05,3,1.50\nb,2025-01-06,4,2.50", encoding=encoding)
    report = wm.read_search_terms(file)
    assert report.table["cost"].to_list() == [1.5, 2.5]
    assert report.table["line"].to_list() == [2, 3]


def test_a_name_with_spaces_around_it_is_the_name(tmp_path: Path) -> None:
    file = report_of(tmp_path, HEADER, "a,2025-01-05,1,1.00", "a ,2025-01-06,1,1.00", " a,2025-01-07,1,1.00")
    assert wm.read_search_terms(file).table["term"].to_list() == ["a", "a", "a"]
