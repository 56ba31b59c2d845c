"""Clicks of people: visits of some minutes, in which an app is clicked on until it is installed or left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.simulate.clicks.cycle import day_of
from wanamaker.simulate.clicks.delays import draw_delays
from wanamaker.simulate.clicks.events import Clicks
from wanamaker.simulate.clicks.setting import DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.simulate.clicks.catalogue import Catalogue
    from wanamaker.simulate.clicks.cycle import Cycle
    from wanamaker.simulate.clicks.people import People
    from wanamaker.simulate.clicks.setting import ClickSetting

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

_LEAVES_VISIT, _LEAVES_APP = 0.6, 0.55  # probability of going after an app, after a click
_BETWEEN_APPS, _BETWEEN_CLICKS = 90.0, 25.0  # mean seconds
_AGAIN = 0.5  # factor of every further click on the same app
_SHADY = 0.02  # share of people's clicks that come by a shady channel
_HOUR_EFFECT = 0.25
_SUREST = 0.6
_FEWEST, _MOST = 10_000, 100_000  # visits from which the common factor is found
_ROUNDS = 6


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Visits:
    """Clicks that people would make if they installed nothing, visit by visit and app by app.

    Parameters
    ----------
    run
        Which try at an app each click belongs to, from 0 on; shape (clicks,).
    seconds
        When; shape (clicks,).
    user, ip, app, channel
        Who, from where, and positions of app and channel; shape (clicks,).
    willing
        Install rate up to the common factor; shape (clicks,).
    """

    run: Integers
    seconds: Floats
    user: Integers
    ip: NDArray[np.uint32]
    app: Integers
    channel: Integers
    willing: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Humans:
    """How people click in a world.

    Parameters
    ----------
    setting, catalogue, people, cycle
        The world.
    """

    setting: ClickSetting
    catalogue: Catalogue
    people: People
    cycle: Cycle

    def common_factor(self, rng: np.random.Generator) -> float:
        """Return what makes the mean install rate that of the setting, found on visits of all days."""
        many = min(max(self.setting.n, _FEWEST), _MOST)
        visits = self._visits(0.0, float(self.setting.seconds), many, rng)
        uniform, factor = rng.random(len(visits.run)), self.setting.human_rate / visits.willing.mean()
        for _ in range(_ROUNDS):
            probability = np.minimum(factor * visits.willing, _SUREST)
            kept = until_success(visits.run, uniform < probability)
            factor *= self.setting.human_rate / probability[kept].mean()
        return float(factor)

    def draw(
        self, low: float, high: float, rows: int, factor: float, rng: np.random.Generator
    ) -> list[Clicks]:
        """Return exactly so many clicks of visits that start between two moments; some may lie after them."""
        parts: list[Clicks] = []
        while rows > 0:
            part = self._clicks(self._visits(low, high, rows // 3 + 16, rng), factor, rng).take(slice(rows))
            parts.append(part)
            rows -= len(part)
        return parts

    def _clicks(self, visits: Visits, factor: float, rng: np.random.Generator) -> Clicks:
        probability = np.minimum(factor * visits.willing, _SUREST).astype(np.float32)
        success = rng.random(len(probability), dtype=np.float32) < probability
        kept = until_success(visits.run, success)
        user, rows = visits.user[kept], int(kept.sum())
        delay = draw_delays(rng, success[kept], self.setting.label_delay)
        return Clicks.of(
            rows,
            millis=visits.seconds[kept] * 1000,
            user=user,
            ip=visits.ip[kept],
            app=self.catalogue.app_ids[visits.app[kept]],
            device=self.people.device[user],
            os=self.people.os[user],
            channel=self.catalogue.channel_ids[visits.channel[kept]],
            delay=delay,
            probability=probability[kept],
        )

    def _visits(self, low: float, high: float, many: int, rng: np.random.Generator) -> Visits:
        user, start = self.people.draw(many, rng), self.cycle.moments(low, high, rng.random(many))
        visit, gap = _repeated(rng.geometric(_LEAVES_VISIT, many), _BETWEEN_APPS, rng)
        begins, runs = start[visit] + gap, len(visit)
        day = day_of(begins, self.setting.days)
        app = self.catalogue.draw_apps(day, rng.random(runs))
        channel = self.catalogue.draw_channels(app, rng.random(runs), rng.random(runs) < _SHADY)
        willing = (
            self.catalogue.app_rate[day, app]
            * self.catalogue.quality[channel]
            * self.people.willing[user[visit]]
            * self._by_hour(begins)
        )
        ip = self.people.draw_ips(user, rng)[visit]
        run, wait = _repeated(rng.geometric(_LEAVES_APP, runs), _BETWEEN_CLICKS, rng)
        times = np.arange(len(run)) - np.searchsorted(run, run)
        return Visits(
            run=run,
            seconds=begins[run] + wait,
            user=user[visit][run],
            ip=ip[run],
            app=app[run],
            channel=channel[run],
            willing=willing[run] * _AGAIN**times,
        )

    def _by_hour(self, seconds: Floats) -> Floats:
        """Return the factor of the hour: people install most in the evening."""
        local = self.setting.begin + seconds + self.setting.utc_offset * 3600
        return np.asarray(1.0 + _HOUR_EFFECT * np.cos((local / DAY - 20 / 24) * 2 * np.pi))


def until_success(run: Integers, success: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which clicks are made: those of each run up to its first success.

    Parameters
    ----------
    run
        Run of each click, the clicks of a run side by side; shape (clicks,).
    success
        Whether each would succeed; shape (clicks,).

    Examples
    --------
    >>> until_success(np.array([0, 0, 0, 1]), np.array([False, True, False, False])).tolist()
    [True, True, False, True]
    """
    before = success.cumsum() - success
    first = np.searchsorted(run, run)
    return np.asarray(before == before[first])


def _repeated(times: Integers, mean_gap: float, rng: np.random.Generator) -> tuple[Integers, Floats]:
    """Repeat each thing so often; return which it is, and seconds since its first time."""
    which = np.repeat(np.arange(len(times)), times)
    gap = rng.exponential(mean_gap, len(which))
    first = times.cumsum() - times
    gap[first] = 0.0
    waited = gap.cumsum()
    return which, waited - waited[first][which]
