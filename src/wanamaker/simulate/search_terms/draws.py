"""What happens on one day: impressions, clicks, cost, conversions, and which of them are known already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.simulate.search_terms.placements import CAMPAIGNS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.simulate.search_terms.plan import Plan

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

_CAMPAIGN_SHAPE = 25.0  # of the gamma factor of a campaign's impressions on a day
_COST_SPREAD = 0.15
_WHOLE, _PIECES = 0.6, 0.8  # conversions credited whole, and pieces of half a conversion in the mean
_MEAN_VALUE, _VALUE_SPREAD = 60.0, 0.6


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Draws:
    """What happened on one day; arrays of shape (rows,), a row for each placement with an impression.

    Parameters
    ----------
    place
        Which placement; rises.
    impressions, clicks
        Counts.
    cost
        In hundredths of the currency.
    expected
        Conversions to be expected of these clicks.
    final
        Conversions that came about in the end, in hundredths.
    known
        Those of them that were reported at the end of the log, in hundredths.
    value
        Revenue of the known ones, in hundredths of the currency.
    """

    place: Integers
    impressions: Integers
    clicks: Integers
    cost: Integers
    expected: Floats
    final: Integers
    known: Integers
    value: Integers


def draw_day(plan: Plan, day: int, rng: np.random.Generator) -> Draws:
    """Draw one day of a world."""
    at, calendar = plan.placements, plan.calendar
    mood = rng.standard_gamma(_CAMPAIGN_SHAPE, len(CAMPAIGNS)) / _CAMPAIGN_SHAPE
    grown = np.exp(plan.terms.trend * calendar.years[day])[at.term]
    shown = rng.poisson(at.rate * grown * mood[at.campaign] * calendar.searches[day])
    place = np.flatnonzero(shown)
    term, impressions = at.term[place], shown[place]
    clicks = rng.binomial(impressions, plan.terms.click_rate[term])
    noise = np.exp(_COST_SPREAD * rng.standard_normal(len(place)))
    cost = np.rint(clicks * at.price[place] * noise * 100.0).astype(np.int64)
    expected = clicks * plan.rate[term] * np.exp(calendar.effect[day])
    final, known = _conversions(plan, expected, float(plan.reported[day]), rng)
    price = _MEAN_VALUE * np.exp(_VALUE_SPREAD * rng.standard_normal(len(place)) - _VALUE_SPREAD**2 / 2.0)
    return Draws(
        place=place,
        impressions=impressions,
        clicks=clicks,
        cost=cost,
        expected=expected,
        final=final,
        known=known,
        value=np.rint(known * price).astype(np.int64),
    )


def _conversions(
    plan: Plan, expected: Floats, reported: float, rng: np.random.Generator
) -> tuple[Integers, Integers]:
    """Return the conversions that come about and those already known, in hundredths.

    Only rows of which any are expected are drawn. Zeros and spread are factors of mean 1, so that what was
    expected is still what comes about in the mean.
    """
    rows, setting = np.flatnonzero(expected), plan.setting
    mean = expected[rows] / (1.0 - setting.zero_inflation)
    mean *= rng.random(len(rows)) >= setting.zero_inflation
    if setting.dispersion > 0.0:
        mean *= rng.standard_gamma(1.0 / setting.dispersion, len(rows)) * setting.dispersion
    final, known = np.zeros((2, len(expected)), dtype=np.int64)
    whole = rng.poisson(mean * (_WHOLE if setting.fractional else 1.0))
    final[rows], known[rows] = 100 * whole, 100 * rng.binomial(whole, reported)
    if setting.fractional:
        pieces = rng.poisson(mean * _PIECES)
        credit = rng.integers(1, 100, int(pieces.sum()))
        seen, row = rng.random(len(credit)) < reported, np.repeat(rows, pieces)
        np.add.at(final, row, credit)
        np.add.at(known, row[seen], credit[seen])
    return final, known
