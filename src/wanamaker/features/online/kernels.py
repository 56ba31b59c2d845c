"""Texts as 128 bits that tell them apart: MurmurHash3, the variant x64 128 (Appleby, 2011)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]

_C1 = np.uint64(0x87C37B91114253D5)
_C2 = np.uint64(0x4CF5AD432745937F)
_MIX_1 = np.uint64(0xFF51AFD7ED558CCD)
_MIX_2 = np.uint64(0xC4CEB9FE1A85EC53)
_FIVE = np.uint64(5)
_ADD_1 = np.uint64(0x52DCE729)
_ADD_2 = np.uint64(0x38495AB5)


@njit(cache=True, nogil=True, inline="always")
def _turned(value: np.uint64, by: int) -> np.uint64:
    return (value << np.uint64(by)) | (value >> np.uint64(64 - by))


@njit(cache=True, nogil=True)
def _mixed(value: np.uint64) -> np.uint64:
    value = (value ^ (value >> np.uint64(33))) * _MIX_1
    value = (value ^ (value >> np.uint64(33))) * _MIX_2
    return value ^ (value >> np.uint64(33))


@njit(cache=True, nogil=True)
def _word(data: Bytes, start: int, stop: int) -> np.uint64:
    """Return up to eight bytes as one little-endian word."""
    found = np.uint64(0)
    for place in range(min(stop - start, 8)):
        found |= np.uint64(data[start + place]) << np.uint64(8 * place)
    return found


@njit(cache=True, nogil=True)
def _hash_text(data: Bytes, start: int, stop: int) -> tuple[np.uint64, np.uint64]:
    first, second = np.uint64(0), np.uint64(0)
    at = start
    while stop - at >= 16:
        first ^= _turned(_word(data, at, stop) * _C1, 31) * _C2
        first = (_turned(first, 27) + second) * _FIVE + _ADD_1
        second ^= _turned(_word(data, at + 8, stop) * _C2, 33) * _C1
        second = (_turned(second, 31) + first) * _FIVE + _ADD_2
        at += 16
    if stop - at > 8:
        second ^= _turned(_word(data, at + 8, stop) * _C2, 33) * _C1
    if stop > at:
        first ^= _turned(_word(data, at, stop) * _C1, 31) * _C2
    length = np.uint64(stop - start)
    first, second = first ^ length, second ^ length
    first += second
    second += first
    first, second = _mixed(first), _mixed(second)
    first += second
    return first, second + first


@njit(cache=True, nogil=True)
def hash_texts(data: Bytes, offsets: NDArray[np.int64], words: NDArray[np.int64]) -> None:
    """Write the 128 bits of each text into the last two words of its row, of shape (texts, 3).

    Parameters
    ----------
    data
        The UTF-8 bytes of all texts, of shape (bytes,).
    offsets
        Where each text begins, and the end of the last, of shape (texts + 1,).
    words
        Written to, of shape (texts, 3).
    """
    for row in range(len(offsets) - 1):
        first, second = _hash_text(data, offsets[row], offsets[row + 1])
        words[row, 1] = np.int64(first)
        words[row, 2] = np.int64(second)


@njit(cache=True, nogil=True)
def write_integers(values: NDArray[np.int64], words: NDArray[np.int64]) -> None:
    """Write integers as words, of shape (rows, 3): their type, which is 1, and 128 bits."""
    for row in range(len(values)):
        words[row, 0] = 1
        words[row, 1] = values[row]
        words[row, 2] = values[row] >> 63
