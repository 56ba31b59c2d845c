"""W-shaped: the first, the middle and the last touch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.attribution.method import JourneyMethod
from wanamaker.attribution.positions import lengths_of_touches, positions
from wanamaker.base.parameters import RealIn, check

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.journeys import Journeys


@dataclass(frozen=True)
class WShaped(JourneyMethod):
    """The same share for the first, the middle and the last touch; the others divide the rest.

    The middle touch of n stands at place n // 2, counted from 0. One touch gets 1, two get a half
    each, three a third each.

    Parameters
    ----------
    share
        Share of each of the three, from 0 to 1/3.

    Examples
    --------
    >>> from wanamaker.journeys.from_paths import journeys_from_paths
    >>> journeys = journeys_from_paths({"path": ["a > b > c > d > e"], "total_conversions": [1]})
    >>> WShaped().touch_weights(journeys).round(3).tolist()
    [0.3, 0.05, 0.3, 0.05, 0.3]
    """

    share: float = 0.3

    name = "w_shaped"
    summary = "30 % each to the first, middle and last touch, the rest to the others (the share can be set)."
    misleads = "The middle touch stands for the moment a lead was made, which logs of touches do not record."

    def __post_init__(self) -> None:
        check("WShaped", vars(self), {"share": RealIn(0, 1 / 3)})

    def touch_weights(self, journeys: Journeys) -> NDArray[np.float64]:
        """Return the share of each touch by its place."""
        place, length = positions(journeys), lengths_of_touches(journeys)
        marked = (place == 0) | (place == length - 1) | (place == length // 2)
        rest = (1.0 - 3.0 * self.share) / np.maximum(length - 3, 1)
        weights = np.where(marked, self.share, rest)
        return np.where(length <= 3, 1.0 / length, weights)  # noqa: PLR2004
