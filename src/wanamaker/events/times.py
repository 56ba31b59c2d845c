"""Times of a log as integer microseconds since the epoch."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import polars as pl

from wanamaker.base.errors import DataError, ParameterError, SchemaError
from wanamaker.base.parameters import OneOf, check

if TYPE_CHECKING:
    from collections.abc import Mapping

TIME_UNITS = ("auto", "s", "ms", "us", "ns")

_MICROS_PER_UNIT: Mapping[str, float] = {"s": 1e6, "ms": 1e3, "us": 1.0, "ns": 1e-3}
_SECONDS_BELOW = 10**11
_MILLIS_BELOW = 10**14
_MAX_MICROS = 253_402_300_800_000_000  # the year 10000
_HINT = (
    "Give dates, datetimes, ISO 8601 strings, or numbers since the epoch with time_unit='s', 'ms' or 'us'."
)


def epoch_micros(values: pl.Series, time_unit: str = "auto") -> pl.Series:
    """Return a column of times as integer microseconds since 1970-01-01 UTC, nulls kept.

    Parameters
    ----------
    values
        Dates, datetimes (with a zone, or without: then UTC), ISO 8601 strings, or numbers.
    time_unit
        The unit of numbers: ``"s"``, ``"ms"``, ``"us"``, ``"ns"``; ``"auto"`` takes integers below
        1e11 for seconds, below 1e14 for milliseconds, else for microseconds. Times that count from
        0 are legal.

    Raises
    ------
    SchemaError
        If the column's type holds no times.
    DataError
        If a value cannot be read as a time; names the row, counted from 0.

    Examples
    --------
    >>> epoch_micros(pl.Series("t", [0, 60])).to_list()
    [0, 60000000]
    """
    check("the time column", {"time_unit": time_unit}, {"time_unit": OneOf(TIME_UNITS)})
    dtype = values.dtype
    if dtype == pl.Date or isinstance(dtype, pl.Datetime):
        return values.cast(pl.Datetime("us")).cast(pl.Int64)
    if dtype.is_numeric():
        return _from_numbers(values, time_unit)
    if dtype in (pl.String, pl.Categorical):
        return _from_text(values.cast(pl.String), time_unit)
    if dtype == pl.Null:
        return values.cast(pl.Int64)
    message = f"The time column {values.name!r} must hold times. Got type {dtype}."
    raise SchemaError(message, hint=_HINT)


def resolve_unit(values: pl.Series, time_unit: str = "auto") -> str:
    """Return the unit that the numbers of a time column are in; ``"auto"`` decides by their size.

    Examples
    --------
    >>> resolve_unit(pl.Series([1_700_000_000_000]))
    'ms'
    """
    if time_unit != "auto" or not values.dtype.is_numeric():
        return time_unit
    largest = _largest(values)
    if largest < _SECONDS_BELOW:
        return "s"
    return "ms" if largest < _MILLIS_BELOW else "us"


def moment_micros(moment: str | float | date | datetime, name: str, time_unit: str = "auto") -> int:
    """Return one point in time as microseconds since the epoch, read as a log's times are.

    Raises
    ------
    ParameterError
        If it cannot be read as a time.
    """
    try:
        micros = epoch_micros(pl.Series(name, [moment]), time_unit).item()
    except (SchemaError, DataError, TypeError) as error:
        message = f"{name!r} must be a point in time. Got {moment!r}."
        raise ParameterError(message, hint="Write a date such as '2026-01-31', or a number.") from error
    if micros is None:
        message = f"{name!r} must be a point in time. Got {moment!r}."
        raise ParameterError(message, hint="Write a date such as '2026-01-31', or a number.")
    return int(micros)


def iso(micros: int) -> str:
    """Return a time as an ISO 8601 string in UTC, to the second.

    Examples
    --------
    >>> iso(0)
    '1970-01-01T00:00:00Z'
    """
    moment = datetime.fromtimestamp(micros // 1_000_000, tz=UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def exact_iso(micros: int) -> str:
    """Return a time as an ISO 8601 string in UTC, with microseconds where there are some.

    Examples
    --------
    >>> exact_iso(1_500_000)
    '1970-01-01T00:00:01.500000Z'
    """
    whole, rest = divmod(micros, 1_000_000)
    seconds = iso(whole * 1_000_000)
    return seconds if rest == 0 else f"{seconds[:-1]}.{rest:06d}Z"


def _from_numbers(values: pl.Series, time_unit: str) -> pl.Series:
    finite = values.is_finite().fill_null(value=True) if values.dtype.is_float() else None
    if finite is not None and not finite.all():
        _refuse_first(values, ~finite)
    unit = resolve_unit(values, time_unit)
    if values.dtype.is_integer() and unit != "ns":
        factor = int(_MICROS_PER_UNIT[unit])
        _refuse_too_large(values, factor)
        return values.cast(pl.Int64) * factor
    micros = values.cast(pl.Float64) * _MICROS_PER_UNIT[unit]
    _refuse_too_large(micros, 1)
    return micros.round().cast(pl.Int64)


def _largest(values: pl.Series) -> float:
    bounds = [abs(float(bound)) for bound in (values.min(), values.max()) if bound is not None]  # type: ignore[arg-type]
    return max(bounds, default=0.0)


def _refuse_too_large(values: pl.Series, factor: int) -> None:
    if _largest(values) * factor >= _MAX_MICROS:
        row = int(values.cast(pl.Float64).abs().arg_max() or 0)
        message = f"Column {values.name!r}, row {row}: {values[row]!r} is too large for a time."
        raise DataError(message, hint="Name the unit of the numbers, for example time_unit='ms'.")


def _from_text(values: pl.Series, time_unit: str) -> pl.Series:
    text = values.str.strip_chars()
    numbers = text.cast(pl.Float64, strict=False)
    if numbers.null_count() == text.null_count():
        whole = text.cast(pl.Int64, strict=False)
        return _from_numbers(whole if whole.null_count() == text.null_count() else numbers, time_unit)
    parsed = _parsed(text)
    bad = parsed.is_null() & text.is_not_null()
    if bad.any():
        _refuse_first(values, bad)
    return parsed.cast(pl.Int64)


def _parsed(text: pl.Series) -> pl.Series:
    """Read ISO 8601, basic or extended, with or without zone, date only, `T` or a space between."""
    usual = (
        text.str.replace(r"\s*(Z|z|UTC|GMT)$", "+00:00")
        .str.replace(r"^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})", "${1}-${2}-${3}T${4}:${5}:${6}")
        .str.replace(" ", "T")
        .str.replace(r"(T\d{2}:\d{2}.*[+-]\d{2})$", "${1}:00")
    )
    frame = pl.select(text=usual)
    column = pl.col("text")
    stamp = pl.Datetime("us")
    zoned = [column.str.to_datetime(form, time_unit="us", strict=False) for form in _ZONED]
    local = [column.str.to_datetime(form, time_unit="us", strict=False) for form in _LOCAL]
    dates = column.str.to_date("%Y-%m-%d", strict=False).cast(stamp)
    as_utc = [expression.dt.convert_time_zone("UTC").dt.replace_time_zone(None) for expression in zoned]
    return frame.select(parsed=pl.coalesce(*as_utc, *local, dates))["parsed"]


_ZONED = ("%Y-%m-%dT%H:%M:%S%.f%:z", "%Y-%m-%dT%H:%M%:z")
_LOCAL = ("%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M")


def _refuse_first(values: pl.Series, bad: pl.Series) -> None:
    row = int(bad.arg_true()[0])
    count = int(bad.sum())
    more = f" ({count} such rows)" if count > 1 else ""
    message = f"Column {values.name!r}, row {row}: {values[row]!r} cannot be read as a time{more}."
    raise DataError(message, hint=_HINT)
