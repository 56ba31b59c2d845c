"""Last touch that is not direct."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.attribution.method import JourneyMethod
from wanamaker.attribution.positions import positions
from wanamaker.base.errors import ParameterTypeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.journeys import Journeys

DIRECT = ("direct", "(direct)", "(none)", "(direct) / (none)", "(direct)/(none)")


@dataclass(frozen=True)
class LastNonDirect(JourneyMethod):
    """All credit to the last touch that is not direct; to the last one where all are.

    Parameters
    ----------
    direct
        Names of touches that count as direct, in any case of letters.

    Examples
    --------
    >>> from wanamaker.journeys.from_paths import journeys_from_paths
    >>> journeys = journeys_from_paths({"path": ["email > Direct"], "total_conversions": [1]})
    >>> LastNonDirect().touch_weights(journeys).tolist()
    [1.0, 0.0]
    """

    direct: tuple[str, ...] = DIRECT

    name = "last_non_direct"
    summary = "All credit to the last touch that is not a direct visit."
    misleads = "Misleads as last touch does, and hides people who came by themselves."

    def __post_init__(self) -> None:
        if isinstance(self.direct, str) or not all(isinstance(name, str) for name in self.direct):
            message = (
                f"The 'direct' parameter of LastNonDirect must be a list of touch names. Got {self.direct!r}."
            )
            raise ParameterTypeError(message, hint="Write direct=('direct', 'homepage').")
        object.__setattr__(self, "direct", tuple(self.direct))

    def touch_weights(self, journeys: Journeys) -> NDArray[np.float64]:
        """Return 1 for the last touch that is not direct (or the last), 0 for the others."""
        folded = {name.casefold() for name in self.direct}
        counts = np.array([name.casefold() not in folded for name in journeys.names], dtype=np.bool_)
        ranks = np.where(counts[journeys.touches], positions(journeys) + 1, 0)
        rows = journeys.rows
        best = np.zeros(len(journeys), dtype=np.int64)
        np.maximum.at(best, rows, ranks)
        chosen = np.where(best > 0, best, journeys.lengths) - 1
        weights = np.zeros(len(journeys.touches))
        held = journeys.lengths > 0
        weights[(journeys.offsets[:-1] + chosen)[held]] = 1.0
        return weights
