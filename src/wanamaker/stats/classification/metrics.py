"""All metrics of a binary prediction in one pass, with bootstrap intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, NotRequired, TypedDict

import numpy as np

from wanamaker.base.errors import ParameterError, nearest
from wanamaker.stats.bootstrap import Resampling, interval
from wanamaker.stats.classification import decisions, probability
from wanamaker.stats.classification.bins import BINS, calibration_error, equal_mass_bounds
from wanamaker.stats.classification.ranked import as_labels, as_probabilities, rank_order, ranked
from wanamaker.stats.classification.ranking import Ranking
from wanamaker.stats.classification.sums import Sums

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

METRICS = (
    "roc_auc",
    "pr_auc",
    "log_loss",
    "normalised_log_loss",
    "calibration_ratio",
    "ece",
    "f1",
    "precision",
    "recall",
    "brier",
    "base_rate",
)

_OF_SUMS: Mapping[str, Callable[[Sums], Floats]] = {
    "log_loss": probability.mean_loss,
    "normalised_log_loss": probability.loss_over_base,
    "calibration_ratio": probability.predicted_over_observed,
    "f1": decisions.f1_of,
    "precision": decisions.precision_of,
    "recall": decisions.recall_of,
    "brier": probability.mean_square,
    "base_rate": probability.base_rate,
}

_NEEDS: Mapping[str, str] = {
    "roc_auc": "needs rows with label 1 and rows with label 0",
    "pr_auc": "needs rows with label 1",
    "normalised_log_loss": "needs rows with label 1 and rows with label 0",
    "calibration_ratio": "needs rows with label 1",
    "f1": "needs rows with label 1",
    "precision": "no prediction reaches the threshold",
    "recall": "needs rows with label 1",
}


class Estimate(TypedDict):
    """A number with its 95 % interval; None where not defined, and then the reason."""

    value: float | None
    low: float | None
    high: float | None
    reason: NotRequired[str]


def binary_metrics(
    labels: ArrayLike,
    predictions: ArrayLike,
    *,
    threshold: float = 0.5,
    weights: ArrayLike | None = None,
    resampling: Resampling | None = None,
    keys: NDArray[np.uint64] | None = None,
    bins: int = BINS,
) -> dict[str, Estimate]:
    """Return every metric of a binary prediction, with bootstrap intervals.

    One pass over the ranked rows: replicates are drawn a few thousand weights at a time, so memory grows
    with the rows alone. Intervals are percentiles of the Poisson bootstrap; they tell how much the test
    rows are a matter of chance, not how much the fit of the model is. The replicates of ``ece``, which are
    biased upwards, are moved to lie about its value.

    Parameters
    ----------
    labels, predictions
        Of shape (rows,); predictions are probabilities.
    threshold
        Predictions from here on are flagged, for ``f1``, ``precision`` and ``recall``.
    weights
        Of shape (rows,); None where each row counts once.
    resampling
        How often and from which seed rows are drawn again; None for 200 replicates, 0 replicates for no
        intervals.
    keys
        The user or group of each row, drawn again together; None where rows are independent.
    bins
        Bins of the expected calibration error.

    Returns
    -------
    dict
        `METRICS` to value, low and high. An undefined value is None, with the reason.

    Raises
    ------
    DataError
        If a label is neither 0 nor 1, or a prediction is no probability.

    Examples
    --------
    >>> found = binary_metrics([0, 1, 0, 1], [0.1, 0.8, 0.3, 0.3], resampling=Resampling(0))
    >>> found["roc_auc"]
    {'value': 0.875, 'low': None, 'high': None}
    """
    drawing = Resampling() if resampling is None else resampling
    values = _drawn(labels, predictions, weights, threshold, drawing, keys, bins)
    empty = not np.asarray(labels).size
    return {name: _estimate(values[name], "no rows" if empty else _NEEDS.get(name)) for name in METRICS}


def paired_difference(
    labels: ArrayLike,
    a: ArrayLike,
    b: ArrayLike,
    *,
    metrics: Sequence[str] | None = None,
    threshold: float | tuple[float, float] = 0.5,
    weights: ArrayLike | None = None,
    resampling: Resampling | None = None,
    keys: NDArray[np.uint64] | None = None,
) -> dict[str, Estimate]:
    """Return the metrics of ``a`` minus those of ``b``, each replicate drawn once for both.

    Two models are judged on the same rows, so most of the chance in both is the same and drops out: the
    interval of the difference is narrower than the two intervals suggest.

    Parameters
    ----------
    labels, a, b
        Labels and the probabilities of two models on the same rows, of shape (rows,).
    metrics
        Which of `METRICS`; None for all.
    threshold
        One for both models, or one for each.
    weights, resampling, keys
        As in `binary_metrics`.

    Raises
    ------
    ParameterError
        If a metric is unknown.

    Examples
    --------
    >>> paired_difference([0, 1], [0.1, 0.9], [0.9, 0.1], resampling=Resampling(0))["roc_auc"]["value"]
    1.0
    """
    names = METRICS if metrics is None else tuple(metrics)
    unknown = [name for name in names if name not in METRICS]
    if unknown:
        message = f"{unknown[0]!r} is no metric of a binary prediction."
        raise ParameterError(message, hint=nearest(unknown[0], METRICS))
    drawing = Resampling() if resampling is None else resampling
    if keys is None and drawing.replicates:
        keys = _common_keys(labels, a, b, weights)
    levels = threshold if isinstance(threshold, tuple) else (threshold, threshold)
    first, second = (
        _drawn(labels, scores, weights, level, drawing, keys, BINS)
        for scores, level in zip((a, b), levels, strict=True)
    )
    with np.errstate(invalid="ignore"):  # both infinite in a replicate without positives
        return {name: _estimate(first[name] - second[name], _NEEDS.get(name)) for name in names}


def _common_keys(
    labels: ArrayLike, a: ArrayLike, b: ArrayLike, weights: ArrayLike | None
) -> NDArray[np.uint64]:
    """Return a key per row that does not depend on the order of the rows."""
    shares = None if weights is None else np.asarray(weights, dtype=np.float64)
    scores = (np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64))
    order = rank_order(as_labels(labels), scores, shares)
    keys = np.empty(len(order), dtype=np.uint64)
    keys[order] = np.arange(len(order), dtype=np.uint64)
    return keys


def _drawn(
    labels: ArrayLike,
    predictions: ArrayLike,
    weights: ArrayLike | None,
    threshold: float,
    resampling: Resampling,
    keys: NDArray[np.uint64] | None,
    bins: int,
) -> dict[str, Floats]:
    """Return each metric under each column of weights, of shape (1 + replicates,)."""
    rows = ranked(labels, as_probabilities(predictions), weights, resampling=resampling, keys=keys)
    ranking = Ranking(rows.columns)
    binned = Sums(equal_mass_bounds(rows, bins), rows.columns, threshold)
    for piece in rows.pieces():
        ranking.add(piece)
        binned.add(piece)
    whole = binned.whole()
    found = {name: formula(whole) for name, formula in _OF_SUMS.items()}
    areas = {"roc_auc": ranking.roc_auc(), "pr_auc": ranking.pr_auc()}
    return found | areas | {"ece": _centred(calibration_error(binned))}


def _centred(errors: Floats) -> Floats:
    """Return calibration errors whose replicates lie about the first, and not below 0.

    A resampled sample strays from its probabilities by its own chance on top of the sample's, so its error
    is larger; on average by as much as it is larger here.
    """
    drawn = errors[1:]
    if not np.isfinite(drawn).any():
        return errors
    return np.concatenate([errors[:1], np.maximum(drawn - np.nanmean(drawn) + errors[0], 0.0)])


def _estimate(values: Floats, needs: str | None) -> Estimate:
    """Return the first value with the interval of the others."""
    value = _finite(values[0])
    if value is None:
        return Estimate(value=None, low=None, high=None, reason=f"not defined: {needs or 'no rows'}")
    if len(values) == 1:
        return Estimate(value=value, low=None, high=None)
    low, high = interval(values[1:])
    return Estimate(value=value, low=_finite(low), high=_finite(high))


def _finite(value: np.float64 | Floats) -> float | None:
    return float(value) if np.isfinite(value) else None
