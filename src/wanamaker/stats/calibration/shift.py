"""Calibration in the large: the log-odds moved by one number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from scipy.special import expit

from wanamaker.stats.calibration.logits import fit_shift, logit, smoothed, training_rows
from wanamaker.stats.calibration.map import CalibrationMap

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Shift(CalibrationMap):
    """q = σ(logit p + b): the level is set right and the spread left alone.

    All that a handful of positives can teach (Steyerberg et al. 2004: with few events, update the intercept
    only). Fitted to Platt's targets, so that the probabilities sum to the positives but for about one.

    Parameters
    ----------
    intercept
        b, in log-odds.

    Examples
    --------
    >>> fitted = Shift.fit([0.5] * 1000, [1] * 100 + [0] * 900)
    >>> fitted([0.5]).round(3).tolist()
    [0.1]
    """

    intercept: float
    kind: ClassVar[str] = "shift"

    @classmethod
    def fit(cls, predictions: ArrayLike, labels: ArrayLike, weights: ArrayLike | None = None) -> Self:
        """Return the map fitted to labelled predictions, of shape (rows,)."""
        values, outcomes, shares = training_rows(predictions, labels, weights)
        return cls(fit_shift(logit(values), smoothed(outcomes, shares), shares))

    def _mapped(self, predictions: NDArray[np.float64]) -> NDArray[np.float64]:
        mapped: NDArray[np.float64] = expit(logit(predictions) + self.intercept)
        return mapped

    def _parameters(self) -> dict[str, Any]:
        return {"intercept": self.intercept}
