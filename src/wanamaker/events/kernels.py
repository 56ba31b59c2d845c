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
