"""Days of a world of search terms: when people search, and when they buy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from wanamaker.simulate.search_terms.setting import TermSetting

    Floats = NDArray[np.float64]

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKDAY_EFFECTS = np.array([0.15, 0.1, 0.05, 0.0, -0.1, -0.2, 0.0])
"""What each weekday adds to the log of the conversions per click, Monday first."""

_SEARCHED = np.array([0.1, 0.1, 0.05, 0.0, -0.1, -0.15, 0.0])  # to the log of the impressions
_YEARLY, _YEARLY_SEARCHED = 0.25, 0.3  # amplitudes of logs
_PEAK, _PEAK_SEARCHED = 340.0, 320.0  # days of the year
_YEAR = 365.25


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Calendar:
    """The days of a world; arrays of shape (days,).

    Parameters
    ----------
    dates
        Which they are.
    weekday
        From 0, Monday.
    effect
        What weekday and season add to the log of the conversions per click.
    searches
        Factor of the impressions.
    years
        Time from the middle of the log, in years.
    """

    dates: list[date]
    weekday: NDArray[np.int64]
    effect: Floats
    searches: Floats
    years: Floats


def calendar_of(setting: TermSetting) -> Calendar:
    """Return the days of a world.

    Examples
    --------
    >>> from wanamaker.simulate.search_terms.setting import TermSetting
    >>> days = calendar_of(TermSetting(n=100, start="2025-01-01", days=7))
    >>> WEEKDAYS[days.weekday[0]], days.effect[:2].round(2).tolist()
    ('Wednesday', [0.27, 0.22])
    """
    dates = [setting.first_day + timedelta(days=day) for day in range(setting.days)]
    weekday = np.array([day.weekday() for day in dates], dtype=np.int64)
    of_year = np.array([day.timetuple().tm_yday for day in dates], dtype=np.float64)
    yearly = _YEARLY * np.cos(2.0 * np.pi * (of_year - _PEAK) / _YEAR)
    searched = _YEARLY_SEARCHED * np.cos(2.0 * np.pi * (of_year - _PEAK_SEARCHED) / _YEAR)
    return Calendar(
        dates=dates,
        weekday=weekday,
        effect=setting.season * (WEEKDAY_EFFECTS[weekday] + yearly),
        searches=np.exp(setting.season * (_SEARCHED[weekday] + searched)),
        years=np.asarray((np.arange(setting.days) - (setting.days - 1) / 2.0) / _YEAR, dtype=np.float64),
    )
