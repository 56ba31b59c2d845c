"""Reports of conversions by delay, or of the same days on several dates, as counts by age."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError, SchemaError
from wanamaker.base.frames import require_columns, to_polars
from wanamaker.events.columns import as_amounts
from wanamaker.features.terms.reading import days_of

if TYPE_CHECKING:
    from typing import Any, NoReturn

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ages = NDArray[np.int64]

_LONGEST = 3_650
_ROUNDS = 5_000
_CLOSE = 1e-10
_BUCKET = re.compile(
    r"(?P<below><|less than )?\s*(?P<low>\d+)"
    r"(?:\s*(?:[-–—]|to|bis)\s*(?P<high>\d+))?"
    r"\s*\+?\s*[^\W\d_]*"  # "days" in any language
)
_BUCKET_HINT = "Write '<1 day', '1-2 days', …, '60-90 days', '90+ days', or whole numbers of days."


class Increments(NamedTuple):
    """Conversions that came in after ``low`` and up to ``high`` days, of days last seen at age ``last``."""

    low: Ages
    high: Ages
    last: Ages
    amount: Floats


def buckets_of(table: Any, bucket: str, conversions: str) -> Floats:
    """Return the conversions by whole days of delay, of shape (longest delay in days,).

    Raises
    ------
    SchemaError
        If a column is missing or of the wrong type.
    DataError
        If a bucket cannot be read, two of them overlap, or there are no conversions.

    Examples
    --------
    >>> told = pl.DataFrame({"days": ["<1 day", "1-3 days"], "conversions": [5, 4]})
    >>> buckets_of(told, "days", "conversions").tolist()
    [5.0, 2.0, 2.0]
    """
    frame = to_polars(table)
    require_columns([bucket, conversions], frame.columns)
    amounts = as_amounts(frame[conversions], "conversions")
    spans = [_span(value, bucket, row) for row, value in enumerate(frame[bucket].to_list())]
    summed: dict[tuple[int, int], float] = {}
    for span, amount in zip(spans, amounts.tolist(), strict=True):
        summed[span] = summed.get(span, 0.0) + amount
    ordered = sorted(summed)
    for before, after in pairwise(ordered):
        if after[0] < before[1]:
            message = f"Column {bucket!r}: buckets must not overlap. "
            message += f"Got {before[0]}-{before[1]} and {after[0]}-{after[1]} days."
            raise DataError(message, hint="Keep one set of buckets.")
    by_day = np.zeros(max((high for _, high in ordered), default=0))
    for (low, high), amount in summed.items():
        by_day[low:high] += amount / (high - low)
    if by_day.sum() <= 0:
        message = f"Column {conversions!r}: conversions were expected. All buckets are empty."
        raise DataError(message, hint="Take a period in which there were conversions.")
    return by_day[: int(np.flatnonzero(by_day)[-1]) + 1]


def increments_of(reports: Any, date: str, as_of: str, conversions: str) -> Increments:
    """Return what came in between two reports of the same day.

    A report of a day that was not over is left out. What a later report takes back is not counted.

    Raises
    ------
    SchemaError
        If a column is missing or of the wrong type.
    DataError
        If a report was taken before its day, or no day with conversions is in two reports.
    """
    frame = to_polars(reports)
    require_columns([date, as_of, conversions], frame.columns)
    day, taken = days_of(frame[date]).astype(np.int64), days_of(frame[as_of]).astype(np.int64)
    _refuse_early(frame, date, as_of, taken < day)
    amounts = as_amounts(frame[conversions], "conversions")
    by_age = (
        pl.DataFrame({"day": day, "age": taken - day, "sum": amounts})
        .filter(pl.col("age") > 0)
        .group_by("day", "age")
        .agg(pl.col("sum").sort().sum())
        .sort("day", "age")
        .with_columns(pl.col("sum").cum_max().over("day"))
    )
    seen = by_age.select(
        low=pl.col("age").shift(1).over("day").fill_null(0),
        high="age",
        last=pl.col("age").max().over("day"),
        amount=pl.col("sum") - pl.col("sum").shift(1).over("day").fill_null(0.0),
        reports=pl.len().over("day"),
    ).filter((pl.col("reports") > 1) & (pl.col("amount") > 0))
    if not len(seen):
        message = "At least one day with conversions in two reports was expected. Got none."
        raise DataError(message, hint="Download the same days again some days later, and keep both reports.")
    alike = ["low", "high", "last"]
    summed = seen.group_by(alike).agg(pl.col("amount").sort().sum()).sort(alike)
    return Increments(*(summed[name].to_numpy() for name in Increments._fields))


def grown(seen: Increments) -> Floats:
    """Return the share of conversions that come in at each age from 1, by greatest likelihood.

    A day that was last seen at an age tells nothing of what comes in later: among the conversions that are
    in at age a, of days that were seen at a or later, so many came in at a just then. These chances, from the
    last age down, give the shares (the product-limit estimate for data that are cut off on the right; Lagakos
    and others, Biometrika 75, 1988). What came in between two reports is shared out over the ages in
    between, in proportion to the shares so far, until they change no more.
    """
    longest = int(seen.last.max())
    known = np.arange(longest + 1) / longest
    for _ in range(_ROUNDS):
        raised = _raised(seen, known)
        change = float(np.abs(raised - known).max())
        known = raised
        if change < _CLOSE:
            break
    return np.diff(known)


def _raised(seen: Increments, known: Floats) -> Floats:
    """Return the shares known at ages 0, 1, … after one round."""
    ages = len(known)
    density = seen.amount / np.maximum(known[seen.high] - known[seen.low], np.finfo(float).tiny)

    def over(starts: Ages, stops: Ages, amounts: Floats) -> Floats:
        """Return the sums of amounts that hold from a first age to before another."""
        changes = np.bincount(starts, amounts, ages + 2) - np.bincount(stops, amounts, ages + 2)
        return np.cumsum(changes)[:ages]

    just = np.diff(known, prepend=0.0) * over(seen.low + 1, seen.high + 1, density)
    so_far = over(seen.high, seen.last + 1, seen.amount)  # all of it is in
    so_far += known * over(seen.low + 1, seen.high, density)
    so_far -= over(seen.low + 1, seen.high, density * known[seen.low])
    chances = np.divide(just, so_far, out=np.zeros(ages), where=so_far > 0)
    return np.append(np.cumprod((1.0 - np.clip(chances, 0.0, 1.0))[:0:-1])[::-1], 1.0)


def _refuse_early(frame: pl.DataFrame, date: str, as_of: str, early: NDArray[np.bool_]) -> None:
    if early.any():
        row = int(np.argmax(early))
        message = f"Column {as_of!r}, row {row}: a report must be taken after its day. "
        message += f"Got {frame[as_of][row]} for {frame[date][row]}."
        raise DataError(message, hint=f"{as_of!r} is the date of the download, {date!r} the day it reports.")


def _span(value: object, column: str, row: int) -> tuple[int, int]:
    """Return the whole days from which and up to which a bucket reaches."""
    if isinstance(value, int) and not isinstance(value, bool):
        return _checked(value, value + 1, value, column, row)
    found = _BUCKET.fullmatch(value.strip().lower()) if isinstance(value, str) else None
    if found is None:
        _refuse(value, column, row)
    low = int(found["low"])
    if found["below"]:
        return _checked(0, low, value, column, row)
    return _checked(low, int(found["high"] or low + 1), value, column, row)


def _checked(low: int, high: int, value: object, column: str, row: int) -> tuple[int, int]:
    if not 0 <= low < high <= _LONGEST:
        _refuse(value, column, row)
    return low, high


def _refuse(value: object, column: str, row: int) -> NoReturn:
    message = f"Column {column!r}, row {row}: {value!r} is no bucket of days to conversion."
    error = DataError if isinstance(value, str | int) else SchemaError
    raise error(message, hint=_BUCKET_HINT)
