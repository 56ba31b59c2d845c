"""Position-based (U-shaped)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.attribution.method import JourneyMethod
from wanamaker.attribution.positions import lengths_of_touches, positions
from wanamaker.base.errors import ParameterError
from wanamaker.base.parameters import RealIn, check

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.journeys import Journeys


@dataclass(frozen=True)
class Position(JourneyMethod):
    """Fixed shares for the first and the last touch; those between divide the rest equally.

    One touch gets 1. Two touches get first / (first + last) and last / (first + last), a half each
    where both are 0.

    Parameters
    ----------
    first, last
        Shares of the first and last touch, from 0 to 1, together at most 1.

    Examples
    --------
    >>> from wanamaker.journeys.from_paths import journeys_from_paths
    >>> journeys = journeys_from_paths({"path": ["a > b > c > d"], "total_conversions": [1]})
    >>> Position().touch_weights(journeys).round(3).tolist()
    [0.4, 0.1, 0.1, 0.4]
    """

    first: float = 0.4
    last: float = 0.4

    name = "position"
    summary = "40 % to the first touch, 40 % to the last, the rest to those between (shares can be set)."
    misleads = "The shares are a convention, and where a journey begins and ends depends on the lookback."

    def __post_init__(self) -> None:
        check("Position", vars(self), {"first": RealIn(0, 1), "last": RealIn(0, 1)})
        if self.first + self.last > 1 + 1e-12:
            message = f"'first' and 'last' of Position must sum to at most 1. Got {self.first} + {self.last}."
            raise ParameterError(message, hint="Write first=0.4, last=0.4.")

    def touch_weights(self, journeys: Journeys) -> NDArray[np.float64]:
        """Return the share of each touch by its place."""
        place, length = positions(journeys), lengths_of_touches(journeys)
        ends = self.first + self.last
        between = (1.0 - ends) / np.maximum(length - 2, 1)
        first = np.where(length == 2, self.first / ends if ends > 0 else 0.5, self.first)  # noqa: PLR2004
        last = np.where(length == 2, self.last / ends if ends > 0 else 0.5, self.last)  # noqa: PLR2004
        weights = np.where(place == 0, first, np.where(place == length - 1, last, between))
        return np.where(length == 1, 1.0, weights)
