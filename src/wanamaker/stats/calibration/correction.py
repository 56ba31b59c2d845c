"""Undoing what sampling and class weights do to probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.errors import ParameterError
from wanamaker.stats.classification.ranked import as_probabilities

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


def prior_correction(p: ArrayLike, kept_share: float) -> Floats:
    """Return the probabilities that hold for all rows, of a model that saw a share of the negatives.

    Keeping the share w of the negatives multiplies the odds by 1 / w; so logit q = logit p + ln w, that is
    q = p / (p + (1 − p) / w) (King and Zeng 2001; He et al. 2014, section 6.3).

    Parameters
    ----------
    p
        Predictions of the model fitted on all positives and some negatives.
    kept_share
        w, above 0 and at most 1.

    Raises
    ------
    ParameterError
        If the share is not above 0 and at most 1.

    Examples
    --------
    >>> prior_correction([0.5], 0.01).round(4).tolist()
    [0.0099]
    """
    if not 0.0 < kept_share <= 1.0:
        message = f"'kept_share' must be above 0 and at most 1. Got {kept_share!r}."
        raise ParameterError(message, hint="Give the share of negatives that was kept, such as 0.1.")
    return _odds_times(as_probabilities(p), kept_share)


def class_weight_correction(p: ArrayLike, positive_weight: float) -> Floats:
    """Return the probabilities that hold for rows as they are, of a model that weighted the positives.

    Counting each positive s times multiplies the odds by s; so q = p / (p + s (1 − p)).

    Parameters
    ----------
    p
        Predictions of the model fitted with weights.
    positive_weight
        s, the weight of a positive over that of a negative, above 0.

    Raises
    ------
    ParameterError
        If the weight is not above 0 and finite.

    Examples
    --------
    >>> class_weight_correction([0.5], 99.0).tolist()
    [0.01]
    """
    if not 0.0 < positive_weight < np.inf:
        message = f"'positive_weight' must be above 0 and finite. Got {positive_weight!r}."
        raise ParameterError(message, hint="1 stands for no weighting.")
    return _odds_times(as_probabilities(p), 1.0 / positive_weight)


def _odds_times(p: Floats, factor: float) -> Floats:
    return np.asarray(p * factor / (p * factor + (1.0 - p)))
