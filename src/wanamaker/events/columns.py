"""Columns of a log in the form their role asks for, or an error that names row and value."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import polars as pl

from wanamaker.base.errors import DataError, SchemaError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def as_flags(values: pl.Series, role: str) -> NDArray[np.bool_]:
    """Return a column of 0/1 (or true/false, also as text) as booleans; nulls are false.

    Raises
    ------
    SchemaError
        If the column is neither boolean nor numeric.
    DataError
        If a value is neither 0 nor 1; names the row, counted from 0.
    """
    if values.dtype == pl.Null:
        values = values.cast(pl.Boolean)
    if values.dtype == pl.String:
        values = _truths(values)
    if not (values.dtype == pl.Boolean or values.dtype.is_numeric()):
        message = f"The {role} column {values.name!r} must be boolean or 0/1. Got type {values.dtype}."
        raise SchemaError(message, hint="Write 1 for a conversion and 0 for none, or true and false.")
    if values.dtype != pl.Boolean:
        bad = ~((values == 0) | (values == 1)) & values.is_not_null()
        if bad.any():
            _refuse(values, bad, f"must be 0 or 1 in the {role} column")
    return values.cast(pl.Boolean).fill_null(value=False).to_numpy().copy()


def _truths(texts: pl.Series) -> pl.Series:
    """Return text as booleans if all of it is true, false, 1 or 0 in any case of letters."""
    known = {"true": True, "false": False, "1": True, "0": False, "": None}
    folded = texts.str.strip_chars().str.to_lowercase()
    if not folded.drop_nulls().is_in(list(known)).all():
        return texts
    return folded.replace_strict(known, return_dtype=pl.Boolean)


def as_amounts(values: pl.Series, role: str, *, signed: bool = False) -> NDArray[np.float64]:
    """Return a column of amounts as floats; nulls are 0.

    Parameters
    ----------
    values
        Numbers, in the currency (or count) of the log.
    role
        What the column is for, for the message.
    signed
        Whether negative amounts are allowed (a refund is; a negative cost is not).

    Raises
    ------
    SchemaError
        If the column is not numeric.
    DataError
        If a value is not finite, or negative where that is not allowed.
    """
    if values.dtype == pl.Null:
        values = values.cast(pl.Float64)
    if not values.dtype.is_numeric():
        message = f"The {role} column {values.name!r} must be numeric. Got type {values.dtype}."
        raise SchemaError(
            message, hint=f"Convert it first, for example pl.col({values.name!r}).cast(pl.Float64)."
        )
    amounts = values.cast(pl.Float64)
    infinite = (~amounts.is_finite()).fill_null(value=False)
    if infinite.any():
        _refuse(values, infinite, f"is no finite number in the {role} column")
    if not signed:
        negative = (amounts < 0).fill_null(value=False)
        if negative.any():
            _refuse(values, negative, f"must not be negative in the {role} column")
    return amounts.fill_null(0.0).to_numpy().copy()


def as_ids(values: pl.Series, role: str) -> pl.Series:
    """Return a column of ids in a type that can be compared and hashed: objects become their text.

    Raises
    ------
    SchemaError
        If the column holds lists or structs.
    """
    if values.dtype.is_nested():
        message = f"The {role} column {values.name!r} must hold ids. Got type {values.dtype}."
        raise SchemaError(message, hint="Give one id per row: a number, a text or a UUID.")
    if values.dtype == pl.Object:
        texts = [None if value is None else str(value) for value in values]
        return pl.Series(values.name, texts, dtype=pl.String)
    return values


def as_names(values: pl.Series, role: str) -> pl.Series:
    """Return a column of names as trimmed strings; nulls and empty names become null.

    Raises
    ------
    SchemaError
        If the column holds lists, structs or other values that name nothing.
    """
    nested = values.dtype.is_nested() or values.dtype in (pl.Object, pl.Binary)
    if nested:
        message = f"The {role} column {values.name!r} must hold names or ids. Got type {values.dtype}."
        raise SchemaError(message, hint="Give one name per row; for paths use journeys_from_paths.")
    names = values.cast(pl.String).str.strip_chars()
    return names.set(names == "", None)


def _refuse(values: pl.Series, bad: pl.Series, reason: str) -> NoReturn:
    row = int(bad.arg_true()[0])
    count = int(bad.sum())
    more = f" ({count} such rows)" if count > 1 else ""
    message = f"Column {values.name!r}, row {row}: {values[row]!r} {reason}{more}."
    raise DataError(message, hint="Mend or leave out these rows; rows are counted from 0.")
