"""What a set of touches is worth: its conversion rate above the base rate, or what a function says."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.attribution.identified import refuse_no_level
from wanamaker.attribution.outcomes import Outcomes
from wanamaker.base.errors import DataError
from wanamaker.base.progress import track
from wanamaker.base.ragged import sums_by
from wanamaker.events.codes import hash_groups
from wanamaker.journeys.touch_sets import touch_hashes
from wanamaker.stats.regression import Rows, fit_binary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from wanamaker.journeys.journeys import Journeys
    from wanamaker.journeys.touch_sets import TouchSets
    from wanamaker.stats.bootstrap import Resampling

    Floats = NDArray[np.float64]

_RIDGE = 1e-6
"""Keeps the additive fit defined where two touches always come together; it moves nothing else."""


@dataclass(frozen=True, eq=False)
class Game:
    """The worth of sets of touches, as estimated and in every replicate.

    Parameters
    ----------
    hashes
        Hash of every set of known worth, of shape (known sets,).
    worth
        Their worth, of shape (known sets, 1 + replicates).
    additive
        What each touch adds to the worth of a set that is not known, of shape (touch names, 1 + replicates).
    base_rate
        What no touch at all is worth before it was subtracted; None where it does not apply.
    """

    hashes: NDArray[np.uint64]
    worth: Floats
    additive: Floats
    base_rate: float | None


def rate_game(journeys: Journeys, resampling: Resampling, prior: float) -> Game:
    """Return the game of conversion rates: those of the journeys whose touches are S, less the base rate.

    The base rate is the intercept of an additive fit of the rates over the touches (least squares, each set
    weighted by its journeys), so that v of no touch is 0. A set that no journey has is worth what the fit
    says. Where ``prior`` is above 0, every rate is drawn to the fit by so many journeys.

    Raises
    ------
    DataError
        If the base rate cannot be told from the touches.
    """
    held = np.flatnonzero(journeys.lengths > 0)
    codes, firsts = hash_groups(journeys.sets.hashes[held])
    sets = journeys.sets.take(held[firsts])
    rows = Rows(sets.offsets, sets.members, np.ones(len(sets.members)), len(journeys.names))
    outcomes = Outcomes(journeys, resampling)
    columns = 1 + resampling.replicates
    worth, additive = np.zeros((len(sets), columns)), np.zeros((len(journeys.names), columns))
    base_rate = 0.0
    for replicate in range(columns):
        drawn = outcomes.drawn(replicate)
        won = sums_by(codes, drawn.conversions[held], len(sets))
        lost = sums_by(codes, drawn.nulls[held], len(sets))
        if replicate == 0:
            refuse_no_level(rows, won + lost, rows.width)
        beta = fit_binary(rows, won, lost, link="linear", penalty=_RIDGE).beta
        fitted = beta[0] + sums_by(sets.rows, beta[1:][sets.members], len(sets))
        seen = won + lost + prior
        rates = np.divide(won + prior * fitted, seen, out=fitted.copy(), where=seen > 0)
        worth[:, replicate], additive[:, replicate] = rates - beta[0], beta[1:]
        base_rate = float(beta[0]) if replicate == 0 else base_rate
    return Game(sets.hashes, worth, additive, base_rate)


def function_game(
    function: Callable[[frozenset[str]], float],
    journeys: Journeys,
    sets: TouchSets,
    orders: Callable[[NDArray[np.int32]], Iterator[NDArray[np.int64]]] | None,
    exact_up_to: int,
) -> Game:
    """Return the game of a function of the set of touch names, for the sets that credit needs.

    Parameters
    ----------
    function
        Takes a frozenset of touch names and returns its worth; what it says of no touch is subtracted.
    sets
        The sets to be credited.
    orders
        Gives the random orders by which a set of more than ``exact_up_to`` touches is sampled.

    Raises
    ------
    DataError
        If the function returns what is no finite number.
    """
    needed = {
        subset
        for row in range(len(sets))
        for subset in _subsets(sets.members[sets.offsets[row] : sets.offsets[row + 1]], orders, exact_up_to)
    }
    nothing = _asked(function, frozenset())
    known = sorted(needed, key=sorted)
    names = journeys.names
    worth = [
        _asked(function, frozenset(names[code] for code in subset)) - nothing
        for subset in track(known, "asking the value function")
    ]
    each = touch_hashes(np.arange(len(names)))
    with np.errstate(over="ignore"):
        hashes = np.array([each[sorted(subset)].sum() for subset in known], dtype=np.uint64)
    return Game(hashes, np.array(worth)[:, None], np.zeros((len(names), 1)), nothing)


def _subsets(
    touches: NDArray[np.int32],
    orders: Callable[[NDArray[np.int32]], Iterator[NDArray[np.int64]]] | None,
    exact_up_to: int,
) -> Iterator[frozenset[int]]:
    codes = [int(touch) for touch in touches]
    if len(codes) <= exact_up_to or orders is None:
        for bits in range(1, 1 << len(codes)):
            yield frozenset(code for place, code in enumerate(codes) if bits >> place & 1)
        return
    for order in orders(touches):
        for _, end in pairwise(range(len(codes) + 1)):
            yield frozenset(codes[place] for place in order[:end])


def _asked(function: Callable[[frozenset[str]], float], names: frozenset[str]) -> float:
    told = function(names)
    try:
        worth = float(told)
    except (TypeError, ValueError) as error:
        message = f"The value function must return a number for {sorted(names)}. Got {told!r}."
        raise DataError(message) from error
    if not np.isfinite(worth):
        message = f"The value function must return a finite number for {sorted(names)}. Got {told!r}."
        raise DataError(message)
    return worth
