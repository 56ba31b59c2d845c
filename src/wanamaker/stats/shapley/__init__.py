"""Shapley values of games that are given by a number for every subset of their players."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def shapley_values(worth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the exact Shapley value of every player, in several games at once.

    φ_i = Σ_{T ∌ i} |T|! (m - |T| - 1)! / m! · (v(T with i) - v(T)) (Shapley 1953), by one pass over the 2^m
    subsets. Use it for up to about 20 players; beyond, sample permutations.

    Parameters
    ----------
    worth
        What each subset is worth, of shape (2**players, games); player i is in subset k if bit i of k is set.

    Returns
    -------
    numpy.ndarray
        Of shape (players, games); a column sums to the worth of all players less that of none.

    Examples
    --------
    >>> shapley_values(np.array([[0.0], [1.0], [2.0], [6.0]]))[:, 0].tolist()
    [2.5, 3.5]
    """
    from wanamaker.stats.shapley.kernels import exact_shapley

    players = max(len(worth).bit_length() - 1, 0)
    values = np.zeros((players, worth.shape[1]))
    exact_shapley(np.ascontiguousarray(worth, dtype=np.float64), values)
    return values
