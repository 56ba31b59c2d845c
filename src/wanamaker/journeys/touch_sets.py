"""Which touches each journey holds, and how often, whatever their order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.ragged import row_numbers, take_rows
from wanamaker.events.codes import mixed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.journeys import Journeys


@dataclass(frozen=True, eq=False)
class TouchSets:
    """The distinct touches of journeys as ragged arrays.

    Parameters
    ----------
    offsets
        Where each journey's distinct touches begin, of shape (journeys + 1,).
    members
        Codes of the distinct touches, ascending within a journey, of shape (distinct,).
    counts
        How often the journey holds each, of shape (distinct,).
    """

    offsets: NDArray[np.int64]
    members: NDArray[np.int32]
    counts: NDArray[np.int64]

    @staticmethod
    def of(journeys: Journeys) -> TouchSets:
        """Return the distinct touches of journeys."""
        from wanamaker.journeys.kernels import distinct_touches

        return TouchSets(*distinct_touches(journeys.offsets, journeys.touches, len(journeys.names)))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Distinct touches of each journey, of shape (journeys,)."""
        return np.diff(self.offsets)

    @property
    def rows(self) -> NDArray[np.int64]:
        """The journey of each distinct touch, of shape (distinct,)."""
        return row_numbers(self.offsets)

    @cached_property
    def hashes(self) -> NDArray[np.uint64]:
        """A 64-bit hash of each journey's set: the sum of its touches' hashes, of shape (journeys,)."""
        return sums_of_rows(touch_hashes(self.members), self.offsets)

    def take(self, rows: NDArray[np.int64]) -> TouchSets:
        """Return the sets of the chosen journeys."""
        offsets, places = take_rows(self.offsets, rows)
        return TouchSets(offsets, self.members[places], self.counts[places])


def touch_hashes(codes: NDArray[np.integer]) -> NDArray[np.uint64]:
    """Return the hash of each touch code; a set's hash is their sum, so subsets are quick to hash.

    Examples
    --------
    >>> len(set(touch_hashes(np.arange(1000)).tolist()))
    1000
    """
    return mixed(mixed(codes.astype(np.uint64)))


def sums_of_rows(values: NDArray[np.uint64], offsets: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return the sum of each row of a ragged array, modulo 2**64; 0 for an empty row.

    Examples
    --------
    >>> sums_of_rows(np.array([1, 2, 3], dtype=np.uint64), np.array([0, 2, 2, 3])).tolist()
    [3, 0, 3]
    """
    running = np.zeros(len(values) + 1, dtype=np.uint64)
    np.cumsum(values, out=running[1:])
    return running[offsets[1:]] - running[offsets[:-1]]
