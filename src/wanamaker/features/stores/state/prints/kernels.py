"""Fingerprints of 128 bits: a key's and a value's words, mixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from wanamaker.features.stores.state.types import Ints, Print


@njit(cache=True, nogil=True)
def mixed_in(prints: Print, words: Ints, at: int) -> Print:
    """Return a fingerprint with one more value mixed in.

    Both halves begin with a linear map of the value's 128 bits whose determinant is odd: different values
    of one type differ in one half at least. What follows are permutations of each half: the finisher of
    MurmurHash3, and variant 13 of Stafford's (2011).
    """
    kind, low, high = np.uint64(words[at]), np.uint64(words[at + 1]), np.uint64(words[at + 2])
    first = np.uint64(prints[0]) + kind * np.uint64(0x9E3779B97F4A7C15)
    first += low * np.uint64(0xC2B2AE3D27D4EB4F) + high * np.uint64(0x165667B19E3779F9)
    second = np.uint64(prints[1]) + kind * np.uint64(0xD6E8FEB86659FD93)
    second += low * np.uint64(0xA0761D6478BD642F) + high * np.uint64(0xE7037ED1A0B428DA)
    first = (first ^ (first >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    first = (first ^ (first >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    second = (second ^ (second >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    second = (second ^ (second >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    first ^= first >> np.uint64(33)
    second ^= second >> np.uint64(31)
    return np.int64(first), np.int64(second)  # type: ignore[return-value]


@njit(cache=True, nogil=True)
def closed(prints: Print) -> Print:
    """Return a fingerprint that is not all zeros: that is the mark of a free slot."""
    if prints[0] == 0 and prints[1] == 0:
        return prints[0], prints[1] + 1
    return prints
