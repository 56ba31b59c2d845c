"""Which rows of a report are data, and what the others are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError
from wanamaker.events.exports.column import Names
from wanamaker.events.exports.labels import TOTAL_PATTERN, is_total
from wanamaker.events.exports.names import BLANK, HIDDEN, TEXTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from wanamaker.events.exports.cells import Cells
    from wanamaker.events.exports.column import Column
    from wanamaker.events.exports.days import Days


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows by what they are.

    Parameters
    ----------
    data
        Numbers of the rows that hold a term (or hidden terms) on a day.
    totals
        Row number to label.
    skipped
        Row number to why it is no data; totals are among them.
    """

    data: pl.Series
    totals: dict[int, str]
    skipped: dict[int, str]


def sorted_out(
    cells: Cells, columns: Mapping[str, Names | Column], days: Days | None, header: Mapping[str, str]
) -> Rows:
    """Tell data from totals, blank lines, repeated headers and remarks.

    A row of totals has a label such as ``Total: Search terms`` in one of its texts and nothing in the others,
    not even a day. So a term that begins with "total" is a term.

    Parameters
    ----------
    cells
        The file's rows, for messages.
    columns
        Name to cells, texts without blanks; among them ``first``: the first column of the file.
    days
        The day of each row, or None for a report without days.
    header
        Name to the name in the file's header.

    Raises
    ------
    DataError
        If a row with numbers has no day.
    """
    numbers = np.flatnonzero(days.values.is_null() if days is not None else _suspects(columns))
    skipped: dict[int, str] = {}
    totals: dict[int, str] = {}
    for row in numbers.tolist():
        one = {name: _told(column[row]) for name, column in columns.items()}
        reason = _reason(one, header)
        if reason is not None:
            skipped[row] = reason
        elif days is not None:
            _refuse(cells.where(row), one, header)
        if reason == "total":
            totals[row] = next(cell for name, cell in one.items() if name in _LABELLED and cell)
    return Rows(_others(len(cells), skipped), totals, skipped)


def stands_for_hidden(terms: pl.Series) -> pl.Series:
    """Tell which terms stand for those that are not shown: no term, or a name for all others.

    Examples
    --------
    >>> stands_for_hidden(pl.Series(["shoes", None, "Other search terms"])).to_list()
    [False, True, True]
    """
    return terms.is_in(_HIDDEN_FORMS).fill_null(value=True)


_LABELLED = ("first", "term", "date", *TEXTS[1:])
_HIDDEN_FORMS = sorted({form for name in HIDDEN for form in (name, name.lower(), name.title(), name.upper())})


def _suspects(columns: Mapping[str, Names | Column]) -> NDArray[np.bool_]:
    """Return rows of a report without days that may be no data."""
    suspects = np.zeros(len(columns["term"]), dtype=np.bool_)
    for name in ("first", "term"):
        texts = columns.get(name)
        if isinstance(texts, Names):
            labels = texts.distinct.str.contains(TOTAL_PATTERN).fill_null(value=name == "term")
            suspects |= texts.marked(labels)
    return suspects


def _told(cell: str | None) -> str | None:
    plain = (cell or "").strip()
    return None if plain in BLANK else plain


def _reason(one: Mapping[str, str | None], header: Mapping[str, str]) -> str | None:
    """Return why a row is no data, or None."""
    texts = {cell for name, cell in one.items() if name in _LABELLED and cell}
    numbers = any(cell for name, cell in one.items() if name not in (*_LABELLED, "currency"))
    if not texts and not numbers:
        return "blank"
    if len(texts) == 1 and is_total(next(iter(texts))):
        return "total"
    if one["term"] is not None and all(one[name] == told for name, told in header.items() if name in one):
        return "header again"
    return None if numbers else "no numbers"


def _refuse(place: str, one: Mapping[str, str | None], header: Mapping[str, str]) -> NoReturn:
    got = "None" if one["date"] is None else repr(one["date"])
    message = f"{place}: a day was expected as {header['date']!r}. Got {got}, with the term {one['term']!r}."
    hint = (
        "Days are written as 2025-01-31, Jan 31, 2025, 31.01.2025, 31/01/2025 and the like; anything else is "
        'read with dates="%d %m %Y", for example. Mend or leave out the row.'
    )
    raise DataError(message, hint=hint)


def _others(count: int, skipped: Mapping[int, str]) -> pl.Series:
    rows = pl.int_range(count, dtype=pl.UInt32, eager=True)
    if not skipped:
        return rows
    last = count
    while last - 1 in skipped:
        last -= 1
    left = [row for row in skipped if row < last]
    return rows.head(last).filter(~rows.head(last).is_in(left)) if left else rows.head(last)
