"""Packing keys into integers, sorting rows by them digit by digit, and finding runs of equal keys.

A word holds a key in its upper bits and a row in its lower ones: sorted together one array
is moved in place of two. Keys that leave no room for the row are sorted beside their rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Rows = NDArray[np.int32]


@njit(cache=True, nogil=True)
def is_ascending(ticks: NDArray[np.integer]) -> bool:
    """Tell whether no tick is less than the one before it."""
    for row in range(1, len(ticks)):  # noqa: SIM110 (numba compiles the loop)
        if ticks[row] < ticks[row - 1]:
            return False
    return True


@njit(cache=True, nogil=True)
def pack_into(keys: Ints, codes: NDArray[np.integer], low: int, shift: int) -> None:
    """Write ``codes - low`` into the bits of each key that begin at ``shift``; they are 0 before."""
    for row in range(len(keys)):
        keys[row] |= (np.int64(codes[row]) - low) << shift


@njit(cache=True, nogil=True)
def join_rows(keys: Ints, row_bits: int) -> None:
    """Make each key a word, with its own place as the row."""
    for row in range(len(keys)):
        keys[row] = (keys[row] << row_bits) | row


@njit(cache=True, nogil=True)
def words_of(keys: Ints, rows: Rows, row_bits: int) -> Ints:
    """Return the words of some rows in their order."""
    words = np.empty(len(rows), dtype=np.int64)
    for place in range(len(rows)):
        words[place] = (keys[rows[place]] << row_bits) | rows[place]
    return words


@njit(cache=True, nogil=True)
def sort_words(source: Ints, target: Ints, shift: int, bits: int) -> bool:
    """Sort words by the digit of ``bits`` bits at ``shift``, stably.

    Returns
    -------
    bool
        Whether anything was moved to the target; not if all have the same digit.
    """
    mask = (1 << bits) - 1
    places = _places(source, shift, mask)
    if len(places) == 0:
        return False
    for word in source:
        digit = (word >> shift) & mask
        free = places[digit]
        target[free] = word
        places[digit] = free + 1
    return True


@njit(cache=True, nogil=True)
def sort_pairs(source: tuple[Ints, Rows], target: tuple[Ints, Rows], shift: int, bits: int) -> bool:
    """Sort keys and the rows beside them by one digit, as `sort_words` does."""
    keys, rows = source
    to_keys, to_rows = target
    mask = (1 << bits) - 1
    places = _places(keys, shift, mask)
    if len(places) == 0:
        return False
    for place in range(len(keys)):
        key = keys[place]
        digit = (key >> shift) & mask
        free = places[digit]
        to_keys[free] = key
        to_rows[free] = rows[place]
        places[digit] = free + 1
    return True


@njit(cache=True, nogil=True)
def rows_of(words: Ints, row_bits: int) -> Rows:
    """Return the rows of words."""
    rows = np.empty(len(words), dtype=np.int32)
    mask = (1 << row_bits) - 1
    for place in range(len(words)):
        rows[place] = words[place] & mask
    return rows


@njit(cache=True, nogil=True)
def runs_of(keys: Ints, rows: Rows, shift: int, least: int) -> tuple[Rows, Rows]:
    """Return the rows of the runs of at least so many equal keys, and where each run begins among them.

    Parameters
    ----------
    keys
        Keys in order; bits below ``shift`` are no part of them.
    rows
        Their rows. They are moved together in place.
    """
    runs = 0
    begin = 0
    for place in range(1, len(keys) + 1):
        if place == len(keys) or keys[place] >> shift != keys[begin] >> shift:
            runs += place - begin >= least
            begin = place
    begins = np.zeros(runs + 1, dtype=np.int32)
    begin, run, kept = 0, 0, 0
    for place in range(1, len(keys) + 1):
        if place == len(keys) or keys[place] >> shift != keys[begin] >> shift:
            if place - begin >= least:
                for moved in range(begin, place):
                    rows[kept] = rows[moved]
                    kept += 1
                run += 1
                begins[run] = kept
            begin = place
    return rows[:kept], begins


@njit(cache=True, nogil=True)
def number_runs(rows: Rows, begins: Rows, codes: Rows) -> None:
    """Write the number of each run to the codes of its rows."""
    for run in range(len(begins) - 1):
        for place in range(begins[run], begins[run + 1]):
            codes[rows[place]] = run


@njit(cache=True, nogil=True)
def _places(keys: Ints, shift: int, mask: int) -> Ints:
    """Return where the keys of each digit begin in order; nothing if all have the same digit."""
    places = np.zeros(mask + 2, dtype=np.int64)
    for key in keys:
        places[((key >> shift) & mask) + 1] += 1
    if places.max() == len(keys):
        return places[:0]
    for digit in range(mask):
        places[digit + 1] += places[digit]
    return places
