"""Isotonic regression: the rising function that fits best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from scipy.optimize import isotonic_regression

from wanamaker.stats.calibration.logits import training_rows
from wanamaker.stats.calibration.map import CalibrationMap

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Isotonic(CalibrationMap):
    """The rising step function with the least squared error (Zadrozny and Elkan 2002).

    Found by pooling adjacent violators; straight between the steps, so that it makes few ties. It can take
    any shape, and so needs positives to draw it: 200 or more. A lowest step without a positive gets
    1 / (n + 2) and a highest without a negative 1 − 1 / (n + 2), by the rule of succession as in Platt's
    targets, so that nothing is held for impossible.

    Parameters
    ----------
    thresholds
        Predictions at which the line bends, rising, of shape (knots,).
    values
        Probabilities there, never falling, of shape (knots,).

    Examples
    --------
    >>> fitted = Isotonic.fit([0.1] * 100 + [0.9] * 100, [1] * 30 + [0] * 70 + [1] * 70 + [0] * 30)
    >>> fitted([0.1, 0.5, 0.9]).tolist()
    [0.3, 0.5, 0.7]
    """

    thresholds: Floats
    values: Floats
    kind: ClassVar[str] = "isotonic"

    @classmethod
    def fit(cls, predictions: ArrayLike, labels: ArrayLike, weights: ArrayLike | None = None) -> Self:
        """Return the map fitted to labelled predictions, of shape (rows,)."""
        values, outcomes, shares = training_rows(predictions, labels, weights)
        weighted = shares > 0.0
        points, place = np.unique(values[weighted], return_inverse=True)
        weight = np.bincount(place, shares[weighted])
        rates = np.bincount(place, shares[weighted] * outcomes[weighted]) / weight
        found = isotonic_regression(rates, weights=weight)
        starts = np.asarray(found.blocks, dtype=np.int64)
        steps = _inside(np.clip(found.x[starts[:-1]], 0.0, 1.0), np.asarray(found.weights))
        ends = starts[1:] - 1
        knots = np.stack([starts[:-1], ends], axis=1)
        kept = np.stack([np.ones(len(ends), dtype=np.bool_), ends > starts[:-1]], axis=1)
        return cls(points[knots[kept]], np.repeat(steps, 2).reshape(-1, 2)[kept])

    def _mapped(self, predictions: Floats) -> Floats:
        return np.interp(predictions, self.thresholds, self.values)

    def _parameters(self) -> dict[str, Any]:
        return {"thresholds": self.thresholds.tolist(), "values": self.values.tolist()}


def _inside(steps: Floats, weights: Floats) -> Floats:
    """Return the steps with a first of 0 and a last of 1 moved inside, no further than their neighbours."""
    moved = steps.copy()
    if steps[0] <= 0.0:
        moved[0] = min(1.0 / (weights[0] + 2.0), *steps[1:2], 1.0)
    if steps[-1] >= 1.0:
        moved[-1] = max(1.0 - 1.0 / (weights[-1] + 2.0), *moved[-2:-1], 0.0)
    return moved
