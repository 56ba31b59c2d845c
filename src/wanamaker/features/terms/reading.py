"""Columns of a search-term log as days and amounts, or an error that names row and value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from wanamaker.base.errors import DataError, SchemaError
from wanamaker.events.columns import as_amounts
from wanamaker.events.times import epoch_micros

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_DAY = 86_400_000_000
_DATES = "Give dates, ISO 8601 texts such as '2026-03-31', or datetimes at midnight."


def days_of(values: pl.Series) -> NDArray[np.int32]:
    """Return a column of dates in days since 1970-01-01, of shape (rows,).

    A datetime with a zone stands for the date in its zone.

    Raises
    ------
    SchemaError
        If the column holds numbers, or anything else but dates.
    DataError
        If a date is missing, cannot be read, or has a time of day.
    """
    if values.dtype.is_numeric() or values.dtype in (pl.Boolean, pl.Object) or values.dtype.is_nested():
        message = f"The date column {values.name!r} must hold dates. Got type {values.dtype}."
        raise SchemaError(message, hint=_DATES)
    if isinstance(values.dtype, pl.Datetime) and values.dtype.time_zone is not None:
        local = values.dt.replace_time_zone(None)
    else:
        local = values
    micros = refuse_nulls(epoch_micros(local), "date", values)
    timed = micros % _DAY != 0
    if timed.any():
        row = int(timed.arg_true()[0])
        message = f"Column {values.name!r}, row {row}: {values[row]!s} is not a whole day{_more(timed)}."
        hint = f"Rows are one per term and day: write pl.col({values.name!r}).dt.date()."
        raise DataError(message, hint=hint)
    return (micros // _DAY).cast(pl.Int32).to_numpy().copy()


def amounts_of(frame: pl.DataFrame, column: str | None, role: str) -> NDArray[np.float64] | None:
    """Return a column of amounts, of shape (rows,); None if it is absent or null throughout.

    Raises
    ------
    SchemaError
        If the column is not numeric.
    DataError
        If an amount is null, negative or not finite.
    """
    if column is None or column not in frame.columns:
        return None
    values = frame[column]
    if values.null_count() == len(values) and len(values):
        return None
    hint = "Write 0 where nothing was counted; leave out rows of which nothing is known yet."
    return as_amounts(refuse_nulls(values, role, values, hint), role)


def refuse_nulls(read: pl.Series, role: str, values: pl.Series, hint: str | None = None) -> pl.Series:
    """Return a column if nothing is missing in it.

    Parameters
    ----------
    read
        The column as it is used.
    role
        What it is for, for the message.
    values
        The column as it was given, for the message.

    Raises
    ------
    DataError
        If a value is null.
    """
    missing = read.is_null()
    if missing.any():
        row = int(missing.arg_true()[0])
        message = (
            f"Column {values.name!r}, row {row}: there is no {role}. Got {values[row]!r}{_more(missing)}."
        )
        raise DataError(message, hint=hint or "Leave out these rows; rows are counted from 0.")
    return read


def _more(bad: pl.Series) -> str:
    count = int(bad.sum())
    return f" ({count} such rows)" if count > 1 else ""
