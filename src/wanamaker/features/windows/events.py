"""What window features read of a log: ticks, keys, and when labels became known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError, SchemaError
from wanamaker.base.frames import require_columns
from wanamaker.events.columns import as_flags
from wanamaker.events.times import epoch_micros, exact_iso

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

NEVER = np.iinfo(np.int64).max
"""The tick at which a label that is not positive becomes known to be positive."""


@dataclass(frozen=True, slots=True, eq=False)
class WindowEvents:
    """A log as windows read it.

    Parameters
    ----------
    frame
        The log, with the columns of keys and values.
    ticks
        The tick of each row, of shape (rows,).
    known
        The tick at which each row's label became known to be positive (`NEVER` for others), of shape
        (rows,); None where labels are not read.
    """

    frame: pl.DataFrame
    ticks: NDArray[np.int64]
    known: NDArray[np.int64] | None = None


def ticks_of(times: pl.Series, resolution: int, time_unit: str = "auto") -> NDArray[np.int64]:
    """Return times floored to ticks.

    Parameters
    ----------
    times
        Anything that `epoch_micros` reads.
    resolution
        Microseconds per tick.
    time_unit
        The unit of numbers.

    Raises
    ------
    DataError
        If a time is missing or cannot be read; names the row, counted from 0.

    Examples
    --------
    >>> ticks_of(pl.Series("t", [-0.5, 0.5, 1.0]), 1_000_000).tolist()
    [-1, 0, 1]
    """
    micros = epoch_micros(times, time_unit)
    if micros.null_count():
        row = int(micros.is_null().arg_true()[0])
        message = f"Column {times.name!r}, row {row}: the time is missing ({micros.null_count()} such rows)."
        raise DataError(message, hint="Leave out these rows, or fill in their times; rows count from 0.")
    return np.asarray(np.floor_divide(micros.to_numpy(), resolution), dtype=np.int64)


def known_ticks(
    frame: pl.DataFrame, time: str, label: str, label_time: str, *, resolution: int, time_unit: str = "auto"
) -> NDArray[np.int64]:
    """Return the tick at which each row's label became known to be positive, `NEVER` for others.

    Raises
    ------
    DataError
        If a label is neither 0 nor 1, a positive label has no label time, or a label time lies before
        its event; names the row, counted from 0.
    """
    positive = as_flags(frame[label], "label")
    told = epoch_micros(frame[label_time], time_unit)
    missing = positive & told.is_null().to_numpy()
    if missing.any():
        row = int(np.flatnonzero(missing)[0])
        message = f"Row {row}: {label!r} is positive, {label_time!r} is missing ({missing.sum()} such rows)."
        hint = "A conversion counts from the moment it was known; fill in its time, or set the label to 0."
        raise DataError(message, hint=hint)
    micros = told.fill_null(0).to_numpy()
    early = positive & (micros < epoch_micros(frame[time], time_unit).to_numpy())
    if early.any():
        row = int(np.flatnonzero(early)[0])
        message = (
            f"Row {row}: {label_time!r} ({exact_iso(int(micros[row]))}) lies before the event's {time!r} "
            f"({frame[time][row]}; {early.sum()} such rows)."
        )
        raise DataError(message, hint="A conversion follows its event; check the columns and their units.")
    return np.where(positive, np.floor_divide(micros, resolution), NEVER)


def refuse_late_history(latest: int, first: int, resolution: int) -> None:
    """Refuse history that reaches beyond the first of the rows that go on from it.

    Parameters
    ----------
    latest, first
        The last tick of history, and the first of the new rows.
    resolution
        Microseconds per tick.

    Raises
    ------
    DataError
        If history is not past.
    """
    if latest > first:
        message = "History must end before the new rows begin. It reaches to "
        message += f"{exact_iso(latest * resolution)}, they begin at {exact_iso(first * resolution)}."
        raise DataError(message, hint="Leave out of history what is not past: rows after the first new one.")


def refuse_unfit_keys(frame: pl.DataFrame, keys: Sequence[str]) -> None:
    """Refuse key columns whose values cannot be told apart for certain.

    Raises
    ------
    SchemaError
        If a key column holds floats, lists, structs or objects.
    """
    require_columns(keys, frame.columns, "the log")
    for name in keys:
        dtype = frame.schema[name]
        if dtype.is_float() or dtype.is_decimal():
            message = f"The key column {name!r} must hold ids or names. Got type {dtype}."
            hint = f"Cast it first, for example pl.col({name!r}).cast(pl.Int64)."
            raise SchemaError(message, hint=hint)
        if dtype.is_nested() or dtype == pl.Object:
            message = f"The key column {name!r} must hold one id or name per row. Got type {dtype}."
            raise SchemaError(message, hint="Explode lists first; lookup takes lists of keys.")


def refuse_unfit_values(frame: pl.DataFrame, summed: Sequence[str], counted: Sequence[str]) -> None:
    """Refuse columns that cannot be summed, or whose values cannot be told apart.

    Raises
    ------
    SchemaError
        If a summed column is not numeric, or a counted one holds lists or objects.
    DataError
        If a value is not finite; names the row, counted from 0.
    """
    require_columns([*summed, *counted], frame.columns, "the log")
    for name in summed:
        values = frame[name]
        if not (values.dtype.is_numeric() or values.dtype in (pl.Boolean, pl.Null)):
            message = f"The column {name!r} is summed and must be numeric. Got type {values.dtype}."
            raise SchemaError(message, hint=f"Cast it first, for example pl.col({name!r}).cast(pl.Float64).")
        if values.dtype.is_float():
            bad = (~values.is_finite()).fill_null(value=False)
            if bad.any():
                row = int(bad.arg_true()[0])
                message = f"Column {name!r}, row {row}: {values[row]!r} is no finite number."
                raise DataError(message, hint="Mend these rows, or make them null: nulls add nothing.")
    for name in counted:
        dtype = frame.schema[name]
        if dtype.is_nested() or dtype == pl.Object:
            message = f"The values of {name!r} are counted and must be ids or names. Got type {dtype}."
            raise SchemaError(message, hint="Give one value per row.")
