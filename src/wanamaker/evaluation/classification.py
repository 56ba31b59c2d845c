"""Rows of a table that compares predictions of the same examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.stats.classification import binary_metrics, paired_difference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from wanamaker.stats.bootstrap import Resampling
    from wanamaker.stats.classification.metrics import Estimate

COMPARED = ("roc_auc", "log_loss")
"""The metrics that stand in comparisons: one of the order, one of the probabilities."""


def compared(
    labels: NDArray[np.bool_],
    predictions: NDArray[np.float64],
    reference: NDArray[np.float64] | None,
    resampling: Resampling,
) -> dict[str, float]:
    """Return the metrics of predictions with intervals, and how far the reference is above them.

    Parameters
    ----------
    labels, predictions
        Of shape (rows,).
    reference
        The predictions that these are compared with, on the same rows; None for no differences.
    resampling
        Of rows; differences are of pairs.

    Returns
    -------
    dict
        ``roc_auc``, ``roc_auc_low``, ``roc_auc_high``, ``log_loss``, …; ``roc_auc_difference`` (reference
        minus these) and so on. What is not defined is NaN.

    Examples
    --------
    >>> from wanamaker.stats.bootstrap import Resampling
    >>> labels = np.array([False, True, False, True])
    >>> compared(labels, np.array([0.1, 0.9, 0.8, 0.7]), None, Resampling(0))["roc_auc"]
    0.75
    """
    found = flat(binary_metrics(labels, predictions, resampling=resampling))
    if reference is None:
        return found
    beyond = paired_difference(labels, reference, predictions, metrics=COMPARED, resampling=resampling)
    return found | flat({f"{name}_difference": beyond[name] for name in COMPARED})


def flat(estimates: Mapping[str, Estimate]) -> dict[str, float]:
    """Return value, low and high of the compared metrics side by side; NaN for None.

    Examples
    --------
    >>> flat({"roc_auc": {"value": 0.5, "low": None, "high": None}})
    {'roc_auc': 0.5, 'roc_auc_low': nan, 'roc_auc_high': nan}
    """
    wanted = {*COMPARED, *(f"{name}_difference" for name in COMPARED)}
    ends: dict[str, Any] = {}
    for name, estimate in estimates.items():
        if name in wanted:
            ends[name] = estimate["value"]
            ends[f"{name}_low"], ends[f"{name}_high"] = estimate["low"], estimate["high"]
    return {name: np.nan if value is None else float(value) for name, value in ends.items()}
