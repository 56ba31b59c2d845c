"""Yes or no at a threshold: precision, recall, F1, and how to choose the threshold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.errors import DataError, ParameterError, ParameterTypeError, nearest
from wanamaker.stats.classification.ranked import ranked
from wanamaker.stats.classification.ranking import ratio
from wanamaker.stats.classification.sums import sums_over

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from wanamaker.stats.classification.ranked import Ranked
    from wanamaker.stats.classification.sums import Sums

    Floats = NDArray[np.float64]

_COSTS = ("cost_fp", "cost_fn")
_HINT = "Write a number from 0 to 1, 'f1', or {'cost_fp': 1, 'cost_fn': 50}."


def precision(
    labels: ArrayLike, predictions: ArrayLike, threshold: float, weights: ArrayLike | None = None
) -> Floats:
    """Return the share of positives among the rows at or above the threshold; NaN where there are none.

    Examples
    --------
    >>> precision([0, 1, 1], [0.7, 0.2, 0.9], 0.5).tolist()
    [0.5]
    """
    return precision_of(sums_over(ranked(labels, predictions, weights), threshold=threshold))


def recall(
    labels: ArrayLike, predictions: ArrayLike, threshold: float, weights: ArrayLike | None = None
) -> Floats:
    """Return the share of positives at or above the threshold; NaN without positives.

    Examples
    --------
    >>> recall([0, 1, 1], [0.7, 0.2, 0.9], 0.5).tolist()
    [0.5]
    """
    return recall_of(sums_over(ranked(labels, predictions, weights), threshold=threshold))


def f1(
    labels: ArrayLike, predictions: ArrayLike, threshold: float, weights: ArrayLike | None = None
) -> Floats:
    """Return 2 TP / (2 TP + FP + FN) at a threshold; NaN without positives.

    Examples
    --------
    >>> f1([0, 1, 1], [0.7, 0.2, 0.9], 0.5).tolist()
    [0.5]
    """
    return f1_of(sums_over(ranked(labels, predictions, weights), threshold=threshold))


def choose_threshold(
    labels: ArrayLike,
    predictions: ArrayLike,
    rule: float | str | Mapping[str, float] = "f1",
    *,
    weights: ArrayLike | None = None,
) -> float:
    """Return the threshold from which on a row counts as positive.

    Choose on validation rows, never on the rows that the decision is judged by.

    Parameters
    ----------
    labels, predictions, weights
        Validation rows, of shape (rows,).
    rule
        A number from 0 to 1: itself. ``"f1"``: what gives the highest F1 on these rows, midway between two
        predictions; of equals the highest. ``{"cost_fp": …, "cost_fn": …}``: what a false alarm and a miss
        cost; the expected cost is least where p (cost_fn) exceeds (1 − p) (cost_fp), so the threshold is
        cost_fp / (cost_fp + cost_fn) (Elkan 2001). This holds for calibrated probabilities and needs no
        positives; `threshold_curve` shows what the rows say.

    Raises
    ------
    ParameterError, ParameterTypeError
        If the rule is none of these.
    DataError
        If F1 is asked for and there are no positives.

    Examples
    --------
    >>> choose_threshold([0, 0, 1, 1], [0.1, 0.2, 0.4, 0.8])
    0.3
    >>> choose_threshold([], [], {"cost_fp": 1, "cost_fn": 3})
    0.25
    """
    if isinstance(rule, Mapping):
        return _by_cost(rule)
    if isinstance(rule, str):
        if rule != "f1":
            message = f"'threshold' must be a number, 'f1' or costs. Got {rule!r}."
            raise ParameterError(message, hint=_HINT)
        return _highest_f1(ranked(labels, predictions, weights))
    if isinstance(rule, bool) or not isinstance(rule, int | float | np.number):
        message = f"'threshold' must be a number, 'f1' or costs. Got {rule!r} ({type(rule).__name__})."
        raise ParameterTypeError(message, hint=_HINT)
    if not 0.0 <= rule <= 1.0:
        message = f"'threshold' must be from 0 to 1. Got {rule!r}."
        raise ParameterError(message, hint=_HINT)
    return float(rule)


def precision_of(sums: Sums) -> Floats:
    """Return the precision; of shape (columns,)."""
    return ratio(sums.caught[0], sums.flagged[0])


def recall_of(sums: Sums) -> Floats:
    """Return the recall; of shape (columns,)."""
    return ratio(sums.caught[0], sums.positives[0])


def f1_of(sums: Sums) -> Floats:
    """Return F1; of shape (columns,)."""
    found = ratio(2.0 * sums.caught[0], sums.flagged[0] + sums.positives[0])
    return np.where(sums.positives[0] > 0.0, found, np.nan)


def cumulative(rows: Ranked) -> tuple[NDArray[np.intp], Floats, Floats]:
    """Return the last row of each distinct prediction, and the weight of rows and of positives down to it."""
    last = rows.tie_starts()[1:] - 1
    weights = rows.sample_weights
    return last, np.cumsum(weights)[last], np.cumsum(weights * rows.labels)[last]


def _highest_f1(rows: Ranked) -> float:
    last, flagged, caught = cumulative(rows)
    if not len(last) or caught[-1] <= 0.0:
        message = "The threshold of the highest F1 needs positives among the validation rows. Got none."
        raise DataError(message, hint="Give a number or costs, or a larger validation part.")
    best = int(np.argmax(2.0 * caught / (flagged + caught[-1])))
    lowest = float(rows.predictions[last[best]])
    if best + 1 == len(last):
        return lowest
    middle = (lowest + float(rows.predictions[last[best + 1]])) / 2.0
    return middle if middle > rows.predictions[last[best + 1]] else lowest


def _by_cost(costs: Mapping[str, float]) -> float:
    unknown = [name for name in costs if name not in _COSTS]
    if unknown:
        message = f"'threshold' takes the costs 'cost_fp' and 'cost_fn'. Got {unknown[0]!r}."
        raise ParameterError(message, hint=nearest(unknown[0], _COSTS))
    missing = [name for name in _COSTS if name not in costs]
    if missing:
        message = f"'threshold' takes the costs 'cost_fp' and 'cost_fn'. {missing[0]!r} is missing."
        raise ParameterError(message, hint=_HINT)
    alarm, miss = (float(costs[name]) for name in _COSTS)
    if not (alarm >= 0.0 and miss >= 0.0 and 0.0 < alarm + miss < np.inf):
        message = f"'cost_fp' and 'cost_fn' must be from 0, and not both 0. Got {alarm:g} and {miss:g}."
        raise ParameterError(message, hint=_HINT)
    return alarm / (alarm + miss)
