"""What every calibration map can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from wanamaker.stats.calibration.logits import CLIP

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


class CalibrationMap(ABC):
    """A fitted function from a model's prediction to a probability: never falling, and inside of (0, 1).

    Fit it on rows that the model has not learned from.
    """

    kind: ClassVar[str]

    @classmethod
    @abstractmethod
    def fit(cls, predictions: ArrayLike, labels: ArrayLike, weights: ArrayLike | None = None) -> Self:
        """Return the map fitted to labelled predictions, of shape (rows,)."""

    @abstractmethod
    def _mapped(self, predictions: Floats) -> Floats:
        """Return the calibrated probabilities."""

    @abstractmethod
    def _parameters(self) -> dict[str, Any]:
        """Return the fitted numbers, as JSON has them."""

    def __call__(self, predictions: ArrayLike) -> Floats:
        """Return the calibrated probability of each prediction, of the same shape."""
        values = np.asarray(predictions, dtype=np.float64)
        return np.clip(self._mapped(values), CLIP, 1.0 - CLIP)

    def transform(self, predictions: ArrayLike) -> Floats:
        """Return the calibrated probability of each prediction, of the same shape."""
        return self(predictions)

    def to_state(self) -> dict[str, Any]:
        """Return the map as values that JSON can hold; `calibration_from_state` makes it again."""
        return {"kind": self.kind, **self._parameters()}
