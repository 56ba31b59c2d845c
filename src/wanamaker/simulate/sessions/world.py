"""`wanamaker.simulate.sessions`: a log of visits in which order decides, whose truth is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from wanamaker.simulate.sessions.setting import SessionSetting
from wanamaker.simulate.sessions.stream import chunks
from wanamaker.simulate.world import World

if TYPE_CHECKING:
    from datetime import date


def sessions(
    n: int = 100_000,
    *,
    seed: int = 0,
    start: str | date = "2025-01-06",
    days: int = 28,
    base_rate: float = 0.1,
    order_effect: float = 3.0,
    time_effect: float = 0.5,
    price_effect: float = 0.3,
    feature_effect: float = 1.0,
    user_effect: float = 0.0,
    habit: float = 0.5,
    mean_length: float = 12.0,
    longest: int = 300,
    users: int | None = None,
    products: int = 300,
    purchase_event: bool = False,
) -> World:
    """Simulate visits to a shop in which the order of events decides, with the truth after each of them.

    Between browsing (``search``, ``page``, ``filter``) a visitor views a product and puts it into the cart,
    or puts it there at once and looks at it afterwards. Who looks first buys more often; what counts is
    the last such pair. How many events of each kind a session has is independent of the order, so that
    counts tell nothing of it: with ``order_effect`` alone and no ``habit`` they tell nothing at all. Use
    it to see whether a model reads a sequence; the law is simple on purpose, so do not take its accuracy
    for that on a real log.

    Parameters
    ----------
    n
        Number of sessions. For logs that do not fit into memory there is `write_sessions`.
    seed
        Seed of everything; the same seed gives the same log, bit for bit.
    start, days
        First day, in UTC (a date or its ISO form), and within how many days sessions begin.
    base_rate
        Expected share of sessions with a purchase.
    order_effect
        What the last pair adds to the log-odds if the view came first, and takes from them if the cart did.
    time_effect
        What it adds if 30 seconds or more lay between the two, and takes if less did. Half of all
        gaps are that long.
    price_effect
        What it takes for each standard deviation of the product's log price.
    feature_effect
        Factor of what device (desktop +0.5, phone −0.4), source (email +0.6, direct +0.2, social −0.6) and
        weekend (+0.3) add. 0 leaves the columns without effect.
    user_effect
        Standard deviation over users of their own log-odds. No column tells them; only a model that has
        met the user before can know.
    habit
        Correlation of the orders of two pairs of one session, from 0 to 1: with it, early pairs tell of later
        ones, and a prefix of what follows.
    mean_length, longest
        Events of a session in the mean (at most half the longest), and at most. Lengths are geometric.
    users
        How many there are; None for one user for three sessions. A few come often.
    products
        How many there are, in 8 categories with price levels of their own.
    purchase_event
        Whether a purchase is also an event of its own, the last of its session.

    Returns
    -------
    World
        ``log``, session after session in the order in which they begin: ``session_id``, ``user_id``, ``t``
        (UTC, on a clock of one second), ``action``, ``product``, ``category``, ``price`` (null while
        browsing), ``device``, ``source``, ``weekday`` (1 is Monday), ``purchase`` (0 or 1, the same in a
        whole session). ``truth``, row by row beside it: ``session_id``, ``step`` (from 1), ``probability``
        (of a purchase, for one who has seen the session up to this event and does not know whether
        another follows; null for the purchase itself), ``session_probability`` (for one who has seen all
        of it), ``order`` (+1 or −1, of the last pair so far; 0 before the first). The AUC of either
        probability is the ceiling of what any model can be expected to reach.

    Raises
    ------
    ParameterError, ParameterTypeError
        If an option is out of its range or of the wrong type.

    Examples
    --------
    >>> world = sessions(2000, seed=1)
    >>> of_sessions = world.truth.group_by("session_id").agg(pl.col("session_probability").first())
    >>> world.log["session_id"].n_unique(), round(of_sessions["session_probability"].sum())
    (2000, 202)
    """
    setting = SessionSetting(
        n=n,
        seed=seed,
        start=start,
        days=days,
        base_rate=base_rate,
        order_effect=order_effect,
        time_effect=time_effect,
        price_effect=price_effect,
        feature_effect=feature_effect,
        user_effect=user_effect,
        habit=habit,
        mean_length=mean_length,
        longest=longest,
        users=users,
        products=products,
        purchase_event=purchase_event,
    )
    parts = list(chunks(setting))
    log, truth = (pl.concat([getattr(part, name) for part in parts]) for name in ("log", "truth"))
    return World("sessions", log, truth, setting.parameters)
