"""Summing credit over journeys, in every bootstrap replicate at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from wanamaker.stats.kernels import poisson_draws, poisson_limits

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
    """Sum each journey's amounts, split by its touches' shares, over all journeys.

    Parameters
    ----------
    offsets, touches
        The journeys.
    shares
        Each touch's share of its journey's amount, of shape (touches,).
    amounts
        What is split, such as conversions and value, of shape (measures, journeys).
    means
        How many units each journey stands for in resampling, of shape (journeys,).
    keys
        The user of each journey, of shape (journeys,).

    Returns
    -------
    array
        Of shape (measures, touch names + 1, 1 + replicates): the last row is for journeys without
        touches, the first column for the journeys as they are.
    """
    measures = len(amounts)
    totals = np.zeros((measures, touch_count + 1, 1 + replicates))
    draws = np.ones(1 + replicates)
    mean, limits, bits = 1.0, poisson_limits(1.0), np.empty(replicates, dtype=np.int64)
    for journey in range(len(offsets) - 1):
        if replicates > 0 and means[journey] > 0.0:
            if means[journey] != mean:
                mean = means[journey]
                limits = poisson_limits(mean)
            poisson_draws(keys[journey], seed, mean, limits, bits, draws)
        else:
            draws[:] = 1.0
        for measure in range(measures):
            amount = amounts[measure, journey]
            if amount == 0.0:
                continue
            if offsets[journey] == offsets[journey + 1]:
                _add(totals[measure, touch_count], draws, amount)
            for place in range(offsets[journey], offsets[journey + 1]):
                part = shares[place] * amount
                if part != 0.0:
                    _add(totals[measure, touches[place]], draws, part)
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
    """Sum an amount of every touch, such as its cost; the result is as one measure of `sum_credit`."""
    totals = np.zeros((touch_count + 1, 1 + replicates))
    draws = np.ones(1 + replicates)
    limits, bits = poisson_limits(1.0), np.empty(replicates, dtype=np.int64)
    for journey in range(len(offsets) - 1):
        if offsets[journey] == offsets[journey + 1]:
            continue
        poisson_draws(keys[journey], seed, 1.0, limits, bits, draws)
        for place in range(offsets[journey], offsets[journey + 1]):
            if entries[place] != 0.0:
                _add(totals[touches[place]], draws, entries[place])
    return totals


@njit(cache=True)
def _add(total: NDArray[np.float64], draws: NDArray[np.float64], amount: float) -> None:
    for replicate in range(len(total)):
        total[replicate] += draws[replicate] * amount
