"""Sums of the rows against the totals that the file tells itself."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import polars as pl

from wanamaker.base.errors import DataError
from wanamaker.events.exports.labels import scope_of
from wanamaker.events.exports.names import WHOLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SCHEMA = {
    "file": pl.String,
    "line": pl.Int64,
    "label": pl.String,
    "column": pl.String,
    "told": pl.Float64,
    "summed": pl.Float64,
    "difference": pl.Float64,
    "agrees": pl.Boolean,
}
_HINT = (
    "Rows may be missing from the file, or stand in it twice; download it again. "
    'totals="tell" reads it as it is and only tells the difference.'
)
_DEVIATIONS = 2.0
"""Rounding: the sum of n roundings deviates by 0.29 units √n; seven times that is no accident any more."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums of a file's columns: of the rows that show a term, and of those that do not."""

    shown: Mapping[str, float]
    hidden: Mapping[str, float]
    rows: int

    def whole(self) -> dict[str, float]:
        """Return the sums of all rows."""
        return {name: total + self.hidden[name] for name, total in self.shown.items()}


@dataclass(frozen=True, slots=True)
class Total:
    """One line of totals: what it tells of each column, and to how many decimals its file rounds."""

    file: str
    line: int
    label: str
    told: Mapping[str, float]
    decimals: Mapping[str, int]


def compared(totals: Sequence[Total], sums: Sequence[Sums]) -> tuple[pl.DataFrame, list[str]]:
    """Compare the totals of one file with its sums.

    Parameters
    ----------
    totals
        The lines of totals of the file.
    sums
        The sums of the file, and of all files together.

    Returns
    -------
    tuple
        The table of comparisons (`SCHEMA`); ``agrees`` is null for totals that cover more than the list. And
        a sentence for each total that should agree and does not.
    """
    binding = _binding(totals)
    rows = []
    faults: dict[int, str] = {}
    for total in totals:
        scope = scope_of(total.label)
        if scope == "other":
            options = [one.hidden for one in sums[:1] if any(one.hidden.values())]
        else:
            options = [held for one in sums for held in (one.shown, one.whole())]
        count = max(one.rows for one in sums)
        judged = total in binding or (scope == "other" and bool(options))
        best = _nearest(total, options or [sums[0].whole()], count)
        made = [_row(total, name, best[name], count, judged=judged) for name in total.told if name in best]
        rows += made
        apart = [row for row in made if row["agrees"] is False]
        if judged and apart:
            faults[total.line] = f"{total.file!r}, line {total.line}: {_told(total, apart)}"
    unknown = [total for total in binding if scope_of(total.label) == "unknown"]
    if unknown and any(total.line not in faults for total in unknown):
        for total in unknown:
            faults.pop(total.line, None)
    return pl.DataFrame(rows, schema=SCHEMA), list(faults.values())


def refuse(faults: Sequence[str]) -> None:
    """Raise for the first total that does not agree.

    Raises
    ------
    DataError
        If there is one.
    """
    if faults:
        raise DataError(faults[0], hint=_HINT)


def _binding(totals: Sequence[Total]) -> list[Total]:
    """Return the totals that must agree with the rows.

    These are the filtered ones, else those of the list, else those of an unknown scope, of which one must.
    """
    for scope in ("filtered", "list", "unknown"):
        found = [total for total in totals if scope_of(total.label) == scope]
        if found:
            return found
    return []


def _tolerance(name: str, decimals: int, rows: int) -> float:
    if name in WHOLE and decimals == 0:
        return 0.5
    return 10.0**-decimals * (0.5 + _DEVIATIONS * sqrt(rows)) * (1 + 1e-9)


def _nearest(total: Total, options: Sequence[Mapping[str, float]], rows: int) -> Mapping[str, float]:
    """Return the sums with the fewest columns that do not agree."""

    def faults(held: Mapping[str, float]) -> tuple[int, float]:
        apart = {name: abs(told - held[name]) for name, told in total.told.items() if name in held}
        over = [name for name, gap in apart.items() if gap > _tolerance(name, total.decimals[name], rows)]
        return len(over), sum(apart.values())

    return min(options, key=faults)


def _row(total: Total, name: str, summed: float, rows: int, *, judged: bool) -> dict[str, object]:
    gap = summed - total.told[name]
    agrees = abs(gap) <= _tolerance(name, total.decimals[name], rows)
    return {
        "file": total.file,
        "line": total.line,
        "label": total.label,
        "column": name,
        "told": total.told[name],
        "summed": summed,
        "difference": gap,
        "agrees": agrees if judged else None,
    }


def _told(total: Total, apart: Sequence[Mapping[str, object]]) -> str:
    parts = [
        f"{row['told']:,.{total.decimals[str(row['column'])]}f} {row['column']}, and the rows sum to "
        f"{row['summed']:,.{total.decimals[str(row['column'])]}f} "
        f"({row['difference']:+,.{total.decimals[str(row['column'])]}f})"
        for row in apart
    ]
    return f"{total.label!r} tells {'; '.join(parts)}."
