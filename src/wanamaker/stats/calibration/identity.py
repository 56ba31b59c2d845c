"""No calibration: the prediction itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from wanamaker.stats.calibration.logits import training_rows
from wanamaker.stats.calibration.map import CalibrationMap

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Identity(CalibrationMap):
    """The prediction itself, kept 1e-15 from 0 and 1.

    Examples
    --------
    >>> Identity()([0.2]).tolist()
    [0.2]
    """

    kind: ClassVar[str] = "none"

    @classmethod
    def fit(cls, predictions: ArrayLike, labels: ArrayLike, weights: ArrayLike | None = None) -> Self:
        """Return the map; there is nothing to fit."""
        training_rows(predictions, labels, weights)
        return cls()

    def _mapped(self, predictions: NDArray[np.float64]) -> NDArray[np.float64]:
        return predictions

    def _parameters(self) -> dict[str, Any]:
        return {}
