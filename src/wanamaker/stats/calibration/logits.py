"""Log-odds, Platt's targets, and the logistic fit that the maps share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from wanamaker.base.errors import DataError
from wanamaker.stats.classification.ranked import as_labels, as_probabilities
from wanamaker.stats.classification.sums import CLIP
from wanamaker.stats.regression.fit import Rows, fit_binary

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["CLIP", "fit_columns", "fit_shift", "logit", "scarcer", "smoothed", "training_rows"]

_RIDGE = 1e-6
_FAR = 60.0
"""Log-odds that no fitted shift goes beyond."""


def logit(predictions: Floats) -> Floats:
    """Return log-odds, of predictions clipped to 1e-15 from 0 and 1."""
    clipped = np.clip(predictions, CLIP, 1.0 - CLIP)
    return np.asarray(np.log(clipped) - np.log1p(-clipped))


def training_rows(
    predictions: ArrayLike, labels: ArrayLike, weights: ArrayLike | None
) -> tuple[Floats, NDArray[np.bool_], Floats]:
    """Return checked predictions, labels and weights, of shape (rows,).

    Raises
    ------
    DataError
        If there are no rows, or none with weight, or a value cannot be used.
    """
    values, outcomes = as_probabilities(predictions), as_labels(labels)
    shares = np.ones(len(outcomes)) if weights is None else np.asarray(weights, dtype=np.float64)
    if not len(values) == len(outcomes) == len(shares):
        counts = f"{len(values)} predictions, {len(outcomes)} labels and {len(shares)} weights"
        message = f"One label and one weight per prediction are needed. Got {counts}."
        raise DataError(message, hint="Give arrays over the same rows.")
    if not (shares >= 0.0).all() or not np.isfinite(shares).all() or shares.sum() <= 0.0:
        message = "A calibration map needs rows with finite weights from 0, some above 0. Got none."
        raise DataError(message, hint="Calibrate on validation rows, outside of what the model learned from.")
    return values, outcomes, shares


def scarcer(labels: NDArray[np.bool_], weights: Floats) -> int:
    """Return how many rows that count have the rarer label."""
    counted = labels[weights > 0.0]
    return int(min(counted.sum(), (~counted).sum()))


def smoothed(labels: NDArray[np.bool_], weights: Floats) -> Floats:
    """Return Platt's targets (1999): (N₊ + 1) / (N₊ + 2) for positives, 1 / (N₋ + 2) for negatives.

    What the rule of succession says of rows like these. They keep the fit finite where positives and
    negatives are apart, or where one of them is missing.
    """
    positives = float(weights[labels].sum())
    negatives = float(weights[~labels].sum())
    return np.where(labels, (positives + 1.0) / (positives + 2.0), 1.0 / (negatives + 2.0))


def fit_shift(log_odds: Floats, targets: Floats, weights: Floats) -> float:
    """Return what added to the log-odds makes the probabilities sum to the targets."""
    wanted = float(weights @ targets)

    def excess(shift: float) -> float:
        return float(weights @ expit(log_odds + shift)) - wanted

    far = _FAR + float(np.abs(log_odds).max())
    return float(brentq(excess, -far, far, xtol=1e-12))


def fit_columns(columns: list[Floats], targets: Floats, weights: Floats) -> Floats:
    """Return intercept and coefficients of the logistic regression on columns, of shape (1 + columns,).

    Newton's method on centred and scaled columns. The ridge is too small to be seen in the coefficients;
    it decides only for a column that is constant, whose coefficient is then 0.
    """
    total = float(weights.sum())
    middles = [float(weights @ column) / total for column in columns]
    spreads = [
        float(np.sqrt(weights @ (column - middle) ** 2 / total)) or 1.0
        for column, middle in zip(columns, middles, strict=True)
    ]
    scaled = [
        (column - middle) / spread for column, middle, spread in zip(columns, middles, spreads, strict=True)
    ]
    count, width = len(targets), len(columns)
    rows = Rows(
        np.arange(0, width * count + 1, width),
        np.tile(np.arange(width, dtype=np.int32), count),
        np.stack(scaled, axis=1).reshape(-1),
        width,
    )
    beta = fit_binary(rows, weights * targets, weights * (1.0 - targets), penalty=_RIDGE).beta
    slopes = beta[1:] / np.array(spreads)
    return np.concatenate([[beta[0] - slopes @ np.array(middles)], slopes])
