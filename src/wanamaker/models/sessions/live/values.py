"""Single values of live events, read as columns of a log are."""

from __future__ import annotations

import math
from typing import Any

import polars as pl

from wanamaker.base.errors import DataError, SchemaError
from wanamaker.events.columns import as_names
from wanamaker.journeys.sessions.columns import as_numbers


def as_name(column: str, value: Any) -> str | None:
    """Return a name as a column of names has it, None where it is missing.

    Raises
    ------
    DataError
        If it names nothing.
    """
    if type(value) is str:
        return value.strip() or None
    if value is None:
        return None
    try:
        found: str | None = as_names(pl.Series(column, [value]), "categorical").item()
    except SchemaError as error:
        message = f"{column!r} must be a name. Got {value!r}."
        raise DataError(message, hint="Give text, a whole number, or None.") from error
    return found


def as_number(column: str, value: Any) -> float:
    """Return a number as a column of numbers has it, NaN where it is missing.

    Raises
    ------
    DataError
        If it is no number, or not finite.
    """
    if isinstance(value, float | int) and not math.isinf(value):
        return float(value)
    if value is None:
        return math.nan
    try:
        return float(as_numbers(pl.Series(column, [value], strict=False), "numeric")[0])
    except (SchemaError, TypeError) as error:
        message = f"{column!r} must be a number. Got {value!r}."
        raise DataError(message, hint="Give a number, or None where it is missing.") from error
