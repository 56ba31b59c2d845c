"""The Poisson bootstrap: weights for whole users, reproducible without any order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVEL = 0.95


@dataclass(frozen=True)
class Resampling:
    """How often and from which seed users are resampled.

    Each user's weight in a replicate is Poisson(1), drawn from a counter that depends on the user,
    the replicate and the seed alone (Hanley and MacGibbon 2006, Chamandy et al. 2012). Totals
    therefore vary from replicate to replicate as they would in a new sample of users.

    Parameters
    ----------
    replicates
        How many; 0 for none.
    seed
        Any integer from 0.
    """

    replicates: int = 200
    seed: int = 0

    def weights(self, keys: NDArray[np.uint64], means: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return weights of shape (keys, 1 + replicates); the first column is 1.

        Parameters
        ----------
        keys
            The user of each row, of shape (keys,).
        means
            How many units each row stands for, of shape (keys,).
        """
        from wanamaker.stats.kernels import poisson_weights

        return poisson_weights(keys, means, self.seed, self.replicates)

    def drawn(
        self, keys: NDArray[np.uint64], means: NDArray[np.float64] | None, replicate: int
    ) -> NDArray[np.float64]:
        """Return the weights of one replicate, from 1 on: that column of `weights`, of shape (keys,).

        Parameters
        ----------
        keys
            The user of each row, of shape (keys,).
        means
            How many units each row stands for, of shape (keys,); None where each is one.
        replicate
            Which replicate, from 1 on.
        """
        from wanamaker.stats.kernels import replicate_weights

        return replicate_weights(keys, np.ones(1) if means is None else means, self.seed, replicate)


def interval(
    draws: NDArray[np.float64], level: float = LEVEL
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the lower and upper end of the percentile interval over the last axis.

    Draws that are not defined are left out; where none is, or an end is infinite, the end is NaN.

    Examples
    --------
    >>> low, high = interval(np.arange(101.0))
    >>> low.item(), high.item()
    (2.5, 97.5)
    """
    tail = (1 - level) / 2
    ordered = np.sort(draws, axis=-1)
    if not np.isfinite(ordered).all():
        return _interval_with_gaps(draws, tail)
    low, high = np.quantile(ordered, [tail, 1 - tail], axis=-1)
    return np.asarray(low), np.asarray(high)


def _interval_with_gaps(
    draws: NDArray[np.float64], tail: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    flat = draws.reshape(-1, draws.shape[-1])
    ends = np.full((2, len(flat)), np.nan)
    for row, values in enumerate(flat):
        defined = values[~np.isnan(values)]
        if len(defined):
            ends[:, row] = np.quantile(defined, [tail, 1 - tail], method="inverted_cdf")
    ends[~np.isfinite(ends)] = np.nan
    return ends[0].reshape(draws.shape[:-1]), ends[1].reshape(draws.shape[:-1])
