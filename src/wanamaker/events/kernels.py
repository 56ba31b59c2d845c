"""Hashes of ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray


@njit(cache=True)
def fnv1a(offsets: NDArray[np.int64], data: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Return the 64-bit FNV-1a hash of each string of an Arrow string array.

    Parameters
    ----------
    offsets
        Where each string begins and ends in ``data``, of shape (strings + 1,).
    data
        The UTF-8 bytes of all strings.
    """
    count = len(offsets) - 1
    hashes = np.empty(count, dtype=np.uint64)
    prime = np.uint64(1099511628211)
    for row in range(count):
        state = np.uint64(14695981039346656037)
        for place in range(offsets[row], offsets[row + 1]):
            state = (state ^ np.uint64(data[place])) * prime
        hashes[row] = state
    return hashes


@njit(cache=True)
def number_groups(hashes: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give equal hashes one number, in order of first appearance.

    Returns
    -------
    tuple
        The number of each row, of shape (rows,), and the first row of each number.
    """
    size = 16
    while size < 2 * len(hashes):
        size *= 2
    slots = np.full(size, -1, dtype=np.int64)
    mask = np.uint64(size - 1)
    codes = np.empty(len(hashes), dtype=np.int64)
    firsts = np.empty(len(hashes), dtype=np.int64)
    count = 0
    for row in range(len(hashes)):
        slot = np.int64(hashes[row] & mask)
        while slots[slot] >= 0 and hashes[firsts[slots[slot]]] != hashes[row]:
            slot = (slot + 1) & np.int64(mask)
        if slots[slot] < 0:
            slots[slot], firsts[count] = count, row
            count += 1
        codes[row] = slots[slot]
    return codes, firsts[:count].copy()
