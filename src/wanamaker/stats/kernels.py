"""Bootstrap weights drawn from a counter: the same key, replicate and seed give the same weight."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SMALL_MEAN = 30.0
_SCALE = 2.0**53
_MOST = 128  # no mean up to 30 needs as many


@njit(cache=True, inline="always")
def random_bits(state: np.uint64) -> np.int64:
    """Return 53 random bits from a 64-bit state (finaliser of SplitMix64)."""
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    state = state ^ (state >> np.uint64(31))
    return np.int64(state >> np.uint64(11))


@njit(cache=True)
def poisson_limits(mean: float) -> NDArray[np.int64]:
    """Return ceil(2**53 P(X <= k)) for k = 0, 1, …: a draw counts the limits that its bits reach.

    None for means above 30, which are drawn from the normal limit.
    """
    limits = np.empty(_MOST, dtype=np.int64)
    if mean > _SMALL_MEAN:
        return limits[:0]
    count, term = 0, math.exp(-mean)
    total, before = term, 0.0
    while total > before and count < len(limits):
        limits[count] = np.int64(math.ceil(total * _SCALE))
        count += 1
        term *= mean / count
        before, total = total, total + term
    return limits[:count]


@njit(cache=True)
def poisson_draws(
    key: np.uint64,
    seed: int,
    mean: float,
    limits: NDArray[np.int64],
    bits: NDArray[np.int64],
    out: NDArray[np.float64],
) -> None:
    """Fill ``out[1:]`` with Poisson draws of the given mean over that mean; ``out[0]`` is 1.

    Means up to 30 are drawn exactly, by inversion of the distribution function; larger ones from the
    normal limit, rounded. Without branches, so that the compiler draws several at once.

    Parameters
    ----------
    limits
        From `poisson_limits`, for this mean.
    bits
        Room for one integer per replicate.
    """
    out[0] = 1.0
    start = np.uint64(key) ^ (np.uint64(seed) * np.uint64(0xD1342543DE82EF95))
    draws = out[1:]
    if len(limits) == 0:
        _normal_draws(start, mean, draws)
        return
    most = np.int64(0)
    for replicate in range(len(bits)):
        bits[replicate] = random_bits(start + np.uint64(replicate + 1) * np.uint64(0x9E3779B97F4A7C15))
        most = max(most, bits[replicate])
    draws[:] = 0.0
    for limit in limits:
        if most < limit:
            break
        for replicate in range(len(bits)):
            draws[replicate] += 1.0 if bits[replicate] >= limit else 0.0
    if mean != 1.0:
        for replicate in range(len(bits)):
            draws[replicate] /= mean


@njit(cache=True)
def _normal_draws(state: np.uint64, mean: float, draws: NDArray[np.float64]) -> None:
    for replicate in range(len(draws)):
        state += np.uint64(0x9E3779B97F4A7C15)
        draws[replicate] = _normal_weight(state, mean)
        state += np.uint64(0x9E3779B97F4A7C15)


@njit(cache=True)
def _normal_weight(state: np.uint64, mean: float) -> float:
    """Return a draw from the normal limit, rounded, over the mean; it uses two states."""
    first = np.float64(random_bits(state)) / _SCALE
    second = np.float64(random_bits(state + np.uint64(0x9E3779B97F4A7C15))) / _SCALE
    normal = math.sqrt(-2.0 * math.log(1.0 - first)) * math.cos(2.0 * math.pi * second)
    drawn: float = max(0.0, np.floor(mean + math.sqrt(mean) * normal + 0.5)) / mean
    return drawn


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
    mean, limits, bits = 1.0, poisson_limits(1.0), np.empty(replicates, dtype=np.int64)
    for row in range(len(keys)):
        if means[row] > 0:
            if means[row] != mean:
                mean = means[row]
                limits = poisson_limits(mean)
            poisson_draws(keys[row], seed, mean, limits, bits, weights[row])
    return weights


@njit(cache=True)
def replicate_weights(
    keys: NDArray[np.uint64], means: NDArray[np.float64], seed: int, replicate: int
) -> NDArray[np.float64]:
    """Return one column of `poisson_weights`, without drawing the others.

    Parameters
    ----------
    means
        One mean per row, or one for all.
    replicate
        The column, from 1 on.
    """
    weights = np.ones(len(keys))
    jump = np.uint64(replicate) * np.uint64(0x9E3779B97F4A7C15)
    mean, limits = means[0] if len(means) else 1.0, poisson_limits(means[0] if len(means) else 1.0)
    one_for_all = len(means) == 1
    for row in range(len(keys)):
        if not one_for_all:
            if means[row] <= 0.0:
                continue
            if means[row] != mean:
                mean = means[row]
                limits = poisson_limits(mean)
        start = np.uint64(keys[row]) ^ (np.uint64(seed) * np.uint64(0xD1342543DE82EF95))
        if len(limits) == 0:
            weights[row] = _normal_weight(start + jump + jump - np.uint64(0x9E3779B97F4A7C15), mean)
            continue
        bits = random_bits(start + jump)
        count = 0
        while count < len(limits) and bits >= limits[count]:
            count += 1
        weights[row] = count / mean
    return weights
