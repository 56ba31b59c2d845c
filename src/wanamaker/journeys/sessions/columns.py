"""Columns of a log of sessions in the form their role asks for, or an error that names row and value."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError, SchemaError
from wanamaker.events.columns import as_names
from wanamaker.journeys.sessions.sessions import MISSING, Coded

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TEXT = (pl.String, pl.Categorical, pl.Enum)


def as_numbers(values: pl.Series, role: str, rows: pl.Series | None = None) -> NDArray[np.float64]:
    """Return a column of numbers as floats, NaN where missing.

    Text is read if all of it is numbers. Null, NaN and blank text are missing.

    Parameters
    ----------
    values
        Numbers, booleans, or numbers as text.
    role
        What the column is for, for the message.
    rows
        The row of the caller's table that each value is from, where that is not its place.

    Raises
    ------
    SchemaError
        If the column holds neither.
    DataError
        If a value is no number, or not finite; names the row, counted from 0.
    """
    if isinstance(values.dtype, _TEXT):
        told = as_names(values, role)
        numbers = told.cast(pl.Float64, strict=False)
        bad = numbers.is_null() & told.is_not_null()
        if bad.any():
            refuse(values, bad, f"is no number in the {role} column", rows)
    elif values.dtype.is_numeric() or values.dtype in (pl.Boolean, pl.Null):
        numbers = values.cast(pl.Float64)
    else:
        message = f"The {role} column {values.name!r} must be numeric. Got type {values.dtype}."
        raise SchemaError(message, hint="Convert it first, for example to seconds.")
    infinite = numbers.is_infinite().fill_null(value=False)
    if infinite.any():
        refuse(values, infinite, f"is no finite number in the {role} column", rows)
    return numbers.fill_null(np.nan).to_numpy().copy()


def as_coded(values: pl.Series, role: str) -> Coded:
    """Code trimmed names in alphabetical order, so that the log's order does not matter.

    Raises
    ------
    SchemaError
        If the column holds values that name nothing.
    """
    names = as_names(values, role)
    distinct = names.drop_nulls().unique().sort()
    codes = names.cast(pl.Enum(distinct)).to_physical().cast(pl.Int32).fill_null(MISSING)
    return Coded(codes.to_numpy(), tuple(distinct.to_list()))


def refuse(values: pl.Series, bad: pl.Series, reason: str, rows: pl.Series | None = None) -> NoReturn:
    """Name the first bad row and its value, and say how many there are.

    Raises
    ------
    DataError
        Always.
    """
    place = int(bad.arg_true()[0])
    row = place if rows is None else int(rows[place])
    count = int(bad.sum())
    more = f" ({count} such rows)" if count > 1 else ""
    message = f"Column {values.name!r}, row {row}: {values[place]!r} {reason}{more}."
    raise DataError(message, hint="Mend or leave out these rows; rows are counted from 0.")
