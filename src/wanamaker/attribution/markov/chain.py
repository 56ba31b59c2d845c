"""The absorbing chain that journeys make, and what it loses without each touch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.attribution.markov.solve import System, removal_effects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from wanamaker.attribution.markov.states import States
    from wanamaker.attribution.outcomes import Outcomes
    from wanamaker.journeys.journeys import Journeys

START, CONVERTED, NOT_CONVERTED = "(start)", "(converted)", "(not converted)"

_SHOWN = 50
_COUNTERS = 8_000_000


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
    untouched
        The same sums of the journeys without a touch, of shape (2 or 4,).
    one_of_many
        Whether other chains of the same states are solved too, as for intervals.

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
    untouched: NDArray[np.float64]
    one_of_many: bool = False

    @staticmethod
    def of(states: States, journeys: Journeys) -> Chain:
        """Count the chain of what happened."""
        counts, sums = _counted(states, _amounts(journeys))
        return Chain(states, counts, sums[:, :-1], sums[:, -1])

    @staticmethod
    def replicates(states: States, journeys: Journeys, outcomes: Outcomes) -> Iterator[Chain]:
        """Count the chain of every replicate, several at a time."""
        from wanamaker.attribution.markov.kernels import count_replicates

        amounts = np.stack(_amounts(journeys))
        sizes = (len(states.sources), len(states) + 1)
        width = max(1, _COUNTERS // (sizes[0] + 4 * sizes[1]))
        replicates, seed = outcomes.resampling.replicates, outcomes.resampling.seed
        for first in range(1, replicates + 1, width):
            counts, sums = count_replicates(
                (states.offsets, states.steps, states.ends),
                amounts,
                (journeys.users, outcomes.null_keys if journeys.grouped else journeys.users),
                sizes,
                grouped=journeys.grouped,
                replicates=replicates,
                window=(first, min(first + width, replicates + 1)),
                seed=seed,
            )
            for place in range(counts.shape[1]):
                drawn = sums[:, :, place].copy()
                yield Chain(states, counts[:, place].copy(), drawn[:, :-1], drawn[:, -1], one_of_many=True)

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
        return np.asarray(self.sums[self.measures].sum(axis=1))

    @property
    def measures(self) -> list[int]:
        """The rows of ``sums`` that are credited: all but the nulls."""
        return [0] if len(self.sums) == 2 else [0, 2, 3]  # noqa: PLR2004

    @cached_property
    def visits(self) -> NDArray[np.float64]:
        """How often each state was left, of shape (states,)."""
        inner = self.states.sources >= 0
        left = np.bincount(self.states.sources[inner], self.counts[inner], len(self.states))
        return np.asarray(left + self.sums[0] + self.sums[1])

    @cached_property
    def effects(self) -> NDArray[np.float64]:
        """The removal effect of each touch on each of the totals, of shape (touch names, totals).

        0 where the total is 0.
        """
        totals = self.totals
        found = np.zeros((len(self.states.names), len(totals)))
        some = totals > 0
        if some.any():
            found[:, some] = removal_effects(self.system(some), one_of_many=self.one_of_many)
        return found

    def system(self, some: NDArray[np.bool_]) -> System:
        """Return the numbers that the removal effects on some of the totals follow from."""
        states, visits = self.states, self.visits
        at_start = states.sources < 0
        left = np.where(visits > 0, visits, 1.0)
        amounts = self.sums[self.measures][some]
        return System(
            states=states,
            probabilities=self.counts / np.where(at_start, self.started, left[states.sources]),
            start=np.bincount(states.targets[at_start], self.counts[at_start], len(states)) / self.started,
            visits=visits / self.started,
            rewards=(amounts / left / (amounts.sum(axis=1, keepdims=True) / self.started)).T,
        )

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


def _amounts(journeys: Journeys) -> list[NDArray[np.float64]]:
    """Return conversions, nulls and, where there are values, value of every journey."""
    return [journeys.conversions, journeys.nulls, *([] if journeys.values is None else [journeys.values])]


def _counted(
    states: States, amounts: list[NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Count what happened, as `count_replicates` does, but without numba, which is slow to load."""
    weights = amounts[0] + amounts[1]
    every = None if bool((weights == 1.0).all()) else np.repeat(weights, np.diff(states.offsets))
    counts = np.bincount(states.steps, every, len(states.sources)).astype(np.float64)
    parts = [*amounts[:2], *[part for value in amounts[2:] for part in (value.clip(0), (-value).clip(0))]]
    return counts, np.stack([np.bincount(states.ends, part, len(states) + 1) for part in parts])


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
