"""Where each touch stands in its journey."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.journeys import Journeys


def positions(journeys: Journeys) -> NDArray[np.int64]:
    """Return each touch's place in its journey, counted from 0, of shape (touches,)."""
    starts = np.repeat(journeys.offsets[:-1], journeys.lengths)
    return np.arange(len(journeys.touches), dtype=np.int64) - starts


def lengths_of_touches(journeys: Journeys) -> NDArray[np.int64]:
    """Return the length of each touch's journey, of shape (touches,)."""
    return np.repeat(journeys.lengths, journeys.lengths)


def normalised(weights: NDArray[np.float64], journeys: Journeys) -> NDArray[np.float64]:
    """Divide each touch's weight by the sum over its journey; sums must be positive."""
    sums = np.bincount(journeys.rows, weights=weights, minlength=len(journeys))
    return weights / np.repeat(sums, journeys.lengths)
