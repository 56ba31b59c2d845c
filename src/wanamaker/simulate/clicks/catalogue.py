"""What is advertised and by whom: apps with install rates that drift, channels of different quality."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.simulate.clicks.setting import ClickSetting

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

HONEST, SHADY = 8, 3
"""Channels of an app: those of ordinary publishers, and those that bots and injections prefer."""

_APP_SPREAD, _CHANNEL_SPREAD = 1.4, 0.5  # standard deviations of log rates
_POPULARITY_SPREAD = 1.6
_POPULAR_RATE = -0.3  # a popular app converts less, its clicks being less choosy
_SHADY_SHARE, _SHADY_QUALITY = 0.15, 0.4


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Catalogue:
    """Apps and channels.

    Parameters
    ----------
    app_ids, channel_ids
        As the log names them; shapes (apps,) and (channels,).
    appeal
        Cumulative popularity of the apps by day, day d rising from d to d + 1; shape (days * apps,).
    app_rate
        Install rate of each app on each day, up to a common factor; shape (days, apps).
    quality
        Factor of each channel; shape (channels,).
    channels_of
        Positions of each app's channels, the `SHADY` last; shape (apps, HONEST + SHADY).
    """

    app_ids: Integers
    channel_ids: Integers
    appeal: Floats
    app_rate: Floats
    quality: Floats
    channels_of: Integers

    def draw_apps(self, day: Integers, uniform: Floats) -> Integers:
        """Return positions of apps, by their popularity on the day."""
        apps = len(self.app_ids)
        place = np.searchsorted(self.appeal, day + uniform, side="right")
        return np.asarray(np.minimum(place - day * apps, apps - 1))

    def draw_channels(self, app: Integers, uniform: Floats, shady: NDArray[np.bool_]) -> Integers:
        """Return positions of channels of these apps; of an app's honest ones, the first are used most."""
        honest = (uniform**2 * HONEST).astype(np.int64)
        return self.channels_of[app, np.where(shady, HONEST + (uniform * SHADY).astype(np.int64), honest)]


def draw_catalogue(setting: ClickSetting, rng: np.random.Generator) -> Catalogue:
    """Draw the apps and channels of a world.

    Examples
    --------
    >>> from wanamaker.simulate.clicks.setting import ClickSetting
    >>> draw_catalogue(ClickSetting(n=1000, days=2), np.random.default_rng(0)).app_rate.shape
    (2, 300)
    """
    days, apps, channels = setting.days, setting.apps, setting.channels
    popularity = rng.normal(0.0, 1.0, apps)
    appeal = _POPULARITY_SPREAD * popularity + _walks(days, apps, setting.drift, rng)
    rate = _APP_SPREAD * rng.normal(0.0, 1.0, apps) + _walks(days, apps, setting.drift, rng)
    weight: Floats = np.exp(appeal)
    share = (weight / weight.sum(axis=1, keepdims=True)).cumsum(axis=1)
    first_shady = channels - max(1, round(_SHADY_SHARE * channels))
    quality = np.exp(rng.normal(0.0, _CHANNEL_SPREAD, channels))
    quality[first_shady:] *= _SHADY_QUALITY
    return Catalogue(
        app_ids=_ids(apps, rng),
        channel_ids=_ids(channels, rng),
        appeal=np.asarray(share + np.arange(days)[:, None]).ravel(),
        app_rate=np.exp(rate + _POPULAR_RATE * _POPULARITY_SPREAD * popularity),
        quality=quality,
        channels_of=_channels_of_apps(apps, first_shady, channels, rng),
    )


def _walks(days: int, apps: int, step: float, rng: np.random.Generator) -> Floats:
    """Return random walks by day that start at 0; shape (days, apps)."""
    steps = rng.normal(-(step**2) / 2, step, (days, apps))  # so that the mean factor stays 1
    steps[0] = 0.0
    return np.asarray(steps.cumsum(axis=0))


def _channels_of_apps(apps: int, first_shady: int, channels: int, rng: np.random.Generator) -> Integers:
    """Return the channels of each app; a channel with a low position serves more apps."""
    honest = rng.random((apps, HONEST)) ** 1.5 * first_shady
    shady = first_shady + rng.random((apps, SHADY)) * (channels - first_shady)
    return np.hstack([honest, shady]).astype(np.int64)


def _ids(many: int, rng: np.random.Generator) -> Integers:
    """Return different numbers in no order, with gaps, so that the number itself says nothing."""
    return np.asarray(rng.permutation(2 * many)[:many] + 1)
