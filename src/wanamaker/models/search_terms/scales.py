"""Numbers of any size as numbers around 0, by what training rows had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Singles = NDArray[np.float32]

_FARTHEST = 6.0
"""Standard deviations; what lies beyond counts as that, so that no product of rates runs away."""


@dataclass(frozen=True, eq=False)
class Scales:
    """Means and standard deviations of columns.

    Parameters
    ----------
    means, spreads
        Of shape (columns,); a spread of 0 belongs to a column that says nothing.

    Examples
    --------
    >>> scales = Scales.of(np.array([[1.0, 5.0], [3.0, 5.0]]))
    >>> scales.read(np.array([[3.0, 9.0], [np.nan, 5.0]])).tolist()
    [[1.0, 0.0], [0.0, 0.0]]
    """

    means: Floats
    spreads: Floats

    @classmethod
    def of(cls, values: NDArray[np.floating[Any]]) -> Scales:
        """Return the scales of training rows, of shape (rows, columns); NaN counts for nothing."""
        there = np.isfinite(values)
        counts = np.maximum(there.sum(0), 1)
        means = np.where(there, values, 0.0).sum(0, dtype=np.float64) / counts
        squares = np.where(there, values - means, 0.0) ** 2
        spreads = np.sqrt(squares.sum(0, dtype=np.float64) / counts)
        return cls(means, np.where(spreads > 1e-9 * (1.0 + np.abs(means)), spreads, 0.0))

    def read(self, values: NDArray[np.floating[Any]]) -> Singles:
        """Return the numbers on these scales, 0 where they are not known, of the same shape."""
        spreads = np.where(self.spreads > 0, self.spreads, np.inf)
        scaled = np.clip((values - self.means) / spreads, -_FARTHEST, _FARTHEST)
        return np.nan_to_num(scaled, nan=0.0).astype(np.float32)

    def to_state(self) -> dict[str, Any]:
        """Return the scales as JSON has them."""
        return {"means": self.means.tolist(), "spreads": self.spreads.tolist()}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Scales:
        """Return the scales that `to_state` described."""
        return cls(np.asarray(state["means"], dtype=float), np.asarray(state["spreads"], dtype=float))
