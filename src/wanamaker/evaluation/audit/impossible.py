"""L2: values, lengths and levels at which one class never occurs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.evaluation.audit.cells import Cells, ordered_cells, trend, unevenness
from wanamaker.evaluation.audit.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from wanamaker.evaluation.audit.examined import Examined

STEP_ODDS = 1.5
"""Factor of the odds by which an honest value may lie beyond what its neighbours lead one to expect,
if these do not differ by more among themselves. That not one of many rows is of a class says most of it."""

TAIL_ODDS = 10.0
"""The same for the ends of a measurement cut into ranges: the last range of a long tail reaches far beyond
its neighbours, and an honest effect with it."""

LEVEL_ODDS = 10.0
"""The same for a category, which has no neighbours, against all others: robots, or a shop that does not
deliver, convert at a tenth."""

LEAST_SHARE, LEAST_ROWS = 0.002, 30
"""What holds less of the table is rare, and teaches a model nothing."""

ALPHA = 1e-2
"""Chance of a false alarm per table, beyond all that is granted above, shared among all cells of all
columns (Bonferroni)."""

_FEW_LEVELS = 3
"""Two values have no order."""

_TOLD = 3


@dataclass(frozen=True)
class Quantity:
    """What is looked at: a column, or a length of it.

    Parameters
    ----------
    columns
        The columns concerned.
    title
        How it is called, such as ``"path (number of characters)"``.
    values
        Of shape (rows,), NaN where there is none; codes where it has no order.
    ordered
        Whether its values have an order.
    names
        What the codes stand for.
    """

    columns: tuple[str, ...]
    title: str
    values: NDArray[np.float64]
    ordered: bool
    names: tuple[str, ...] = ()

    def shown(self, value: float) -> str:
        """Return a value as text."""
        return repr(self.names[int(value)]) if self.names else f"{value:.6g}"


def quantities(examined: Examined, settled: Iterable[str]) -> Iterator[Quantity]:
    """Yield what is to be looked at: numbers, categories, lengths, and how many rows a group has."""
    for feature in examined.features:
        if feature.name in set(settled) or feature.name in examined.groups:
            continue
        name = (feature.name,)
        if feature.numbers is not None:
            several = len(np.unique(feature.numbers[~np.isnan(feature.numbers)])) >= _FEW_LEVELS
            yield Quantity(name, feature.name, feature.numbers, ordered=several)
        elif feature.texts is not None and LEAST_SHARE * feature.distinct <= 1:
            levels = feature.texts.drop_nulls().unique(maintain_order=True)
            codes = feature.texts.replace_strict(levels, np.arange(len(levels)), default=None)
            values = codes.cast(float).to_numpy().astype(np.float64)
            yield Quantity(name, feature.name, values, ordered=False, names=tuple(levels))
        for what, lengths in feature.lengths:
            several = len(np.unique(lengths[~np.isnan(lengths)])) >= _FEW_LEVELS
            yield Quantity(name, f"{feature.name} ({what})", lengths, ordered=several)
    for group in examined.groups:
        yield _rows_per_group(examined, group)


def _rows_per_group(examined: Examined, group: str) -> Quantity:
    import polars as pl

    rows = examined.frame.select(pl.len().over(group)).to_series()[examined.rows]
    values = rows.cast(pl.Float64).to_numpy().copy()
    return Quantity((group,), f"rows of one {group}", values, ordered=True)


@dataclass(frozen=True)
class Impossible:
    """A run of values at which one class never occurs.

    Parameters
    ----------
    low, high
        Its ends.
    rows
        Independent rows in it.
    absent
        The class that is absent.
    expected
        Rows of that class that the neighbours lead one to expect.
    log_p
        Logarithm of the chance of none, under the mildest honest expectation.
    """

    low: float
    high: float
    rows: int
    absent: bool
    expected: float
    log_p: float


def find_impossible(examined: Examined, looked_at: list[Quantity]) -> list[Finding]:
    """Find runs of values without one class, where their neighbours have it."""
    tested, found = 0, []
    for quantity in looked_at:
        known = ~np.isnan(quantity.values)
        if not known.any():
            continue
        clusters = None if examined.clusters is None else examined.clusters[known]
        cells = ordered_cells(quantity.values[known], examined.y[known], clusters)
        tested += len(cells)
        in_cells = _of_values(cells) if quantity.ordered else _of_levels(cells)
        found += [(quantity, run) for run in in_cells]
    limit = math.log(ALPHA / max(tested, 1))
    kept = [(quantity, run) for quantity, run in found if run.log_p <= limit]
    told: dict[tuple[str, ...], tuple[Quantity, list[Impossible]]] = {}
    for quantity, run in sorted(kept, key=lambda pair: pair[1].log_p):
        first, runs = told.setdefault(quantity.columns, (quantity, []))
        if first is quantity:  # a column and its length say the same
            runs.append(run)
    return [_finding(examined, quantity, runs) for quantity, runs in told.values()]


def _of_values(cells: Cells) -> Iterator[Impossible]:
    """Yield runs without one class, against the line through their neighbours."""
    support = max(LEAST_ROWS, LEAST_SHARE * cells.rows.sum())
    for absent, seen in ((True, cells), (False, cells.flipped())):
        pure = seen.positives == 0
        for start, end in _runs(pure):
            rows = float(seen.rows[start : end + 1].sum())
            if rows < support or rows == seen.rows.sum():
                continue
            odds = max(_least_odds(seen, start, end), unevenness(seen, pure))
            judged = [
                chance
                for neighbours, cells_in_run in (
                    (np.arange(start - 1, -1, -1), np.arange(start, end + 1)),
                    (np.arange(end + 1, len(seen)), np.arange(end, start - 1, -1)),
                )
                if (chance := _chance_of_none(seen, neighbours, cells_in_run, odds)) is not None
            ]
            if judged:
                log_p, expected = max(judged)
                yield Impossible(
                    float(seen.low[start]), float(seen.high[end]), int(rows), absent, expected, log_p
                )


def _least_odds(cells: Cells, start: int, end: int) -> float:
    """Return the factor of the odds granted to a run, whatever its neighbours are."""
    at_an_end = start == 0 or end == len(cells) - 1
    of_ranges = bool((cells.low[start : end + 1] < cells.high[start : end + 1]).any())
    return TAIL_ODDS if at_an_end and of_ranges else STEP_ODDS


def _runs(pure: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], pure, [False]]).astype(int)))
    return [(int(start), int(end) - 1) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def _chance_of_none(
    seen: Cells, neighbours: NDArray[np.int64], run: NDArray[np.int64], odds: float
) -> tuple[float, float] | None:
    line = trend(seen, neighbours) if len(neighbours) else None
    if line is None:
        return None
    steps = np.arange(len(run), dtype=np.float64)
    honest = line.lowered(steps, odds)
    expected = line.lowered(steps, 1.0)
    return float((seen.rows[run] * np.log1p(-honest)).sum()), float((seen.rows[run] * expected).sum())


def _of_levels(cells: Cells) -> Iterator[Impossible]:
    """Yield levels without one class, against all other levels together."""
    support = max(LEAST_ROWS, LEAST_SHARE * cells.rows.sum())
    for absent, seen in ((True, cells), (False, cells.flipped())):
        pure = seen.positives == 0
        others = Cells(*(np.array([part.sum()]) for part in (seen.low, seen.high, seen.rows, seen.positives)))
        for place in np.flatnonzero(pure & (seen.rows >= support)):
            rest = Cells(others.low, others.high, others.rows - seen.rows[place], others.positives)
            line = trend(rest, np.array([0]))
            if line is None:
                continue
            odds = LEVEL_ODDS * _spread(seen, pure)
            rows = float(seen.rows[place])
            honest, expected = (float(line.lowered(np.zeros(1), factor)[0]) for factor in (odds, 1.0))
            value = float(seen.low[place])
            yield Impossible(value, value, int(rows), absent, rows * expected, rows * math.log1p(-honest))


def _spread(cells: Cells, pure: NDArray[np.bool_]) -> float:
    """Return by what factor the odds of the other levels differ beyond chance."""
    kept = ~pure & (cells.rows >= LEAST_ROWS)
    if kept.sum() < _FEW_LEVELS:
        return 1.0
    excess = float(np.var(cells.logits[kept]) - cells.variances[kept].mean())
    return math.exp(2 * math.sqrt(max(excess, 0.0)))


def _finding(examined: Examined, quantity: Quantity, runs: list[Impossible]) -> Finding:
    first = runs[0]
    where = _where(quantity, first)
    count = f"all {first.rows:,} {'rows' if examined.clusters is None else 'ids'}"
    side, other = int(not first.absent), int(first.absent)
    message = (
        f"{examined.label} is {side} in {count} with {where}; among like values, about "
        f"{first.expected:,.0f} would be {other}."
    )
    evidence: dict[str, Any] = {
        "values": [
            {
                "value": _where(quantity, run),
                "label": int(not run.absent),
                "rows": run.rows,
                "expected_of_the_other_class": round(run.expected, 3),
                "log_p": round(run.log_p, 3),
            }
            for run in runs[:_TOLD]
        ],
        "base_rate": round(examined.base_rate, 6),
        "examples": examined.examples(quantity.columns, _within(examined, quantity, first)),
    }
    advice = (
        "Look for a filter, a cut or an event of the outcome in how this column was made: rows may have been "
        "dropped, or shortened, by what happened after. Make the column from what was known before, or leave "
        "these rows out."
    )
    severity = "critical" if _matters(examined, runs) else "warning"
    return Finding("L2", quantity.columns, severity, message, evidence, advice)  # type: ignore[arg-type]


def _within(examined: Examined, quantity: Quantity, run: Impossible) -> NDArray[np.bool_]:
    chosen = np.zeros(len(examined.frame), dtype=bool)
    chosen[examined.rows[(quantity.values >= run.low) & (quantity.values <= run.high)]] = True
    return chosen


MATTERS = 0.05
"""Share of a class that falls to impossible values, from which on metrics are moved by it."""


def _matters(examined: Examined, runs: list[Impossible]) -> bool:
    sizes = {True: examined.counts[0], False: examined.counts[1]}
    return any(run.rows >= MATTERS * sizes[not run.absent] for run in runs)


def _where(quantity: Quantity, run: Impossible) -> str:
    if run.low == run.high:
        return f"{quantity.title} = {quantity.shown(run.low)}"
    return f"{quantity.title} from {quantity.shown(run.low)} to {quantity.shown(run.high)}"
