"""The table of a budget replay: conversions, cost and return by method and budget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.attribution.segments import split_goals
from wanamaker.base.errors import DataError, ParameterError
from wanamaker.base.parameters import Boolean, OneOf, check
from wanamaker.evaluation.budget_replay.allocation import AS_SPENT, credit_table, purses, weights_by_model

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from wanamaker.base.parameters import Constraint
    from wanamaker.journeys.journeys import Journeys

    Ints = NDArray[np.int64]

BUDGETS = (1 / 2, 1 / 4, 1 / 8, 1 / 16)
"""The shares of the money really spent that the literature replays."""

_CONSTRAINTS: Mapping[str, Constraint] = {"allocation": OneOf(("roi", "credit")), "capped": Boolean()}
_MILLION = 1_000_000
_MOST = 2**62
_COLUMNS = {
    "model": pl.String,
    "budget": pl.Float64,
    "allowed": pl.Float64,
    "cost": pl.Float64,
    "conversions": pl.Float64,
    "conversions_kept": pl.Float64,
    "value": pl.Float64,
    "cpa": pl.Float64,
    "roas": pl.Float64,
    "roi": pl.Float64,
    "touches_bought": pl.Int64,
    "journeys_broken": pl.Int64,
}


def budget_replay(
    journeys: Journeys,
    credit: Any,
    budgets: Sequence[float] = BUDGETS,
    *,
    allocation: str = "roi",
    capped: bool = True,
) -> pl.DataFrame:
    """Replay a log under smaller budgets that follow the credit of each attribution method.

    After the idea of Ren et al. (2018), "Learning Multi-touch Conversion Attribution with Dual-attention
    Mechanisms for Online Advertising" (arXiv 1808.03737), which later work on the Criteo log repeats. Details
    differ between papers, so that figures compare only within one table. The rules here, in full:

    1. A budget B is a share of what all touches of the log cost. Each method splits it over the channels:
       in proportion to their return on investment, credited value (or conversions, where the log has no
       values) over cost, with ``allocation="roi"``; or in proportion to the credit itself. No
       channel is given more than it cost in the log, and what is left over goes to the others in the same
       proportion. (Without this, ``capped=False``, a cheap channel is given money that it has no
       touches for, and a method is judged by what it left unspent.)
    2. All touches, of converting and other journeys alike, are walked through in order of time. A touch is
       bought if its journey has lost no touch so far and its channel's purse still holds its cost; the cost
       is then taken from the purse.
    3. A touch that cannot be bought *breaks* its journey: its later touches do not happen and cost nothing,
       and its conversion does not happen. What is left in a purse stays there; a cheaper touch may still be
       bought from it. A touch without cost is always there to be had.
    4. A conversion counts if its journey lost no touch. Conversions without any touch count always.

    Touches of one moment are bought in the order of their users' keys (and of a user's journeys, and within
    those), so that the order of the log changes nothing. Money is counted in whole millionths.

    Two references stand last: ``(as spent)`` leaves each channel its share of the money, ``(evenly)`` gives
    each channel that cost anything the same. A method is worth something here if it keeps more than both.

    What it does *not* say: a replay takes a conversion for lost with the first touch that is missing, as if
    each touch were necessary, and no conversion for won by money put elsewhere. So it favours methods that
    put money on short, cheap journeys; it punishes one that gives nothing to a common channel, whether the
    channel has an effect or not, since every journey with it then breaks; and it cannot see an effect. It
    compares budgets, and is no proof of credit: planted truth and experiments are. Credit should be of
    journeys that ended before the replayed ones; credit of the same log has seen its outcomes.

    Parameters
    ----------
    journeys
        What is replayed, with costs. Its names must contain those of the credit.
    credit
        What `wanamaker.attribute` returned, or its table.
    budgets
        Shares of what was spent, each above 0 and at most 1.
    allocation
        ``"roi"`` or ``"credit"``.
    capped
        Whether no channel is given more than it cost.

    Returns
    -------
    polars.DataFrame
        One row per model and budget: ``model``, ``budget``, ``allowed`` (the money given), ``cost`` (the
        money spent), ``conversions``, ``conversions_kept`` (share of those of the log), ``value``, ``cpa``
        (cost per conversion), ``roas`` (value over cost), ``roi`` (value less cost, over cost),
        ``touches_bought``, ``journeys_broken``; a column ``goal`` in front where there are several. Null
        where a number is not defined, such as ``roas`` without values.

    Raises
    ------
    DataError
        If the journeys have no costs, cost nothing, or have too large ones; if credit and journeys do not
        match.
    ParameterError
        If a budget or the allocation makes no sense.

    Examples
    --------
    >>> from wanamaker.attribution.attribute import attribute
    >>> from wanamaker.journeys.from_events import journeys_from_events
    >>> log = pl.DataFrame({"uid": [1, 2, 3, 4], "timestamp": [1, 2, 3, 4], "campaign": ["a", "b"] * 2,
    ...                     "conversion": [1, 0, 1, 0], "cost": 1.0})
    >>> journeys = journeys_from_events(log, cost="cost")
    >>> table = budget_replay(journeys, attribute(journeys, ["last"], bootstrap=0), budgets=[0.5])
    >>> table.select("model", "conversions", "cost").rows()
    [('last', 2.0, 2.0), ('(as spent)', 1.0, 2.0), ('(evenly)', 1.0, 2.0)]
    """
    shares = _checked_budgets(budgets)
    check("budget_replay", {"allocation": allocation, "capped": capped}, _CONSTRAINTS)
    given = credit_table(credit)
    tables = []
    for tags, part in split_goals(journeys, None):
        purchases = _Purchases.of(part)
        told = given
        for name, value in tags.items():
            told = told.filter(pl.col(name) == value) if name in told.columns else told
        rows = purchases.rows(told, shares, allocation, capped=capped)
        tables.append(rows.select(*(pl.lit(value).alias(name) for name, value in tags.items()), pl.all()))
    return pl.concat(tables)


def _checked_budgets(budgets: Sequence[float]) -> list[float]:
    held: list[Any] = list(budgets) if isinstance(budgets, list | tuple) else [budgets]
    good = [isinstance(value, int | float) and 0.0 < value <= 1.0 for value in held]
    if not held or not all(good):
        message = f"'budgets' must be shares of what was spent, each above 0 and at most 1. Got {budgets!r}."
        raise ParameterError(message, hint="Write budgets=[0.5, 0.25].")
    return [float(value) for value in held]


@dataclass(frozen=True, eq=False)
class _Purchases:
    """All touches that cost or could have: journey, channel, cost in millionths, and their order in time."""

    journeys: Journeys
    rows_of: Ints
    touches: NDArray[np.int32]
    costs: Ints
    order: Ints

    @staticmethod
    def of(journeys: Journeys) -> _Purchases:
        ledger = journeys.ledger
        if ledger is None:
            message = "A budget replay needs what each touch cost. These journeys have no costs."
            raise DataError(message, hint="Build them with cost='column'.")
        amounts = np.nan_to_num(ledger.amounts)
        if not amounts.sum() > 0:
            message = "A budget replay needs touches that cost something. All costs are 0."
            raise DataError(message, hint="Check the cost column.")
        if amounts.min() < 0 or amounts.sum() * _MILLION > _MOST:
            message = "Costs must not be below 0, nor beyond 4e12 in sum. "
            message += f"Got {amounts.min():,.10g} as the least and {amounts.sum():,.10g} in sum."
            raise DataError(message, hint="Check the currency of the cost column.")
        lengths = np.diff(ledger.offsets)
        rows = np.repeat(np.arange(len(journeys)), lengths)
        costs = np.rint(amounts * _MILLION).astype(np.int64)
        places = np.arange(len(rows)) - np.repeat(ledger.offsets[:-1], lengths)
        ended = np.zeros(len(journeys), dtype=np.int64) if journeys.ended is None else journeys.ended
        within = (ledger.touches, costs, journeys.conversions[rows], places, ended[rows])
        order = np.lexsort((*within, journeys.users[rows], ledger.times))
        return _Purchases(journeys, rows, ledger.touches, costs, order)

    def rows(
        self, credit: pl.DataFrame, budgets: list[float], allocation: str, *, capped: bool
    ) -> pl.DataFrame:
        """Return the table of all models and budgets."""
        from wanamaker.evaluation.budget_replay.kernels import walk

        names, touches = self.journeys.names, self.touches
        spent = np.zeros(len(names), dtype=np.int64)
        np.add.at(spent, touches, self.costs)
        rows = []
        for model, weights in weights_by_model(credit, names, spent, allocation).items():
            for budget in budgets:
                held = purses(
                    weights, spent, int(budget * int(spent.sum())), capped=capped or model == AS_SPENT
                )
                paid, broken, bought = walk(
                    self.order, self.rows_of, touches, self.costs, held, len(self.journeys)
                )
                money = (budget, int(held.sum()) / _MILLION, int(paid.sum()) / _MILLION)
                rows.append(self._row(model, money, broken, int(bought)))
        return pl.DataFrame(rows, schema=_COLUMNS)

    def _row(
        self, model: str, money: tuple[float, float, float], broken: NDArray[np.bool_], bought: int
    ) -> dict[str, Any]:
        whole = self.journeys
        budget, allowed, cost = money
        kept, all_ = float(whole.conversions[~broken].sum()), float(whole.conversions.sum())
        value = None if whole.values is None else float(whole.values[~broken].sum())
        return {
            "model": model,
            "budget": budget,
            "allowed": allowed,
            "cost": cost,
            "conversions": kept,
            "conversions_kept": kept / all_ if all_ > 0 else None,
            "value": value,
            "cpa": cost / kept if kept > 0 else None,
            "roas": None if value is None or cost == 0 else value / cost,
            "roi": None if value is None or cost == 0 else (value - cost) / cost,
            "touches_bought": bought,
            "journeys_broken": int(broken.sum()),
        }
