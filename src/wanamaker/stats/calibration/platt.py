"""Platt scaling: a logistic regression on the log-odds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from scipy.special import expit

from wanamaker.stats.calibration.logits import fit_columns, fit_shift, logit, scarcer, smoothed, training_rows
from wanamaker.stats.calibration.map import CalibrationMap

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

FEWEST = 20
"""Fewer positives (or negatives) do not decide a slope: ten for each of two numbers (Peduzzi et al. 1996)."""


@dataclass(frozen=True)
class Platt(CalibrationMap):
    """q = σ(a logit p + b), fitted to Platt's targets (Platt 1999; on the log-odds, Lin, Lin and Weng 2007).

    Two numbers, so it suits few positives. Where there are fewer than 20 positives or negatives, or the
    slope would not be above 0 (the predictions order the rows no better than chance), the slope stays 1 and
    only the level is fitted, as in `Shift`: a map never turns the order round.

    Parameters
    ----------
    slope
        a, above 0.
    intercept
        b, in log-odds.

    Examples
    --------
    >>> fitted = Platt.fit([0.1] * 100 + [0.9] * 100, [1] * 30 + [0] * 70 + [1] * 70 + [0] * 30)
    >>> fitted([0.1, 0.9]).round(1).tolist()
    [0.3, 0.7]
    """

    slope: float
    intercept: float
    kind: ClassVar[str] = "platt"

    @classmethod
    def fit(cls, predictions: ArrayLike, labels: ArrayLike, weights: ArrayLike | None = None) -> Self:
        """Return the map fitted to labelled predictions, of shape (rows,)."""
        values, outcomes, shares = training_rows(predictions, labels, weights)
        log_odds, targets = logit(values), smoothed(outcomes, shares)
        if scarcer(outcomes, shares) >= FEWEST:
            intercept, slope = fit_columns([log_odds], targets, shares).tolist()
            if slope > 0.0:
                return cls(slope, intercept)
        return cls(1.0, fit_shift(log_odds, targets, shares))

    def _mapped(self, predictions: NDArray[np.float64]) -> NDArray[np.float64]:
        mapped: NDArray[np.float64] = expit(self.slope * logit(predictions) + self.intercept)
        return mapped

    def _parameters(self) -> dict[str, Any]:
        return {"slope": self.slope, "intercept": self.intercept}
