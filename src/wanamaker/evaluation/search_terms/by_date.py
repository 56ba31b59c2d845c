"""What was expected of each day, and what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import nbinom, poisson

from wanamaker.features.terms.days import day_text
from wanamaker.stats.bootstrap import LEVEL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Days = NDArray[np.integer]

_POISSON = 1e-6


def dispersion_of(observed: Floats, expected: Floats, day: Days) -> float:
    """Return how much more the totals of days vary around their expectation than Poisson counts do.

    Pearson's χ² by its degrees of freedom, over days, after the level is set right; at least 1.
    """
    seen, told = _by_day(observed, day), _by_day(expected, day)
    known = told > 0
    if known.sum() < 2 or not told[known].sum():  # noqa: PLR2004
        return 1.0
    level = told * (seen[known].sum() / told[known].sum())
    fits = level > 0
    if not fits.any():
        return 1.0
    return max(1.0, float((((seen - level) ** 2)[fits] / level[fits]).sum() / max(int(fits.sum()) - 1, 1)))


def totals_by_date(
    observed: Floats, expected: Floats, day: Days, part: str, dispersion: float = 1.0
) -> list[dict[str, Any]]:
    """Return the totals of each day: ``date``, ``part``, ``observed``, ``expected``, ``low``, ``high``.

    The interval is where the total of a day should lie 95 times in 100 if the expectation is right, given
    how much days vary (negative binomial counts with the mean of the expectation and ``dispersion`` times its
    variance as Poisson counts); it says nothing of how sure the expectation itself is.

    Parameters
    ----------
    observed, expected
        Of each row, of shape (rows,).
    day
        In days since 1970-01-01, of shape (rows,).
    part
        What the rows are called.
    dispersion
        See `dispersion_of`; of other days than these.
    """
    days = np.unique(day)
    tail = (1.0 - LEVEL) / 2.0
    seen, told = _by_day(observed, day), _by_day(expected, day)
    low, high = (_quantiles(told, dispersion, share) for share in (tail, 1.0 - tail))
    return [
        {
            "date": day_text(int(date)),
            "part": part,
            "observed": float(seen[place]),
            "expected": float(told[place]),
            "low": float(low[place]),
            "high": float(high[place]),
        }
        for place, date in enumerate(days)
    ]


def _by_day(amounts: Floats, day: Days) -> Floats:
    places = np.unique(day, return_inverse=True)[1]
    return np.asarray(np.bincount(places, amounts), dtype=np.float64)


def _quantiles(means: Floats, dispersion: float, share: float) -> Floats:
    """Return quantiles of counts with these means, and variances of ``dispersion`` times them."""
    known = np.maximum(means, 1e-9)
    if dispersion <= 1.0 + _POISSON:
        return np.asarray(poisson.ppf(share, known), dtype=np.float64)
    return np.asarray(nbinom.ppf(share, known / (dispersion - 1.0), 1.0 / dispersion), dtype=np.float64)
