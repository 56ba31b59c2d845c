"""What the calendar says of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_THURSDAY = 3  # 1970-01-01
_YEAR = 365.25


def calendar_names(*, holidays: bool) -> list[str]:
    """Return the names of the calendar's features."""
    names = [f"weekday_{day}" for day in WEEKDAYS]
    return [*names, "day_of_month", "year_sin", "year_cos", *(["holiday"] if holidays else [])]


def calendar_columns(day: NDArray[np.int32], holidays: Sequence[int] = ()) -> NDArray[np.float64]:
    """Return the weekday as seven flags, the day of the month, the season, and whether it is a holiday.

    Parameters
    ----------
    day
        In days since 1970-01-01, of shape (rows,).
    holidays
        Days of the same kind; without any there is no such feature.

    Returns
    -------
    numpy.ndarray
        Of shape (rows, features), in the order of `calendar_names`. The day of the month is 0 on the
        first and 1 on the 31st; the season is the sine and cosine of the time of the year.

    Examples
    --------
    >>> calendar_columns(np.array([20_514]))[0, :8].tolist()  # Monday 2026-03-02
    [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.03]
    """
    days = day.astype("datetime64[D]")
    weekday = (day.astype(np.int64) + _THURSDAY) % len(WEEKDAYS)
    of_month = (days - days.astype("datetime64[M]")).astype(np.int64)
    of_year = (days - days.astype("datetime64[Y]")).astype(np.int64)
    angle = 2 * np.pi * of_year / _YEAR
    columns = [
        *(weekday == place for place in range(len(WEEKDAYS))),
        of_month / 30,
        np.sin(angle),
        np.cos(angle),
    ]
    if holidays:
        columns.append(np.isin(day, np.asarray(holidays)))
    return np.column_stack(columns).astype(np.float64)
