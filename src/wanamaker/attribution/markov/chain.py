"""The absorbing chain that journeys make, and what it loses without each touch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.attribution.markov.solve import System, removal_effects

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.attribution.markov.states import States
    from wanamaker.attribution.outcomes import Drawn

START, CONVERTED, NOT_CONVERTED = "(start)", "(converted)", "(not converted)"

_SHOWN = 50


@dataclass(frozen=True, eq=False)
class Chain:
    """An absorbing Markov chain, counted from journeys.

    Made by `Markov.chain`; not built by hand.

    Parameters
    ----------
    states
        Its states and the transitions between them.
    counts
        How often each transition is made, of shape (transitions,).
    sums
        What ends in each state: conversions, nulls and, where there are values, the value of
        conversions, first what is above 0 and then the size of what is below (refunds); of shape
        (2 or 4, states).
    thorough
        Whether to choose a solver for a chain that stands alone, or for one of many.

    Examples
    --------
    >>> from wanamaker.attribution.markov import Markov
    >>> from wanamaker.journeys.from_paths import journeys_from_paths
    >>> paths = {"path": ["a > b", "b", "a"], "total_conversions": [1, 1, 0], "total_null": [0, 1, 1]}
    >>> chain = Markov().chain(journeys_from_paths(paths, nulls="total_null"))
    >>> chain.conversion_probability
    0.5
    >>> chain.removal_effects.rows()
    [('a', 0.333), ('b', 1.0)]
    """

    states: States
    counts: NDArray[np.float64]
    sums: NDArray[np.float64]
    thorough: bool = True

    @staticmethod
    def of(states: States, outcomes: Drawn, *, compiled: bool = False) -> Chain:
        """Count the chain of the given outcomes of the journeys, by a numba kernel if asked for."""
        amounts = [outcomes.conversions, outcomes.nulls]
        if outcomes.values is not None:
            amounts += [np.maximum(outcomes.values, 0.0), np.maximum(-outcomes.values, 0.0)]
        if not compiled:
            return Chain(states, *_counted(states, amounts))
        from wanamaker.attribution.markov.kernels import count_steps

        transitions, count = len(states.sources), len(states)
        counted = count_steps(
            states.offsets, states.steps, states.ends, np.stack(amounts), transitions, count
        )
        return Chain(states, *counted, thorough=False)

    @property
    def conversion_probability(self) -> float:
        """The share of the journeys with touches that convert: the chain's probability of conversion."""
        started = self.started
        return float(self.sums[0].sum() / started) if started > 0 else 0.0

    @property
    def transitions(self) -> pl.DataFrame:
        """One row per transition that was made: source, target, count, probability.

        States are texts such as ``"a > b"``, and ``"(start)"``, ``"(converted)"``,
        ``"(not converted)"``.
        """
        names = [START, *self.states.texts(), CONVERTED, NOT_CONVERTED]
        sources, targets, counts = self._flows(self.states.sources, self.states.targets, len(self.states))
        return _transition_table(sources, targets, counts, names)

    @property
    def removal_effects(self) -> pl.DataFrame:
        """One row per touch: touch, removal_effect and, where there are values, value_removal_effect.

        The share of the conversions (of the value) that is lost if every visit to the touch ended
        the journey unconverted. Null where there is nothing to lose.
        """
        columns: dict[str, Any] = {"touch": pl.Series(list(self.states.names), dtype=pl.String)}
        won = self.totals
        columns["removal_effect"] = _effects_or_null(self.effects[:, 0], won[0])
        if len(won) > 1:
            lost = self.effects[:, 1] * won[1] - self.effects[:, 2] * won[2]
            net = won[1] - won[2]
            columns["value_removal_effect"] = _effects_or_null(lost / (net or 1.0), net)
        return pl.DataFrame(columns)

    @property
    def visited(self) -> int:
        """How many states journeys were in, beside the start and the ends."""
        return int((self.visits > 0).sum())

    @property
    def started(self) -> float:
        """How many journeys have touches."""
        return float(self.sums[:2].sum())

    @property
    def totals(self) -> NDArray[np.float64]:
        """Conversions and, where there are values, what they brought and took, of shape (1 or 3,)."""
        return self.sums[_measures(self.sums)].sum(axis=1)

    @cached_property
    def visits(self) -> NDArray[np.float64]:
        """How often each state was left, of shape (states,)."""
        inner = self.states.sources >= 0
        left = np.bincount(self.states.sources[inner], self.counts[inner], len(self.states))
        return left + self.sums[0] + self.sums[1]

    @cached_property
    def effects(self) -> NDArray[np.float64]:
        """The removal effect of each touch on each of the totals, of shape (touch names, totals).

        0 where the total is 0.
        """
        totals = self.totals
        found = np.zeros((len(self.states.names), len(totals)))
        some = totals > 0
        if some.any():
            found[:, some] = removal_effects(self._system(some), thorough=self.thorough)
        return found

    def touch_transitions(self) -> list[dict[str, Any]]:
        """Return the transitions from touch to touch, whatever the order, as values that JSON knows.

        Where there are more than 50 touches, those between the 50 that are met most often.
        """
        count = len(self.states.names)
        last = self.states.lasts
        sources = self.states.sources
        before = np.where(sources < 0, -1, last[sources])
        flows = self._flows(before, last[self.states.targets], count, last)
        table = _transition_table(*flows, [START, *self.states.names, CONVERTED, NOT_CONVERTED])
        if count > _SHOWN:
            met = np.bincount(last, self.visits, count)
            rare = [self.states.names[code] for code in np.argsort(-met, kind="stable")[_SHOWN:]]
            table = table.filter(~pl.col("source").is_in(rare) & ~pl.col("target").is_in(rare))
        return table.to_dicts()

    def _system(self, some: NDArray[np.bool_]) -> System:
        states, visits = self.states, self.visits
        at_start = states.sources < 0
        left = np.where(visits > 0, visits, 1.0)
        amounts = self.sums[_measures(self.sums)][some]
        return System(
            states=states,
            probabilities=self.counts / np.where(at_start, self.started, left[states.sources]),
            start=np.bincount(states.targets[at_start], self.counts[at_start], len(states)) / self.started,
            visits=visits / self.started,
            rewards=(amounts / left / (amounts.sum(axis=1, keepdims=True) / self.started)).T,
        )

    def _flows(
        self,
        sources: NDArray[np.int64],
        targets: NDArray[np.int64],
        count: int,
        ends: NDArray[np.int64] | None = None,
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Return source, target and count of every flow; 0 is the start, the ends are behind the states."""
        ends = np.arange(count) if ends is None else ends
        return (
            np.concatenate([sources, ends, ends]) + 1,
            np.concatenate([targets, np.full(len(ends), count), np.full(len(ends), count + 1)]) + 1,
            np.concatenate([self.counts, self.sums[0], self.sums[1]]),
        )


def _counted(
    states: States, amounts: list[NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Count without numba, which is slow to load: what `count_steps` does."""
    weights = amounts[0] + amounts[1]
    held = states.ends >= 0
    if (weights[held] == 1.0).all():
        counts = np.bincount(states.steps, minlength=len(states.sources)).astype(np.float64)
    else:
        every = np.repeat(weights, np.diff(states.offsets))
        counts = np.bincount(states.steps, every, len(states.sources))
    ends = states.ends
    if not held.all():
        ends, amounts = ends[held], [amount[held] for amount in amounts]
    return counts, np.stack([np.bincount(ends, amount, len(states)) for amount in amounts])


def _measures(sums: NDArray[np.float64]) -> list[int]:
    """Return the rows of what is credited: all but the nulls."""
    return [0] if len(sums) == 2 else [0, 2, 3]  # noqa: PLR2004


def _effects_or_null(effects: NDArray[np.float64], total: float) -> pl.Series:
    return pl.Series(effects if total != 0 else [None] * len(effects), dtype=pl.Float64)


def _transition_table(
    sources: NDArray[np.int64], targets: NDArray[np.int64], counts: NDArray[np.float64], names: list[str]
) -> pl.DataFrame:
    """Return the flows that are not 0, those between the same two states added up."""
    made = counts > 0
    pairs, places = np.unique(sources[made] * len(names) + targets[made], return_inverse=True)
    sources, targets = pairs // len(names), pairs % len(names)
    sums = np.bincount(places, counts[made], len(pairs))
    left = np.bincount(sources, sums, len(names))
    texts = pl.Series(names, dtype=pl.String)
    return pl.DataFrame(
        {
            "source": texts.gather(sources),
            "target": texts.gather(targets),
            "count": sums,
            "probability": sums / left[sources],
        }
    )
