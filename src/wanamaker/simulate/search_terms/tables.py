"""The days of a world of search terms as rows of its log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.simulate.search_terms.placements import CAMPAIGNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from wanamaker.simulate.search_terms.draws import Draws
    from wanamaker.simulate.search_terms.plan import Plan

    Integers = NDArray[np.int64]

_HUNDREDTHS = {"impressions": 1.0, "clicks": 1.0, "cost": 100.0, "known": 100.0, "value": 100.0}
_NOWHERE = -1  # the placement of a row of hidden terms


def rows_of_days(plan: Plan, drawn: Sequence[tuple[int, Draws]]) -> pl.DataFrame:
    """Return the rows of some days: for each those of the named terms, then one per campaign for the others.

    Parameters
    ----------
    plan
        The world.
    drawn
        Days, as places in the calendar and rising, and what happened on each.
    """
    at = plan.placements
    day = np.repeat([day for day, _ in drawn], [len(draws.place) for _, draws in drawn])
    place = np.concatenate([draws.place for _, draws in drawn])
    counts = {name: np.concatenate([getattr(draws, name) for _, draws in drawn]) for name in _HUNDREDTHS}
    hidden = plan.terms.hidden[at.term[place]]
    shown, campaign = np.flatnonzero(~hidden), at.campaign[place]
    cells, cell = np.unique((day * len(CAMPAIGNS) + campaign)[hidden], return_inverse=True)
    day = np.append(day[shown], cells // len(CAMPAIGNS))
    campaign = np.append(campaign[shown], cells % len(CAMPAIGNS))
    place = np.append(place[shown], np.full(len(cells), _NOWHERE))
    sums = {
        name: np.append(of[shown], _summed(of[hidden], cell, len(cells))) / _HUNDREDTHS[name]
        for name, of in counts.items()
    }
    order = np.argsort(2 * day + (place == _NOWHERE), kind="stable")
    names = _names(plan, day[order], campaign[order], place[order])
    numbers = {name: of[order] for name, of in sums.items()}
    return names.with_columns(
        *(pl.Series(name, numbers[name]) for name in ("impressions", "clicks", "cost")),
        pl.Series("conversions", numbers["known"]),
        pl.Series("value", numbers["value"]),
    )


def _names(plan: Plan, day: Integers, campaign: Integers, place: Integers) -> pl.DataFrame:
    """Return what each row is of; the terms of rows without a placement are not named."""
    at, nowhere = plan.placements, pl.Series(place == _NOWHERE)
    row, term = (pl.Series(index).set(nowhere, None) for index in (place, at.term[place]))
    return pl.DataFrame(
        {
            "term": plan.terms.text.gather(term),
            "date": pl.Series(plan.calendar.dates, dtype=pl.Date).gather(day),
            "campaign": pl.Series(list(CAMPAIGNS)).gather(campaign),
            **{name: at.names[name].gather(row) for name in ("ad_group", "keyword", "match_type")},
        }
    )


def _summed(amounts: Integers, cell: Integers, cells: int) -> Integers:
    return np.rint(np.bincount(cell, weights=amounts, minlength=cells)).astype(np.int64)
