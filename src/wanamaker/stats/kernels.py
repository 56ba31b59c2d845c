"""Bootstrap weights drawn from a counter: the same key, replicate and seed give the same weight."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SMALL_MEAN = 30.0
_STEP = 2.0**-53


@njit(cache=True, inline="always")
def _uniform(state: np.uint64) -> float:
    """Return a number in [0, 1) from a 64-bit state (finaliser of SplitMix64)."""
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    state = state ^ (state >> np.uint64(31))
    return np.float64(state >> np.uint64(11)) * _STEP


@njit(cache=True)
def poisson_draws(key: int, seed: int, mean: float, out: NDArray[np.float64]) -> None:
    """Fill ``out[1:]`` with Poisson draws of the given mean over that mean; ``out[0]`` is 1.

    Means up to 30 are drawn exactly, by inversion of the distribution function; larger ones from the
    normal limit, rounded.
    """
    out[0] = 1.0
    state = np.uint64(key) ^ (np.uint64(seed) * np.uint64(0xD1342543DE82EF95))
    if mean <= _SMALL_MEAN:
        start = math.exp(-mean)
        for replicate in range(1, len(out)):
            state += np.uint64(0x9E3779B97F4A7C15)
            uniform = _uniform(state)
            count, term, total = 0.0, start, start
            while uniform >= total and term > 0.0:
                count += 1.0
                term *= mean / count
                total += term
            out[replicate] = count / mean
        return
    spread = math.sqrt(mean)
    for replicate in range(1, len(out)):
        state += np.uint64(0x9E3779B97F4A7C15)
        first = _uniform(state)
        state += np.uint64(0x9E3779B97F4A7C15)
        normal = math.sqrt(-2.0 * math.log(1.0 - first)) * math.cos(2.0 * math.pi * _uniform(state))
        out[replicate] = max(0.0, np.floor(mean + spread * normal + 0.5)) / mean


@njit(cache=True)
def poisson_weights(
    keys: NDArray[np.uint64], means: NDArray[np.float64], seed: int, replicates: int
) -> NDArray[np.float64]:
    """Return weights of shape (keys, 1 + replicates): the first column is 1, the others are drawn.

    Parameters
    ----------
    keys
        What is drawn together has the same key.
    means
        How many units each row stands for; rows with mean 0 get weight 1 throughout.
    """
    weights = np.ones((len(keys), 1 + replicates))
    for row in range(len(keys)):
        if means[row] > 0:
            poisson_draws(keys[row], seed, means[row], weights[row])
    return weights
