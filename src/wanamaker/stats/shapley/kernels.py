"""Shapley values over all subsets, and permutations to sample them by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from wanamaker.stats.kernels import random_bits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@njit(cache=True)
def exact_shapley(worth: Floats, out: Floats) -> None:
    """Add the Shapley values of games to ``out``.

    Parameters
    ----------
    worth
        Of shape (2**players, games).
    out
        Of shape (players, games).
    """
    players, games = out.shape
    weights = subset_weights(players)
    for subset in range(len(worth)):
        size = 0
        for player in range(players):
            size += (subset >> player) & 1
        for player in range(players):
            if (subset >> player) & 1 == 0:
                with_player = subset | (1 << player)
                for game in range(games):
                    out[player, game] += weights[size] * (worth[with_player, game] - worth[subset, game])


@njit(cache=True)
def subset_weights(players: int) -> Floats:
    """Return s! (m - s - 1)! / m! for subsets of s = 0 … m - 1 of m players."""
    weights = np.empty(max(players, 1))
    weights[0] = 1.0 / max(players, 1)
    for size in range(1, players):
        weights[size] = weights[size - 1] * size / (players - size)
    return weights


@njit(cache=True)
def permute(order: NDArray[np.int64], state: np.uint64) -> np.uint64:
    """Bring ``order`` into a random order (Fisher and Yates), and return the next state."""
    for last in range(len(order) - 1, 0, -1):
        state += np.uint64(0x9E3779B97F4A7C15)
        other = np.int64(random_bits(state) % (last + 1))
        order[last], order[other] = order[other], order[last]
    return state
