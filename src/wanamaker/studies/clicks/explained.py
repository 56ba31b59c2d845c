"""What moves the predictions: over all rows, by family, and in some rows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.models.click_model import BASE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.models.click_model import ClickModel

Rows = list[dict[str, Any]]

_REASONS = 4
_EACH = 3


def importances(model: ClickModel, explanation: pl.DataFrame) -> dict[str, Any]:
    """Return the mean size of contributions, by feature and by family, the largest first."""
    features = _sizes(explanation, "feature")
    families = _sizes(model.family_sums(explanation), "family")
    named = dict(model.families_)
    return {
        "features": [{**row, "family": named.get(row["feature"], "")} for row in features],
        "families": families,
        "rows": len(explanation),
    }


def _sizes(table: pl.DataFrame, what: str) -> Rows:
    names = [name for name in table.columns if name != BASE]
    sizes = table.select(pl.col(names).cast(pl.Float64).abs().mean()).row(0)
    rows = [{what: name, "importance": float(size)} for name, size in zip(names, sizes, strict=True)]
    return sorted(rows, key=lambda row: (-row["importance"], row[what]))


def example_rows(
    explanation: pl.DataFrame,
    features: pl.DataFrame,
    events: pl.DataFrame,
    predictions: NDArray[np.float64],
    labels: NDArray[np.bool_],
) -> Rows:
    """Return some rows with what moved them: high and right, high and wrong, missed, and in the middle.

    Parameters
    ----------
    explanation, features, events, predictions, labels
        Of the rows that were explained, in one order.
    """
    told: Rows = []
    for which, chosen in _chosen(predictions, labels).items():
        for place in chosen.tolist():
            told.append(
                {
                    "which": which,
                    "event": ", ".join(
                        f"{name} {value}" for name, value in events.row(place, named=True).items()
                    ),
                    "prediction": float(predictions[place]),
                    "label": "yes" if labels[place] else "no",
                    "reasons": _reasons(explanation.row(place, named=True), features.row(place, named=True)),
                }
            )
    return told


def _chosen(predictions: NDArray[np.float64], labels: NDArray[np.bool_]) -> dict[str, NDArray[np.int64]]:
    order = np.argsort(-predictions, kind="stable")
    won, lost = order[labels[order]], order[~labels[order]]
    middle = np.argsort(np.abs(predictions - np.median(predictions)), kind="stable")
    return {
        "high, converted": won[:_EACH],
        "high, not converted": lost[:_EACH],
        "low, converted": won[_EACH:][::-1][:_EACH],
        "middling": middle[:1],
    }


def _reasons(contributions: dict[str, float], features: dict[str, float]) -> Rows:
    del contributions[BASE]
    largest = sorted(contributions, key=lambda name: -abs(contributions[name]))[:_REASONS]
    return [
        {
            "feature": name,
            "contribution": float(contributions[name]),
            "value": f"{features[name]:.4g}" if math.isfinite(features[name]) else "unknown",
        }
        for name in largest
    ]
