"""Last touch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.attribution.method import JourneyMethod

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.journeys import Journeys


@dataclass(frozen=True)
class Last(JourneyMethod):
    """All credit to the last touch before the conversion.

    Use it to agree with ad platforms that report it; not to move budgets.

    Examples
    --------
    >>> from wanamaker.journeys.from_paths import journeys_from_paths
    >>> journeys = journeys_from_paths({"path": ["a > b > c"], "total_conversions": [1]})
    >>> Last().touch_weights(journeys).tolist()
    [0.0, 0.0, 1.0]
    """

    name = "last"
    summary = "All credit to the last touch before the conversion."
    misleads = (
        "Flatters touches that reach people about to convert anyway, as retargeting and brand search do."
    )

    def touch_weights(self, journeys: Journeys) -> NDArray[np.float64]:
        """Return 1 for each journey's last touch, 0 for the others."""
        weights = np.zeros(len(journeys.touches))
        weights[journeys.offsets[1:][journeys.lengths > 0] - 1] = 1.0
        return weights
