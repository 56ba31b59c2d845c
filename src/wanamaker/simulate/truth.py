"""What is true in a world, as the table that credit is judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.stats.noisy_or import failure_probability, multilinear_shapley, removal_effect

if TYPE_CHECKING:
    from numpy.typing import NDArray

BASELINE = "(baseline)"
"""The truth's last row: conversions that need no touch."""

_USERS_AT_ONCE = 100_000


def noisy_or_truth(
    names: list[str],
    effects: NDArray[np.float64],
    counts: NDArray[np.int64],
    base: NDArray[np.float64],
) -> pl.DataFrame:
    """Return the true credit of each channel over all users, expected over the outcome.

    Parameters
    ----------
    names
        Name of each channel.
    effects
        Conversion probability of one touch; shape (channels,).
    counts
        Potential touches; shape (users, channels).
    base
        Conversion probability without any touch; shape (users,).

    Returns
    -------
    polars.DataFrame
        ``touch``, ``effect``, ``conversions`` (Shapley), ``share``, ``removal``: one row per channel and
        the baseline, where ``effect`` is the mean of ``base``, ``conversions`` its sum, and ``removal``
        what is lost if nobody converted unprompted.

    Examples
    --------
    >>> truth = noisy_or_truth(["a"], np.array([0.5]), np.array([[1], [2]]), np.array([0.0, 0.2]))
    >>> truth["conversions"].round(2).to_list()
    [1.1, 0.2]
    """
    credit, removal = np.zeros(len(names) + 1), np.zeros(len(names) + 1)
    credit[-1] = base.sum()
    for start in range(0, len(counts), _USERS_AT_ONCE):
        some = slice(start, start + _USERS_AT_ONCE)
        failure = failure_probability(counts[some], effects)
        credit[:-1] += multilinear_shapley(failure, base[some]).sum(axis=0)
        removal[:-1] += removal_effect(failure, base[some]).sum(axis=0)
        removal[-1] += (base[some] * failure.prod(axis=1)).sum()
    return pl.DataFrame(
        {
            "touch": [*names, BASELINE],
            "effect": np.append(effects, base.mean()),
            "conversions": credit,
            "share": credit / credit.sum(),
            "removal": removal,
        }
    )
