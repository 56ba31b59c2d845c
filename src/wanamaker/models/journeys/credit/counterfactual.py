"""Credit by what the probability loses without each touch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wanamaker.base.parameters import Boolean, check
from wanamaker.models.journeys.credit.network import NetworkJourneyMethod, on_touches, shares_of
from wanamaker.models.journeys.losses import losses, without_idle

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from wanamaker.journeys.journeys import Journeys


@dataclass(frozen=True)
class Counterfactual(NetworkJourneyMethod):
    """What the probability of a conversion loses if a touch had not been there, over the sum of the journey.

    The touch is taken out of the sequence and the network runs again. The other touches keep their times: the
    gap after the removed touch spans both gaps, and without the last touch, ages count from the one before
    it. A loss below 0 counts as 0; where no touch loses anything, all share alike.

    Use it as the credit of a network by default. Where several touches would each have been enough, the loss
    of each is small and they share alike; `NetworkShapley` splits such conversions by all subsets.

    A network's loss for one touch is noisy, and counting what is below 0 as 0 turns noise around 0 into
    credit. So a touch whose kind loses nothing on the mean over training journeys, or less than half a
    standard error of its conversion rate there, is idle and counts as 0 too; where a journey has no other
    touch that loses anything, all share alike.

    Parameters
    ----------
    model
        Fitted.
    keep_idle
        Whether touches of idle kinds keep what they lose in a journey.
    """

    keep_idle: bool = False

    name = "counterfactual"
    summary = (
        "What the network's probability of a conversion loses without the touch, over the journey's sum."
    )
    misleads = (
        "What drives both who is touched and who converts, and is no covariate, is taken for an effect; a "
        "journey's conversion is always shared out whole, also where it would have come without any touch."
    )

    def __post_init__(self) -> None:
        check("credit_method('counterfactual')", {"keep_idle": self.keep_idle}, {"keep_idle": Boolean()})

    def touch_weights(self, journeys: Journeys) -> NDArray[np.float64]:
        """Return each touch's loss over the sum of its journey."""
        reading = self.fitted.reader.read(journeys)
        effects = losses(self.fitted, reading)
        effects = effects if self.keep_idle else without_idle(self.fitted, effects, reading)
        return on_touches(shares_of(effects, reading), reading, journeys)
