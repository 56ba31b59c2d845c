"""How long an install takes to be known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri

from wanamaker.simulate.clicks.setting import DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SPREAD = 2.3  # standard deviation of log seconds
_DOWNLOAD = 5  # seconds that any install takes


def draw_delays(rng: np.random.Generator, happens: NDArray[np.bool_], median: float) -> NDArray[np.int32]:
    """Return seconds from click to install: log-normal, cut at a day; 0 where nothing happens.

    Examples
    --------
    >>> draw_delays(np.random.default_rng(0), np.array([True, False]), 300.0).tolist()
    [658, 0]
    """
    delay = np.zeros(len(happens), dtype=np.int32)
    installs = np.flatnonzero(happens)
    longest = ndtr(np.log((DAY - _DOWNLOAD) / median) / _SPREAD)
    normal = ndtri(rng.random(len(installs)) * longest)
    delay[installs] = _DOWNLOAD + np.floor(median * np.exp(_SPREAD * normal))
    return delay
