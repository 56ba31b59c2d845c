"""Sorting rows by integer keys, in as many passes as their bits need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wanamaker.features.batch.ordering.kernels import (
    is_ascending,
    join_rows,
    rows_of,
    runs_of,
    sort_pairs,
    sort_words,
    words_of,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Rows = NDArray[np.int32]

WORD = 64
_DIGIT = 11
"""Bits of a digit: the places of all its values stay in the fastest cache."""


def runs_by_key(keys: Ints, bits: int, rows: Rows | None = None, *, least: int = 1) -> tuple[Rows, Rows]:
    """Return rows by their key, those of one key in the order they had, and where each key begins.

    Parameters
    ----------
    keys
        The key of each row, of shape (rows,), with no bit set above ``bits``; it is used up.
    bits
        How many bits the keys have.
    rows
        The rows to order; all in their order if left out.
    least
        Leave out keys of fewer rows.

    Returns
    -------
    tuple
        The rows, and where each key begins among them, of shape (keys + 1,).

    Examples
    --------
    >>> rows, begins = runs_by_key(np.array([5, 1, 5]), 3)
    >>> rows.tolist(), begins.tolist()
    ([1, 0, 2], [0, 1, 3])
    """
    row_bits = max(len(keys) - 1, 0).bit_length()
    if bits + row_bits > WORD:
        return _runs_of_pairs(keys, bits, rows, least)
    if rows is None:
        join_rows(keys, row_bits)
        words = keys
    else:
        words = words_of(keys, rows, row_bits)
    words = sorted_words(words, row_bits, bits)
    return runs_of(words, rows_of(words, row_bits), row_bits, least)


def sorted_words(words: Ints, low: int, bits: int) -> Ints:
    """Return words sorted by the ``bits`` bits from ``low`` on, stably; the array is used up."""
    source, target = words, np.empty_like(words)
    for shift, width in _digits(low, bits):
        if sort_words(source, target, shift, width):
            source, target = target, source
    return source


def rows_in_time(ticks: NDArray[np.integer]) -> Rows | None:
    """Return the rows ordered by tick, stably; None if that is how they are.

    Parameters
    ----------
    ticks
        The tick of each row, from 0 on.

    Examples
    --------
    >>> rows_in_time(np.array([7, 3, 3])).tolist()
    [1, 2, 0]
    """
    if is_ascending(ticks):
        return None
    return runs_by_key(ticks.astype(np.int64), int(ticks.max()).bit_length())[0]


def _runs_of_pairs(keys: Ints, bits: int, rows: Rows | None, least: int) -> tuple[Rows, Rows]:
    if rows is None:
        rows = np.arange(len(keys), dtype=np.int32)
    else:
        keys = keys[rows]
    source, target = (keys, rows), (np.empty_like(keys), np.empty_like(rows))
    for shift, width in _digits(0, bits):
        if sort_pairs(source, target, shift, width):
            source, target = target, source
    keys, rows = source
    del source, target
    return runs_of(keys, rows.copy() if rows.base is not None else rows, 0, least)


def _digits(low: int, bits: int) -> list[tuple[int, int]]:
    """Return where each digit begins, and how many bits it has; no digit goes beyond the last bit."""
    passes = -(-bits // _DIGIT)
    if passes == 0:
        return []
    width = -(-bits // passes)
    return [(shift, min(width, low + bits - shift)) for shift in range(low, low + bits, width)]
