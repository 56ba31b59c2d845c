"""Two daily series against each other, one of them shifted in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_FEWEST, _WEEK = 10, 7


def shifted_correlations(
    first: Floats, second: Floats, *, most: int = 14, permutations: int = 500, seed: int = 0
) -> list[dict[str, Any]]:
    """Return the correlation of two daily series at each shift, with a band that chance alone would fill.

    Weekday and trend are taken out of both first: else any two series that follow the week, or grow, agree
    at every seventh shift. The band comes from putting the weeks of one series in random order, which keeps
    how it goes from day to day and loses what it has to do with the other; at each shift 95 in 100 of such
    correlations lie within ``low`` and ``high``, and ``widest`` holds 95 in 100 of the largest over all
    shifts.

    Parameters
    ----------
    first, second
        One number per day, of shape (days,).
    most
        The largest shift, in days.
    permutations
        How many random orders.
    seed
        Of the random numbers.

    Returns
    -------
    list of dict
        ``shift`` (days by which ``second`` is later), ``correlation``, ``low``, ``high``, ``widest``; empty
        with fewer than ten days, or where one of the series does not vary.
    """
    days = len(first)
    one, two = _residuals(first), _residuals(second)
    if days < _FEWEST or not _varies(one, first) or not _varies(two, second):
        return []
    shifts = np.arange(-min(most, days // 3), min(most, days // 3) + 1)
    found = _correlations(one, two, shifts)
    random = np.random.default_rng(seed)
    orders = [_weeks_shuffled(days, random) for _ in range(permutations)]
    drawn = np.array([_correlations(one, two[order], shifts) for order in orders])
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    widest = float(np.quantile(np.abs(drawn).max(axis=1), 0.95))
    return [
        {
            "shift": int(shift),
            "correlation": float(found[place]),
            "low": float(low[place]),
            "high": float(high[place]),
            "widest": widest,
        }
        for place, shift in enumerate(shifts)
    ]


def _varies(left: Floats, series: Floats) -> bool:
    scale = max(float(np.abs(series).max(initial=0.0)), 1e-300)
    return bool(len(left)) and float(np.ptp(left)) > 1e-9 * scale


def _weeks_shuffled(days: int, random: np.random.Generator) -> NDArray[np.int64]:
    """Return the places of days when blocks of seven, which begin anywhere in the week, are shuffled."""
    start = int(random.integers(_WEEK))
    blocks = np.split(np.arange(days), np.arange(start, days, _WEEK))
    return np.concatenate([blocks[place] for place in random.permutation(len(blocks))])


def _residuals(series: Floats) -> Floats:
    """Return what is left of a series when its mean by weekday and its straight line are taken out."""
    days = np.arange(len(series))
    weekdays = (days[:, None] % 7 == np.arange(7)).astype(np.float64)
    design = np.column_stack([weekdays, days - days.mean()]) if len(series) else np.zeros((0, 8))
    found = np.linalg.lstsq(design, series, rcond=None)[0]
    return np.asarray(series - design @ found, dtype=np.float64)


def _correlations(one: Floats, two: Floats, shifts: NDArray[np.int64]) -> Floats:
    days = len(one)
    found = np.zeros(len(shifts))
    for place, shift in enumerate(shifts):
        ahead, behind = one[max(0, -shift) : days - max(0, shift)], two[max(0, shift) : days - max(0, -shift)]
        spread = ahead.std() * behind.std()
        if spread > 0:
            found[place] = float(((ahead - ahead.mean()) * (behind - behind.mean())).mean() / spread)
    return found
