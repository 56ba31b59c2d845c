"""Beta calibration: log-odds bent by one number more than Platt's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from scipy.special import expit

from wanamaker.stats.calibration.logits import (
    CLIP,
    fit_columns,
    fit_shift,
    logit,
    scarcer,
    smoothed,
    training_rows,
)
from wanamaker.stats.calibration.map import CalibrationMap

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

_FEWEST = 30


@dataclass(frozen=True)
class Beta(CalibrationMap):
    """q = σ(a ln p − b ln(1 − p) + c) with a, b ≥ 0 (Kull, Silva Filho and Flach 2017, equation 2).

    What follows if predictions are beta distributed among positives and among negatives. Platt's map is
    the case a = b; here the two ends bend apart. A coefficient that comes out below 0 is set to 0 and the
    rest fitted again, as in the paper. Where there are fewer than 30 positives or negatives, ten for each
    number, or no coefficient is above 0, only the level is fitted, as in `Shift`.

    Parameters
    ----------
    a, b
        From 0, not both 0.
    c
        In log-odds.

    Examples
    --------
    >>> fitted = Beta.fit([0.1] * 100 + [0.9] * 100, [1] * 30 + [0] * 70 + [1] * 70 + [0] * 30)
    >>> fitted([0.1, 0.9]).round(1).tolist()
    [0.3, 0.7]
    """

    a: float
    b: float
    c: float
    kind: ClassVar[str] = "beta"

    @classmethod
    def fit(cls, predictions: ArrayLike, labels: ArrayLike, weights: ArrayLike | None = None) -> Self:
        """Return the map fitted to labelled predictions, of shape (rows,)."""
        values, outcomes, shares = training_rows(predictions, labels, weights)
        targets = smoothed(outcomes, shares)
        if scarcer(outcomes, shares) >= _FEWEST:
            fitted = _coefficients(_columns(values), targets, shares)
            if fitted is not None:
                return cls(*fitted)
        return cls(1.0, 1.0, fit_shift(logit(values), targets, shares))

    def _mapped(self, predictions: Floats) -> Floats:
        low, high = _columns(predictions)
        mapped: Floats = expit(self.a * low + self.b * high + self.c)
        return mapped

    def _parameters(self) -> dict[str, Any]:
        return {"a": self.a, "b": self.b, "c": self.c}


def _columns(predictions: Floats) -> tuple[Floats, Floats]:
    clipped = np.clip(predictions, CLIP, 1.0 - CLIP)
    return np.log(clipped), -np.log1p(-clipped)


def _coefficients(
    columns: tuple[Floats, Floats], targets: Floats, weights: Floats
) -> tuple[float, float, float] | None:
    """Return a, b and c; None where no coefficient is above 0."""
    low, high = columns
    c, a, b = fit_columns([low, high], targets, weights).tolist()
    if a < 0.0:
        a, (c, b) = 0.0, fit_columns([high], targets, weights).tolist()
    elif b < 0.0:
        b, (c, a) = 0.0, fit_columns([low], targets, weights).tolist()
    return (a, b, c) if min(a, b) >= 0.0 and max(a, b) > 0.0 else None
