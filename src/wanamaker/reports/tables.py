"""Tables: sortable, with their data as CSV, and rows that follow the reader's choices."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from wanamaker.reports.numbers import NARROW, NOTHING, figure, number, percent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wanamaker.reports.data import Dataset

Kind = Literal["text", "name", "rank", "number", "figure", "percent", "parts", "points", "chips", "small"]

_SHOWN = 12
_SHORT = 18
"""Texts of up to so many signs are not broken (as in `templates/tables.js`)."""


@dataclass(frozen=True)
class Column:
    """One column as a table shows it.

    Parameters
    ----------
    key
        The key of the data.
    title
        The heading.
    kind
        How values are written: ``name`` (a row's heading), ``rank``, ``number`` (with ``decimals``),
        ``figure`` (decimals by size), ``percent``, ``parts`` (percentages whose unit the caption tells),
        ``points`` (percentage points), ``small`` (scientific), ``chips`` (touches of a path), ``text``.
    decimals
        Digits behind the point of numbers and percentages.
    upper
        The key of the upper end: the column then shows an interval from ``key`` to ``upper``.
    heat
        The value of full colour: cells are then coloured by their value, those of the other sign in
        the second colour.
    help
        A short explanation, shown on hover.
    """

    key: str
    title: str
    kind: Kind = "text"
    decimals: int = 0
    upper: str | None = None
    heat: float | None = None
    help: str = ""

    @property
    def is_numeric(self) -> bool:
        """Whether values stand at the right."""
        return self.kind not in ("text", "name", "chips")


@dataclass(frozen=True)
class Cell:
    """One cell: its text, and what goes with it."""

    text: str
    column: Column
    heat: float | None = None
    chips: tuple[tuple[str | None, int], ...] = ()
    title: str = ""

    @property
    def is_short(self) -> bool:
        """Whether it is a text that should stay on one line."""
        return self.column.kind == "text" and len(self.text) <= _SHORT


@dataclass(frozen=True)
class Table:
    """A table of a page.

    Parameters
    ----------
    name
        Unique within the page; the anchor.
    caption
        What the table shows.
    data
        The data; also what the CSV contains.
    columns
        What is shown of it.
    by
        Keys of choices that select the rows, such as ``("model",)``.
    chosen
        The values of these choices at first.
    shown
        How many rows are shown before the reader asks for all.
    extra
        Lists of touches behind ``chips`` columns, by key.
    style
        ``matrix`` for many narrow columns of numbers, whose headings then stand upright.
    whole
        What the CSV contains, if that is more than ``data``.
    """

    template: ClassVar[str] = "blocks/table.html.jinja"

    name: str
    caption: str
    data: Dataset
    columns: tuple[Column, ...]
    by: tuple[str, ...] = ()
    chosen: tuple[Any, ...] = ()
    shown: int = _SHOWN
    note: str = ""
    extra: dict[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    style: str = ""
    whole: Dataset | None = None

    @property
    def download(self) -> Dataset:
        """What the CSV contains."""
        return self.data if self.whole is None else self.whole

    @cached_property
    def rows(self) -> list[tuple[int, list[Cell]]]:
        """The rows shown at first, each with its place in the data."""
        return [(row, [self._cell(column, row) for column in self.columns]) for row in self._places()]

    def _places(self) -> list[int]:
        chosen = [self.data.values(key) for key in self.by]
        return [
            row
            for row in range(len(self.data))
            if all(values[row] == value for values, value in zip(chosen, self.chosen, strict=True))
        ]

    def _cell(self, column: Column, row: int) -> Cell:
        value = self.data.values(column.key)[row]
        if column.kind == "chips":
            touches = self.extra[column.key][row]
            return Cell(NOTHING, column, chips=chips(touches), title=" > ".join(touches))
        if column.upper is not None:
            upper = self.data.values(column.upper)[row]
            return Cell(interval(value, upper, column), column)
        heat = None if column.heat is None or value is None else _bounded(value / column.heat)
        return Cell(written(value, column), column, heat)

    def as_dict(self) -> dict[str, Any]:
        """Return what the script of the page needs to sort and to fill the table."""
        return {
            "name": self.name,
            "data": self.data.name,
            "by": [[key, self.data.position(key)] for key in self.by],
            "shown": self.shown,
            "columns": [self._column(column) for column in self.columns],
        }

    def _column(self, column: Column) -> dict[str, Any]:
        upper = None if column.upper is None else self.data.position(column.upper)
        return {
            "at": self.data.position(column.key),
            "upper": upper,
            "kind": column.kind,
            "decimals": column.decimals,
            "heat": column.heat,
        }


def written(value: Any, column: Column) -> str:
    """Return a value as a column writes it."""
    if value is None:
        return NOTHING
    writer = _WRITERS.get(column.kind)
    return str(value) if writer is None else writer(value, column.decimals)


def _points(share: float, decimals: int) -> str:
    return f"{number(share * 100, decimals)}{NARROW}pp"


def _small(value: float, _: int) -> str:
    return "0" if value == 0 else f"{value:.1e}".replace("-", "−")


_WRITERS: dict[Kind, Callable[[float, int], str]] = {
    "number": number,
    "figure": lambda value, _: figure(value),
    "percent": percent,
    "parts": lambda share, decimals: number(share * 100, decimals),
    "points": _points,
    "small": _small,
}


def interval(low: float | None, high: float | None, column: Column) -> str:
    """Return an interval as a column writes it, the unit once."""
    if low is None or high is None:
        return NOTHING
    ends = [written(end, column) for end in (low, high)]
    unit = f"{NARROW}%"
    if column.kind == "percent":
        return f"{ends[0].removesuffix(unit)} – {ends[1]}"
    return f"{ends[0]} – {ends[1]}"


def chips(touches: Sequence[str], most: int = 7) -> tuple[tuple[str | None, int], ...]:
    """Return a path as runs of touches, the middle of a long one left out.

    Returns
    -------
    tuple
        Name and how often in a row; ``(None, n)`` stands for n touches left out.

    Examples
    --------
    >>> chips(["a", "a", "b"])
    (('a', 2), ('b', 1))
    >>> chips(list("abcdefghij"))
    (('a', 1), ('b', 1), ('c', 1), (None, 4), ('h', 1), ('i', 1), ('j', 1))
    """
    runs: list[tuple[str | None, int]] = []
    for touch in touches:
        if runs and runs[-1][0] == touch:
            runs[-1] = (touch, runs[-1][1] + 1)
        else:
            runs.append((touch, 1))
    if len(runs) <= most:
        return tuple(runs)
    half = most // 2
    left_out = sum(times for _, times in runs[half:-half])
    return (*runs[:half], (None, left_out), *runs[-half:])


def _bounded(share: float) -> float:
    return round(max(-1.0, min(1.0, share)), 3)
