"""The replay itself: purchases in order of time, each channel with a purse of its own."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def walk(
    order: np.ndarray,
    journeys: np.ndarray,
    channels: np.ndarray,
    costs: np.ndarray,
    purses: np.ndarray,
    count: int,
) -> tuple[np.ndarray, np.ndarray, int]:
    """Walk through all touches once and buy what the purses allow.

    Parameters
    ----------
    order
        The touches in order of time, of shape (touches,).
    journeys, channels, costs
        Journey, channel and cost (in millionths) of each touch, of shape (touches,).
    purses
        What each channel may spend, in millionths, of shape (channels,); not changed.
    count
        How many journeys there are.

    Returns
    -------
    tuple
        What each channel spent, of shape (channels,); which journeys lost a touch, of shape (journeys,); and
        how many touches were bought.
    """
    left = purses.copy()
    broken = np.zeros(count, dtype=np.bool_)
    bought = 0
    for touch in order:
        journey, channel = journeys[touch], channels[touch]
        if broken[journey]:
            continue
        if costs[touch] > left[channel]:
            broken[journey] = True
            continue
        left[channel] -= costs[touch]
        bought += 1
    return purses - left, broken, bought
