"""L8 and L9: what a column of predictions says about itself, and where none can be judged."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.stats import norm

from wanamaker.evaluation.audit.finding import Finding
from wanamaker.evaluation.audit.parts import held_out, parts_of
from wanamaker.evaluation.audit.strength import auc, auc_error, log_p_above

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.evaluation.audit.examined import Examined

LEVEL = 0.999
"""Of the intervals: a false alarm in a thousand audits."""

FAR = 1.1
"""Mean prediction to base rate from which on, either way, a certain difference is worth a word."""

CRITICAL_FAR = 2.0
"""Down-sampling without correction multiplies the mean prediction, usually by ten or more."""

TOO_GOOD_AUC, HONEST_AUC = 0.995, 0.985
"""Held-out AUCs of honest models of clicks, sessions and journeys end at 0.98."""

BACKWARDS_AUC = 0.45
MEMORY_GAP = 0.05
"""Held-out AUC on groups seen in training above that on unseen ones, from which on the score is memory."""

LOG_P = math.log(1e-4)
_LEAST_PER_CLASS = 30


def find_one_class(examined: Examined) -> list[Finding]:
    """Find parts of a split whose labels are all equal: there, any constant is a perfect prediction."""
    found = []
    for part in parts_of(examined):
        labels = examined.labels[part.rows[examined.positions]]
        if len(labels) and (labels.all() or not labels.any()):
            found.append({"part": part.name, "rows": len(labels), "label": int(labels[0])})
    if not found:
        return []
    named = ", ".join(f"{each['part']} ({each['rows']:,} rows of {each['label']})" for each in found)
    message = (
        f"{examined.label} is of one class in {named}: nothing is learned or ranked there, and a constant "
        "prediction is perfect."
    )
    advice = "Cut the parts so that each holds both classes, and enough of the rarer one to judge by."
    return [Finding("L9", (str(examined.split),), "warning", message, {"parts": found}, advice)]


def find_predictions(examined: Examined) -> list[Finding]:
    """Judge the predictions on the rows held out (test, else valid, else all)."""
    if examined.prediction is None:
        return []
    scores = examined.frame[examined.prediction].cast(pl.Float64).to_numpy().astype(np.float64)
    chosen = held_out(examined) & np.isfinite(scores)
    labels, held = examined.labels[chosen], scores[chosen]
    if not len(held):
        return []
    findings = _base_rate(examined, labels, held)
    if min(labels.sum(), (~labels).sum()) >= 2:  # noqa: PLR2004
        findings += _ranking(examined, labels, held)
        findings += _memory(examined, scores)
    return findings


def _interval(labels: NDArray[np.bool_], scores: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return Σp/Σy and its interval; the counts vary as the predictions say, and as the labels do."""
    total, seen = float(scores.sum()), float(labels.sum())
    # The wider of both: a model that is too sure of itself must not get a narrow interval for it.
    variance = max(float((scores * (1 - scores)).sum()), seen * (1 - seen / len(labels)), 1.0)
    reach = float(norm.ppf(0.5 + LEVEL / 2)) * math.sqrt(variance)
    low, high = total / (seen + reach), total / max(seen - reach, 0.0) if seen > reach else math.inf
    return total / seen if seen else math.inf, low, high


def _base_rate(examined: Examined, labels: NDArray[np.bool_], scores: NDArray[np.float64]) -> list[Finding]:
    name = str(examined.prediction)
    if scores.min() < 0 or scores.max() > 1:
        message = (
            f"{name} is no probability: its values go from {scores.min():.4g} to {scores.max():.4g}, so that "
            "calibration cannot be judged."
        )
        evidence: dict[str, Any] = {"min": float(scores.min()), "max": float(scores.max())}
        advice = "Give probabilities: map scores by a calibration learned on a part of its own."
        return [Finding("L8", (name,), "warning", message, evidence, advice)]
    ratio, low, high = _interval(labels, scores)
    if low <= 1 <= high or 1 / FAR < ratio < FAR:
        return []
    message = (
        f"The mean of {name} is {scores.mean():.4g}, {ratio:.3g} times the rate of {examined.label} "
        f"({labels.mean():.4g}; {LEVEL:.1%} interval of the ratio {low:.3g} to {high:.3g})."
    )
    evidence = {
        "mean_prediction": float(scores.mean()),
        "base_rate": float(labels.mean()),
        "ratio": ratio if math.isfinite(ratio) else None,
        "low": low,
        "high": high if math.isfinite(high) else None,
        "rows": len(scores),
    }
    advice = (
        "Correct for down-sampling and class weights (subtract the log of the factor from the logit), then "
        "calibrate on a later part; the ranking is not touched by this."
    )
    far = ratio >= CRITICAL_FAR or ratio <= 1 / CRITICAL_FAR
    return [Finding("L8", (name,), "critical" if far else "warning", message, evidence, advice)]


