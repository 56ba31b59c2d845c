"""What was measured on the test rows, as the report and ``metrics.json`` take it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.stats.classification import (
    binary_metrics,
    choose_threshold,
    gains_curve,
    paired_difference,
    reliability_curve,
    threshold_curve,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from wanamaker.stats.bootstrap import Resampling
    from wanamaker.studies.sections import DecisionOptions

Rows = list[dict[str, Any]]

_CURVE_POINTS = 200
_ROUGH = 200
_WHY = {
    "f1": "Here the F1 of the validation rows is highest.",
    "number": "As the study says.",
    "costs": "Here a false alarm and a miss cost the same on average: cost_fp / (cost_fp + cost_fn), if the "
    "probabilities are right.",
}


@dataclass(frozen=True, eq=False)
class Judged:
    """Labels and predictions of valid and test, and how sure figures are to be.

    Parameters
    ----------
    labels, predictions
        By part: ``valid`` and ``test``.
    keys
        What is resampled together: the group of each test row, or None for rows.
    resampling
        How often, and from which seed.
    threshold
        From which probability on a row is flagged.
    weights
        How much each row counts, by part; none where each counts the same.
    """

    labels: dict[str, NDArray[np.bool_]]
    predictions: dict[str, NDArray[np.float64]]
    keys: NDArray[np.uint64] | None
    resampling: Resampling
    threshold: float
    weights: Mapping[str, NDArray[np.float64] | None] = field(default_factory=dict)

    @property
    def counted(self) -> float:
        """How many test rows there are, by their weights."""
        weights = self.weights.get("test")
        return float(len(self.labels["test"]) if weights is None else weights.sum())

    @property
    def positives(self) -> float:
        """How many of them are positive, by their weights."""
        weights = self.weights.get("test")
        labels = self.labels["test"]
        return float(labels.sum() if weights is None else weights[labels].sum())

    def metrics(self, part: str) -> dict[str, Any]:
        """Return the metrics of a part."""
        keys = self.keys if part == "test" else None
        return dict(
            binary_metrics(
                self.labels[part],
                self.predictions[part],
                threshold=self.threshold,
                weights=self.weights.get(part),
                resampling=self.resampling,
                keys=keys,
            )
        )

    def of(self, predictions: NDArray[np.float64]) -> dict[str, Any]:
        """Return the metrics of other predictions for the test rows."""
        told = binary_metrics(
            self.labels["test"],
            predictions,
            threshold=self.threshold,
            weights=self.weights.get("test"),
            resampling=self.resampling,
            keys=self.keys,
        )
        return dict(told)

    def beyond(self, predictions: NDArray[np.float64]) -> dict[str, Any]:
        """Return by how much the AUC is above that of other predictions for the same rows."""
        found = paired_difference(
            self.labels["test"],
            self.predictions["test"],
            predictions,
            metrics=["roc_auc"],
            weights=self.weights.get("test"),
            resampling=self.resampling,
            keys=self.keys,
        )
        return dict(found["roc_auc"])


def threshold_of(
    decision: DecisionOptions, labels: NDArray[np.bool_], predictions: NDArray[np.float64]
) -> float:
    """Return the study's threshold, chosen on the validation rows where the study gives none.

    Parameters
    ----------
    decision
        What the study says of it.
    labels
        Of the validation rows, as they were known when the test rows began.
    predictions
        Of the validation rows.
    """
    rule = decision.threshold
    plain = rule if isinstance(rule, float | str) else rule.model_dump()
    return float(choose_threshold(labels, predictions, plain))


def reliability_rows(judged: Judged) -> Rows:
    """Return predicted against happened, in bins of equal size."""
    curve = reliability_curve(
        judged.labels["test"], judged.predictions["test"], bins=10, weights=judged.weights.get("test")
    )
    return [
        {
            "mean": row["prediction"],
            "rate": row["rate"],
            "low": row["low"],
            "high": row["high"],
            "rows": round(row["weight"] or 0.0),
            "positives": round(row["positives"] or 0.0),
        }
        for row in curve.rows()
    ]


def gains_rows(judged: Judged, budgets: tuple[float, ...]) -> Rows:
    """Return what the best share of the test rows holds, the budgets marked."""
    shares = np.unique(np.concatenate([np.linspace(0.0, 1.0, 101)[1:], np.array(budgets)]))
    curve = gains_curve(
        judged.labels["test"],
        judged.predictions["test"],
        shares=shares,
        weights=judged.weights.get("test"),
        resampling=judged.resampling,
        keys=judged.keys,
    )
    total, rows = judged.positives, judged.counted
    told = []
    for row in curve.rows():
        share, gain = row["share"] or 0.0, row["gain"] or 0.0
        told.append(
            {
                "share": share,
                "rows": round(share * rows),
                "positives": round(gain * total, 1),
                "captured": gain,
                "low": row.get("gain_low"),
                "high": row.get("gain_high"),
                "lift": row["lift"],
                "precision": row["precision"],
                "budget": any(np.isclose(share, budget) for budget in budgets),
            }
        )
    return told


def curves(labels: NDArray[np.bool_], predictions: dict[str, NDArray[np.float64]]) -> dict[str, Any]:
    """Return ROC and precision-recall curves of several predictions, thinned out for a chart."""
    from sklearn.metrics import precision_recall_curve, roc_curve

    told: dict[str, Any] = {"roc": {}, "pr": {}}
    for name, scores in predictions.items():
        false, true, _ = roc_curve(labels, scores)
        precision, recall, _ = precision_recall_curve(labels, scores)
        first = np.unique(recall[:-1][::-1], return_index=True)[1]  # where the last conversion came in
        told["roc"][name] = _thinned(false, true)
        first = first[recall[:-1][::-1][first] > 0]  # nothing found yet: no point on a scale of logarithms
        told["pr"][name] = _thinned(recall[:-1][::-1][first], precision[:-1][::-1][first])
    return told


def _thinned(x: NDArray[np.float64], y: NDArray[np.float64]) -> dict[str, list[float]]:
    """Return the points at which a curve turns, or as many of them as a chart needs."""
    ends = np.concatenate([[True], y[1:] != y[:-1], [True]])
    turns = np.flatnonzero(ends[:-1] | ends[1:])
    kept = turns[np.linspace(0, len(turns) - 1, min(len(turns), _CURVE_POINTS)).round().astype(int)]
    return {"x": [round(float(one), 6) for one in x[kept]], "y": [round(float(one), 6) for one in y[kept]]}


def decision_of(decision: DecisionOptions, judged: Judged) -> dict[str, Any]:
    """Return the threshold, why it is this one, and what it and others do on the test rows."""
    rule = decision.threshold
    costs = None if isinstance(rule, float | str) else rule.model_dump()
    predictions = judged.predictions["test"]
    curve = _thresholds(judged, None, costs)
    at = _thresholds(judged, np.array([judged.threshold]), costs)[0]
    listed = np.quantile(predictions, [0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999])
    listed = np.unique(np.append(listed, judged.threshold))
    marked = [{**row, "listed": True} for row in _thresholds(judged, listed, costs)]
    told = {
        "rule": rule if isinstance(rule, float | str) else costs,
        "threshold": judged.threshold,
        "why": _why(rule, int(judged.labels["valid"].sum())),
        "at": at,
        "of": round(judged.counted),
        "rows": sorted([*curve, *marked], key=lambda row: row["threshold"]),
        "costs": costs,
    }
    if costs is not None:
        told["cost_of_nothing"] = judged.positives * costs["cost_fn"]
    return told


def _why(rule: Any, positives: int) -> str:
    if rule == "f1":
        rough = "a rough choice" if positives < _ROUGH else "a steady choice"
        return f"{_WHY['f1']} They hold {positives:,} conversions: {rough}."
    return _WHY["number" if isinstance(rule, float) else "costs"]


def _thresholds(
    judged: Judged, thresholds: NDArray[np.float64] | None, costs: dict[str, float] | None
) -> Rows:
    curve = threshold_curve(
        judged.labels["test"],
        judged.predictions["test"],
        thresholds=thresholds,
        weights=judged.weights.get("test"),
        **(costs or {}),
    )
    return [_counted(row, judged.counted, judged.positives, costs) for row in curve.rows()]


def _counted(
    row: dict[str, Any], total: float, positives: float, costs: dict[str, float] | None
) -> dict[str, Any]:
    recall = row["recall"] or 0.0
    told = {
        "threshold": row["threshold"],
        "flagged": round(row["flagged"] * total),
        "positives": round(recall * positives),
        "precision": row["precision"],
        "recall": recall,
        "f1": row["f1"],
    }
    return told if costs is None else {**told, "cost": row["cost"] * total}
