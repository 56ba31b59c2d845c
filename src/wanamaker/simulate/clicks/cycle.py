"""The course of the day: when people click, and how a world is cut into slots of about as many clicks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wanamaker.simulate.clicks.setting import DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.simulate.clicks.setting import ClickSetting

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

_NIGHT, _MORNING = (0.85, 0.5, 0.3, 0.22, 0.2, 0.25), (0.55, 1.0, 1.15, 1.1, 1.1, 1.15)
_AFTERNOON, _EVENING = (1.2, 1.1, 1.05, 1.0, 1.0, 1.05), (1.15, 1.3, 1.4, 1.45, 1.4, 1.2)

HOURS = np.array([*_NIGHT, *_MORNING, *_AFTERNOON, *_EVENING])
"""How much people click in each hour of their day, from midnight on; quiet before dawn, busiest at nine."""

_HOUR = 3_600
_ROWS_OF_A_SLOT = 1 << 19


class Cycle:
    """Where in time the clicks of a world lie.

    Parameters
    ----------
    setting
        The world.
    """

    def __init__(self, setting: ClickSetting) -> None:
        self._hours = np.arange(setting.days * 24 + 1, dtype=np.float64) * _HOUR
        local = (setting.begin // _HOUR + setting.utc_offset + np.arange(setting.days * 24)) % 24
        busy = HOURS[local]
        self._people = np.append(0.0, busy.cumsum()) / busy.sum()
        share, even = setting.bots, self._hours / setting.seconds
        self._clicks = (1.0 - share) * self._people + share * even
        self._rows = setting.n

    def people_until(self, seconds: Floats | float) -> Floats:
        """Return the share of people's clicks before a moment."""
        return np.asarray(np.interp(seconds, self._hours, self._people))

    def moments(self, low: float, high: float, uniform: Floats) -> Floats:
        """Return moments, in seconds, at which people click between two others."""
        start, end = self.people_until(low), self.people_until(high)
        return np.asarray(np.interp(start + uniform * (end - start), self._people, self._hours))

    def slots(self) -> tuple[Integers, Integers]:
        """Return the bounds of the slots in seconds, shape (slots + 1,), and how many clicks start in each.

        They depend on the setting alone, so that a log is the same however it is written.
        """
        slots = slots_of(self._rows)
        bounds = np.interp(np.linspace(0.0, 1.0, slots + 1), self._clicks, self._hours).round()
        until = np.round(np.interp(bounds, self._hours, self._clicks) * self._rows)
        return bounds.astype(np.int64), np.diff(until).astype(np.int64)


def slots_of(rows: int) -> int:
    """Return into how many slots a log of so many clicks is cut.

    Examples
    --------
    >>> slots_of(10), slots_of(10_000_000)
    (1, 19)
    """
    return max(1, round(rows / _ROWS_OF_A_SLOT))


def day_of(seconds: Floats | Integers, days: int) -> Integers:
    """Return the day, from 0 on, in which each moment lies; moments after the last day belong to it.

    Examples
    --------
    >>> day_of(np.array([0, 86_400, 999_999]), 3).tolist()
    [0, 1, 2]
    """
    return np.minimum(np.asarray(seconds) // DAY, days - 1).astype(np.int64)
