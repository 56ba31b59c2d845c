"""What the journeys brought, as it was and in every bootstrap replicate."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.events.codes import mixed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.journeys import Journeys
    from wanamaker.stats.bootstrap import Resampling

_OTHER_HALF = np.uint64(0x5851F42D4C957F2D)


@dataclass(frozen=True, eq=False)
class Drawn:
    """Outcomes of every journey in one replicate: each array of shape (journeys,).

    Parameters
    ----------
    conversions, nulls
        How often the journey counts as converted, and as not converted.
    values
        Value of its conversions, or None where there are none.
    """

    conversions: NDArray[np.float64]
    nulls: NDArray[np.float64]
    values: NDArray[np.float64] | None


@dataclass(frozen=True, eq=False)
class Outcomes:
    """The outcomes of journeys, drawn replicate by replicate with the weights that all methods share.

    In rows that stand for many journeys, those that converted and those that did not are drawn apart.
    """

    journeys: Journeys
    resampling: Resampling

    def drawn(self, replicate: int) -> Drawn:
        """Return the outcomes of one replicate; replicate 0 is what happened."""
        journeys = self.journeys
        if replicate == 0:
            return Drawn(journeys.conversions, journeys.nulls, journeys.values)
        if journeys.grouped:
            won = self.resampling.drawn(journeys.users, journeys.conversions, replicate)
            lost = self.resampling.drawn(self.null_keys, journeys.nulls, replicate)
        else:
            won = lost = self.resampling.drawn(journeys.users, None, replicate)
        values = None if journeys.values is None else journeys.values * won
        return Drawn(journeys.conversions * won, journeys.nulls * lost, values)

    @cached_property
    def null_keys(self) -> NDArray[np.uint64]:
        """The keys by which those that did not convert are drawn, of shape (journeys,)."""
        return mixed(self.journeys.users ^ _OTHER_HALF)