def _ranking(examined: Examined, labels: NDArray[np.bool_], scores: NDArray[np.float64]) -> list[Finding]:
    name = str(examined.prediction)
    value = auc(labels, scores)
    ones, zeros = int(labels.sum()), int((~labels).sum())
    shuffled = auc(np.random.default_rng(0).permutation(labels), scores)
    evidence = {
        "auc": round(value, 6),
        "auc_on_shuffled_labels": round(shuffled, 6),
        "auc_of_perfect_predictions": 1.0,
        "rows": len(scores),
        "positives": ones,
    }
    same = bool(np.array_equal(scores, labels.astype(np.float64)))
    best, worst = max(value, 1 - value), value < BACKWARDS_AUC
    if best >= TOO_GOOD_AUC and log_p_above(best, HONEST_AUC, ones, zeros) <= LOG_P:
        what = f"equals {examined.label} in every row" if same else f"has an AUC of {value:.4f}"
        message = f"{name} {what}: no metric can tell it from the label itself."
        advice = "Look for the label among the inputs, or for training rows among the rows judged."
        return [Finding("L9", (name,), "critical", message, evidence | {"equals_the_label": same}, advice)]
    if worst and log_p_above(1 - value, 0.5, ones, zeros) <= LOG_P:
        message = f"{name} ranks backwards: its AUC is {value:.4f}, below that of shuffled labels."
        advice = "Look for an exchanged class, a sign, or rows that were joined by position."
        return [Finding("L9", (name,), "critical", message, evidence, advice)]
    return []


def _memory(examined: Examined, scores: NDArray[np.float64]) -> list[Finding]:
    """Compare held-out rows of groups that training has seen with those of new groups."""
    train = [part.rows for part in parts_of(examined) if part.role == "train"]
    if not train:
        return []
    judged = held_out(examined) & ~train[0][examined.positions] & np.isfinite(scores)
    findings = []
    for group in examined.groups:
        ids = examined.frame[group]
        seen_ids = examined.whole[group].filter(pl.Series(train[0])).drop_nulls().unique()
        seen = ids.is_in(seen_ids.implode()).fill_null(value=False).to_numpy()
        old, new = judged & seen, judged & ~seen
        pair = [(examined.labels[rows], scores[rows]) for rows in (old, new)]
        if any(min(labels.sum(), (~labels).sum()) < _LEAST_PER_CLASS for labels, _ in pair):
            continue
        values = [auc(labels, held) for labels, held in pair]
        errors = [
            auc_error(value, int(labels.sum()), int((~labels).sum()))
            for value, (labels, _) in zip(values, pair, strict=True)
        ]
        gap = values[0] - values[1]
        if gap >= MEMORY_GAP and norm.logsf(gap / math.hypot(*errors)) <= LOG_P:
            findings.append(_memory_finding(examined, group, values, old, new))
    return findings


def _memory_finding(
    examined: Examined, group: str, values: list[float], old: NDArray[np.bool_], new: NDArray[np.bool_]
) -> Finding:
    message = (
        f"{examined.prediction} has an AUC of {values[0]:.4f} where {group} was in training and "
        f"{values[1]:.4f} where it is new: part of the score is memory."
    )
    evidence = {
        "auc_seen": round(values[0], 6),
        "auc_new": round(values[1], 6),
        "rows_seen": int(old.sum()),
        "rows_new": int(new.sum()),
    }
    advice = f"Report both, and split by {group} if new ones are what the model is for."
    return Finding("L9", (str(examined.prediction), group), "warning", message, evidence, advice)
