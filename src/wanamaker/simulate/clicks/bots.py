"""Clicks of bots: for an hour or so, bursts within single seconds from one device; then from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.simulate.clicks.cycle import day_of
from wanamaker.simulate.clicks.delays import draw_delays
from wanamaker.simulate.clicks.events import Clicks
from wanamaker.simulate.clicks.people import draw_devices, draw_networks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.simulate.clicks.catalogue import Catalogue
    from wanamaker.simulate.clicks.people import People
    from wanamaker.simulate.clicks.setting import ClickSetting

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

_CLICKS_OF_A_BOT, _FEWEST = 300, 25
_LIFE, _LIFE_SPREAD = 2_400.0, 0.9  # median seconds, standard deviation of logs
_PACE_SPREAD = 0.7
_SINGLE = 0.5  # share of bots that click once at a time
_BURST = 6.0  # mean clicks of a burst of the others
_TARGETS = 2  # apps that a bot clicks on
_SHADY = 0.35


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Bots:
    """The bots of a world, each with its short life; arrays of shape (bots,) unless told otherwise.

    Parameters
    ----------
    begins, ends
        Seconds from the first moment of the world.
    pace
        Bursts per second.
    burst
        Mean clicks of a burst beyond the first.
    ip, device, os
        Where it clicks from.
    app
        Positions of the apps it clicks on; shape (bots, 2).
    """

    begins: Floats
    ends: Floats
    pace: Floats
    burst: Floats
    ip: NDArray[np.uint32]
    device: NDArray[np.uint16]
    os: NDArray[np.uint16]
    app: Integers

    def draw(
        self, low: float, high: float, setting: ClickSetting, catalogue: Catalogue, rng: np.random.Generator
    ) -> Clicks:
        """Return the clicks of all bots between two moments."""
        alive = np.flatnonzero((self.begins < high) & (self.ends > low))
        start = np.maximum(self.begins[alive], low)
        room = np.minimum(self.ends[alive], high) - start
        bursts = np.repeat(np.arange(len(alive)), rng.poisson(self.pace[alive] * room))
        second = np.floor(start[bursts] + rng.random(len(bursts)) * room[bursts])
        clicks = np.repeat(np.arange(len(bursts)), 1 + rng.poisson(self.burst[alive[bursts]]))
        bot, rows = alive[bursts[clicks]], len(clicks)
        app = self.app[bot, (rng.random(rows) * _TARGETS).astype(np.int64)]
        channel = catalogue.draw_channels(app, np.sqrt(rng.random(rows)), rng.random(rows) < _SHADY)
        success = rng.random(rows) < setting.bot_rate
        return Clicks.of(
            rows,
            millis=np.maximum(second[clicks], low) * 1000 + rng.integers(0, 1000, rows),
            user=setting.people + bot,
            ip=self.ip[bot],
            app=catalogue.app_ids[app],
            device=self.device[bot],
            os=self.os[bot],
            channel=catalogue.channel_ids[channel],
            delay=draw_delays(rng, success, setting.label_delay),
            probability=setting.bot_rate,
            bot=True,
        )


def draw_bots(setting: ClickSetting, catalogue: Catalogue, people: People, rng: np.random.Generator) -> Bots:
    """Draw the bots of a world; their expected clicks are the share of the log that the setting tells.

    Examples
    --------
    >>> from wanamaker.simulate.clicks.catalogue import draw_catalogue
    >>> from wanamaker.simulate.clicks.people import draw_people
    >>> from wanamaker.simulate.clicks.setting import ClickSetting
    >>> setting, rng = ClickSetting(n=100_000), np.random.default_rng(0)
    >>> bots = draw_bots(setting, draw_catalogue(setting, rng), draw_people(setting, rng), rng)
    >>> float(((bots.ends - bots.begins) * bots.pace * (1 + bots.burst)).sum().round())
    40000.0
    """
    wanted = setting.bots * setting.n
    many = 0 if wanted == 0 else max(_FEWEST, round(wanted / _CLICKS_OF_A_BOT))
    life = _LIFE * np.exp(rng.normal(0.0, _LIFE_SPREAD, many))
    begins = rng.random(many) * (setting.seconds + life) - life
    ends, begins = np.minimum(begins + life, setting.seconds), np.maximum(begins, 0.0)
    burst = np.where(rng.random(many) < _SINGLE, 0.0, _BURST - 1.0)
    pace = np.exp(rng.normal(0.0, _PACE_SPREAD, many)) / (1.0 + burst)
    pace *= wanted / ((ends - begins) * pace * (1.0 + burst)).sum() if many else 1.0
    device, system = draw_devices(many, rng)
    day = day_of(begins, setting.days)
    apps = [catalogue.draw_apps(day, rng.random(many)) for _ in range(_TARGETS)]
    return Bots(
        begins=begins,
        ends=ends,
        pace=pace,
        burst=burst,
        ip=draw_networks(people.networks, many, rng),
        device=device,
        os=system,
        app=np.stack(apps, axis=1),
    )
