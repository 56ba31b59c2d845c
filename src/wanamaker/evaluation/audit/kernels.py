"""Every signed sum of a few columns, tried on rows that tell sums apart."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

ZERO_CONSTANT, ONE_CONSTANT, APART = 1, 2, 4
"""How a sum may give the label: constant where it is 0, constant where it is 1, or the classes lie apart."""

_GRANTED, _ONE_IN = 1, 32
"""Rows that may contradict: one, and one more in so many rows seen. A few wrong rows must not hide a leak."""


@njit(cache=True)
def _sum(rows: Any, row: int, columns: Any, signs: Any, size: int) -> float:
    total = 0.0
    for place in range(size):
        total += signs[place] * rows[row, columns[place]]
    return total


@njit(cache=True)
def _tolerance(rows: Any, row: int, columns: Any, rounding: Any, size: int) -> float:
    total = 0.0
    for place in range(size):
        total += rounding[columns[place]] * abs(rows[row, columns[place]])
    return total


@njit(cache=True)
def _holds(
    rows: Any, columns: Any, signs: Any, rounding: Any, size: int, value: float, equal: bool
) -> tuple[bool, float]:
    """Tell whether the sum equals the value (or never does) in the rows; NaN stands for its first value."""
    missed, seen = 0, 0
    for row in range(len(rows)):
        total = _sum(rows, row, columns, signs, size)
        if np.isnan(total):
            continue
        if np.isnan(value):
            value = total
        seen += 1
        if (abs(total - value) <= _tolerance(rows, row, columns, rounding, size)) != equal:
            missed += 1
            if missed > _GRANTED + seen // _ONE_IN:
                return False, value
    return 2 * seen >= len(rows), value


@njit(cache=True)
def _is_constant(held: Any, other: Any, columns: Any, signs: Any, rounding: Any, size: int) -> bool:
    """Tell whether the sum has one value in the rows of one class, and not that value in the others."""
    constant, value = _holds(held, columns, signs, rounding, size, np.nan, True)
    return constant and _holds(other, columns, signs, rounding, size, value, False)[0]


@njit(cache=True)
def _is_apart(zero: Any, one: Any, columns: Any, signs: Any, size: int, tried: int) -> bool:
    """Tell whether all sums of one class lie below all sums of the other, in the first rows of each."""
    low_zero, high_zero, low_one, high_one = np.inf, -np.inf, np.inf, -np.inf
    seen = 0
    for row in range(min(tried, len(zero), len(one))):
        first = _sum(zero, row, columns, signs, size)
        second = _sum(one, row, columns, signs, size)
        if not (np.isnan(first) or np.isnan(second)):
            seen += 1
            low_zero, high_zero = min(low_zero, first), max(high_zero, first)
            low_one, high_one = min(low_one, second), max(high_one, second)
            if high_zero >= low_one and high_one >= low_zero:
                return False
    return seen >= 10


@njit(cache=True)
def _next_combination(columns: Any, size: int, width: int) -> bool:
    place = size - 1
    while place >= 0 and columns[place] == width - size + place:
        place -= 1
    if place < 0:
        return False
    columns[place] += 1
    for later in range(place + 1, size):
        columns[later] = columns[later - 1] + 1
    return True


@njit(cache=True)
def signed_sums(
    zero: Any, one: Any, rounding: Any, size: int, tried: int, limit: int
) -> tuple[Any, Any, Any]:
    """Return the signed sums of ``size`` columns that give the class in these rows.

    Plain enumeration: almost every sum is refuted by its first two or three rows, so that four columns of
    forty (0.7 million sums) cost a tenth of a second, and contradicting rows can be granted, which hashes of
    whole columns could not.

    Parameters
    ----------
    zero, one
        Rows of either class, of shape (rows, columns); NaN where a value is missing. Put first what tells
        sums apart.
    rounding
        Relative error granted to each column, of shape (columns,).
    size
        Columns in a sum.
    tried
        Rows of each class in which sums of the two classes must lie apart.
    limit
        The most sums to return.

    Returns
    -------
    tuple
        Columns and signs, each of shape (found, size), the first sign positive, and how each gives the class
        (the sum of `ZERO_CONSTANT`, `ONE_CONSTANT`, `APART`).
    """
    found, width = 0, zero.shape[1]
    all_columns = np.zeros((limit, size), dtype=np.int64)
    all_signs = np.zeros((limit, size))
    all_ways = np.zeros(limit, dtype=np.int64)
    columns, signs = np.arange(size), np.ones(size)
    if width < size:
        return all_columns[:0], all_signs[:0], all_ways[:0]
    while True:
        for pattern in range(1 << (size - 1)):
            for place in range(1, size):
                signs[place] = -1.0 if (pattern >> (place - 1)) & 1 else 1.0
            ways = 0
            if _is_constant(zero, one, columns, signs, rounding, size):
                ways |= 1
            if _is_constant(one, zero, columns, signs, rounding, size):
                ways |= 2
            if _is_apart(zero, one, columns, signs, size, tried):
                ways |= 4
            if ways and found < limit:
                all_columns[found] = columns
                all_signs[found] = signs
                all_ways[found] = ways
                found += 1
        if found == limit or not _next_combination(columns, size, width):
            return all_columns[:found], all_signs[:found], all_ways[:found]
