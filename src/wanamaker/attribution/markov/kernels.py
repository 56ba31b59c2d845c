"""Counting transitions, and solving for a few vectors at a time by sweeps over the states."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LANES = 8
"""Vectors that are solved for at once: one line of the processor's cache per state."""

_STRETCH = 4
_STEADY = 0.3
_ROUNDING = 1e-15


@njit(cache=True)
def count_steps(
    offsets: NDArray[np.int64],
    steps: NDArray[np.integer],
    ends: NDArray[np.int64],
    amounts: Floats,
    transitions: int,
    states: int,
) -> tuple[Floats, Floats]:
    """Count how often each transition is made, and sum what ends in each state.

    Parameters
    ----------
    offsets
        Where each journey's touches begin, of shape (journeys + 1,).
    steps
        The transition that arrives at each touch, of shape (touches,).
    ends
        The state of each journey's last touch, -1 where it has none, of shape (journeys,).
    amounts
        Conversions, nulls, and further amounts of each journey, of shape (measures, journeys).

    Returns
    -------
    tuple
        Counts of shape (transitions,), and sums of shape (measures, states).
    """
    counts = np.zeros(transitions)
    sums = np.zeros((len(amounts), states))
    for journey in range(len(offsets) - 1):
        weight = amounts[0, journey] + amounts[1, journey]
        if weight == 0.0 or ends[journey] < 0:
            continue
        for place in range(offsets[journey], offsets[journey + 1]):
            counts[steps[place]] += weight
        for measure in range(len(amounts)):
            sums[measure, ends[journey]] += amounts[measure, journey]
    return counts, sums


@njit(cache=True)
def relax(
    offsets: NDArray[np.int64],
    neighbours: NDArray[np.int32],
    weights: Floats,
    base: Floats,
    found: Floats,
    *,
    lanes: NDArray[np.int64],
    norm: Floats,
    hits: Floats,
    tolerance: float,
    most: int,
) -> int:
    """Solve x = base + W x, in every lane with some states held at 0, by Gauss-Seidel sweeps.

    Every fourth sweep the step is stretched as if what is left shrank by one rate (Aitken), which it
    soon does. The error bound does not depend on that.

    Parameters
    ----------
    offsets, neighbours, weights
        W, row by row, without a diagonal.
    base
        Of shape (states, lanes).
    found
        Where to start from and where the answer is put, of shape (states, lanes).
    lanes
        The lane in which each state is held at 0, -1 for none, of shape (states,).
    norm
        Weight of each state in the norm that bounds the error, of shape (states,).
    hits
        Filled with what each held state would have in its lane, of shape (states,).
    tolerance
        Bound on the error at which to stop.
    most
        Greatest number of sweeps.

    Returns
    -------
    int
        Sweeps made, 0 if the tolerance was not reached.
    """
    sums = np.zeros((3, LANES))
    before = np.zeros(LANES)
    old = np.empty_like(found)
    for sweep in range(1, most + 1):
        stretched = sweep % _STRETCH == 0
        if stretched:
            old[:] = found
        before[:] = sums[0]
        _sweep((offsets, neighbours, weights), base, found, lanes, norm, hits, sums)
        if np.all(sums[1] <= tolerance + _ROUNDING * sums[2]):
            return sweep
        if stretched:
            _stretch(found, old, before, sums)
    return 0


@njit(cache=True, fastmath={"contract"})
def _sweep(
    matrix: tuple[NDArray[np.int64], NDArray[np.int32], Floats],
    base: Floats,
    found: Floats,
    lanes: NDArray[np.int64],
    norm: Floats,
    hits: Floats,
    sums: Floats,
) -> None:
    """Replace each state in turn; ``sums`` gets the sum of changes, of their sizes, and of all, by lane."""
    offsets, neighbours, weights = matrix
    fresh = np.empty(LANES)
    sums[:] = 0.0
    for state in range(len(offsets) - 1):
        for lane in range(LANES):
            fresh[lane] = base[state, lane]
        for link in range(offsets[state], offsets[state + 1]):
            other, weight = neighbours[link], weights[link]
            for lane in range(LANES):
                fresh[lane] += weight * found[other, lane]
        if lanes[state] >= 0:
            hits[state] = fresh[lanes[state]]
            fresh[lanes[state]] = 0.0
        for lane in range(LANES):
            change = (fresh[lane] - found[state, lane]) * norm[state]
            sums[0, lane] += change
            sums[1, lane] += abs(change)
            sums[2, lane] += fresh[lane] * norm[state]
            found[state, lane] = fresh[lane]


@njit(cache=True)
def _stretch(found: Floats, old: Floats, before: Floats, sums: Floats) -> None:
    """Go on by what is left if every further change is the last one times their ratio."""
    factors = np.zeros(LANES)
    for lane in range(LANES):
        rate = sums[0, lane] / before[lane] if before[lane] != 0.0 else 0.0
        if 0.0 < rate < 1.0 and abs(sums[0, lane]) > _STEADY * sums[1, lane]:
            factors[lane] = rate / (1.0 - rate)
    for state in range(len(found)):
        for lane in range(LANES):
            found[state, lane] += factors[lane] * (found[state, lane] - old[state, lane])
