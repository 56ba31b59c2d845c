"""How long a conversion takes to be known after its click."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

BUCKETS = (*((day, day + 1) for day in range(14)), (14, 21), (21, 30), (30, 45), (45, 60), (60, 90))
"""Days from click to conversion as a report divides them: from, and up to."""


def shares_reported(days: int, mean: float) -> Floats:
    """Return the share of a day's conversions that is known at an age of 1, 2, … days, of shape (days,).

    The age is 1 at the end of the day itself. Clicks come evenly over a day and delays are exponential,
    so this is the mean of 1 - exp(-t / mean) over t from age - 1 to age.

    Examples
    --------
    >>> shares_reported(3, 5.0).round(3).tolist()
    [0.094, 0.258, 0.392]
    """
    if mean == 0.0:
        return np.ones(days)
    return np.asarray(1.0 + mean * np.expm1(-1.0 / mean) * np.exp(-np.arange(days) / mean))


def shares_of_buckets(mean: float) -> Floats:
    """Return which share of the conversions falls into each of `BUCKETS`; what takes longer is in the last.

    Examples
    --------
    >>> shares_of_buckets(5.0)[:2].round(3).tolist()
    [0.181, 0.148]
    """
    ends = np.array([until for _, until in BUCKETS], dtype=np.float64)
    known = np.ones(len(ends)) if mean == 0.0 else -np.expm1(-ends / mean)
    known[-1] = 1.0
    return np.diff(known, prepend=0.0)


def mature_after(mean: float) -> int:
    """Return at which age, in days, 99 of 100 conversions are known.

    Examples
    --------
    >>> mature_after(5.0), mature_after(0.0)
    (24, 1)
    """
    return 1 if mean == 0.0 else int(np.ceil(mean * np.log(100.0)))
