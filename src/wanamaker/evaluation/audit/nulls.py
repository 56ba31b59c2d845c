"""L4: a column whose nulls equal the label."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.evaluation.audit.cells import Cells, trend
from wanamaker.evaluation.audit.copies import HONEST_FLAG_AUC, LOG_P
from wanamaker.evaluation.audit.finding import Finding
from wanamaker.evaluation.audit.impossible import ALPHA, LEAST_ROWS, LEAST_SHARE, LEVEL_ODDS
from wanamaker.evaluation.audit.strength import log_p_above

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.evaluation.audit.examined import Examined, Feature

NULL_AUC = 0.97
"""AUC of "is null" from which on nulls equal the label; missing values that are merely telling stay below."""

LEAST_EXACT = 10
"""Rows of the rarer class from which on nulls that equal the label without exception need no test."""


def find_nulls(examined: Examined) -> list[Finding]:
    """Find columns that are filled for one class alone, or whose nulls are the label."""
    findings = []
    for feature in examined.features:
        absent = feature.missing
        if not 0 < absent.sum() < len(absent):
            continue
        table = _table(examined, absent)
        strength = 0.5 + abs(table[1, 1] / table[1].sum() - table[0, 1] / table[0].sum()) / 2
        ones, zeros = examined.counts
        exact = strength == 1 and min(ones, zeros) >= LEAST_EXACT
        equal = strength >= NULL_AUC and (
            exact or log_p_above(strength, HONEST_FLAG_AUC, ones, zeros) <= LOG_P
        )
        pure = None if equal else _pure(table, len(examined.features))
        if equal:
            findings.append(_equal(examined, feature, table, strength))
        elif pure is not None:
            findings.append(_one_sided(examined, feature, table, pure))
    return findings


def _table(examined: Examined, absent: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return independent rows by class (0, 1) and by whether the value is there (0) or missing (1)."""
    if examined.clusters is None:
        codes = 2 * examined.y + absent
    else:
        joined = np.column_stack([examined.clusters, examined.y, absent])
        found = np.unique(joined, axis=0)
        codes = 2 * found[:, 1] + found[:, 2]
    return np.bincount(codes, minlength=4).reshape(2, 2).astype(np.float64)


def _pure(table: NDArray[np.float64], columns: int) -> tuple[int, int] | None:
    """Return class and column of a cell that chance and honest differences cannot empty."""
    for side in (0, 1):
        for state in (0, 1):
            rows = table[:, state].sum()
            if table[side, state] or rows < max(LEAST_ROWS, LEAST_SHARE * table.sum()):
                continue
            rest = table[:, 1 - state]
            others = Cells(np.zeros(1), np.zeros(1), np.array([rest.sum()]), np.array([rest[side]]))
            line = trend(others, np.array([0]))
            honest = 0.0 if line is None else float(line.lowered(np.zeros(1), LEVEL_ODDS)[0])
            if rows * math.log1p(-honest) <= math.log(ALPHA / (4 * columns)):
                return side, state
    return None


_STATE = ("there", "missing")


def _evidence(examined: Examined, feature: Feature, table: NDArray[np.float64]) -> dict[str, object]:
    """Return the counts, over all rows of the table where ids count once each otherwise."""
    from wanamaker.evaluation.audit.examined import Feature as Whole

    absent = Whole(feature.name, examined.frame[feature.name]).missing
    return {
        "null_share_of_label_0": round(float(absent[~examined.labels].mean()), 6),
        "null_share_of_label_1": round(float(absent[examined.labels].mean()), 6),
        "nulls": int(absent.sum()),
        "rows": len(absent),
        "contradicting_rows": int(min((absent == examined.labels).sum(), (absent != examined.labels).sum())),
        "independent_rows": int(table.sum()),
        "examples": examined.examples([feature.name], examined.labels)
        + examined.examples([feature.name], ~examined.labels),
    }


def _equal(examined: Examined, feature: Feature, table: NDArray[np.float64], strength: float) -> Finding:
    evidence = _evidence(examined, feature, table)
    evidence["auc"] = round(strength, 6)
    side = int(table[1, 1] / table[1].sum() < table[0, 1] / table[0].sum())
    wrong = evidence["contradicting_rows"]
    exactly = "exactly where" if wrong == 0 else f"(but for {wrong:,} rows) where"
    message = f"{feature.name} is null {exactly} {examined.label} is {1 - side}: its nulls are the label."
    advice = (
        f"{feature.name} is filled in by the outcome. Leave it out as a feature; if it is the time of the "
        "outcome, use it as label_time alone."
    )
    return Finding("L4", (feature.name,), "critical", message, evidence, advice)


def _one_sided(
    examined: Examined, feature: Feature, table: NDArray[np.float64], pure: tuple[int, int]
) -> Finding:
    side, state = pure
    rows = int(table[:, state].sum())
    message = f"Wherever {feature.name} is {_STATE[state]} ({rows:,} rows), {examined.label} is {1 - side}."
    evidence = _evidence(examined, feature, table)
    advice = f"Find out when {feature.name} is filled in; if that is after the outcome, leave it out."
    return Finding("L4", (feature.name,), "critical", message, evidence, advice)
