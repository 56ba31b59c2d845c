"""Injected clicks: fired by malware on a phone just before an install that would have happened anyway."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wanamaker.simulate.clicks.cycle import day_of
from wanamaker.simulate.clicks.events import Clicks
from wanamaker.simulate.clicks.setting import INJECTED_RATE

if TYPE_CHECKING:
    from wanamaker.simulate.clicks.catalogue import Catalogue
    from wanamaker.simulate.clicks.cycle import Cycle
    from wanamaker.simulate.clicks.people import People
    from wanamaker.simulate.clicks.setting import ClickSetting

_WAIT = 3.0  # mean seconds from the click to the install, beyond the first


def draw_injections(
    world: tuple[ClickSetting, Catalogue, People, Cycle], low: float, high: float, rng: np.random.Generator
) -> Clicks:
    """Return the injected clicks between two moments: on phones with malware, alone, by a shady channel."""
    setting, catalogue, people, cycle = world
    share = float(cycle.people_until(high) - cycle.people_until(low))
    rows = int(rng.poisson(setting.of_injections * setting.n * share))
    user = people.infected[rng.integers(0, len(people.infected), rows)]
    seconds = cycle.moments(low, high, rng.random(rows))
    app = catalogue.draw_apps(day_of(seconds, setting.days), rng.random(rows))
    channel = catalogue.draw_channels(app, rng.random(rows), np.ones(rows, dtype=np.bool_))
    success = rng.random(rows) < INJECTED_RATE
    return Clicks.of(
        rows,
        millis=seconds * 1000,
        user=user,
        ip=people.draw_ips(user, rng),
        app=catalogue.app_ids[app],
        device=people.device[user],
        os=people.os[user],
        channel=catalogue.channel_ids[channel],
        delay=np.where(success, 1 + rng.exponential(_WAIT, rows), 0).astype(np.int64),
        probability=INJECTED_RATE,
        injected=True,
    )
