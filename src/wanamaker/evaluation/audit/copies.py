"""L1: one column that is the label, or nearly."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.evaluation.audit.finding import Finding
from wanamaker.evaluation.audit.shared_labels import is_id_like
from wanamaker.evaluation.audit.strength import auc, level_auc, log_p_above

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.evaluation.audit.examined import Examined, Feature

HONEST_AUC = 0.95
"""What one honest column may reach. The best single columns known before the outcome on public click, session
and journey logs stay below 0.9."""

COPY_AUC, CERTAIN_AUC = 0.97, 0.99
"""From here on a warning, and critical: a copy with 3 % (1 %) of its values wrong has these AUCs."""

HONEST_FLAG_AUC, FLAG_VALUES = 0.9, 3
"""The same for a column of up to three values: a flag that is right for 90 % of either class."""

LOG_P = math.log(1e-3)
"""Chance of such an AUC if the true one were the honest one. It need not be smaller: few come near."""

LEAST_EXACT = 20
"""Rows of the rarer class from which on an AUC of exactly 1 is enough, without a test: one whose true AUC
is `HONEST_AUC` parts 20 from 20 rows in one of some thousand tables, 20 from 1,000 never."""

_BINS = 100
_LEAST = 10
_ROWS_PER_LEVEL = 5
"""Levels with fewer rows are ids: `shared_labels` judges them."""


def find_copies(examined: Examined) -> list[Finding]:
    """Find columns that alone predict the label as only a copy can: by order, by range, or by level."""
    findings = []
    for feature in examined.features:
        known = ~feature.missing if feature.numbers is None else ~np.isnan(feature.numbers)
        value, how = best_auc(feature, examined.y, known)
        ones, zeros = _independent(examined, known)
        honest = HONEST_FLAG_AUC if feature.distinct <= FLAG_VALUES else HONEST_AUC
        exact = value == 1 and min(ones, zeros) >= LEAST_EXACT
        if value < COPY_AUC or (log_p_above(value, honest, ones, zeros) > LOG_P and not exact):
            continue
        findings.append(_finding(examined, feature, known, value, how))
    return findings


def best_auc(feature: Feature, labels: NDArray[np.bool_], known: NDArray[np.bool_]) -> tuple[float, str]:
    """Return the best AUC of a column among its known rows, and by what.

    Returns
    -------
    tuple
        The AUC, and ``"order"`` (larger or smaller values), ``"range"`` (out-of-fold means of 100 ranges) or
        ``"level"`` (of its distinct values).
    """
    side = labels[known]
    if min(side.sum(), (~side).sum()) < _LEAST:
        return 0.5, "order"
    found = [(0.5, "order")]
    if feature.numbers is not None:
        values = feature.numbers[known]
        straight = auc(side, values)
        found.append((max(straight, 1 - straight), "order"))
        found.append((level_auc(_ranges(values), side), "range"))
    if feature.codes is not None and feature.distinct > 1 and not _is_sparse(feature):
        found.append((level_auc(feature.codes[known], side), "level"))
    return max(found, key=lambda pair: pair[0])


def _is_sparse(feature: Feature) -> bool:
    return is_id_like(feature) or feature.distinct * _ROWS_PER_LEVEL > len(feature.values)


def _ranges(values: NDArray[np.float64]) -> NDArray[np.int64]:
    edges = np.unique(np.quantile(values, np.linspace(0, 1, _BINS + 1)[1:-1]))
    return np.searchsorted(edges, values, side="right").astype(np.int64)


def _independent(examined: Examined, known: NDArray[np.bool_]) -> tuple[int, int]:
    """Return independent positives and negatives among the known rows."""
    if examined.clusters is None:
        return int((known & examined.y).sum()), int((known & ~examined.y).sum())
    return (
        len(np.unique(examined.clusters[known & examined.y])),
        len(np.unique(examined.clusters[known & ~examined.y])),
    )


_BY = {
    "order": "by the order of its values",
    "range": "by ranges of its values",
    "level": "by its distinct values",
}


def _finding(
    examined: Examined, feature: Feature, known: NDArray[np.bool_], value: float, how: str
) -> Finding:
    wrong = value < CERTAIN_AUC
    message = (
        f"{feature.name} alone predicts {examined.label} with an AUC of {value:.4f} {_BY[how]}: "
        "it is the label, or was made from it."
    )
    chosen = np.zeros(len(examined.frame), dtype=bool)
    chosen[examined.rows[known]] = True
    evidence = {
        "auc": round(value, 6),
        "by": how,
        "rows": int(known.sum()),
        "examples": examined.examples([feature.name], chosen & examined.labels)
        + examined.examples([feature.name], chosen & ~examined.labels),
    }
    advice = f"Leave {feature.name} out, unless it is known before the outcome; then say how it can be."
    return Finding("L1", (feature.name,), "warning" if wrong else "critical", message, evidence, advice)
