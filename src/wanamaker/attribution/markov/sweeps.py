"""Solving for a few vectors over the states of a chain at a time, by sweeps, with a bound on the error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.attribution.markov.kernels import products, sweep

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDING = 2e-16
_PLAIN = 3
_KEPT = 3
_PARALLEL = 1e-10


@dataclass(frozen=True, eq=False)
class Sweeps:
    """Gauss-Seidel sweeps until a bound on the error of every removal effect is small enough.

    The bound: a change of the visits to a state matters by no more than b of that state, and a change
    of b by no more than the visits. After every few sweeps comes that combination of the last steps
    that leaves least to do (reduced rank extrapolation: Eddy 1979, Mesina 1977), without which long
    journeys would take as many sweeps as they have touches. The bound does not depend on it.

    Parameters
    ----------
    matrix
        What is swept over, as `sweep` takes it.
    norm
        How much a change of each state matters at most, of shape (states,).
    hits
        Where `sweep` puts what reaches the states that are held at 0, of shape (states,).
    tolerance
        The bound to come to, as a share of the reward that is lost; where journeys are so long that
        rounding does not allow it, a little more will do.
    most
        Sweeps at most.
    """

    matrix: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]
    norm: NDArray[np.float64]
    hits: NDArray[np.float64]
    tolerance: float
    most: int

    def settle(self, base: NDArray[np.float64], found: NDArray[np.float64], lanes: NDArray[np.int64]) -> bool:
        """Solve in place, in every lane; tell whether it came to the tolerance."""
        steps = np.empty((_KEPT, *found.shape))
        for _ in range(0, self.most, _PLAIN + _KEPT):
            sweep(self.matrix, base, found, lanes, self.hits, _PLAIN)
            for step in steps:
                step[:] = found
                sweep(self.matrix, base, found, lanes, self.hits, 1)
                np.subtract(found, step, out=step)
            bound, size, inner = products(steps, found, self.norm)
            if (bound <= self.tolerance + _ROUNDING * size**2).all():
                return True
            ahead = _ahead(inner)
            steps[1:] *= ahead[:, None]
            found += steps[1]
            found += steps[2]
        return False


def _ahead(inner: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much of the last two of three steps to go on by, so that least is left to do.

    With steps s0, s1, s2, going on by x s1 + y s2 leaves about s2 + x (s1 - s0) + y (s2 - s1).

    Parameters
    ----------
    inner
        Products of the steps with each other, of shape (steps, steps, lanes).

    Returns
    -------
    array
        x and y, of shape (2, lanes).
    """
    turns = np.array([[-1.0, 1.0, 0.0], [0.0, -1.0, 1.0]])
    square = np.einsum("ai,bj,ijl->abl", turns, turns, inner)
    sizes = np.sqrt(np.maximum(square[[0, 1], [0, 1]], np.finfo(np.float64).tiny))
    right = -np.einsum("ai,il->al", turns, inner[:, 2]) / sizes
    cosine = square[0, 1] / sizes[0] / sizes[1]
    sharp = 1.0 - cosine**2
    apart = sharp > _PARALLEL
    sharp = np.where(apart, sharp, 1.0)
    first = np.where(apart, (right[0] - cosine * right[1]) / sharp, 0.0)
    second = np.where(apart, (right[1] - cosine * right[0]) / sharp, right[1])
    return np.asarray(np.stack([first, second]) / sizes)
