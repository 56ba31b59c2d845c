"""`wanamaker.simulate.clicks`: a log of clicks and installs whose truth is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from wanamaker.simulate.clicks.setting import ClickSetting
from wanamaker.simulate.clicks.stream import chunks
from wanamaker.simulate.world import World

if TYPE_CHECKING:
    from datetime import date


def clicks(
    n: int = 1_000_000,
    *,
    seed: int = 0,
    start: str | date = "2025-01-06",
    days: int = 4,
    base_rate: float = 0.0025,
    bots: float = 0.4,
    bot_rate: float = 0.0001,
    injected: float = 0.15,
    drift: float = 0.25,
    label_delay: float = 300.0,
    utc_offset: int = 8,
    users: int | None = None,
    ips: int | None = None,
    apps: int = 300,
    channels: int = 150,
) -> World:
    """Simulate a log of advertising clicks, few of which lead to an install, with the truth of each.

    People come for visits of some minutes. They click on an app, may click again (each time half as
    willing), and stop once they install it; several share a network, and each has two. Bots click from one
    device for an hour or so, half of them in bursts within one second, then appear elsewhere. Malware on
    some phones fires a click just before an install that would have happened anyway, and is credited with
    it. Rates and popularity of apps drift from day to day, and an install is known only after a delay. So
    windows over the recent past tell what the columns of a single click do not. Use it to see what window
    features, a model, or a report find; the laws are simple on purpose, so do not take its accuracy for that
    on a real log.

    Parameters
    ----------
    n
        Number of clicks, exactly. For logs that do not fit into memory there is `write_clicks`.
    seed
        Seed of everything; the same seed gives the same log, bit for bit.
    start
        First day, in UTC: a date or its ISO form. A datetime is taken to the second.
    days
        Length of the log; the drift steps every 24 hours.
    base_rate
        Expected share of all clicks that are credited with an install.
    bots
        Expected share of the clicks that bots make, in [0, 1); it varies around that.
    bot_rate
        Probability that a bot's click is credited with an install.
    injected
        Expected share of the installs that are stolen by injected clicks, in [0, 1).
    drift
        Standard deviation of the daily step of every app's log rate and log popularity.
    label_delay
        Seconds from a person's click to the install, median; log-normal, and a day at most. After an
        injected click it takes but a few seconds.
    utc_offset
        Hours by which people's clocks are ahead of UTC; they click least before dawn, bots at any hour.
    users, ips
        How many there are; None for one user for 25 clicks, and one network for 100.
    apps, channels
        How many there are. Of an app's 11 channels, bots and injected clicks prefer the last three.

    Returns
    -------
    World
        ``log``, in order of time: ``ip``, ``app``, ``device``, ``os``, ``channel`` (numbers that mean
        nothing by themselves), ``click_time`` (UTC, on a clock of one second), ``attributed_time`` (when the
        install was known, else null) and ``is_attributed``. ``truth``, row by row beside it: ``event``
        (number of the row, from 0), ``user`` (bots are numbered after the users), ``bot``, ``injected``,
        ``stolen`` (an injected click that was credited with an install), and ``probability`` (that the
        click is credited with an install, for one who knows everything but the future). The AUC of
        ``probability`` is the ceiling of what any model can be expected to reach.

    Raises
    ------
    ParameterError, ParameterTypeError
        If an option is out of its range or of the wrong type.

    Examples
    --------
    >>> world = clicks(20_000, seed=1)
    >>> world.log.height, world.log["is_attributed"].sum(), round(world.truth["probability"].sum(), 1)
    (20000, 59, 52.4)
    """
    setting = ClickSetting(
        n=n,
        seed=seed,
        start=start,
        days=days,
        base_rate=base_rate,
        bots=bots,
        bot_rate=bot_rate,
        injected=injected,
        drift=drift,
        label_delay=label_delay,
        utc_offset=utc_offset,
        users=users,
        ips=ips,
        apps=apps,
        channels=channels,
    )
    parts = list(chunks(setting))
    log, truth = (pl.concat([getattr(part, name) for part in parts]) for name in ("log", "truth"))
    return World("clicks", log, truth, setting.parameters)
