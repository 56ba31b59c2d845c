"""Sessions in flat columns, and rows of steps cut out of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.durations import MICROS_PER_SECOND
from wanamaker.base.ragged import lengths_to_offsets
from wanamaker.nn.sequences import Sequences

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.models.sessions.scales import Scale

    Rows = NDArray[np.int64]

PACE = "seconds since the event before"
"""The name of the gap among the numbers of a step."""


@dataclass(frozen=True, eq=False)
class Cut:
    """Rows of steps: whose they are, and which steps stand in them.

    Parameters
    ----------
    owners
        The session of each row, of shape (rows,).
    offsets
        Where each row's steps begin, of shape (rows + 1,).
    places
        The place of each step among the events of all sessions, of shape (steps,); the number of events
        stands for the one step of a session without events.
    """

    owners: Rows
    offsets: Rows
    places: Rows

    @property
    def lasts(self) -> Rows:
        """The number of each row's last step, of shape (rows,)."""
        return self.offsets[1:] - 1


@dataclass(frozen=True, eq=False)
class Steps:
    """Flat columns, one value per event, and at the end the one step of a session without events.

    Parameters
    ----------
    offsets
        Where each session's events begin, of shape (sessions + 1,).
    codes, numbers
        By column, each of shape (events + 1,).
    times
        Microseconds since the epoch, of shape (events + 1,); None where times are not read.
    static_codes, static_numbers
        By column, each of shape (sessions,).
    pace
        How the seconds since the event before are read as a number; None where times are not read.
    """

    offsets: Rows
    codes: dict[str, NDArray[np.int32]]
    numbers: dict[str, NDArray[np.float32]]
    times: Rows | None
    static_codes: dict[str, NDArray[np.int32]]
    static_numbers: dict[str, NDArray[np.float32]]
    pace: Scale | None = None

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> Rows:
        """Events of each session, of shape (sessions,)."""
        return np.diff(self.offsets)

    def windows(self, owners: Rows, stops: Rows, max_length: int) -> Cut:
        """Return the last events before a place in each session: one row per owner.

        Parameters
        ----------
        owners
            Sessions, of shape (rows,).
        stops
            How many events of the session have come, of shape (rows,); the last of them ends the row.
        max_length
            How many events a row has at most.
        """
        lengths = np.minimum(stops, max_length)
        starts = self.offsets[:-1][owners] + stops - lengths
        starts = np.where(stops == 0, self.offsets[-1], starts)
        offsets = lengths_to_offsets(np.maximum(lengths, 1))
        places = np.arange(offsets[-1], dtype=np.int64) + np.repeat(starts - offsets[:-1], np.diff(offsets))
        return Cut(owners, offsets, places)

    def wholes(self, max_length: int) -> Cut:
        """Return the last events of every session."""
        return self.windows(np.arange(len(self), dtype=np.int64), self.lengths, max_length)

    def sequences(self, cut: Cut) -> Sequences:
        """Return rows of steps as a network reads them; the first step of a row has no gap before it."""
        gaps = None
        if self.times is not None:
            times = self.times[cut.places]
            gaps = np.diff(times, prepend=times[:1]) / MICROS_PER_SECOND
            gaps[cut.offsets[:-1]] = 0.0
        numbers = {name: values[cut.places] for name, values in self.numbers.items()}
        if gaps is not None and self.pace is not None:
            numbers[PACE] = self.pace.read(gaps)
        return Sequences(
            offsets=cut.offsets,
            codes={name: values[cut.places] for name, values in self.codes.items()},
            numbers=numbers,
            gaps=None if gaps is None else gaps.astype(np.float32),
            static_codes={name: values[cut.owners] for name, values in self.static_codes.items()},
            static_numbers={name: values[cut.owners] for name, values in self.static_numbers.items()},
        )
