"""The clicks of a world slot by slot, in time order, with no more than a few slots in memory."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.simulate.clicks.bots import draw_bots
from wanamaker.simulate.clicks.catalogue import draw_catalogue
from wanamaker.simulate.clicks.cycle import Cycle
from wanamaker.simulate.clicks.events import Clicks, in_order, joined
from wanamaker.simulate.clicks.humans import Humans
from wanamaker.simulate.clicks.injections import draw_injections
from wanamaker.simulate.clicks.people import draw_people

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wanamaker.simulate.clicks.setting import ClickSetting

# The place of a stream of randomness fixes its numbers: new ones are added before the slots' only.
_CATALOGUE, _PEOPLE, _BOTS, _PILOT, _SLOTS = range(5)


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """A stretch of a log and what is true of its clicks, row by row."""

    log: pl.DataFrame
    truth: pl.DataFrame


def chunks(setting: ClickSetting) -> Iterator[Chunk]:
    """Give the log of a world stretch by stretch, in order of time.

    The stretches depend on the setting alone, so that whoever joins them gets the same log.

    Parameters
    ----------
    setting
        The world; the stretches have half a million rows or so each, ``setting.n`` in all.

    Examples
    --------
    >>> from wanamaker.simulate.clicks.setting import ClickSetting
    >>> sum(chunk.log.height for chunk in chunks(ClickSetting(n=5000)))
    5000
    """
    first = 0
    for clicks in _slots(setting):
        yield Chunk(_log(clicks, setting), _truth(clicks, first))
        first += len(clicks)


def _slots(setting: ClickSetting) -> Iterator[Clicks]:
    catalogue = draw_catalogue(setting, _generator(setting, _CATALOGUE))
    people, cycle = draw_people(setting, _generator(setting, _PEOPLE)), Cycle(setting)
    bots = draw_bots(setting, catalogue, people, _generator(setting, _BOTS))
    humans = Humans(setting, catalogue, people, cycle)
    factor = humans.common_factor(_generator(setting, _PILOT))
    bounds, rows = cycle.slots()
    later: list[Clicks] = []
    for slot, wanted in enumerate(rows):
        low, high, rng = float(bounds[slot]), float(bounds[slot + 1]), _generator(setting, _SLOTS + slot)
        others = [
            bots.draw(low, high, setting, catalogue, rng),
            draw_injections((setting, catalogue, people, cycle), low, high, rng),
        ]
        others = [joined(others).take(slice(int(wanted)))]
        drawn = humans.draw(low, high, int(wanted) - len(others[0]), factor, rng)
        clicks = joined([*later, *others, *drawn])
        if slot == len(rows) - 1:
            clicks = _turned_back(clicks, low, high)
        now = clicks.millis < high * 1000
        later = [clicks.take(~now)]
        yield in_order(clicks.take(now))


def _turned_back(clicks: Clicks, low: float, high: float) -> Clicks:
    """Return the last clicks of a world with what lies after its end turned back into it."""
    end = int(high) * 1000
    beyond = np.maximum(2 * end - 1 - clicks.millis, int(low) * 1000)
    return replace(clicks, millis=np.where(clicks.millis < end, clicks.millis, beyond))


def _generator(setting: ClickSetting, stream: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(setting.seed, spawn_key=(stream,)))


def _log(clicks: Clicks, setting: ClickSetting) -> pl.DataFrame:
    """Return the clicks as an advertiser's log shows them."""
    installed = clicks.delay > 0
    micros = (setting.begin + clicks.millis // 1000) * 1_000_000
    known = pl.Series("attributed_time", micros + clicks.delay.astype(np.int64) * 1_000_000)
    return pl.DataFrame(
        {
            "ip": clicks.ip,
            "app": clicks.app,
            "device": clicks.device,
            "os": clicks.os,
            "channel": clicks.channel,
            "click_time": pl.Series(micros).cast(pl.Datetime("us")),
            "attributed_time": known.cast(pl.Datetime("us")).set(pl.Series(~installed), None),
            "is_attributed": installed.astype(np.int8),
        }
    )


def _truth(clicks: Clicks, first: int) -> pl.DataFrame:
    """Return what is true of the clicks, whose first is event number ``first``."""
    return pl.DataFrame(
        {
            "event": np.arange(first, first + len(clicks), dtype=np.uint32),
            "user": clicks.user,
            "bot": clicks.bot,
            "injected": clicks.injected,
            "stolen": clicks.injected & (clicks.delay > 0),
            "probability": clicks.probability,
        }
    )
