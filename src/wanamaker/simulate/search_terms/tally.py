"""Sums over the days of a world, by term and by day; what its truth is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.simulate.search_terms.draws import Draws
    from wanamaker.simulate.search_terms.plan import Plan

COUNTED = ("clicks", "cost", "expected", "final")
"""What is summed; cost and final conversions are in hundredths."""


class Tally:
    """What happened so far.

    Parameters
    ----------
    plan
        The world.

    Attributes
    ----------
    of_terms, of_days
        Sums by name out of `COUNTED`; shapes (terms,) and (days,).
    """

    def __init__(self, plan: Plan) -> None:
        self._term = plan.placements.term
        self.of_terms = {name: np.zeros(len(plan.terms.text)) for name in COUNTED}
        self.of_days = {name: np.zeros(plan.setting.days) for name in COUNTED}

    def add(self, day: int, draws: Draws) -> None:
        """Add what happened on a day."""
        term = self._term[draws.place]
        for name in COUNTED:
            amounts: NDArray[np.float64] = getattr(draws, name)
            self.of_terms[name] += np.bincount(term, weights=amounts, minlength=len(self.of_terms[name]))
            self.of_days[name][day] += amounts.sum()
