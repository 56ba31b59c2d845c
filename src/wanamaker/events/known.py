"""What was known at a moment: which labels had come, and which rows were too young for theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError, ParameterError, SchemaError
from wanamaker.events.times import epoch_micros, exact_iso

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Micros = NDArray[np.int64]
    Flags = NDArray[np.bool_]

_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, eq=False)
class Arrivals:
    """When rows happened and when their labels came.

    Parameters
    ----------
    times
        Microseconds since the epoch, of shape (rows,).
    labels
        None where labels are not known here.
    known_at
        When each positive became known, of shape (rows,); None where labels are taken as known at once.
    """

    times: Micros
    labels: Flags | None
    known_at: Micros | None

    @property
    def end(self) -> int:
        """The last moment of the log: the last event or the last label."""
        ends = [int(self.times.max(initial=0))]
        if self.known_at is not None:
            ends.append(int(self.known_at[self.known_at < _NEVER].max(initial=ends[0])))
        return max(ends)

    def late(self, rows: Flags, moment: int) -> Flags:
        """Return which of the rows are positives whose label was not known strictly before the moment."""
        if self.known_at is None:
            return np.zeros(len(self.times), dtype=np.bool_)
        return rows & (self.known_at >= moment) & (self.known_at < _NEVER)

    def within(self, share: float) -> int | None:
        """Return in how many microseconds that share of the positive labels come; None if none do."""
        if self.known_at is None:
            return None
        came = self.known_at < _NEVER
        delays = self.known_at[came] - self.times[came]
        return int(np.quantile(delays, share, method="inverted_cdf")) if len(delays) else None


def arrivals(
    times: pl.Series | Micros, labels: ArrayLike | None, label_times: pl.Series | Micros | None
) -> Arrivals:
    """Return checked times, labels and times of labels.

    Parameters
    ----------
    times
        Microseconds since the epoch, or dates and datetimes.
    labels
        True and False, or 1 and 0; None where a row with a label time is a positive.
    label_times
        When each positive label became known, null for rows without one.

    Raises
    ------
    DataError
        If a time is missing, or a positive has no label time or one before its event.
    ParameterError
        If the lengths do not match.

    Examples
    --------
    >>> found = arrivals(np.array([0, 5]), None, pl.Series([7, None], dtype=pl.Int64))
    >>> found.late(np.array([True, True]), moment=7).tolist()
    [True, False]
    """
    moments = micros_of(times, "times")
    if moments.null_count():
        row = int(moments.is_null().arg_true()[0])
        message = f"Every row needs a time to be split by time. Row {row} has none."
        raise DataError(message, hint="Drop rows without a time, or split by group.")
    happened = moments.to_numpy()
    outcomes = None if labels is None else labels_of(labels, len(happened))
    if label_times is None:
        return Arrivals(happened, outcomes, None)
    came = micros_of(label_times, "label_times")
    _same_length("label_times", len(came), len(happened))
    positive = came.is_not_null().to_numpy() if outcomes is None else outcomes
    known_at = np.where(positive, came.fill_null(_NEVER).to_numpy(), _NEVER)
    _refuse_impossible(happened, positive, known_at)
    return Arrivals(happened, positive if outcomes is None else outcomes, known_at)


def micros_of(values: pl.Series | Micros, name: str) -> pl.Series:
    """Return times as a column of integer microseconds.

    Raises
    ------
    SchemaError
        If the type holds neither microseconds nor dates.
    """
    column = values if isinstance(values, pl.Series) else pl.Series(name, np.asarray(values))
    if column.dtype.is_integer() or column.dtype == pl.Null:
        return column.cast(pl.Int64)
    if column.dtype.is_temporal():
        return epoch_micros(column)
    message = f"{name!r} must be whole microseconds since the epoch. Got type {column.dtype}."
    raise SchemaError(message, hint="Read other times with wanamaker.events.times.epoch_micros(column).")


def labels_of(labels: ArrayLike, rows: int) -> Flags:
    """Return labels as True and False.

    Raises
    ------
    DataError
        If a label is neither 0 nor 1.
    """
    values: NDArray[Any] = np.asarray(labels)
    _same_length("labels", len(values), rows)
    bad = ~np.isin(values, [0, 1]) if len(values) else np.zeros(0, dtype=np.bool_)
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        message = f"Each label must be 0 or 1. Row {row}: {values[row]!s}."
        raise DataError(message, hint="Rows are counted from 0.")
    return values.astype(np.bool_)


def _refuse_impossible(happened: Micros, positive: Flags, known_at: Micros) -> None:
    missing = positive & (known_at == _NEVER)
    if missing.any():
        row = int(np.flatnonzero(missing)[0])
        message = f"Every positive label needs the time at which it became known. Row {row} has none."
        raise DataError(message, hint="Give its label time, or leave 'label_times' out for all rows.")
    early = positive & (known_at < happened)
    if early.any():
        row = int(np.flatnonzero(early)[0])
        came, event = exact_iso(int(known_at[row])), exact_iso(int(happened[row]))
        more = f" ({int(early.sum())} such rows)" if early.sum() > 1 else ""
        message = f"A label cannot come before its event. Row {row}: label {came}, event {event}{more}."
        raise DataError(message, hint="Check the units and the time zones of both columns.")


def _same_length(name: str, got: int, rows: int) -> None:
    if got != rows:
        message = f"{name!r} must have one value per row. Got {got} for {rows} rows."
        raise ParameterError(message, hint="Give columns of the same table.")
