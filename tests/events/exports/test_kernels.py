"""The loops over bytes give what slow and obvious code gives."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanamaker.events.exports.column import Column, place_type
from wanamaker.events.exports.kernels import EMPTY, OTHER, PLAIN, plain_numbers, split_rows, to_utf8

CELLS = st.text(st.sampled_from(['"', ",", "a", " ", "é", "\r", "1", ".", "-"]), max_size=6)
LINES = st.lists(
    st.lists(st.sampled_from(['"a"', '"b,""c"""', "d", "", 'e"f', '""', '"g"h', '"', "ü"]), max_size=4)
)


def split(text: str, width: int) -> list[list[str]] | None:
    """Cells of all columns, or None where more care is needed."""
    body = np.frombuffer(text.encode(), dtype=np.uint8)
    starts, ends = np.zeros((2, width, text.count("\n")), dtype=np.int32)
    rows = split_rows(body, 0, ord(","), np.arange(width), starts, ends)
    if rows < 0:
        return None
    assert rows == text.count("\n")
    columns = [Column(body, starts[place], ends[place]) for place in range(width)]
    for column in columns:
        assert column.texts().to_list() == [column[row] for row in range(rows)]
    return [[column[row] for column in columns] for row in range(rows)]


@given(LINES, st.sampled_from(["\n", "\r\n"]))
def test_rows_are_split_as_csv_is_or_not_at_all(lines: list[list[str]], end: str) -> None:
    text = "".join(",".join(line) + end for line in lines)
    width = max((len(line) for line in lines), default=0) or 1
    found = split(text, width)
    records = list(csv.reader(io.StringIO(text, newline="")))
    if found is not None:
        assert found == [record + [""] * (width - len(record)) for record in records]
    elif not any(cell.startswith('"') for line in lines for cell in line):
        pytest.fail("plain lines need no care")


@pytest.mark.parametrize("text", ['a,"b\nc",d\n', "a,b,c,d,e\n", '"a"b,c,d\n', '"a,b,c\n', '"a" ,b,c\n'])
def test_what_is_no_plain_row_is_left_to_more_care(text: str) -> None:
    assert split(text, 3) is None


@given(st.text(max_size=40))
def test_utf_16_becomes_utf_8(text: str) -> None:
    units = np.frombuffer(text.encode("utf-16-le"), dtype=np.uint16)
    out = np.empty(2 * len(units) * 2 + 8, dtype=np.uint8)
    size = to_utf8(units, out)
    assert out[:size].tobytes() == text.encode()


@pytest.mark.parametrize("units", [[0xD800], [0xDC00, 0x61], [0x61, 0xD800, 0x61], [0xD800, 0xD800]])
def test_a_surrogate_alone_is_refused(units: list[int]) -> None:
    assert to_utf8(np.array(units, dtype=np.uint16), np.empty(20, dtype=np.uint8)) == -1


@given(st.lists(CELLS | st.integers(0, 5_000).map(str), max_size=3_000))
def test_equal_cells_have_one_number(cells: list[str]) -> None:
    codes, distinct = Column.of(cells).distinct()
    assert distinct.to_list() == list(dict.fromkeys(cells))
    assert distinct.gather(codes).to_list() == cells


def test_many_distinct_cells_are_told_apart() -> None:
    cells = [f"term {number % 70_000}" for number in range(100_000)]
    codes, distinct = Column.of(cells).distinct()
    assert len(distinct) == 70_000
    assert distinct.gather(codes).to_list() == cells


@given(
    st.lists(st.from_regex(r" {0,2}[0-9]{0,17}[.,]?[0-9]{0,4} {0,2}|--|-5|1e5|nan|inf|\.", fullmatch=True))
)
def test_plain_numbers_are_the_nearest_floats(cells: list[str]) -> None:
    column = Column.of(cells)
    values, kinds = plain_numbers(column.body, column.starts, column.ends, ord("."))
    for cell, value, kind in zip(cells, values, kinds, strict=True):
        plain = cell.strip(" ")
        digits = plain.replace(".", "", 1)
        if plain in ("", "--"):
            assert kind == EMPTY
        elif digits.isdigit() and len(digits) <= 15:
            assert kind == PLAIN
            assert value == float(plain)
        else:
            assert kind == OTHER
            assert np.isnan(value)


def test_places_beyond_two_gigabytes_need_64_bits() -> None:
    assert place_type(2**31 - 1) is np.int32
    assert place_type(2**31) is np.int64
