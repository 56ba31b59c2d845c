"""Ragged arrays: flat values and offsets, the Arrow list layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Offsets = NDArray[np.int64]


def lengths_to_offsets(lengths: NDArray[np.integer]) -> Offsets:
    """Return the offsets of rows with the given lengths.

    Examples
    --------
    >>> lengths_to_offsets(np.array([2, 0, 3])).tolist()
    [0, 2, 2, 5]
    """
    offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def take_rows(offsets: Offsets, rows: NDArray[np.int64]) -> tuple[Offsets, NDArray[np.int64]]:
    """Choose rows of a ragged array.

    Parameters
    ----------
    offsets
        Offsets of the array, of shape (rows + 1,).
    rows
        Row numbers to take, in the order wanted; repeats are allowed.

    Returns
    -------
    tuple
        The new offsets, and for every flat value of the result its place in the old flat values.

    Examples
    --------
    >>> offsets, places = take_rows(np.array([0, 2, 2, 5]), np.array([2, 0]))
    >>> offsets.tolist(), places.tolist()
    ([0, 3, 5], [2, 3, 4, 0, 1])
    """
    lengths = np.diff(offsets)[rows]
    taken = lengths_to_offsets(lengths)
    shift = np.repeat(offsets[:-1][rows] - taken[:-1], lengths)
    return taken, np.arange(taken[-1], dtype=np.int64) + shift


def sums_by(codes: NDArray[np.integer], amounts: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Return the sum of the amounts of each code, of shape (count,).

    Examples
    --------
    >>> sums_by(np.array([0, 2, 0]), np.array([1.0, 2.0, 0.5]), 3).tolist()
    [1.5, 0.0, 2.0]
    """
    return np.bincount(codes, amounts, count).astype(np.float64, copy=False)


def row_numbers(offsets: Offsets) -> NDArray[np.int64]:
    """Return for every flat value the row it belongs to.

    Examples
    --------
    >>> row_numbers(np.array([0, 2, 2, 5])).tolist()
    [0, 0, 2, 2, 2]
    """
    return np.repeat(np.arange(len(offsets) - 1, dtype=np.int64), np.diff(offsets))
