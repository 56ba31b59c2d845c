"""Credit by where the network looked, for comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wanamaker.models.journeys.credit.network import NetworkJourneyMethod, on_touches, shares_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from wanamaker.journeys.journeys import Journeys


@dataclass(frozen=True)
class Attention(NetworkJourneyMethod):
    """The weight that attention gives to each touch of a converting journey.

    As published with the network (arXiv 1809.02230). It says which states the network read; states of later
    touches hold the earlier ones, and a weight is high as well where a touch speaks against a conversion. Use
    it to compare, and to look into the network; not to move money.

    Parameters
    ----------
    model
        Fitted, with attention.
    """

    name = "attention"
    summary = "Where the network looked: the attention of each touch, for comparison."
    misleads = (
        "Attention is no effect: it is high where the network reads, whether the touch helped, did nothing "
        "or did harm, and an untrained network has it as well. Prefer the same network's counterfactual."
    )

    def touch_weights(self, journeys: Journeys) -> NDArray[np.float64]:
        """Return the attention to each touch."""
        reading = self.fitted.reader.read(journeys)
        return on_touches(shares_of(self.fitted.attention(reading), reading), reading, journeys)
