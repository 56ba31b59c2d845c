"""Summing credit over journeys, in every bootstrap replicate at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from wanamaker.stats.kernels import poisson_draws

if TYPE_CHECKING:
    from numpy.typing import NDArray


@njit(cache=True)
def sum_credit(
    offsets: NDArray[np.int64],
    touches: NDArray[np.int32],
    shares: NDArray[np.float64],
    amounts: NDArray[np.float64],
    means: NDArray[np.float64],
    keys: NDArray[np.uint64],
    touch_count: int,
    *,
    replicates: int,
    seed: int,
) -> NDArray[np.float64]:
    """Sum each journey's amount, split by its touches' shares, over all journeys.

    Parameters
    ----------
    offsets, touches
        The journeys.
    shares
        Each touch's share of its journey's amount, of shape (touches,).
    amounts
        What is split, such as conversions, of shape (journeys,).
    means
        How many units each journey stands for in resampling, of shape (journeys,).
    keys
        The user of each journey, of shape (journeys,).

    Returns
    -------
    array
        Of shape (touch names + 1, 1 + replicates): the last row is for journeys without touches,
        the first column for the journeys as they are.
    """
    totals = np.zeros((touch_count + 1, 1 + replicates))
    draws = np.ones(1 + replicates)
    for journey in range(len(offsets) - 1):
        amount = amounts[journey]
        if amount == 0.0:
            continue
        if replicates > 0 and means[journey] > 0.0:
            poisson_draws(keys[journey], seed, means[journey], draws)
        else:
            draws[:] = 1.0
        if offsets[journey] == offsets[journey + 1]:
            _add(totals[touch_count], draws, amount)
        for place in range(offsets[journey], offsets[journey + 1]):
            part = shares[place] * amount
            if part != 0.0:
                _add(totals[touches[place]], draws, part)
    return totals


@njit(cache=True)
def sum_entries(
    offsets: NDArray[np.int64],
    touches: NDArray[np.int32],
    entries: NDArray[np.float64],
    keys: NDArray[np.uint64],
    touch_count: int,
    *,
    replicates: int,
    seed: int,
) -> NDArray[np.float64]:
    """Sum an amount of every touch, such as its cost; the result is as in `sum_credit`."""
    totals = np.zeros((touch_count + 1, 1 + replicates))
    draws = np.ones(1 + replicates)
    for journey in range(len(offsets) - 1):
        if offsets[journey] == offsets[journey + 1]:
            continue
        poisson_draws(keys[journey], seed, 1.0, draws)
        for place in range(offsets[journey], offsets[journey + 1]):
            if entries[place] != 0.0:
                _add(totals[touches[place]], draws, entries[place])
    return totals


@njit(cache=True)
def _add(total: NDArray[np.float64], draws: NDArray[np.float64], amount: float) -> None:
    for replicate in range(len(total)):
        total[replicate] += draws[replicate] * amount


@njit(cache=True)
def count_support(
    offsets: NDArray[np.int64],
    touches: NDArray[np.int32],
    amounts: NDArray[np.float64],
    touch_count: int,
) -> NDArray[np.float64]:
    """Sum each journey's amount once for every distinct touch in it, of shape (touch names,)."""
    support = np.zeros(touch_count)
    latest = np.full(touch_count, -1, dtype=np.int64)
    for journey in range(len(offsets) - 1):
        for place in range(offsets[journey], offsets[journey + 1]):
            touch = touches[place]
            if latest[touch] != journey:
                latest[touch] = journey
                support[touch] += amounts[journey]
    return support
