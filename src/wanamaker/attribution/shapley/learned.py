"""A game that was found out from all journeys, and the credit that follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.attribution.method import MethodCredit
from wanamaker.attribution.outcomes import Outcomes
from wanamaker.attribution.positions import lengths_of_touches, positions
from wanamaker.attribution.shapley.game import Game, function_game, rate_game
from wanamaker.base.ragged import sums_by
from wanamaker.events.codes import hash_groups
from wanamaker.journeys.journeys import UNATTRIBUTED
from wanamaker.journeys.touch_sets import touch_hashes
from wanamaker.stats.bootstrap import Resampling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from wanamaker.attribution.shapley.method import Shapley
    from wanamaker.journeys.journeys import Journeys
    from wanamaker.journeys.touch_sets import TouchSets

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Shares:
    """Shares of the distinct touches of every distinct set of some journeys.

    Parameters
    ----------
    codes
        The set of each journey, of shape (journeys,).
    sets
        The distinct sets.
    shares
        Of shape (entries of the sets, columns); 0 where the set has none.
    shared
        Whether a set has shares, of shape (sets, columns).
    errors
        Standard errors of the shares from sampling, of shape (entries,).
    """

    codes: NDArray[np.int64]
    sets: TouchSets
    shares: Floats
    shared: NDArray[np.bool_]
    errors: Floats


@dataclass(frozen=True, eq=False)
class LearnedGame:
    """The worth of sets of touches, learned from all journeys of one goal."""

    settings: Shapley
    game: Game

    @staticmethod
    def of(settings: Shapley, journeys: Journeys, resampling: Resampling | None) -> LearnedGame:
        """Learn the game; without resampling, only as it is."""
        if not callable(settings.game):
            return LearnedGame(
                settings, rate_game(journeys, resampling or Resampling(0), float(settings.prior))
            )
        chosen = _held(journeys.converting)
        sets = chosen.sets.take(hash_groups(chosen.sets.hashes)[1])
        game = function_game(
            settings.game,
            journeys,
            sets,
            lambda touches: _orders(settings, touches),
            settings.exact_up_to,
        )
        return LearnedGame(settings, game)

    def credit(self, journeys: Journeys, resampling: Resampling) -> MethodCredit:
        """Return the credit of every touch, as it is and in every replicate."""
        chosen = _held(journeys.converting)
        found = self._shares(chosen)
        columns = 1 + resampling.replicates
        lonely = journeys.lengths == 0
        measures = 1 if journeys.values is None else 2
        totals = np.zeros((measures, len(journeys.names) + 1, columns))
        outcomes, every = Outcomes(chosen, resampling), Outcomes(journeys, resampling)
        for replicate in range(columns):
            drawn, whole = outcomes.drawn(replicate), every.drawn(replicate)
            for measure, (amounts, all_amounts) in enumerate(
                [(drawn.conversions, whole.conversions), (drawn.values, whole.values)][:measures]
            ):
                if amounts is None or all_amounts is None:
                    continue
                totals[measure, :-1, replicate] = _credited(chosen, found, amounts, replicate)
                totals[measure, -1, replicate] = all_amounts[lonely].sum()
        return MethodCredit(
            (*journeys.names, UNATTRIBUTED),
            totals[0],
            totals[1] if measures > 1 else None,
            self._details(chosen, found),
        )

    def touch_weights(self, journeys: Journeys) -> Floats:
        """Return each touch's share of its journey's conversion, of shape (touches,)."""
        held = np.flatnonzero(journeys.lengths > 0)
        chosen = journeys.take(held)
        found = self._shares(chosen)
        entries = found.sets.offsets[found.codes[chosen.rows]] + _places(chosen)
        shares = found.shares[entries, 0] / touch_counts(chosen)
        plain = ~found.shared[found.codes[chosen.rows], 0]
        return np.where(plain, 1.0 / lengths_of_touches(chosen), shares)

    def _shares(self, chosen: Journeys) -> _Shares:
        from wanamaker.attribution.shapley.kernels import clipped_shares, game_values, hash_slots

        codes, firsts = hash_groups(chosen.sets.hashes)
        sets = chosen.sets.take(firsts)
        game = self.game
        values, errors = game_values(
            (sets.offsets, sets.members),
            (game.hashes, hash_slots(game.hashes), game.worth),
            game.additive,
            touch_hashes(np.arange(len(chosen.names))),
            self.settings.exact_up_to,
            self._samples,
            self.settings.seed,
        )
        shares, shared = clipped_shares(sets.offsets, values)
        positive = sums_by(sets.rows, np.maximum(values[:, 0], 0.0), len(sets))[sets.rows]
        errors = np.divide(errors, positive, out=np.zeros(len(errors)), where=positive > 0)
        return _Shares(codes, sets, shares, shared, errors)

    @property
    def _samples(self) -> int:
        return self.settings.samples + self.settings.samples % 2

    def _details(self, chosen: Journeys, found: _Shares) -> dict[str, Any]:
        game = self.settings.game
        sampled = found.sets.sizes > self.settings.exact_up_to
        won = sums_by(found.codes, chosen.conversions, len(found.sets))
        details: dict[str, Any] = {
            "game": game if isinstance(game, str) else getattr(game, "__qualname__", "function"),
            "base_rate": self.game.base_rate,
            "converting_sets": len(found.sets),
            "sampled_sets": int(sampled.sum()),
            "linear_sets": int((~found.shared[:, 0]).sum()),
        }
        if sampled.any():
            squares = sums_by(
                found.sets.members, (won[found.sets.rows] * found.errors) ** 2, len(chosen.names)
            )
            details["standard_errors"] = [
                {"touch": name, "conversions": float(np.sqrt(square))}
                for name, square in zip(chosen.names, squares, strict=True)
            ]
        if self.settings.ordered:
            details["positions"] = positions_told(chosen, self.touch_weights(chosen))
        return details


def touch_counts(journeys: Journeys) -> Floats:
    """Return how often the journey of each touch holds it, of shape (touches,)."""
    sets = journeys.sets
    entries = sets.offsets[:-1][journeys.rows] + _places(journeys)
    return np.asarray(sets.counts[entries], dtype=np.float64)


def positions_told(chosen: Journeys, shares: Floats) -> list[dict[str, Any]]:
    """Return the credited conversions of each touch by its position, from 0, as plain values."""
    held = positions(chosen)
    count = int(held.max(initial=-1)) + 1
    credited = sums_by(
        chosen.touches * count + held, shares * chosen.conversions[chosen.rows], len(chosen.names) * count
    ).reshape(len(chosen.names), count)
    return [
        {
            "touch": chosen.names[touch],
            "position": int(position),
            "conversions": float(credited[touch, position]),
        }
        for touch, position in zip(*np.nonzero(credited), strict=True)
    ]


def _held(journeys: Journeys) -> Journeys:
    """Return the journeys that have a touch."""
    held = journeys.lengths > 0
    return journeys if bool(held.all()) else journeys.take(held)


def _places(journeys: Journeys) -> NDArray[np.int64]:
    """Return where each touch stands among the distinct touches of its journey, of shape (touches,)."""
    sets, count = journeys.sets, np.int64(len(journeys.names))
    keys = sets.rows * count + sets.members
    found = np.searchsorted(keys, journeys.rows * count + journeys.touches)
    return np.asarray(found - sets.offsets[:-1][journeys.rows], dtype=np.int64)


def _credited(chosen: Journeys, found: _Shares, amounts: Floats, replicate: int) -> Floats:
    """Return the amounts credited to each touch, of shape (touch names,)."""
    column = min(replicate, found.shares.shape[1] - 1)
    sums = sums_by(found.codes, amounts, len(found.sets))
    credit = sums_by(found.sets.members, found.shares[:, column] * sums[found.sets.rows], len(chosen.names))
    plain = ~found.shared[:, column]
    if plain.any():
        rows = chosen.rows
        linear = np.where(plain[found.codes[rows]], amounts[rows] / lengths_of_touches(chosen), 0.0)
        credit += sums_by(chosen.touches, linear, len(chosen.names))
    return credit


def _orders(settings: Shapley, touches: NDArray[np.int32]) -> Iterator[NDArray[np.int64]]:
    """Yield the random orders by which the kernel samples a set."""
    from wanamaker.attribution.shapley.kernels import sampling_state
    from wanamaker.stats.shapley.kernels import permute

    state = np.uint64(sampling_state(touch_hashes(touches), settings.seed))
    order = np.arange(len(touches))
    for _ in range((settings.samples + 1) // 2):
        state = np.uint64(permute(order, state))  # a plain int would be read as another type
        yield order
        yield order[::-1]
