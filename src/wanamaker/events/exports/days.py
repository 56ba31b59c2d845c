"""Days as reports write them, decided over the whole column."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError, ParameterError
from wanamaker.events.exports.names import BLANK

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wanamaker.events.exports.column import Names

DATES = ("auto", "day first", "month first")
"""What ``dates=`` may be, beside a format of `datetime.strptime` and None."""

_MONTHS = (
    "jan january januar janvier janv ene enero janeiro gen gennaio januari",
    "feb february februar fevrier fevr febrero fev fevereiro febbraio februari",
    "mar march marz mrz mars marzo marco maart mrt mär märz",
    "apr april avril avr abr abril aprile",
    "may mai mayo maio mag maggio maj mei",
    "jun june juni juin junio junho giu giugno",
    "jul july juli juillet juil julio julho lug luglio",
    "aug august aout ago agosto augusti augustus",
    "sep sept september septembre septiembre set setembro settembre",
    "oct october okt oktober octobre octubre out outubro ott ottobre",
    "nov november novembre noviembre novembro",
    "dec december dez dezember decembre dic diciembre dezembro dicembre",
)
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_YEARS = range(2000, 2100)
_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_WEEKDAY = r"(?:[^\W\d]+\.?,?\s+)?"
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("2025-01-31", re.compile(rf"(?P<y>\d{{4}})-(?P<m>\d{{1,2}})-(?P<d>\d{{1,2}}){_TIME}")),
    ("2025/01/31", re.compile(r"(?P<y>\d{4})/(?P<m>\d{1,2})/(?P<d>\d{1,2})")),
    ("2025.01.31", re.compile(r"(?P<y>\d{4})\.\s?(?P<m>\d{1,2})\.\s?(?P<d>\d{1,2})\.?")),
    ("20250131", re.compile(r"(?P<y>20\d{2})(?P<m>\d{2})(?P<d>\d{2})")),
    (
        "2025年1月31日",
        re.compile(r"(?P<y>\d{4})\s?[年년]\s?(?P<m>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日일]"),
    ),
    ("31.01.2025", re.compile(r"(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4}|\d{2})")),
    ("31/01/2025", re.compile(r"(?P<a>\d{1,2})/(?P<b>\d{1,2})/(?P<y>\d{4}|\d{2})")),
    ("31-01-2025", re.compile(r"(?P<a>\d{1,2})-(?P<b>\d{1,2})-(?P<y>\d{4}|\d{2})")),
    ("Jan 31, 2025", re.compile(rf"{_WEEKDAY}(?P<n>[^\W\d]+)\.?\s+(?P<d>\d{{1,2}}),?\s+(?P<y>\d{{4}})")),
    (
        "31 Jan 2025",
        re.compile(
            rf"{_WEEKDAY}(?P<d>\d{{1,2}})\.?[\s-](?:de\s+)?(?P<n>[^\W\d]+)\.?,?[\s-](?:de\s+)?(?P<y>\d{{4}})"
        ),
    ),
)
_UNSEEN = str.maketrans("", "", "\u200e\u200f\u061c")


@dataclass(frozen=True, slots=True)
class Days:
    """The day of each row, null where the cell is none, and how it was written."""

    values: pl.Series
    form: str


def read_days(texts: Names, dates: str, where: Callable[[int], str]) -> Days:
    """Return a column of days; cells that are no day are null.

    Parameters
    ----------
    texts
        The column.
    dates
        ``"auto"``: the one form that all cells have. ``"day first"`` or ``"month first"`` decides between 5/1
        and 1/5. Anything with a ``%`` is a format of `datetime.strptime`.
    where
        Gives file and line of a row.

    Raises
    ------
    DataError
        If there are two forms, or it cannot be told whether the day or the month comes first, or a date does
        not exist.
    ParameterError
        If ``dates`` is none of these.
    """
    if dates not in DATES and "%" not in dates:
        options = ", ".join(map(repr, DATES))
        message = (
            f"The 'dates' parameter must be one of {options}, a format such as '%d/%m/%Y', or None. "
            f"Got {dates!r}."
        )
        raise ParameterError(message)
    distinct = texts.distinct.to_list()
    cells = sorted({cell for cell in distinct if cell is not None and cell.strip() not in BLANK})
    line = _lines(texts, where)
    found = _by_format(cells, dates) if "%" in dates else _by_shape(cells, dates, line)
    days = pl.Series("date", [found.days.get(cell) for cell in distinct], dtype=pl.Date)
    return Days(texts.told(days), found.form)


@dataclass(frozen=True, slots=True)
class _Found:
    days: dict[str, date]
    form: str


def _lines(texts: Names, where: Callable[[int], str]) -> Callable[[str], str]:
    return lambda cell: where(int(np.argmax(texts.marked((texts.distinct == cell).fill_null(value=False)))))


def _by_format(cells: Sequence[str], form: str) -> _Found:
    days = {}
    for cell in cells:
        try:
            days[cell] = datetime.strptime(cell.translate(_UNSEEN).strip(), form).date()
        except ValueError:
            continue
    return _Found(days, form)


def _by_shape(cells: Sequence[str], dates: str, line: Callable[[str], str]) -> _Found:
    matches: dict[str, dict[str, re.Match[str]]] = {}
    for cell in cells:
        plain = " ".join(cell.translate(_UNSEEN).split())
        for shape, pattern in _SHAPES:
            match = pattern.fullmatch(plain)
            if match and _month_known(match):
                matches.setdefault(shape, {})[cell] = match
                break
    if len(matches) > 1:
        raise _two_forms([next(iter(held)) for held in matches.values()], line)
    if not matches:
        return _Found({}, "none")
    ((shape, held),) = matches.items()
    first = _order(held, dates, line) if "a" in next(iter(held.values())).groupdict() else ("a", "b")
    days = {cell: _date(match, first, cell, line) for cell, match in held.items()}
    if first == ("b", "a"):
        shape = f"01{shape[2]}31{shape[2]}2025"
    return _Found(days, shape)


def _month_known(match: re.Match[str]) -> bool:
    name = match.groupdict().get("n")
    return name is None or _month(name) is not None


def _month(name: str) -> int | None:
    plain = unicodedata.normalize("NFKD", name.casefold())
    return _MONTH_OF.get("".join(letter for letter in plain if not unicodedata.combining(letter)))


def _order(held: dict[str, re.Match[str]], dates: str, line: Callable[[str], str]) -> tuple[str, str]:
    """Return which of the two numbers is the day, and which the month."""
    over_a = next((cell for cell, match in held.items() if int(match["a"]) > 12), None)  # noqa: PLR2004
    over_b = next((cell for cell, match in held.items() if int(match["b"]) > 12), None)  # noqa: PLR2004
    if over_a is not None and over_b is not None:
        raise _two_forms([over_a, over_b], line)
    if over_a is None and over_b is None and dates == "auto" and any(m["a"] != m["b"] for m in held.values()):
        cell = next(cell for cell, match in held.items() if match["a"] != match["b"])
        message = (
            f"{line(cell)}: {cell!r} may be day and month or month and day, and no date of the file tells "
            "which: in none of them is one of the two above 12."
        )
        raise DataError(message, hint='Write dates="day first" or dates="month first".')
    day_first = dates == "day first" if dates != "auto" else over_a is not None
    return ("a", "b") if day_first else ("b", "a")


def _two_forms(cells: Sequence[str], line: Callable[[str], str]) -> DataError:
    one, other = cells[:2]
    message = f"One form of dates was expected. Got {one!r} ({line(one)}) and {other!r} ({line(other)})."
    return DataError(message, hint="Download the report again, or give the two parts as two files.")


def _date(match: re.Match[str], first: tuple[str, str], cell: str, line: Callable[[str], str]) -> date:
    told = match.groupdict()
    day = told.get("d") or told[first[0]]
    month = told.get("m") or (_month(told["n"]) if told.get("n") else told[first[1]])
    year = int(told["y"]) + (2000 if len(told["y"]) == 2 else 0)  # noqa: PLR2004
    try:
        made = date(year, int(month or 0), int(day))
    except ValueError:
        made = None
    if made is None or year not in _YEARS:
        message = f"{line(cell)}: a day of the years {_YEARS[0]}–{_YEARS[-1]} was expected. Got {cell!r}."
        raise DataError(message, hint="Mend or leave out the row; dates= says how dates are written.")
    return made
