"""L9: a metric that does not tell perfect predictions from shuffled labels is no metric."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.errors import DataError
from wanamaker.evaluation.audit.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Metric = Callable[[NDArray[np.bool_], NDArray[np.float64]], float]

SHUFFLES = 20
"""Shuffled labels tried: a metric must be worse on each of them than on perfect predictions."""

_SURE = 1e-6
"""Perfect predictions are this far from 0 and 1, so that a logarithm exists."""


def check_metrics(
    metrics: Mapping[str, Metric], labels: NDArray[np.bool_], *, seed: int = 0
) -> list[Finding]:
    """Check that metrics separate perfect predictions from shuffled ones.

    A perfect prediction must score differently from every shuffled one, on the same side of all of them, and
    its mirror image (every label wrong) must not score as well. Precision under another name, a metric that
    reads the wrong column, or one that is constant fails.

    Parameters
    ----------
    metrics
        Name to a function of labels and predictions.
    labels
        Labels to check on, of shape (rows,), with both classes.
    seed
        Of the shuffles.

    Raises
    ------
    DataError
        If the labels hold one class alone.

    Examples
    --------
    >>> labels = np.arange(200) % 4 == 0
    >>> check_metrics({"mean prediction": lambda labels, scores: float(scores.mean())}, labels)[0].detector
    'L9'
    """
    if labels.all() or not labels.any():
        message = f"Labels of both classes were expected. Got {len(labels)} labels of one."
        raise DataError(message)
    perfect = np.where(labels, 1 - _SURE, _SURE)
    rng = np.random.default_rng(seed)
    shuffled = [rng.permutation(perfect) for _ in range(SHUFFLES)]
    findings = []
    for name, metric in metrics.items():
        best = float(metric(labels, perfect))
        mirrored = float(metric(labels, 1 - perfect))
        others = [float(metric(labels, scores)) for scores in shuffled]
        fault = _fault(best, mirrored, others)
        if fault:
            evidence = {
                "perfect": best if math.isfinite(best) else None,
                "all_wrong": mirrored if math.isfinite(mirrored) else None,
                "shuffled": [value if math.isfinite(value) else None for value in others],
            }
            message = f"The metric {name!r} {fault}."
            advice = f"Do not report {name!r} before it is mended."
            findings.append(Finding("L9", (), "critical", message, evidence, advice))
    return findings


def _fault(best: float, mirrored: float, others: list[float]) -> str:
    if not all(math.isfinite(value) for value in (best, mirrored, *others)):
        return "is not a finite number on perfect, wrong or shuffled predictions"
    low, high = min(others), max(others)
    if low <= best <= high:
        return "cannot tell perfect predictions from shuffled ones"
    above = best > high
    if (mirrored >= best) if above else (mirrored <= best):
        return "finds predictions that are all wrong as good as perfect ones"
    return ""
