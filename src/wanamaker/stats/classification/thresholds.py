"""Every threshold at once: precision, recall, F1 and cost against the threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.errors import ParameterError
from wanamaker.stats.classification.bins import rows_of
from wanamaker.stats.classification.decisions import cumulative
from wanamaker.stats.classification.ranked import ranked
from wanamaker.stats.classification.ranking import ratio

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

_POINTS = 200


@dataclass(frozen=True, eq=False)
class ThresholdCurve:
    """What a decision at each threshold does; from the lowest threshold to the highest.

    Parameters
    ----------
    threshold
        Rows with predictions from here on are flagged.
    flagged
        Share of the rows flagged.
    precision, recall, f1
        NaN where not defined.
    cost
        Cost per row: false alarms times their cost plus misses times theirs, over the rows.
    """

    threshold: Floats
    flagged: Floats
    precision: Floats
    recall: Floats
    f1: Floats
    cost: Floats

    @property
    def cheapest(self) -> float:
        """The threshold at which these rows cost least; of equals the highest."""
        return float(self.threshold[::-1][np.argmin(self.cost[::-1])])

    def rows(self) -> list[dict[str, float | None]]:
        """Return one dictionary per threshold, as plain numbers; None where there is no number."""
        return rows_of(self)


def threshold_curve(
    labels: ArrayLike,
    predictions: ArrayLike,
    *,
    thresholds: ArrayLike | None = None,
    cost_fp: float = 1.0,
    cost_fn: float = 1.0,
    weights: ArrayLike | None = None,
) -> ThresholdCurve:
    """Return precision, recall, F1 and cost at each threshold.

    Parameters
    ----------
    labels, predictions, weights
        Of shape (rows,).
    thresholds
        Where to look; None for at most 200 of the predictions that occur, even in rank on a logarithmic
        scale (so that the few highest are all there), and one above them all that flags nothing.
    cost_fp, cost_fn
        What a false alarm and a miss cost.

    Raises
    ------
    ParameterError
        If a cost is below 0 or not finite.

    Examples
    --------
    >>> curve = threshold_curve([0, 1, 1], [0.7, 0.2, 0.9], thresholds=[0.5], cost_fn=10)
    >>> curve.cost.round(3).tolist()
    [3.667]
    """
    if not (0.0 <= cost_fp < np.inf and 0.0 <= cost_fn < np.inf):
        message = f"'cost_fp' and 'cost_fn' must be finite and from 0. Got {cost_fp!r} and {cost_fn!r}."
        raise ParameterError(message, hint="Write cost_fp=1, cost_fn=50.")
    rows = ranked(labels, predictions, weights)
    last, flagged, caught = cumulative(rows)
    scores = rows.predictions[last]
    looked = _default(scores, flagged) if thresholds is None else np.asarray(thresholds, dtype=np.float64)
    places = np.searchsorted(-scores, -looked, side="right")
    hits, alarms = (np.concatenate([[0.0], sums])[places] for sums in (caught, flagged))
    total, positives = (float(sums[-1]) if len(sums) else 0.0 for sums in (flagged, caught))
    cost = (alarms - hits) * cost_fp + (positives - hits) * cost_fn
    everything, wanted = np.full(len(looked), total), np.full(len(looked), positives)
    order = np.argsort(looked, kind="stable")
    harmonic = np.where(wanted > 0.0, ratio(2.0 * hits, alarms + wanted), np.nan)
    shares = (ratio(alarms, everything), ratio(hits, alarms), ratio(hits, wanted), harmonic)
    columns = (looked, *shares, ratio(cost, everything))
    return ThresholdCurve(*(np.asarray(column[order]) for column in columns))


def _default(scores: Floats, flagged: Floats) -> Floats:
    if not len(scores):
        return scores
    above = np.nextafter(scores[0], np.inf)
    if len(scores) <= _POINTS:
        return np.concatenate([[above], scores])
    wanted = np.geomspace(flagged[flagged > 0.0][0], flagged[-1], _POINTS)
    places = np.unique(np.minimum(np.searchsorted(flagged, wanted * (1 - 1e-12)), len(scores) - 1))
    return np.concatenate([[above], scores[places]])
