"""Whether predictions are probabilities: log loss, Brier score, and predicted over observed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import entr

from wanamaker.stats.classification.ranked import as_probabilities, ranked
from wanamaker.stats.classification.ranking import ratio
from wanamaker.stats.classification.sums import sums_over

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from wanamaker.stats.classification.sums import Sums

    Floats = NDArray[np.float64]


def log_loss(labels: ArrayLike, predictions: ArrayLike, weights: ArrayLike | None = None) -> Floats:
    """Return the mean of −ln of the probability given to what happened.

    Probabilities are clipped to 1e-15 from 0 and 1. How large a value is good depends on the share of
    positives alone: `normalised_log_loss` takes that out.

    Parameters
    ----------
    labels, predictions
        Of shape (rows,).
    weights
        Of shape (rows,) or (rows, columns).

    Returns
    -------
    array
        Of shape (columns,), in nats; NaN where a column has no weight.

    Examples
    --------
    >>> log_loss([1, 0], [0.5, 0.5]).round(3).tolist()
    [0.693]
    """
    return mean_loss(_sums(labels, predictions, weights))


def normalised_log_loss(
    labels: ArrayLike, predictions: ArrayLike, weights: ArrayLike | None = None
) -> Floats:
    """Return the log loss over that of predicting the share of positives throughout (He et al. 2014).

    1 is what knowing the average alone gives; 0.9 means that a tenth of that uncertainty is explained;
    above 1 is worse than the average. The average is that of the same rows, which no model knew
    beforehand, so a model that knows only an earlier average comes out slightly above 1.

    Parameters
    ----------
    labels, predictions
        Of shape (rows,).
    weights
        Of shape (rows,) or (rows, columns).

    Returns
    -------
    array
        Of shape (columns,); NaN where all labels of a column are the same.

    Examples
    --------
    >>> normalised_log_loss([1, 0, 0, 0], [0.25] * 4).tolist()
    [1.0]
    """
    return loss_over_base(_sums(labels, predictions, weights))


def brier(labels: ArrayLike, predictions: ArrayLike, weights: ArrayLike | None = None) -> Floats:
    """Return the mean squared error of the probabilities (Brier 1950); of shape (columns,).

    Examples
    --------
    >>> brier([1, 0], [0.5, 0.5]).tolist()
    [0.25]
    """
    return mean_square(_sums(labels, predictions, weights))


def calibration_ratio(labels: ArrayLike, predictions: ArrayLike, weights: ArrayLike | None = None) -> Floats:
    """Return Σp / Σy: predicted over observed positives; of shape (columns,).

    Above 1 the model promises too much. Infinite where a column has no positives and predicts some.

    Examples
    --------
    >>> calibration_ratio([1, 0, 0], [0.5, 0.5, 0.5]).tolist()
    [1.5]
    """
    return predicted_over_observed(_sums(labels, predictions, weights))


def mean_loss(sums: Sums) -> Floats:
    """Return the log loss; of shape (columns,)."""
    return ratio(sums.loss[0], sums.weight[0])


def loss_over_base(sums: Sums) -> Floats:
    """Return the log loss over that of the share of positives; of shape (columns,)."""
    share = base_rate(sums)
    return ratio(mean_loss(sums), entr(share) + entr(1.0 - share))


def mean_square(sums: Sums) -> Floats:
    """Return the Brier score; of shape (columns,)."""
    return ratio(sums.squares[0], sums.weight[0])


def predicted_over_observed(sums: Sums) -> Floats:
    """Return Σp / Σy; of shape (columns,)."""
    empty = np.where(sums.predicted[0] > 0.0, np.inf, np.nan)
    return np.where(sums.positives[0] > 0.0, ratio(sums.predicted[0], sums.positives[0]), empty)


def base_rate(sums: Sums) -> Floats:
    """Return the share of positives; of shape (columns,)."""
    return ratio(sums.positives[0], sums.weight[0])


def _sums(labels: ArrayLike, predictions: ArrayLike, weights: ArrayLike | None) -> Sums:
    return sums_over(ranked(labels, as_probabilities(predictions), weights))
