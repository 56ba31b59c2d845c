"""L1: the label is a signed sum, a difference, a ratio or a product of columns."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, permutations
from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.evaluation.audit.examined import as_numbers
from wanamaker.evaluation.audit.finding import Finding
from wanamaker.evaluation.audit.formula import DERIVED_ERROR, Formula
from wanamaker.evaluation.audit.separation import CERTAIN_BITS, Separation, by_cut, by_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from wanamaker.evaluation.audit.examined import Examined, Feature

MOST_COLUMNS = {2: 2_000, 3: 300, 4: 100}
"""Columns in a sum to the most columns of a table for which all such sums are tried: each size takes at most
some 5 seconds (33 million sums)."""

RATIO_COLUMNS = 120
"""The most columns whose ratios and products are tried."""

_DRAWS = 2
"""Searches on rows of their own: a wrong reference row hides a sum from one of them."""

_ACTIVE, _USUAL, _POOL = 64, 192, 4_000
"""Rows of each class that the search sees: those where most columns differ from their usual value, which
refute wrong sums at once, and random ones, both of a random pool."""

_TRIED = 30
"""Rows of each class that must lie apart: one sum in 2^60 does by luck."""

_CANDIDATES = 2_000
_TOLD = 5
_SHOWN_ERROR = 6


@dataclass(frozen=True)
class _Pool:
    """The columns that sums are made of, and the rows they are tried on."""

    names: tuple[str, ...]
    numbers: dict[str, NDArray[np.float64]]
    rounding: dict[str, float]
    labels: NDArray[np.bool_]

    def without(self, names: Iterable[str]) -> _Pool:
        gone = set(names)
        if gone.isdisjoint(self.names):
            return self
        kept = tuple(name for name in self.names if name not in gone)
        return _Pool(kept, self.numbers, self.rounding, self.labels)

    @cached_property
    def searched(self) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """The rows of class 0 and of class 1 that each search sees."""
        return [
            (_telling(self, side=False, seed=seed), _telling(self, side=True, seed=seed))
            for seed in range(_DRAWS)
        ]

    def matrix(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.column_stack([self.numbers[name][rows] for name in self.names])


def find_sums(examined: Examined, settled: Iterable[str]) -> list[Finding]:
    """Find formulas of two to four columns that give the label.

    The label may equal the formula, be 1 exactly where the formula has (or has not) one value, or be 1 on one
    side of a cut. Shorter formulas are looked for first; their columns take no part in longer ones.

    Parameters
    ----------
    examined
        The table.
    settled
        Columns that give the label by themselves; they are left out.
    """
    pool = _pool(examined).without(settled)
    found: list[tuple[Formula, Separation]] = []
    for size, most in MOST_COLUMNS.items():
        if not size <= len(pool.names) <= most:
            continue
        new = list(_verified(examined, pool, _sums(pool, size), _searched(len(pool.names), size)))
        if size == 2 and len(pool.names) <= RATIO_COLUMNS:  # noqa: PLR2004
            new += _verified(examined, pool, _derived(pool), 3 * len(pool.names) ** 2)
            new = list(
                {frozenset(formula.columns): (formula, way) for formula, way in reversed(new)}.values()
            )
        found += new
        pool = pool.without(name for formula, _ in new for name in formula.columns)
    return [_finding(examined, formula, separation) for formula, separation in found[:_TOLD]]


def _pool(examined: Examined) -> _Pool:
    features = [feature for feature in examined.features if _may_add(feature, examined.y)]
    numbers = {feature.name: feature.numbers for feature in features if feature.numbers is not None}
    rounding = {feature.name: feature.rounding for feature in features}
    return _Pool(tuple(numbers), numbers, rounding, examined.y)


def _may_add(feature: Feature, labels: NDArray[np.bool_]) -> bool:
    """Tell whether the column varies within both classes, and has a value in half of each."""
    if feature.numbers is None:
        return False
    for side in (True, False):
        values = feature.numbers[labels == side]
        known = values[~np.isnan(values)]
        if 2 * len(known) < len(values) or len(known) == 0 or known.min() == known.max():
            return False
    return True


def _drawn(pool: _Pool, *, side: bool, seed: int) -> NDArray[np.int64]:
    return np.random.default_rng(seed).permutation(np.flatnonzero(pool.labels == side))[:_POOL]


def _telling(pool: _Pool, *, side: bool, seed: int) -> NDArray[np.int64]:
    """Return rows that tell sums apart first, then random ones."""
    drawn = _drawn(pool, side=side, seed=seed)
    matrix = pool.matrix(drawn)
    usual = np.nanmedian(matrix, axis=0)
    activity = ((matrix != usual) & ~np.isnan(matrix)).sum(axis=1)
    active = drawn[np.argsort(-activity, kind="stable")[:_ACTIVE]]
    return np.concatenate([active, drawn[:_USUAL]])


def _sums(pool: _Pool, size: int) -> list[Formula]:
    from wanamaker.evaluation.audit.kernels import signed_sums

    rounding = np.array([pool.rounding[name] for name in pool.names])
    found: dict[Formula, None] = {}
    for rows in pool.searched:
        zero, one = (pool.matrix(of_class) for of_class in rows)
        columns, signs, _ = signed_sums(zero, one, 4 * rounding, size, _TRIED, _CANDIDATES)
        for chosen, sign in zip(columns.tolist(), signs.tolist(), strict=True):
            names = tuple(pool.names[column] for column in chosen)
            found[Formula("sum", names, tuple(int(one_sign) for one_sign in sign))] = None
    return list(found)


def _derived(pool: _Pool) -> list[Formula]:
    """Return the ratios and products that give the class in a few rows."""
    from wanamaker.evaluation.audit.kernels import signed_sums

    formulas = [Formula("ratio", pair) for pair in permutations(pool.names, 2)]
    formulas += [Formula("product", pair) for pair in combinations(pool.names, 2)]
    if not formulas:
        return []
    found: dict[Formula, None] = {}
    for rows in pool.searched:
        sides = []
        for of_class in rows:
            held = {name: pool.numbers[name][of_class] for name in pool.names}
            sides.append(np.column_stack([formula.values(held) for formula in formulas]))
        rounding = np.full(len(formulas), 4 * DERIVED_ERROR)
        columns, _, _ = signed_sums(sides[0], sides[1], rounding, 1, _TRIED, _CANDIDATES)
        found |= dict.fromkeys(formulas[column] for column in columns[:, 0].tolist())
    return list(found)


def _searched(width: int, size: int) -> float:
    return float(math.comb(width, size) * 2 ** (size - 1) * 3)


def _verified(
    examined: Examined, pool: _Pool, formulas: Iterable[Formula], searched: float
) -> Iterator[tuple[Formula, Separation]]:
    """Yield the formulas that hold on all rows, and by more than luck."""
    independent = sum(examined.counts) / len(examined.y)
    some = np.concatenate([_drawn(pool, side=side, seed=_DRAWS) for side in (False, True)])
    whole: dict[str, NDArray[np.float64]] = {}
    for formula in formulas:
        few = {name: pool.numbers[name][some] for name in formula.columns}
        if _separation(formula, few, pool.rounding, pool.labels[some]) is None:
            continue
        for name in formula.columns:
            whole.setdefault(name, _whole(examined, pool, name))
        separation = _separation(formula, whole, pool.rounding, examined.labels)
        if separation and separation.bits * independent >= CERTAIN_BITS + math.log2(searched):
            yield _upright(formula, separation)


def _whole(examined: Examined, pool: _Pool, name: str) -> NDArray[np.float64]:
    if len(examined.rows) == len(examined.frame):
        return pool.numbers[name]
    numbers = as_numbers(examined.frame[name])
    return pool.numbers[name] if numbers is None else numbers


def _separation(
    formula: Formula,
    numbers: dict[str, NDArray[np.float64]],
    rounding: dict[str, float],
    labels: NDArray[np.bool_],
) -> Separation | None:
    values = formula.values(numbers)
    tolerance = formula.tolerance(numbers, rounding)
    ways = (
        by_value(values, labels, tolerance, side=True),
        by_cut(values, labels),
        by_value(values, labels, tolerance, side=False),
    )
    return min((way for way in ways if way is not None), key=lambda way: way.error, default=None)


def _upright(formula: Formula, separation: Separation) -> tuple[Formula, Separation]:
    """Turn signs round where that makes the rule easier to read."""
    turn = separation.relation == "<" or (separation.relation in "=≠" and separation.value < 0)
    if formula.kind != "sum" or not turn:
        return formula, separation
    relation = {"<": ">"}.get(separation.relation, separation.relation)
    value = -separation.value + 0.0
    turned = Separation(
        relation, value, separation.rows, separation.contradicting, separation.error, separation.bits
    )
    return formula.turned(), turned


def _finding(examined: Examined, formula: Formula, separation: Separation) -> Finding:
    wrong = int(separation.contradicting.sum())
    rule = f"{formula} {separation.relation} {separation.value:.6g}"
    known = "all" if not wrong else f"{separation.rows - wrong:,} of"
    message = f"{examined.label} is 1 exactly where {rule}: it holds in {known} {separation.rows:,} rows."
    evidence: dict[str, Any] = {
        "formula": str(formula),
        "rule": rule,
        "rows": separation.rows,
        "contradicting_rows": wrong,
        "error": round(separation.error, _SHOWN_ERROR),
        "examples": examined.examples(formula.columns, examined.labels & ~separation.contradicting)
        + examined.examples(formula.columns, ~examined.labels & ~separation.contradicting),
    }
    if wrong:
        evidence["contradicting_examples"] = examined.examples(formula.columns, separation.contradicting)
    advice = (
        "The label is in the features by arithmetic: leave out the columns that count the outcome, or "
        "compute them from what was known before it."
    )
    return Finding("L1", formula.columns, "critical", message, evidence, advice)
