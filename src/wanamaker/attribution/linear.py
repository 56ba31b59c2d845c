"""Linear: the same credit to every touch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wanamaker.attribution.method import JourneyMethod
from wanamaker.attribution.positions import lengths_of_touches

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from wanamaker.journeys.journeys import Journeys


@dataclass(frozen=True)
class Linear(JourneyMethod):
    """The same credit to every touch of the journey.

    Use it as the neutral comparison; not where some channels are shown far more often than others.

    Examples
    --------
    >>> from wanamaker.journeys.from_paths import journeys_from_paths
    >>> journeys = journeys_from_paths({"path": ["a > b"], "total_conversions": [1]})
    >>> Linear().touch_weights(journeys).tolist()
    [0.5, 0.5]
    """

    name = "linear"
    summary = "The same credit to every touch of the journey."
    misleads = (
        "Rewards being shown often: a channel that does nothing but appear gets its share of appearances."
    )

    def touch_weights(self, journeys: Journeys) -> NDArray[np.float64]:
        """Return one over the journey's length."""
        return 1.0 / lengths_of_touches(journeys)
