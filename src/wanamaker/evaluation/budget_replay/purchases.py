"""The touches of a log as purchases, in the log itself and in replicates of its users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.journeys import Journeys
    from wanamaker.stats.bootstrap import Resampling

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MILLION = 1_000_000
_MOST = 2**58
"""Millionths of money in a log: replicates may hold sixteen times as much."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Kept:
    """What is left of a log under a budget; each of shape (1 + replicates,), the log itself first.

    Parameters
    ----------
    cost
        The money spent.
    conversions, value
        Of journeys that lost no touch; ``value`` is None without values.
    bought, broken
        In the log itself: how many touches were bought, and how many journeys lost one.
    """

    cost: Floats
    conversions: Floats
    value: Floats | None
    bought: int
    broken: int


@dataclass(frozen=True, eq=False, kw_only=True)
class Purchases:
    """All touches that cost or could have, their order in time, and how often users are there.

    Parameters
    ----------
    journeys
        Which journeys they are of.
    rows, touches, costs
        Journey, channel and cost in millionths of each touch.
    order
        The touches in order of time.
    copies
        How often each journey is there, of shape (journeys, 1 + replicates): once in the log itself.
    spent
        What each channel cost, of shape (channels, 1 + replicates).
    """

    journeys: Journeys
    rows: Ints
    touches: NDArray[np.int32]
    costs: Ints
    order: Ints
    copies: NDArray[np.uint8]
    spent: Ints

    @classmethod
    def of(cls, journeys: Journeys, resampling: Resampling) -> Purchases:
        """Return the purchases of journeys with costs, and draw the replicates.

        Raises
        ------
        DataError
            If the journeys have no costs, cost nothing, or have costs that cannot be.
        """
        from wanamaker.evaluation.budget_replay.kernels import spending

        ledger = journeys.ledger
        if ledger is None:
            message = "A budget replay needs what each touch cost. These journeys have no costs."
            raise DataError(message, hint="Build them with cost='column'.")
        costs = _millionths(ledger.amounts)
        lengths = np.diff(ledger.offsets)
        rows = np.repeat(np.arange(len(journeys)), lengths)
        places = np.arange(len(rows)) - np.repeat(ledger.offsets[:-1], lengths)
        ended = np.zeros(len(journeys), dtype=np.int64) if journeys.ended is None else journeys.ended
        within = (ledger.touches, costs, journeys.conversions[rows], places, ended[rows])
        copies = _copies(journeys, resampling)
        return cls(
            journeys=journeys,
            rows=rows,
            touches=ledger.touches,
            costs=costs,
            order=np.lexsort((*within, journeys.users[rows], ledger.times)),
            copies=copies,
            spent=spending(rows, ledger.touches, costs, copies, len(journeys.names)),
        )

    def all(self) -> Kept:
        """Return what there is with all the money."""
        return self._kept(self.copies, self.spent, len(self.costs))

    def within(self, purses: Ints) -> Kept:
        """Return what is left where each channel may spend so much, of shape (channels, 1 + replicates)."""
        from wanamaker.evaluation.budget_replay.kernels import walk

        paid, whole, bought = walk(self.order, self.rows, self.touches, self.costs, purses, self.copies)
        return self._kept(whole, paid, int(bought))

    def _kept(self, whole: NDArray[np.uint8], paid: Ints, bought: int) -> Kept:
        told = self.journeys
        return Kept(
            cost=paid.sum(axis=0) / MILLION,
            conversions=_sums(told.conversions, whole),
            value=None if told.values is None else _sums(told.values, whole),
            bought=bought,
            broken=int((whole[:, 0] == 0).sum()),
        )


def _millionths(amounts: Floats) -> Ints:
    held = np.nan_to_num(amounts)
    if not held.sum() > 0:
        message = "A budget replay needs touches that cost something. All costs are 0."
        raise DataError(message, hint="Check the cost column.")
    if held.min() < 0 or held.sum() * MILLION > _MOST:
        message = f"Costs must not be below 0, nor beyond {_MOST / MILLION:.2g} in sum. "
        message += f"Got {held.min():,.10g} as the least and {held.sum():,.10g} in sum."
        raise DataError(message, hint="Check the currency of the cost column.")
    return np.rint(held * MILLION).astype(np.int64)


def _copies(journeys: Journeys, resampling: Resampling) -> NDArray[np.uint8]:
    copies = np.ones((len(journeys), 1 + resampling.replicates), dtype=np.uint8)
    for replicate in range(1, copies.shape[1]):
        copies[:, replicate] = resampling.drawn(journeys.users, None, replicate)
    return copies


def _sums(amounts: Floats, whole: NDArray[np.uint8]) -> Floats:
    """Return the sum of what the copies are worth, of shape (1 + replicates,)."""
    held = np.flatnonzero(amounts)
    return np.asarray(amounts[held] @ whole[held].astype(np.float64))
