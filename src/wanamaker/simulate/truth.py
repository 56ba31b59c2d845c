"""What is true in a world, as the table that credit is judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.stats.noisy_or import failure_probability, multilinear_shapley, removal_effect
from wanamaker.stats.noisy_or_pairs import pair_removal_effect, pair_shapley

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.simulate.population import Population

    Floats = NDArray[np.float64]

BASELINE = "(baseline)"
"""The truth's last row: conversions that need no touch."""

_USERS_AT_ONCE = 100_000
_USERS_AT_ONCE_WITH_PAIRS = 10_000  # each has a number for every subset of a group of channels


def true_credit(population: Population) -> pl.DataFrame:
    """Return the true credit of each channel over all users, expected over the outcome.

    Parameters
    ----------
    population
        The users and their potential touches.

    Returns
    -------
    polars.DataFrame
        ``touch``, ``effect``, ``conversions`` (Shapley), ``share``, ``removal``: one row per channel and
        the baseline, where ``effect`` is the mean of the users' own probability to convert, ``conversions``
        its sum, and ``removal`` what is lost if nobody converted unprompted.

    Examples
    --------
    >>> from wanamaker.simulate import Channel, journeys
    >>> chosen = [Channel(name="a", reach=1.0, effect=0.5)]
    >>> truth = journeys(100, channels=chosen, base_rate=0.2).truth
    >>> truth["conversions"].round(1).to_list(), truth["removal"].round(1).to_list()
    ([40.0, 20.0], [40.0, 10.0])
    """
    channels, base = population.channels, population.base
    credit, removal = np.zeros(len(channels) + 1), np.zeros(len(channels) + 1)
    credit[-1] = base.sum()
    at_once = _USERS_AT_ONCE_WITH_PAIRS if len(population.pairs) else _USERS_AT_ONCE
    for start in range(0, len(base), at_once):
        some = slice(start, start + at_once)
        gained, lost, nothing = _some_credit(population, some)
        credit[:-1] += gained.sum(axis=0)
        removal[:-1] += lost.sum(axis=0)
        removal[-1] += (base[some] * nothing).sum()
    return pl.DataFrame(
        {
            "touch": [*(channel.name for channel in channels), BASELINE],
            "effect": np.append(population.effects, base.mean()),
            "conversions": credit,
            "share": credit / credit.sum(),
            "removal": removal,
        }
    )


def _some_credit(population: Population, some: slice) -> tuple[Floats, Floats, Floats]:
    """Return Shapley values, removal effects, and the probability that no touch converts, by user."""
    base, pairs = population.base[some], population.pairs
    failure = failure_probability(population.counts[some], population.effects)
    nothing = failure.prod(axis=1)
    if not len(pairs):
        return multilinear_shapley(failure, base), removal_effect(failure, base), nothing
    of_pairs = failure_probability(population.triggered[some], population.effects[pairs[:, 1]])
    gained, lost = (score(failure, pairs, of_pairs, base) for score in (pair_shapley, pair_removal_effect))
    return gained, lost, nothing * of_pairs.prod(axis=1)
