"""Time decay: credit halves with every half-life before the conversion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.attribution.method import JourneyMethod
from wanamaker.attribution.positions import normalised
from wanamaker.base.durations import Duration, positive_micros
from wanamaker.base.errors import InternalError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.journeys import Journeys


@dataclass(frozen=True)
class TimeDecay(JourneyMethod):
    """Credit in proportion to 2 ** (-(time before the conversion) / half-life).

    Times are real times, not positions. Only differences between the touches of one journey matter,
    so the conversion's own time does not.

    Parameters
    ----------
    half_life
        The time in which credit halves.
    """

    half_life: Duration = "7d"

    name = "time_decay"
    needs = frozenset({"times"})
    summary = "More credit the closer a touch is to the conversion; it halves with every half-life."
    misleads = (
        "The half-life is an assumption, not a finding, and late touches are flattered as in last touch."
    )

    def __post_init__(self) -> None:
        positive_micros(self.half_life, "half_life")

    def touch_weights(self, journeys: Journeys) -> NDArray[np.float64]:
        """Return each touch's decayed weight over the sum of its journey."""
        if journeys.times is None:
            message = "time_decay was asked of journeys without times."
            raise InternalError(message)
        held = journeys.lengths > 0
        last = journeys.times[journeys.offsets[1:][held] - 1]
        gaps = np.repeat(last, journeys.lengths[held]) - journeys.times
        return normalised(np.exp2(-gaps / positive_micros(self.half_life, "half_life")), journeys)
