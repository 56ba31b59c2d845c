"""Passes over entities against loops that are plain to see."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wanamaker.features.terms.kernels import Cells, add_up, group, mean_into, seen_days, window_sums

few = settings(max_examples=80, deadline=None)
SHARES = np.array([0.2, 0.5, 1.0])


@st.composite
def pairs(draw):
    """Rows by day, each with some entities out of four."""
    day = np.sort(np.array(draw(st.lists(st.integers(0, 12), max_size=25)), dtype=np.int32))
    codes = [draw(st.lists(st.integers(0, 3), min_size=1, max_size=3, unique=True)) for _ in day]
    rows = np.repeat(np.arange(len(day)), [len(each) for each in codes])
    return day, np.array([code for each in codes for code in each], dtype=np.int32), rows


def slow_cells(day, codes, rows):
    return sorted({(int(code), int(day[row])) for code, row in zip(codes, rows, strict=True)})


@few
@given(pairs())
def test_cells_are_the_different_entities_and_days_in_order(drawn):
    day, codes, rows = drawn
    begins, days, cell_of = group(codes, rows, day, 4)
    cells = slow_cells(day, codes, rows)
    assert [
        (code, int(days[at])) for code in range(4) for at in range(begins[code], begins[code + 1])
    ] == cells
    assert [cells[at] for at in cell_of] == [(code, day[row]) for code, row in zip(codes, rows, strict=True)]


@few
@given(pairs(), pairs(), st.sampled_from([(), (1,), (2, 5), (2, 5, 20)]))
def test_window_sums_are_sums_over_the_days_before(past, asked, windows):
    check_sums(past, asked, windows)


@pytest.mark.parametrize("windows", [(), (1,), (2, 5), (2, 5, 20)])
def test_window_sums_of_many_days_are_sums_over_the_days_before(windows):
    random = np.random.default_rng(0)
    day = np.sort(random.integers(0, 40, 200)).astype(np.int32)
    drawn = day, random.integers(0, 4, 200).astype(np.int32), np.arange(200)
    check_sums(drawn, drawn, windows)


def check_sums(past, asked, windows):
    day, codes, rows = past
    begins, days, cell_of = group(codes, rows, day, 4)
    amounts = np.column_stack([np.arange(1.0, len(day) + 1), np.arange(len(day)) % 3])
    summed = np.zeros((len(days), 2))
    add_up(cell_of, rows, amounts, summed)
    there = Cells(*group(asked[1], asked[2], asked[0], 4)[:2])
    out = np.zeros((len(there.day), len(windows) + 1, 2))
    window_sums(Cells(begins, days), summed, there, np.array(windows, dtype=np.int64), SHARES, 1, out)
    seen = np.zeros((len(there.day), 2))
    seen_days(Cells(begins, days), there, seen)
    for place, (code, now) in enumerate(slow_cells(*asked)):
        own = [
            (row, now - day[row])
            for row, one in zip(rows, codes, strict=True)
            if one == code and day[row] < now
        ]
        for window, length in enumerate([*windows, 99]):
            plain = sum(amounts[row, 0] for row, age in own if age <= length)
            aged = sum(amounts[row, 1] * SHARES[min(age, 3) - 1] for row, age in own if age <= length)
            np.testing.assert_allclose(out[place, window], [plain, aged])
        ages = [age for _, age in own]
        expected = [1 / min(ages), np.log1p(max(ages))] if ages else [0.0, 0.0]
        np.testing.assert_allclose(seen[place], expected)


def test_a_row_has_the_mean_over_its_entities():
    out = np.zeros((2, 2))
    features = np.array([[1.0, 4.0], [3.0, 8.0]])
    mean_into(np.array([0, 2, 3]), np.array([0, 1, 1]), features, out)
    assert out.tolist() == [[2.0, 6.0], [3.0, 8.0]]
