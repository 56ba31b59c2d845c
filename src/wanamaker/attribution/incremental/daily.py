"""Incremental credit by day, which experiments over part of a log are compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.base.durations import MICROS_PER_SECOND
from wanamaker.journeys.journeys import NO_TIME

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.attribution.incremental.design import Design
    from wanamaker.journeys.journeys import Journeys

    Floats = NDArray[np.float64]

MOST_NUMBERS = 100_000
"""Days × touches up to which credit by day is kept; the results of a run hold it as text."""

_DAY = 86_400 * MICROS_PER_SECOND
_DIGITS = 9


def daily_credit(
    journeys: Journeys, design: Design, beta: Floats, *, logistic: bool
) -> dict[str, list[Any]] | None:
    """Return the estimated credit of each touch by the day, in UTC, on which its journey ended.

    Days on which no journey ended are left out, and so are journeys whose end is not known.

    Parameters
    ----------
    design
        The design of these journeys.
    beta
        Intercept, then the coefficients of the columns.

    Returns
    -------
    dict
        ``days`` (ISO dates, ascending), ``touches`` (names) and ``conversions`` (one list per day, to 9
        significant digits); None where journeys have no times, or for more than `MOST_NUMBERS`.
    """
    if journeys.ended is None:
        return None
    day_of = np.where(journeys.ended == NO_TIME, NO_TIME, journeys.ended // _DAY)
    days = np.unique(day_of[day_of != NO_TIME])
    names = len(journeys.names)
    if len(days) == 0 or len(days) * names > MOST_NUMBERS:
        return None
    from wanamaker.attribution.incremental.kernels import credit_by_day

    places = np.where(day_of == NO_TIME, -1, np.searchsorted(days, day_of))[design.journeys]
    times = (journeys.conversions + journeys.nulls)[design.journeys]
    sums = credit_by_day(
        design.rows.sparse,
        (design.groups, places, times),
        beta,
        names,
        design.exposures,
        len(days),
        logistic=logistic,
    )
    return {
        "days": days.astype("datetime64[D]").astype(str).tolist(),
        "touches": list(journeys.names),
        "conversions": [[float(f"{number:.{_DIGITS}g}") for number in row] for row in sums.tolist()],
    }
