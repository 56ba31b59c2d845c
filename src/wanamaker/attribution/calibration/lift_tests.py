"""Lift tests as a table: read, and refused where they cannot be used."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from wanamaker.base.errors import DataError, ParameterTypeError, SchemaError, nearest
from wanamaker.base.frames import require_columns
from wanamaker.events.reading import read_table
from wanamaker.events.times import epoch_micros

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from wanamaker.base.frames import IntoFrame

    Period = tuple[date | None, date | None]

_DAYS = ("start", "end")
_NUMBERS = ("conversions", "standard_error")
_COLUMNS = ("touch", *_DAYS, *_NUMBERS)
_ISO_DAY = r"^\d{4}-\d{2}-\d{2}([T ].*)?$"
_DAY_HINT = "Write days as '2025-01-31', or leave start and end empty for the whole log."


@dataclass(frozen=True, eq=False)
class LiftTests:
    """Experiments, one row each.

    Parameters
    ----------
    table
        ``touch``, ``start`` and ``end`` (days, both inclusive; null for no bound), ``conversions``,
        ``standard_error``.
    where
        What messages call the table.
    log
        First and last day of the log that the tests are held against; None where not known.
    """

    table: pl.DataFrame
    where: str
    log: Period = (None, None)

    @property
    def periods(self) -> list[Period]:
        """First and last day of each test; those of the log where none was given."""
        first, last = self.log
        return [(start or first, end or last) for start, end in self.table.select(_DAYS).iter_rows()]

    def covers_log(self, first: date | None, last: date | None) -> bool:
        """Tell whether a period is that of the whole log."""
        starts, ends = self.log
        return (first is None or first == starts) and (last is None or last == ends)

    def on(self, names: Collection[str], period: Sequence[str | None]) -> LiftTests:
        """Return the tests as those of a log with these touches and this period.

        Parameters
        ----------
        names
            The touches of the log.
        period
            First and last time of the log in ISO 8601, None where not known.

        Raises
        ------
        DataError
            If a test is of another touch, or its period is not within that of the log.
        """
        for row, touch in enumerate(self.table["touch"]):
            if touch not in names:
                message = f"{self.where}, row {row}: a touch of the log was expected. Got {touch!r}."
                raise DataError(message, hint=nearest(touch, names))
        first, last = (None if moment is None else date.fromisoformat(moment[:10]) for moment in period)
        for row, (start, end) in enumerate(self.table.select(_DAYS).iter_rows()):
            if start is None and end is None:
                continue
            if first is None or last is None:
                message = (
                    f"{self.where}, row {row}: journeys without times have no days to hold a test against. "
                    f"Got {start or '…'} to {end or '…'}."
                )
                raise DataError(message, hint="Leave start and end empty: the test is of the whole log.")
            if not first <= (start or first) <= (end or last) <= last:
                message = (
                    f"{self.where}, row {row}: a period within the log, {first} to {last} (UTC), was "
                    f"expected. Got {start or first} to {end or last}."
                )
                raise DataError(message, hint="Test and log must overlap in full; leave other tests out.")
        return replace(self, log=(first, last))


def read_lift_tests(source: IntoFrame) -> LiftTests:
    """Read lift tests, and refuse those that no log could be held against.

    Parameters
    ----------
    source
        A table, a dictionary of lists, a list of dictionaries, or a path, with the columns ``touch``,
        ``conversions`` (incremental, among all users), ``standard_error``, and perhaps ``start`` and ``end``
        (days, both inclusive, as dates, datetimes or ISO text; null for no bound).

    Raises
    ------
    SchemaError
        If a column is missing, not known, or of the wrong type.
    DataError
        If there is no test, or a value cannot be used.

    Examples
    --------
    >>> read_lift_tests([{"touch": "search", "conversions": 40, "standard_error": 10}]).periods
    [(None, None)]
    """
    where = repr(os.fspath(source)) if isinstance(source, str | os.PathLike) else "The lift tests"
    given = _as_table(source)
    if given.is_empty():
        message = f"{where}: at least one lift test was expected. Got no row."
        raise DataError(message, hint="Write one row per test, or leave the lift tests out.")
    require_columns(("touch", *_NUMBERS), given.columns, where[0].lower() + where[1:])
    for name in given.columns:
        if name not in _COLUMNS:
            message = f"{where}: the columns {list(_COLUMNS)} were expected. Got also {name!r}."
            raise SchemaError(message, hint=nearest(name, _COLUMNS) + " Drop what is none of them.")
    empty = pl.Series([None] * len(given), dtype=pl.Date)
    days = [(_days(given[name], where) if name in given.columns else empty).alias(name) for name in _DAYS]
    numbers = [_numbers(given[name], where) for name in _NUMBERS]
    table = pl.DataFrame([given["touch"].cast(pl.String), *days, *numbers])
    _refuse_values(table, where)
    return LiftTests(table, where)


def _as_table(source: Any) -> pl.DataFrame:
    if not isinstance(source, dict | list | tuple):
        return read_table(source, ids=["touch"]).frame
    try:
        return pl.DataFrame(source, strict=False) if isinstance(source, dict) else pl.DataFrame(list(source))
    except (pl.exceptions.PolarsError, TypeError, ValueError) as error:
        message = f"Lift tests must be a table, a dictionary of lists or a list of dictionaries: {error}."
        hint = "Write {'touch': ['search'], 'conversions': [40], 'standard_error': [10]}."
        raise ParameterTypeError(message, hint=hint) from error


def _days(values: pl.Series, where: str) -> pl.Series:
    """Return days, in UTC; null where none is given."""
    name = values.name
    if values.dtype.is_float() and values.fill_nan(None).is_null().all():
        values = values.set(values.is_not_null(), None).cast(pl.Date)  # pandas has no empty column of dates
    if values.dtype in (pl.Date, pl.Null) or isinstance(values.dtype, pl.Datetime):
        return epoch_micros(values).cast(pl.Datetime("us")).dt.date()
    if values.dtype not in (pl.String, pl.Categorical):
        message = f"{where}: the column {name!r} must hold days. Got type {values.dtype}."
        raise SchemaError(message, hint=_DAY_HINT)
    text = values.cast(pl.String).str.strip_chars()
    text = text.set(text == "", None)
    told = text.str.contains(_ISO_DAY).fill_null(value=True)
    for row in (~told).arg_true():
        raise _no_day(where, int(row), values)
    try:
        return epoch_micros(text).cast(pl.Datetime("us")).dt.date()
    except DataError as error:
        unread = [row for row, one in enumerate(text) if not _is_day(one)]
        raise _no_day(where, unread[0], values) from error


def _is_day(text: str | None) -> bool:
    try:
        epoch_micros(pl.Series([text], dtype=pl.String))
    except DataError:
        return False
    return True


def _no_day(where: str, row: int, values: pl.Series) -> DataError:
    message = f"{where}, row {row}: a day was expected as {values.name!r}. Got {values[row]!r}."
    return DataError(message, hint=_DAY_HINT)


def _numbers(values: pl.Series, where: str) -> pl.Series:
    if not (values.dtype.is_numeric() or values.dtype == pl.Null):
        message = f"{where}: the column {values.name!r} must hold numbers. Got type {values.dtype}."
        raise SchemaError(message, hint=f"Cast {values.name!r} to a number.")
    return values.cast(pl.Float64)


def _refuse_values(table: pl.DataFrame, where: str) -> None:
    """Refuse rows without a touch, a finite result, an error above 0, or that end before they start."""
    result, error = pl.col("conversions"), pl.col("standard_error")
    sensible = {
        "touch": (pl.col("touch").is_not_null(), "the name of a touch", "Name the channel of every test."),
        "conversions": (
            result.is_finite(),
            "a finite number",
            "Give the incremental conversions that the test found; they may be below 0.",
        ),
        "standard_error": (
            error.is_finite() & (error > 0),
            "a finite number above 0",
            "Give the standard error of the conversions; of a 95 % interval it is (high - low) / 3.92.",
        ),
        "start": (
            ~(pl.col("start") > pl.col("end")).fill_null(value=False),
            "a day no later than the end",
            "Swap the two.",
        ),
    }
    for name, (fits, expected, hint) in sensible.items():
        wrong = table.select(~fits.fill_null(value=False)).to_series().arg_true()
        if len(wrong):
            row = table.row(int(wrong[0]), named=True)
            got = f"{row['start']} to {row['end']}" if name == "start" else repr(row[name])
            message = f"{where}, row {wrong[0]}: {expected} was expected as {name!r}. Got {got}."
            raise DataError(message, hint=hint)
