"""Numbers and times as people read them.

The page's own script writes the same numbers again when a reader switches method (`templates/format.js`);
the two must agree, to the last digit.
"""

from __future__ import annotations

import math
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

NOTHING = "–"
"""What stands where there is no number."""

NARROW = "\u202f"
"""A narrow space that does not break, before units."""

_EXACT_BELOW = 1e15
_SMALLEST_SHARE = 0.0005
_HUNDRED, _TEN = 100, 10
_DAY, _HOUR = 86_400, 3_600


def number(value: float | None, decimals: int = 0) -> str:
    """Return a number with thousands separated.

    Parameters
    ----------
    value
        The number; None and what is not finite give a dash.
    decimals
        Digits behind the point.

    Examples
    --------
    >>> number(1234.5, 1), number(-0.01, 1), number(None)
    ('1,234.5', '0.0', '–')
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    if abs(value) >= _EXACT_BELOW:
        return f"{value:,.0f}".replace("-", "−")
    rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{rounded if rounded else abs(rounded):,}".replace("-", "−")


def figure(value: float | None) -> str:
    """Return a number with as many decimals as its size asks for.

    Examples
    --------
    >>> figure(1234.5), figure(12.34), figure(0.0342)
    ('1,235', '12.3', '0.034')
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    return number(value, fitting_decimals(value))


def fitting_decimals(value: float) -> int:
    """Return how many decimals a number of this size should show."""
    size = abs(value)
    if size >= _HUNDRED or size == 0:
        return 0
    if size >= 1:
        return 1 if size >= _TEN else 2
    return min(6, 1 - math.floor(math.log10(size)))


def column_decimals(values: list[float | None], *, money: bool = False) -> int:
    """Return one number of decimals for a whole column of amounts; large sums of money need none."""
    known = [abs(value) for value in values if value is not None and math.isfinite(value)]
    if all(value == int(value) for value in known):
        return 0
    largest = max(known)
    if largest >= (_HUNDRED * _TEN if money else _HUNDRED**2):
        return 0
    return 2 if money or largest < _TEN else 1


def percent(share: float | None, decimals: int = 1) -> str:
    """Return a share as a percentage.

    Examples
    --------
    >>> percent(0.1234).replace(NARROW, " "), percent(0.0001).replace(NARROW, " ")
    ('12.3 %', '<0.1 %')
    """
    if share is None or not math.isfinite(share):
        return NOTHING
    if 0 < share < _SMALLEST_SHARE and decimals == 1:
        return f"<0.1{NARROW}%"
    return f"{number(share * 100, decimals)}{NARROW}%"


def count(value: float | None) -> str:
    """Return a count; fractions only where there are some.

    Examples
    --------
    >>> count(6621.0), count(0.5)
    ('6,621', '0.5')
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    return number(value, column_decimals([value]))


def compact(value: float | None) -> str:
    """Return a large number shortened, for a headline.

    Examples
    --------
    >>> compact(404040.46), compact(12_345_678).replace(NARROW, " "), compact(812.0)
    ('404,040', '12.3 M', '812')
    """
    if value is None or not math.isfinite(value):
        return NOTHING
    for unit, size in (("bn", 1e9), ("M", 1e6)):
        if abs(value) >= 10 * size:
            return f"{number(value / size, 1)}{NARROW}{unit}"
    return count(value) if float(value).is_integer() else figure(value)


def period(start: str | None, end: str | None) -> tuple[str, str]:
    """Return a period's dates and its length.

    Times that begin in 1970 are taken as relative to the start of the log.

    Parameters
    ----------
    start, end
        ISO 8601, or None where there are no times.

    Examples
    --------
    >>> period("2025-01-01T00:56:09Z", "2025-03-22T21:04:39Z")
    ('1 Jan – 22 Mar 2025', '81 days')
    """
    try:
        first, last = (datetime.fromisoformat(moment or "") for moment in (start, end))
    except ValueError:
        return (" – ".join(moment for moment in (start, end) if moment) or "no times", "")
    length = _length((last - first).total_seconds())
    if first.year == 1970:  # noqa: PLR2004
        return length, "times relative to the start of the log"
    early = f"{first.day} {first:%b}" + ("" if first.year == last.year else f" {first.year}")
    late = f"{last.day} {last:%b} {last.year}"
    return (late if first.date() == last.date() else f"{early} – {late}"), length


def month_named(day: str) -> str:
    """Return the month of an ISO date in words; what is no date stays as it is.

    Examples
    --------
    >>> month_named("2025-01-01"), month_named("(unknown)")
    ('Jan 2025', '(unknown)')
    """
    try:
        return f"{datetime.fromisoformat(day):%b %Y}"
    except ValueError:
        return day


def _length(seconds: float) -> str:
    if seconds >= 2 * _DAY:
        return f"{number(seconds / _DAY)} days"
    return f"{number(seconds / _HOUR, 1)} hours"


def shorten(text: str, most: int) -> str:
    """Return a text cut in its middle, since names of campaigns differ at both ends.

    Examples
    --------
    >>> shorten("brand_search_germany_2025", 13)
    'brand_…y_2025'
    """
    if len(text) <= most:
        return text
    tail = (most - 1) // 2
    return f"{text[: most - 1 - tail]}…{text[len(text) - tail :]}"
