"""Who visits, on what and from where, and what that does to the log-odds of a purchase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from wanamaker.simulate.sessions.setting import DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.simulate.sessions.setting import SessionSetting

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

DEVICES, _DEVICE_SHARES, _DEVICE_EFFECTS = ("desktop", "phone", "tablet"), (0.35, 0.55, 0.1), (0.5, -0.4, 0.0)
SOURCES = ("direct", "email", "search", "social")
_SOURCE_SHARES, _SOURCE_EFFECTS = (0.2, 0.1, 0.45, 0.25), (0.2, 0.6, 0.0, -0.6)
_WEEKEND_EFFECT = 0.3
_SATURDAY = 6
_LEVELS = 9  # of the users' own inclination
_MONDAY = 3  # days from 1970-01-01, a Thursday, back to a Monday
_FAVOURITES = 1.5  # users of low number come more often


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Visitors:
    """The users of a world, and the kinds of visitors that they make.

    Parameters
    ----------
    ids
        As the log names them, of shape (users,).
    level
        Inclination of each user, of shape (users,).
    """

    ids: Integers
    level: NDArray[np.int8]

    def draw(self, begins: Integers, rng: np.random.Generator) -> Visits:
        """Draw who comes at these moments (Unix seconds, of shape (sessions,)) and how."""
        many = len(begins)
        user = (rng.random(many) ** _FAVOURITES * len(self.ids)).astype(np.int64)
        device, source = (
            rng.choice(len(shares), many, p=shares).astype(np.int64)
            for shares in (_DEVICE_SHARES, _SOURCE_SHARES)
        )
        weekday = weekday_of(begins)
        level = self.level[user].astype(np.int64)
        kind = _kind(device, source, (weekday >= _SATURDAY).astype(np.int64), level)
        return Visits(
            user=self.ids[user], device=device, source=source, weekday=weekday, kind=np.asarray(kind)
        )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Visits:
    """Who comes for each session; arrays of shape (sessions,).

    Parameters
    ----------
    user
        As the log names the user.
    device, source
        Places in `DEVICES` and `SOURCES`.
    weekday
        From 1, Monday.
    kind
        Place among the kinds of visitors, see `offsets_of_kinds`.
    """

    user: Integers
    device: Integers
    source: Integers
    weekday: Integers
    kind: Integers


def draw_visitors(setting: SessionSetting, rng: np.random.Generator) -> Visitors:
    """Draw the users of a world."""
    ids = rng.permutation(setting.people)
    level = rng.integers(0, _LEVELS, setting.people, dtype=np.int8)
    return Visitors(ids=ids, level=level)


def offsets_of_kinds(setting: SessionSetting) -> tuple[Floats, Floats]:
    """Return what each kind of visitor adds to the log-odds, and the share of the sessions it makes.

    A kind is a device, a source, weekend or not, and a level of inclination.

    Examples
    --------
    >>> from wanamaker.simulate.sessions.setting import SessionSetting
    >>> offsets, shares = offsets_of_kinds(SessionSetting(n=10, days=7))
    >>> len(offsets), round(float(shares.sum()), 6), round(float(offsets.max()), 3)
    (216, 1.0, 1.4)
    """
    axes = np.meshgrid(
        np.arange(len(DEVICES)), np.arange(len(SOURCES)), np.arange(2), np.arange(_LEVELS), indexing="ij"
    )
    device, source, weekend, level = (axis.ravel() for axis in axes)
    known = (
        np.array(_DEVICE_EFFECTS)[device]
        + np.array(_SOURCE_EFFECTS)[source]
        + np.where(weekend == 1, _WEEKEND_EFFECT, 0.0)
    )
    inclination = ndtri((np.arange(_LEVELS) + 0.5) / _LEVELS)
    offsets = setting.feature_effect * known + setting.user_effect * inclination[level]
    of_weekend = _weekend_share(setting)
    shares = (
        np.array(_DEVICE_SHARES)[device]
        * np.array(_SOURCE_SHARES)[source]
        * np.where(weekend == 1, of_weekend, 1.0 - of_weekend)
        / _LEVELS
    )
    return np.asarray(offsets), np.asarray(shares)


def weekday_of(seconds: Integers) -> Integers:
    """Return the day of the week of Unix seconds, from 1, Monday.

    Examples
    --------
    >>> weekday_of(np.array([0])).tolist()
    [4]
    """
    return np.asarray((seconds // DAY + _MONDAY) % 7 + 1)


def _kind(device: Integers, source: Integers, weekend: Integers, level: Integers) -> Integers:
    return ((device * len(SOURCES) + source) * 2 + weekend) * _LEVELS + level


def _weekend_share(setting: SessionSetting) -> float:
    """Return the share of a world's time that is a weekend, to the minute."""
    moments = setting.begin + np.arange(30, setting.seconds, 60)
    return float((weekday_of(moments) >= _SATURDAY).mean())
