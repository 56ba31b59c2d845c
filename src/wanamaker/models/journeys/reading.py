"""Journeys as the network reads them, from which touches can be taken away."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.durations import MICROS_PER_SECOND
from wanamaker.base.ragged import lengths_to_offsets, row_numbers, take_rows
from wanamaker.nn.sequences import Sequences

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

TOUCH = "touch"


@dataclass(frozen=True, eq=False, kw_only=True)
class Reading:
    """Sequences of touches with the covariates of the journeys that they were taken from.

    Gaps and ages are worked out from the times of the touches that are there, and nothing else: the gap of
    a touch to the one before it, and its age at the last touch. When a journey converted, or how long it
    has been silent, is not read: for a converting journey that would be the answer.

    Parameters
    ----------
    offsets
        Of shape (sequences + 1,).
    codes
        Code of each touch: 1 unknown, 2 and up known; of shape (touches,).
    times
        Microseconds since the epoch of each touch; None where times are not read.
    owners
        The journey whose covariates each sequence has, of shape (sequences,).
    static_codes, static_numbers
        Covariates by journey.
    """

    offsets: Ints
    codes: NDArray[np.int32]
    times: Ints | None
    owners: Ints
    static_codes: dict[str, NDArray[np.int32]] = field(default_factory=dict)
    static_numbers: dict[str, NDArray[np.float32]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> Ints:
        """Touches of each sequence."""
        return np.diff(self.offsets)

    def made_of(self, lengths: Ints, places: Ints, owners: Ints) -> Reading:
        """Return sequences of chosen touches.

        Parameters
        ----------
        lengths
            Of the new sequences.
        places
            Where each of their touches stands here.
        owners
            The sequence here whose covariates each has.
        """
        return replace(
            self,
            offsets=lengths_to_offsets(lengths),
            codes=self.codes[places],
            times=None if self.times is None else self.times[places],
            owners=self.owners[owners],
        )

    def take(self, rows: Ints) -> Reading:
        """Return the given sequences."""
        offsets, places = take_rows(self.offsets, rows)
        return self.made_of(np.diff(offsets), places, rows)

    def last(self, most: int) -> Reading:
        """Return the sequences cut to their last touches."""
        lengths = self.lengths
        if not len(lengths) or int(lengths.max()) <= most:
            return self
        kept = np.minimum(lengths, most)
        offsets = lengths_to_offsets(kept)
        places = np.arange(offsets[-1]) + np.repeat(self.offsets[1:] - offsets[1:], kept)
        return self.made_of(kept, places, np.arange(len(lengths)))

    def with_touch(self, code: int, times: Ints | None) -> Reading:
        """Return every sequence with one more touch at its end, at the times given."""
        lengths = self.lengths + 1
        offsets = lengths_to_offsets(lengths)
        ends = offsets[1:] - 1
        old = np.ones(offsets[-1], dtype=np.bool_)
        old[ends] = False
        codes = np.full(offsets[-1], code, dtype=np.int32)
        codes[old] = self.codes
        moments = None
        if self.times is not None and times is not None:
            moments = np.empty(offsets[-1], dtype=np.int64)
            moments[old], moments[ends] = self.times, times
        return replace(self, offsets=offsets, codes=codes, times=moments)

    def sequences(
        self, labels: NDArray[np.float64] | None = None, weights: NDArray[np.float64] | None = None
    ) -> Sequences:
        """Return what the network reads."""
        gaps, ages = self._clocks()
        return Sequences(
            offsets=self.offsets,
            codes={TOUCH: self.codes},
            gaps=gaps,
            ages=ages,
            static_codes={name: values[self.owners] for name, values in self.static_codes.items()},
            static_numbers={name: values[self.owners] for name, values in self.static_numbers.items()},
            labels=None if labels is None else labels.astype(np.float32),
            weights=None if weights is None else weights.astype(np.float32),
        )

    def _clocks(self) -> tuple[NDArray[np.float32] | None, NDArray[np.float32] | None]:
        """Return seconds since the touch before, and until the last touch."""
        if self.times is None:
            return None, None
        gaps = np.diff(self.times, prepend=self.times[:1])
        held = self.lengths > 0
        gaps[self.offsets[:-1][held]] = 0
        lasts = np.zeros(len(self), dtype=np.int64)
        lasts[held] = self.times[self.offsets[1:][held] - 1]
        ages = lasts[row_numbers(self.offsets)] - self.times
        return _seconds(gaps), _seconds(ages)


def _seconds(micros: Ints) -> NDArray[np.float32]:
    return (np.maximum(micros, 0) / MICROS_PER_SECOND).astype(np.float32)
