"""Shapley credit in three games: conversion rates, counts, or a function of yours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from wanamaker.attribution.identified import not_comparable
from wanamaker.attribution.method import JourneyMethod, MethodCredit
from wanamaker.attribution.shapley.learned import LearnedGame, positions_told, touch_counts
from wanamaker.base.errors import DataError, ParameterTypeError
from wanamaker.base.parameters import Boolean, IntegerIn, OneOf, RealIn, check

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from wanamaker.attribution.method import Creditor
    from wanamaker.base.parameters import Constraint
    from wanamaker.journeys.journeys import Journeys
    from wanamaker.stats.bootstrap import Resampling

MOST_EXACT = 16

_CONSTRAINTS: Mapping[str, Constraint] = {
    "ordered": Boolean(),
    "exact_up_to": IntegerIn(1, MOST_EXACT),
    "samples": IntegerIn(2),
    "prior": RealIn(0.0),
    "seed": IntegerIn(0, 2**63 - 1),
}


@dataclass(frozen=True)
class Shapley(JourneyMethod):
    """Each touch's mean marginal worth over all orders in which the journey's touches could be added.

    Which game is played decides what the credit means, so it is named:

    ``game="rate"``: v(S) is the conversion rate of the journeys whose distinct touches are S, less the base
    rate, which is the intercept of an additive fit of the rates over the touches; a set that no journey has
    is worth what that fit says. Rules, in this order: Shapley values within each converting journey, over its
    distinct touches; negative ones count as 0; the rest is scaled to sum to 1; where none is positive, credit
    is linear over the touches. A touch that occurs several times shares its credit equally among its
    occurrences.

    ``game="count"``: v(S) is the number of conversions whose touches lie within S (Zhao, Mahboobi and
    Bagheri 2018, "Shapley Value Methods for Attribution Modeling in Online Advertising"). Its closed form is
    1 / |S| for each distinct touch; it sees converting journeys alone. Ad platforms report it.

    A function: takes a frozenset of touch names and returns a number, such as the prediction of a model of
    yours; credit is then given by the rules of the rate game.

    Use the rate game where journeys were observed in full. Do not use it where they stop at the conversion:
    longer journeys are then those that did not convert yet, and rates fall as sets grow.

    Parameters
    ----------
    game
        ``"rate"``, ``"count"``, or a function of a set of touch names.
    ordered
        Also tell the credit by the touch's position in the journey (`Credit.details`).
    exact_up_to
        Journeys of up to so many distinct touches are computed over all subsets; larger ones are sampled.
    samples
        Random orders for each larger set, half of them the reverse of the other half; the standard error that
        this leaves is told in the details.
    prior
        Journeys by which each rate is drawn to the additive fit; 0 takes rates as they are. In small logs
        some hundred steady them.
    seed
        Seed of the random orders.

    Examples
    --------
    >>> from wanamaker.attribution.attribute import attribute
    >>> from wanamaker.journeys.from_paths import journeys_from_paths
    >>> paths = {"path": ["a", "b", "a > b"], "won": [20, 10, 25], "lost": [80, 90, 75]}
    >>> journeys = journeys_from_paths(paths, conversions="won", nulls="lost", observed="full")
    >>> attribute(journeys, ["shapley", "shapley_count"], bootstrap=0).table["conversions"].to_list()
    [38.75, 16.25, 32.5, 22.5]
    """

    game: Literal["rate", "count"] | Callable[[frozenset[str]], float] = "rate"
    ordered: bool = False
    exact_up_to: int = 12
    samples: int = 1000
    prior: float = 0.0
    seed: int = 0

    name = "shapley"
    needs = frozenset({"nulls"})
    summary = (
        "Each touch's mean contribution to the conversion rate over all orders in which a journey's touches "
        "could be added."
    )
    misleads = (
        "Where journeys stop at their conversion, long ones are those that have not converted yet, and rates "
        "fall with every touch."
    )

    def __post_init__(self) -> None:
        check("Shapley", vars(self), _CONSTRAINTS)
        if not callable(self.game):
            check("Shapley", {"game": self.game}, {"game": OneOf(("rate", "count"))})
        elif isinstance(self.game, type):
            message = (
                f"The 'game' parameter of Shapley must be 'rate', 'count' or a function. Got {self.game!r}."
            )
            raise ParameterTypeError(message)

    @property
    def label(self) -> str:
        """``shapley``, ``shapley_count``, or ``shapley_`` and the name of the function."""
        if callable(self.game):
            return f"shapley_{getattr(self.game, '__name__', 'function').strip('<>')}"
        return "shapley_count" if self.game == "count" else "shapley"

    @property
    def words(self) -> dict[str, str]:
        """What the report says, game by game."""
        if callable(self.game):
            return {
                "summary": "Each touch's mean contribution, over all orders, to what a function says.",
                "misleads": "As good as the function: what that mistakes for an effect, this credits.",
            }
        if self.game == "count":
            return {
                "summary": "The same credit to every distinct touch of the journey: Shapley values of the "
                "game that counts conversions.",
                "misleads": "Sees converting journeys alone: a channel that only appears gets its share.",
            }
        return super().words

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters, a function by its name."""
        told = super().parameters
        return told | {"game": getattr(self.game, "__qualname__", str(self.game))}

    def unmet(self, journeys: Journeys) -> str | None:
        """Return why the game cannot be played with these journeys, or None if it can."""
        return (super().unmet(journeys) or not_comparable(journeys)) if self.game == "rate" else None

    def learned(self, journeys: Journeys, resampling: Resampling) -> Creditor:
        """Find out the rates of all sets; nothing is to be learned where conversions are counted."""
        if self.game == "count":
            return self
        return LearnedGame.of(self, journeys, resampling)

    def touch_credit(self, journeys: Journeys) -> NDArray[np.float64]:
        """Return the credit of the touches of the converting journeys."""
        if self.game == "count":
            return self.touch_weights(journeys.converting)
        return self._played(journeys).touch_weights(journeys.converting)

    def touch_weights(self, journeys: Journeys) -> NDArray[np.float64]:
        """Return each touch's share of its journey's conversion, of shape (touches,).

        Raises
        ------
        DataError
            If the game of rates cannot be played with these journeys; it needs those that did not convert.
        """
        if self.game != "count":
            return self._played(journeys).touch_weights(journeys)
        return 1.0 / (touch_counts(journeys) * np.repeat(journeys.sets.sizes, journeys.lengths))

    def _played(self, journeys: Journeys) -> LearnedGame:
        reason = self.unmet(journeys)
        if reason is not None:
            message = f"The method {self.label!r} does not apply: {reason}."
            raise DataError(message, hint="Give all journeys, not only those that converted.")
        return LearnedGame.of(self, journeys, None)

    def credit(self, journeys: Journeys, resampling: Resampling) -> MethodCredit:
        """Return the credit of every touch, as it is and in every replicate."""
        if self.game != "count":
            return self.learned(journeys, resampling).credit(journeys, resampling)
        credit = super().credit(journeys, resampling)
        details: dict[str, Any] = {"game": "count"}
        if self.ordered:
            chosen = journeys.converting
            details["positions"] = positions_told(chosen, self.touch_weights(chosen))
        return MethodCredit(credit.rows, credit.conversions, credit.value, details)
