"""Markov: credit by what is lost without each touch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.attribution.markov.chain import Chain
from wanamaker.attribution.markov.states import States
from wanamaker.attribution.method import Method, MethodCredit
from wanamaker.attribution.outcomes import Outcomes
from wanamaker.base.errors import DataError, ParameterError, ParameterTypeError
from wanamaker.base.parameters import IntegerIn, check
from wanamaker.journeys.journeys import UNATTRIBUTED, Journeys

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.stats.bootstrap import Resampling


_HINT = (
    "Write Markov(order=2). States grow as touches ** order: beyond order 4 there are more of them "
    "than journeys to tell their probabilities by."
)

MOST_TOUCHES = 100
"""Touches beyond which chains of order 2 and more are used only where they are asked for."""


@dataclass(frozen=True)
class Markov(Method):
    """Credit in proportion to the removal effects of a Markov chain, computed exactly.

    Journeys are the paths of an absorbing chain whose state is the last ``order`` touches (fewer near
    the start; a touch that is repeated is not left out). The removal effect of a touch is the share
    of the conversions that the chain loses if every visit to the touch ended the journey; the
    conversions are shared out in proportion, and so is the value. With N = (I - Q)^-1, b = N r, s the
    start and A the states whose last touch is c:

        RE_c = N[s, A] N[A, A]^-1 b[A] / P(conversion)

    There is no simulation in it: the same journeys give the same credit.

    Use it to see which touches lie on the way of many conversions, with journeys that did not convert
    among the data. Do not use it to learn what a touch caused: where touches are frequent among
    people who would buy anyway, so is their credit.

    It conserves totals only: no single journey's credit adds up, so there is none per touch. Where 90
    journeys are one touch A, 10 are B > C > D > E, and all convert, every touch lies on the only way
    of its journeys, and A gets 69 of the 100 conversions, not 90. And a touch that is in no
    journey that converted can get credit, for the chain forgets: where A > C fails and C > B
    converts, the chain knows a way from A to a conversion.

    Parameters
    ----------
    order
        How many touches the chain remembers, 1 to 4.

    Raises
    ------
    ParameterError
        If the order is no number from 1 to 4.

    References
    ----------
    E. Anderl, I. Becker, F. von Wangenheim, J. H. Schumann (2016): Mapping the customer journey:
    Lessons learned from graph-based online attribution modeling. International Journal of Research
    in Marketing 33 (3), 457-474.

    Examples
    --------
    >>> from wanamaker.journeys.from_paths import journeys_from_paths
    >>> from wanamaker.stats.bootstrap import Resampling
    >>> paths = {"path": ["a", "b > c > d > e"], "total_conversions": [90, 10]}
    >>> credit = Markov().credit(journeys_from_paths(paths), Resampling(replicates=0))
    >>> dict(zip(credit.rows, credit.conversions[:, 0].round(1).tolist()))
    {'a': 69.2, 'b': 7.7, 'c': 7.7, 'd': 7.7, 'e': 7.7, '(unattributed)': 0.0}
    """

    order: int = 1

    name = "markov"
    conserves = "total"
    summary = (
        "Conversions shared out by removal effects: how many a Markov chain of the journeys would lose "
        "without the touch."
    )
    misleads = (
        "Takes being on the way for being the cause, and shrinks a touch that converts alone: only totals "
        "add up, and removal effects, which overlap, are scaled to fit."
    )

    def __post_init__(self) -> None:
        try:
            check("Markov", {"order": self.order}, {"order": IntegerIn(1, 4)})
        except (ParameterError, ParameterTypeError) as error:
            raise type(error)(error.message, hint=_HINT) from None
        object.__setattr__(self, "order", int(self.order))

    @property
    def label(self) -> str:
        """``markov``, with its order if that is above 1."""
        return self.name if self.order == 1 else f"{self.name}_{self.order}"

    def reserved(self, journeys: Journeys) -> str | None:
        """Return that chains which remember several of many touches take long, or None."""
        if self.order == 1 or len(journeys.names) <= MOST_TOUCHES:
            return None
        return (
            f"a chain of {len(journeys.names):,} touches that remembers {self.order} of them takes long with "
            f"intervals; it is used where it is asked for by name"
        )

    def chain(self, journeys: Journeys) -> Chain:
        """Return the chain that these journeys make: its transitions and removal effects.

        Raises
        ------
        DataError
            If the journeys have several goals: each has a chain of its own.
        """
        if not isinstance(journeys, Journeys):
            message = f"'journeys' must be Journeys. Got {type(journeys).__name__}."
            raise ParameterTypeError(message, hint="Build them with wm.journeys_from_events.")
        goals = journeys.table["goal"].unique().sort().to_list() if "goal" in journeys.table.columns else []
        if len(goals) > 1:
            message = f"A chain has journeys of one goal. These have {len(goals)}: {goals}."
            hint = f"Write journeys.take((journeys.table['goal'] == {goals[0]!r}).to_numpy())."
            raise DataError(message, hint=hint)
        return Chain.of(States.of(journeys, self.order), journeys)

    def credit(self, journeys: Journeys, resampling: Resampling) -> MethodCredit:
        """Return the credit of every touch, as it is and in every replicate."""
        states = States.of(journeys, self.order)
        chain = Chain.of(states, journeys)
        found = [_credited(chain)]
        if resampling.replicates:
            outcomes = Outcomes(journeys, resampling)
            found += [_credited(drawn) for drawn in Chain.replicates(states, journeys, outcomes)]
        credited = np.stack(found, axis=-1)
        value = None if journeys.values is None else credited[1]
        return MethodCredit((*journeys.names, UNATTRIBUTED), credited[0], value, self._details(chain))

    def _details(self, chain: Chain) -> dict[str, Any]:
        effects = zip(chain.states.names, chain.effects[:, 0].tolist(), strict=True)
        return {
            "order": self.order,
            "states": chain.visited,
            "conversion_probability": chain.conversion_probability,
            "removal_effects": [{"touch": name, "removal_effect": effect} for name, effect in effects],
            "transitions": chain.touch_transitions(),
        }


def _credited(chain: Chain) -> NDArray[np.float64]:
    """Return credited conversions and value of every touch, and of the journeys without one.

    Refunds are credited apart from what was earned, each by its own removal effects.

    Returns
    -------
    array
        Of shape (1 or 2, touch names + 1).
    """
    sums = chain.effects.sum(axis=0)
    shares = chain.effects / np.where(sums > 0, sums, 1.0)
    parts = np.vstack([shares * chain.totals, chain.untouched[chain.measures]]).T
    return parts if len(parts) == 1 else np.stack([parts[0], parts[1] - parts[2]])
