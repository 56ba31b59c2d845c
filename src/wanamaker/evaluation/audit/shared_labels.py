"""L3: an id whose rows all carry one label."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wanamaker.evaluation.audit.finding import Finding
from wanamaker.evaluation.audit.strength import auc

if TYPE_CHECKING:
    from wanamaker.evaluation.audit.examined import Examined, Feature

LEAST_LEVELS = 100
"""Fewer levels are categories, not ids."""

LEAST_REPEATED = 0.2
"""The share of rows whose id has other rows, from which on sharing matters."""

SHARED_AUC = 0.97
"""How well the other rows of an id tell its label: 1 where the label of a journey stands on each row; below
0.9 where users merely differ."""

ROWS_PER_ID = 200
"""Mean rows above which a column groups the rows by something wider than an id."""

_LEAST_SHARED = 20
"""Ids of either class with several rows."""


def is_id_like(feature: Feature) -> bool:
    """Tell whether a column has many distinct values of few rows each, and is no measurement."""
    if feature.codes is None or feature.values.dtype.is_float() or feature.is_time:
        return False
    return feature.distinct >= LEAST_LEVELS and len(feature.values) < ROWS_PER_ID * feature.distinct


def sharing(examined: Examined, feature: Feature) -> float | None:
    """Return how well an id's other rows tell a row's label, as an AUC; None where they do not."""
    codes = feature.codes
    if codes is None or not is_id_like(feature):
        return None
    rows = np.bincount(codes)
    repeated = (rows[codes] > 1) & ~feature.missing
    if repeated.mean() < LEAST_REPEATED:
        return None
    labels, chosen = examined.y[repeated], codes[repeated]
    if min(len(np.unique(chosen[labels == side])) for side in (True, False)) < _LEAST_SHARED:
        return None
    positive = np.bincount(codes, weights=examined.y)
    value = auc(labels, (positive[chosen] - labels) / (rows[chosen] - 1))
    return value if value >= SHARED_AUC else None


def find_shared_labels(examined: Examined) -> list[Finding]:
    """Find ids that are given no role, and whose rows share one label.

    An id named as ``group`` is the caller's own knowledge, and is judged by the split alone.
    """
    findings = []
    for feature in examined.features:
        value = examined.shared.get(feature.name)
        if value is None or feature.name in examined.groups:
            continue
        message = (
            f"Rows with the same {feature.name} carry the same {examined.label} (AUC {value:.4f} from the "
            "other rows of the id): they are one observation, not several."
        )
        evidence = {
            "auc": round(value, 6),
            "ids": feature.distinct,
            "rows": len(examined.y),
            "rows_per_id": round(len(examined.y) / feature.distinct, 3),
        }
        advice = (
            f"Never use {feature.name} as a feature, keep its rows on one side of every split, and give it "
            "as group, so that the audit can look."
        )
        findings.append(Finding("L3", (feature.name,), "warning", message, evidence, advice))
    return findings
