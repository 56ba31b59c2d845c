"""First touch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.attribution.method import JourneyMethod

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.journeys import Journeys


@dataclass(frozen=True)
class First(JourneyMethod):
    """All credit to the first touch of the journey.

    Use it to see where journeys begin; not to judge what made them convert.

    Examples
    --------
    >>> from wanamaker.journeys.from_paths import journeys_from_paths
    >>> journeys = journeys_from_paths({"path": ["a > b > c"], "total_conversions": [1]})
    >>> First().touch_weights(journeys).tolist()
    [1.0, 0.0, 0.0]
    """

    name = "first"
    summary = "All credit to the first touch of each journey."
    misleads = (
        "Flatters whatever opens journeys and says nothing of what closed them; the lookback decides it."
    )

    def touch_weights(self, journeys: Journeys) -> NDArray[np.float64]:
        """Return 1 for each journey's first touch, 0 for the others."""
        weights = np.zeros(len(journeys.touches))
        weights[journeys.offsets[:-1][journeys.lengths > 0]] = 1.0
        return weights
