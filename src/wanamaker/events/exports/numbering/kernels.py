"""Equal cells under one number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from wanamaker.events.exports.words.kernels import upto_eight

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Place = int | np.signedinteger[Any]
    Places = NDArray[np.signedinteger[Any]]
    Words = NDArray[np.uint64]
    Held = tuple[NDArray[np.int32], Words, Places, Places, Words]

_FEWEST_SLOTS = 1 << 10
_MIX = 0x9E3779B97F4A7C15


@njit(cache=True)
def numbered(body: Bytes, starts: Places, ends: Places) -> tuple[NDArray[np.uint32], Places]:
    """Give equal cells one number, in order of first appearance.

    Returns
    -------
    tuple
        The number of each cell, and the first cell of each number.
    """
    table = np.full(_FEWEST_SLOTS, -1, dtype=np.int32)
    hashes = np.empty(_FEWEST_SLOTS, dtype=np.uint64)
    firsts = np.empty(_FEWEST_SLOTS, dtype=np.int64)
    offsets = np.zeros(_FEWEST_SLOTS + 1, dtype=np.int64)
    # Each distinct cell once, eight bytes a word: close together, so quick to compare.
    pool = np.empty(_FEWEST_SLOTS, dtype=np.uint64)
    codes = np.empty(len(starts), dtype=np.uint32)
    row = count = 0
    while True:
        held = (table, hashes, firsts, offsets, pool)
        row, count = _numbered(body, starts, ends, row, count, codes, held)
        if row == len(starts):
            return codes, firsts[:count].copy()
        if 2 * count >= len(table):
            table = _larger(hashes[:count], 4 * len(table))
            hashes, firsts, offsets = _room(hashes), _room(firsts), _room(offsets)
        else:
            longest = len(pool) + np.int64(abs(ends[row])) - np.int64(starts[row])
            pool = np.concatenate((pool, np.empty(longest, dtype=np.uint64)))


@njit(cache=True)
def _numbered(
    body: Bytes, starts: Places, ends: Places, begin: int, count: int, codes: NDArray[np.uint32], held: Held
) -> tuple[int, int]:
    """Give numbers until no cell or no room is left, and return how many cells and numbers are done.

    Apart from `numbered`, which exchanges the arrays for larger ones: what is exchanged in a loop is slow.
    """
    table, hashes, firsts, offsets, pool = held
    last = np.uint64(len(table) - 1)
    for row in range(begin, len(starts)):
        start, end = np.int64(starts[row]), np.int64(abs(ends[row]))
        state = _hash(body, start, end) ^ np.uint64(ends[row] < 0)
        slot = state & last
        while table[slot] >= 0:
            known = table[slot]
            if hashes[known] == state and _same(pool, offsets[known], offsets[known + 1], body, start, end):
                break
            slot = (slot + np.uint64(1)) & last
        if table[slot] < 0:
            words = (end - start + 7) // 8
            if 2 * count >= len(table) or offsets[count] + words > len(pool):
                return row, count
            table[slot], hashes[count], firsts[count] = count, state, row
            for step in range(words):
                pool[offsets[count] + step] = upto_eight(body, start + 8 * step, end)
            offsets[count + 1] = offsets[count] + words
            count += 1
        codes[row] = table[slot]
    return len(starts), count


@njit(cache=True)
def _room(values: NDArray[Any]) -> NDArray[Any]:
    return np.concatenate((values, np.empty(3 * len(values), dtype=values.dtype)))


@njit(inline="always")
def _hash(body: Bytes, start: Place, end: Place) -> np.uint64:
    """Return a hash of some bytes: eight at a time, each time multiplied and mixed."""
    state = np.uint64(end - start)
    for place in range(start, end, 8):
        state = (state ^ upto_eight(body, place, end)) * np.uint64(_MIX)
        state ^= state >> np.uint64(32)
    return state


@njit(inline="always")
def _same(pool: NDArray[np.uint64], begin: Place, stop: Place, body: Bytes, start: Place, end: Place) -> bool:
    """Tell whether a cell is that of the pool; its hash, which is the same, has its length in it."""
    if stop - begin != (end - start + 7) // 8:
        return False
    place = start
    for step in range(np.uint64(begin), np.uint64(stop)):
        if pool[step] != upto_eight(body, place, end):
            return False
        place += 8
    return True


@njit(cache=True)
def _larger(hashes: NDArray[np.uint64], size: int) -> NDArray[np.int32]:
    table = np.full(size, -1, dtype=np.int32)
    for number in range(len(hashes)):
        slot = np.int64(hashes[number] & np.uint64(size - 1))
        while table[slot] >= 0:
            slot = (slot + 1) & (size - 1)
        table[slot] = number
    return table
