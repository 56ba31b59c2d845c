"""Sessions as ragged arrays."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from wanamaker.base.durations import MICROS_PER_SECOND
from wanamaker.base.errors import DataError, ParameterTypeError
from wanamaker.base.frames import Kind, to_kind
from wanamaker.base.parameters import IntegerIn, check
from wanamaker.base.ragged import lengths_to_offsets, row_numbers, take_rows
from wanamaker.events.codes import stable_hashes
from wanamaker.journeys.journeys import NO_TIME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from wanamaker.journeys.notes import Note

MISSING = -1
"""The code of a category that is not known."""


class Coded(NamedTuple):
    """A column of categories: the code of each value, and the name of each code.

    ``codes`` is of type int32, `MISSING` where there is no value; ``names`` are in alphabetical order.
    """

    codes: NDArray[np.int32]
    names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Sessions:
    """Events of many sessions: flat values and offsets, with what is known of each session.

    Made by `sessions_from_events` and `sessions_from_table`; not built by hand.

    Parameters
    ----------
    offsets
        Where each session's events begin, of shape (sessions + 1,). Sessions stand in the order in
        which the log first names them, and may be of length 0.
    events
        Codes of all events, session after session, in the order of time, of shape (events,).
    event_names
        Event names in alphabetical order; an event's code is its place here.
    table
        One row per session: ``session``, ``user`` (where given), ``started`` (UTC), the session-level
        features, and ``label`` (where known).
    times
        Microseconds since the epoch of each event; None for sessions without events.
    categorical
        Further columns of categories, one value per event.
    numeric
        Columns of numbers, one value per event, NaN where missing.
    numeric_features, categorical_features
        Columns of ``table`` that are known of a session from its start. Numbers have null where
        missing, categories are text.
    labels
        Whether each session has what is asked for, of shape (sessions,).
    outcome, horizon
        The event asked for, and within how many steps.
    step_labels
        Does the outcome follow after this event (within ``horizon`` steps), of shape (events,).
    at_risk
        Whether the question may be asked after this event, of shape (events,).
    log_rows
        The row of the log that each event is from, counted from 0, of shape (events,).
    """

    offsets: NDArray[np.int64]
    events: NDArray[np.int32]
    event_names: tuple[str, ...]
    table: pl.DataFrame
    times: NDArray[np.int64] | None = None
    categorical: dict[str, Coded] = field(default_factory=dict)
    numeric: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    numeric_features: tuple[str, ...] = ()
    categorical_features: tuple[str, ...] = ()
    labels: NDArray[np.bool_] | None = None
    outcome: str | None = None
    horizon: int | None = None
    step_labels: NDArray[np.bool_] | None = None
    at_risk: NDArray[np.bool_] | None = None
    log_rows: NDArray[np.int64] | None = None
    notes: tuple[Note, ...] = ()
    kind: Kind = "polars"

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __repr__(self) -> str:
        told = "" if self.labels is None else f", {int(self.labels.sum()):,} with the label"
        return (
            f"Sessions({len(self):,} sessions, {len(self.events):,} events of "
            f"{len(self.event_names)} kinds{told})"
        )

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Events of each session, of shape (sessions,)."""
        return np.diff(self.offsets)

    @property
    def rows(self) -> NDArray[np.int64]:
        """The session that each event belongs to, of shape (events,)."""
        return row_numbers(self.offsets)

    @property
    def asked(self) -> NDArray[np.bool_]:
        """Whether the question is open after at least one event, of shape (sessions,).

        Where an outcome is asked for, a session without events before it had its outcome at once:
        its emptiness would tell the label. Train and test on ``sessions.take(sessions.asked)``.
        """
        return np.ones(len(self), dtype=np.bool_) if self.outcome is None else self.lengths > 0

    @cached_property
    def users(self) -> NDArray[np.uint64]:
        """A 64-bit key of each session's user, or of the session where the user is not known."""
        hashes = stable_hashes(self.table["session"])
        if "user" not in self.table.columns:
            return hashes
        users = self.table["user"]
        return np.where(users.is_null().to_numpy(), hashes, stable_hashes(users))

    @property
    def started(self) -> NDArray[np.int64] | None:
        """Microseconds since the epoch at which each session began; `NO_TIME` where not known."""
        if "started" not in self.table.columns:
            return None
        return self.table["started"].to_physical().fill_null(NO_TIME).to_numpy()

    @property
    def gaps(self) -> NDArray[np.float64] | None:
        """Seconds from the event before to each event, 0 for a session's first, of shape (events,)."""
        if self.times is None:
            return None
        gaps = np.diff(self.times, prepend=self.times[:1]) / MICROS_PER_SECOND
        gaps[self.offsets[:-1][self.lengths > 0]] = 0.0
        return gaps

    def take(self, indices: Sequence[int] | NDArray[np.integer] | NDArray[np.bool_]) -> Sessions:
        """Return the chosen sessions, in the order given.

        Parameters
        ----------
        indices
            Session numbers, or one boolean per session.

        Raises
        ------
        DataError
            If a number lies outside the sessions, or the mask has another length.
        """
        rows = self._checked(np.asarray(indices))
        offsets, places = take_rows(self.offsets, rows)
        labels = None if self.labels is None else self.labels[rows]
        return replace(self.with_events(offsets, places), table=self.table[rows], labels=labels)

    def prefix(self, events: int) -> Sessions:
        """Return every session as it was after its first so many events; shorter ones stay whole.

        Labels stay those of the whole session: what followed is what is asked. Those that had come
        so far are ``sessions.take(sessions.lengths >= k).prefix(k)``.

        Parameters
        ----------
        events
            How many events at most; 0 leaves only what is known before the first one.
        """
        check("Sessions.prefix", {"events": events}, {"events": IntegerIn(0)})
        return self._between(self.offsets[:-1], np.minimum(self.lengths, events))

    def last(self, events: int) -> Sessions:
        """Return every session with its last so many events only; shorter ones stay whole."""
        check("Sessions.last", {"events": events}, {"events": IntegerIn(0)})
        lengths = np.minimum(self.lengths, events)
        return self._between(self.offsets[1:] - lengths, lengths)

    def to_frame(self) -> Any:
        """Return one row per session, as a table of the kind that the log was given in.

        Columns: those of ``table``, then, one list per session, ``events`` (names), ``seconds`` (since
        the first event that is kept), the categorical and the numeric columns, ``step_label``.
        """
        columns = {"events": self._names(self.events, self.event_names)}
        if self.times is not None:
            since = self.times - np.repeat(self._first_times(), self.lengths)
            columns["seconds"] = pl.Series(since / MICROS_PER_SECOND)
        columns |= {name: self._names(*coded) for name, coded in self.categorical.items()}
        columns |= {name: pl.Series(values, nan_to_null=True) for name, values in self.numeric.items()}
        if self.step_labels is not None:
            columns["step_label"] = pl.Series(self.step_labels)
        lists = [self._lists(values).alias(name) for name, values in columns.items()]
        return to_kind(self.table.with_columns(lists), self.kind)

    def _between(self, starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> Sessions:
        offsets = lengths_to_offsets(lengths)
        places = np.arange(offsets[-1], dtype=np.int64) + np.repeat(starts - offsets[:-1], lengths)
        return self.with_events(offsets, places)

    def with_events(self, offsets: NDArray[np.int64], places: NDArray[np.int64]) -> Sessions:
        """Return the same columns with the events at the given places, cut at the given offsets."""
        return replace(
            self,
            offsets=offsets,
            events=self.events[places],
            times=None if self.times is None else self.times[places],
            categorical={
                name: Coded(coded.codes[places], coded.names) for name, coded in self.categorical.items()
            },
            numeric={name: values[places] for name, values in self.numeric.items()},
            step_labels=None if self.step_labels is None else self.step_labels[places],
            at_risk=None if self.at_risk is None else self.at_risk[places],
            log_rows=None if self.log_rows is None else self.log_rows[places],
        )

    def _first_times(self) -> NDArray[np.int64]:
        times = np.append(self.times, 0) if self.times is not None else np.zeros(1, dtype=np.int64)
        return times[self.offsets[:-1]]

    def _checked(self, indices: NDArray[Any]) -> NDArray[np.int64]:
        if indices.dtype == np.bool_:
            if len(indices) != len(self):
                message = f"A mask must have one value per session ({len(self)}). Got {len(indices)}."
                raise DataError(message)
            return np.flatnonzero(indices)
        if len(indices) and not np.issubdtype(indices.dtype, np.integer):
            message = f"Sessions are taken by whole numbers or a mask. Got {indices.dtype}."
            raise ParameterTypeError(message)
        rows = indices.astype(np.int64)
        if len(rows) and (rows.min() < 0 or rows.max() >= len(self)):
            message = f"Session numbers must lie from 0 to {len(self) - 1}. Got {rows.min()} to {rows.max()}."
            raise DataError(message)
        return rows

    @staticmethod
    def _names(codes: NDArray[np.int32], names: tuple[str, ...]) -> pl.Series:
        known = pl.Series(codes).set(pl.Series(codes == MISSING), None)
        return pl.Series(list(names), dtype=pl.String).gather(known)

    def _lists(self, flat: pl.Series) -> pl.Series:
        """Return flat values as one list per session."""
        import pyarrow as pa

        return pl.Series(pl.from_arrow(pa.LargeListArray.from_arrays(self.offsets, flat.to_arrow())))
