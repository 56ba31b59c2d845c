"""The table of a budget replay: conversions, cost and return by method and budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.attribution.segments import split_goals
from wanamaker.base.errors import ParameterError, nearest
from wanamaker.base.parameters import Boolean, IntegerIn, OneOf, check
from wanamaker.evaluation.budget_replay.allocation import AS_SPENT, credit_table, purses, weights_by_model
from wanamaker.evaluation.budget_replay.figures import (
    DIFFERENCES,
    FIGURES,
    differences,
    estimates,
    figures_of,
)
from wanamaker.evaluation.budget_replay.purchases import MILLION, Purchases
from wanamaker.stats.bootstrap import Resampling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from wanamaker.base.parameters import Constraint
    from wanamaker.evaluation.budget_replay.purchases import Kept
    from wanamaker.journeys.journeys import Journeys

    Floats = NDArray[np.float64]

BUDGETS = (1 / 2, 1 / 4, 1 / 8, 1 / 16)
"""The shares of the money really spent that the literature replays."""

_CONSTRAINTS: Mapping[str, Constraint] = {
    "allocation": OneOf(("roi", "credit")),
    "capped": Boolean(),
    "replicates": IntegerIn(0),
    "seed": IntegerIn(0),
}
_ESTIMATED = (*FIGURES, *(f"{name}_difference" for name in DIFFERENCES))
_COLUMNS = {
    "model": pl.String,
    **dict.fromkeys(("budget", "allowed", "cost"), pl.Float64),
    **{f"{name}{end}": pl.Float64 for name in _ESTIMATED for end in ("", "_low", "_high")},
    **dict.fromkeys(("touches_bought", "journeys_broken"), pl.Int64),
}


def budget_replay(
    journeys: Journeys,
    credit: Any,
    budgets: Sequence[float] = BUDGETS,
    *,
    allocation: str = "roi",
    capped: bool = True,
    reference: str = AS_SPENT,
    replicates: int = 200,
    seed: int = 0,
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

    Intervals resample users: in each replicate a user is there as often as a Poisson draw says, budgets and
    returns are those of the replicate, and its touches are walked through as above. The credit stays as it
    is. So they tell how much of a figure is chance in which users came in the period that is replayed, and a
    difference, drawn once for both methods, whether one kept more than the other by more than that. They do
    not cover chance in the credit itself, nor how the replay would go in another period, nor what is said
    above: that a replay sees no effect.

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
    reference
        The model that the others are compared with, at the same budget.
    replicates
        Of the intervals; 0 for none.
    seed
        Of the intervals.

    Returns
    -------
    polars.DataFrame
        One row per model and budget: ``model``, ``budget``, ``allowed`` (the money given), ``cost`` (the
        money spent); ``conversions``, ``conversions_kept`` (share of those of the log), ``value``, ``cpa``
        (cost per conversion), ``roas`` (value over cost), ``roi`` (value less cost, over cost), each with
        ``_low`` and ``_high``; ``conversions_difference``, ``cpa_difference``, ``roi_difference`` (this model
        minus the reference) with theirs; ``touches_bought``, ``journeys_broken``; a column ``goal`` in front
        where there are several. Null where a number is not defined, such as ``roas`` without values.

    Raises
    ------
    DataError
        If the journeys have no costs, cost nothing, or have too large ones; if credit and journeys do not
        match.
    ParameterError
        If a budget or another option makes no sense, or the reference is no model of the credit.

    Examples
    --------
    >>> from wanamaker.attribution.attribute import attribute
    >>> from wanamaker.journeys.from_events import journeys_from_events
    >>> log = pl.DataFrame({"uid": [1, 2, 3, 4], "timestamp": [1, 2, 3, 4], "campaign": ["a", "b"] * 2,
    ...                     "conversion": [1, 0, 1, 0], "cost": 1.0})
    >>> journeys = journeys_from_events(log, cost="cost")
    >>> credit = attribute(journeys, ["last"], bootstrap=0)
    >>> table = budget_replay(journeys, credit, budgets=[0.5], replicates=0)
    >>> table.select("model", "conversions", "cost").rows()
    [('last', 2.0, 2.0), ('(as spent)', 1.0, 2.0), ('(evenly)', 1.0, 2.0)]
    """
    shares = _checked_budgets(budgets)
    told = {"allocation": allocation, "capped": capped, "replicates": replicates, "seed": seed}
    check("budget_replay", told, _CONSTRAINTS)
    given = credit_table(credit)
    tables = []
    for tags, part in split_goals(journeys, None):
        purchases = Purchases.of(part, Resampling(replicates, seed))
        held = given
        for name, value in tags.items():
            held = held.filter(pl.col(name) == value) if name in held.columns else held
        weights = weights_by_model(held, part.names, purchases.spent, allocation)
        rows = _rows(purchases, weights, shares, reference, capped=capped)
        tables.append(rows.select(*(pl.lit(value).alias(name) for name, value in tags.items()), pl.all()))
    return pl.concat(tables)


def _checked_budgets(budgets: Sequence[float]) -> list[float]:
    held: list[Any] = list(budgets) if isinstance(budgets, list | tuple) else [budgets]
    good = [isinstance(value, int | float) and 0.0 < value <= 1.0 for value in held]
    if not held or not all(good):
        message = f"'budgets' must be shares of what was spent, each above 0 and at most 1. Got {budgets!r}."
        raise ParameterError(message, hint="Write budgets=[0.5, 0.25].")
    return [float(value) for value in held]


def _rows(
    purchases: Purchases, weights: Mapping[str, Floats], budgets: list[float], reference: str, *, capped: bool
) -> pl.DataFrame:
    """Return the table of all models and budgets."""
    if reference not in weights:
        message = f"The reference {reference!r} is no model of the credit."
        raise ParameterError(message, hint=nearest(reference, weights))
    whole = purchases.all()
    rows = {
        (model, budget): _replayed(purchases, whole, told, budget, capped=capped or model == AS_SPENT)
        for model, told in weights.items()
        for budget in budgets
    }
    found = []
    for (model, budget), (plain, draws) in rows.items():
        beside = differences(draws, rows[reference, budget][1])
        beyond = dict.fromkeys(beside) if model == reference else estimates(beside)
        found.append({"model": model, "budget": budget, **plain, **estimates(draws), **beyond})
    return pl.DataFrame([{**dict.fromkeys(_COLUMNS), **row} for row in found], schema=_COLUMNS)


def _replayed(
    purchases: Purchases, whole: Kept, weights: Floats, budget: float, *, capped: bool
) -> tuple[dict[str, Any], dict[str, Floats]]:
    """Return what is told of one model and budget without an interval, and the figures that have one."""
    money = np.floor(budget * purchases.spent.sum(axis=0)).astype(np.int64)
    held = purses(weights, purchases.spent, money, capped=capped)
    kept = purchases.within(held)
    known = weights.sum(axis=0) > 0  # else no channel with credit costs anything in that replicate
    draws = {name: np.where(known, drawn, np.nan) for name, drawn in figures_of(kept, whole).items()}
    plain = {
        "allowed": int(held[:, 0].sum()) / MILLION,
        "cost": float(kept.cost[0]),
        "touches_bought": kept.bought,
        "journeys_broken": kept.broken,
    }
    return plain, draws
