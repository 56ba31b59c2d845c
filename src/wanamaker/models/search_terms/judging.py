"""How well predictions meet what was reported: one scale for all predictors and losses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wanamaker.stats.regression_metrics import bias, mae, poisson_deviance, rmse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.models.search_terms.examples import Examples
    from wanamaker.models.search_terms.predictors.predictor import Predictor

_LEAST = 1e-6
"""Expected conversions that the deviance takes for none: else one surprise would decide everything."""


def deviance(predictor: Predictor, rows: Examples) -> float:
    """Return the mean Poisson deviance of what a predictor says of labelled rows."""
    return judged(predictor.predict(rows), rows)["poisson_deviance"]


def judged(expected: NDArray[np.float64], rows: Examples) -> dict[str, float]:
    """Return metrics of expected final conversions against the share of them that is reported.

    Poisson deviance is consistent for the mean whatever the distribution (Gneiting 2011), so it ranks
    means that were learned by different losses; likelihoods of different families have no common scale.

    Parameters
    ----------
    expected
        Of shape (rows,).
    rows
        With labels.
    """
    means = np.maximum(expected * rows.shares, _LEAST)
    labels, weights = rows.known_labels, rows.weights
    return {
        "poisson_deviance": float(poisson_deviance(labels, means, weights)[0]),
        "mae": float(mae(labels, means, weights)[0]),
        "rmse": float(rmse(labels, means, weights)[0]),
        "bias": float(bias(labels, means, weights)[0]),
    }
