"""How many events a session has: geometric, cut at a longest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq

if TYPE_CHECKING:
    from numpy.typing import NDArray

_RARE = 1e-6


def ending_chance(mean: float, longest: int) -> float:
    """Return the chance p to leave after each event, so that ``min(Geometric(p), longest)`` has this mean.

    Its mean is ``(1 - (1 - p) ** longest) / p``.

    Examples
    --------
    >>> round(ending_chance(12.0, 300), 6), ending_chance(1.0, 300)
    (0.083333, 1.0)
    """
    if mean <= 1.0:
        return 1.0
    return float(brentq(lambda p: (1.0 - (1.0 - p) ** longest) / p - mean, _RARE, 1.0, xtol=1e-14))


def draw_lengths(many: int, ending: float, longest: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw the lengths of sessions, of shape (many,)."""
    return np.minimum(rng.geometric(ending, many), longest)
