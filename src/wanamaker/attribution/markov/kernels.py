"""Counting transitions in many replicates at once, and sweeping over the states of a chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from wanamaker.stats.kernels import poisson_draws, poisson_limits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Keys = NDArray[np.uint64]

LANES = 8
"""Vectors that `sweep` solves for at once: one line of the processor's cache per state."""


@njit(cache=True)
def count_replicates(
    paths: tuple[Ints, NDArray[np.integer], Ints],
    amounts: Floats,
    keys: tuple[Keys, Keys],
    sizes: tuple[int, int],
    *,
    grouped: bool,
    replicates: int,
    window: tuple[int, int],
    seed: int,
) -> tuple[Floats, Floats]:
    """Count how often each transition is made, and sum what ends in each state, in some replicates.

    Parameters
    ----------
    paths
        Where each journey's touches begin, the transition that arrives at each touch, and the state
        that each journey ends in.
    amounts
        Conversions, nulls and, where there are values, value of each journey, of shape
        (2 or 3, journeys).
    keys
        What is drawn together has the same key: of the journey's conversions, and of its nulls.
    sizes
        How many transitions and states there are.
    grouped
        Whether each amount stands for as many units, drawn one by one.
    replicates
        How many there are in all.
    window
        The first replicate wanted, counted from 1, and the first not wanted.

    Returns
    -------
    tuple
        Counts of shape (transitions, window), and sums of shape (2 or 4, states, window): conversions,
        nulls, value above 0, size of value below 0.
    """
    offsets, steps, ends = paths
    first, stop = window
    counts = np.zeros((sizes[0], stop - first))
    sums = np.zeros((2 if len(amounts) == 2 else 4, sizes[1], stop - first))
    draws, weights = np.ones(1 + replicates), np.empty(stop - first)
    mean, limits, bits = 1.0, poisson_limits(1.0), np.empty(replicates, dtype=np.int64)
    for journey in range(len(offsets) - 1):
        weights[:] = 0.0
        for part in range(2):
            amount = amounts[part, journey]
            if amount == 0.0:
                continue
            if grouped and amount != mean:
                mean, limits = amount, poisson_limits(amount)
            poisson_draws(keys[part][journey], seed, mean, limits, bits, draws)
            _add(weights, draws, first, amount)
            _add(sums[part, ends[journey]], draws, first, amount)
            if part == 0 and len(amounts) > 2:
                value = amounts[2, journey]
                _add(sums[2 if value > 0.0 else 3, ends[journey]], draws, first, abs(value))
        for place in range(offsets[journey], offsets[journey + 1]):
            _add(counts[steps[place]], weights, 0, 1.0)
    return counts, sums


@njit(cache=True)
def _add(total: Floats, draws: Floats, first: int, amount: float) -> None:
    for place in range(len(total)):
        total[place] += draws[first + place] * amount


@njit(cache=True, fastmath={"contract"})
def sweep(
    matrix: tuple[Ints, NDArray[np.int32], Floats],
    base: Floats,
    found: Floats,
    lanes: Ints,
    hits: Floats,
    times: int,
) -> None:
    """Bring x closer to base + W x, in every lane with some states held at 0, by Gauss-Seidel sweeps.

    Parameters
    ----------
    matrix
        W, row by row without its diagonal: where each row begins, columns, weights.
    base
        Of shape (states, lanes).
    found
        x, changed in place, of shape (states, lanes).
    lanes
        The lane in which each state is held at 0, -1 for none, of shape (states,).
    hits
        Filled with what each held state would have in its lane, of shape (states,).
    times
        How many sweeps.
    """
    offsets, neighbours, weights = matrix
    flat = found.ravel()
    for _ in range(times):
        for state in range(len(offsets) - 1):
            # Eight names, not an array of eight: they stay in registers, which makes it twice as quick.
            x0, x1, x2, x3 = base[state, 0], base[state, 1], base[state, 2], base[state, 3]
            x4, x5, x6, x7 = base[state, 4], base[state, 5], base[state, 6], base[state, 7]
            for link in range(offsets[state], offsets[state + 1]):
                at, weight = np.uint64(neighbours[link]) * np.uint64(8), weights[link]
                x0 += weight * flat[at]
                x1 += weight * flat[at + np.uint64(1)]
                x2 += weight * flat[at + np.uint64(2)]
                x3 += weight * flat[at + np.uint64(3)]
                x4 += weight * flat[at + np.uint64(4)]
                x5 += weight * flat[at + np.uint64(5)]
                x6 += weight * flat[at + np.uint64(6)]
                x7 += weight * flat[at + np.uint64(7)]
            found[state, 0], found[state, 1], found[state, 2], found[state, 3] = x0, x1, x2, x3
            found[state, 4], found[state, 5], found[state, 6], found[state, 7] = x4, x5, x6, x7
            if lanes[state] >= 0:
                hits[state] = found[state, lanes[state]]
                found[state, lanes[state]] = 0.0


@njit(cache=True)
def products(steps: Floats, found: Floats, norm: Floats) -> tuple[Floats, Floats, Floats]:
    """Return, by lane, the size of the last step and of what is found, and products of the steps.

    Parameters
    ----------
    steps
        Of shape (steps, states, lanes).
    found
        Of shape (states, lanes).
    norm
        Weight of each state, of shape (states,).

    Returns
    -------
    tuple
        Two arrays of shape (lanes,) and one of shape (steps, steps, lanes).
    """
    count = len(steps)
    bound, size, inner = np.zeros(LANES), np.zeros(LANES), np.zeros((count, count, LANES))
    for state in range(len(found)):
        weight = norm[state]
        for lane in range(LANES):
            bound[lane] += abs(steps[count - 1, state, lane]) * weight
            size[lane] += found[state, lane] * weight
        for one in range(count):
            for other in range(one + 1):
                for lane in range(LANES):
                    inner[one, other, lane] += (
                        steps[one, state, lane] * steps[other, state, lane] * weight * weight
                    )
    for one in range(count):
        for other in range(one):
            inner[other, one] = inner[one, other]
    return bound, size, inner
