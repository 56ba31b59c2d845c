"""What is done in a stretch of sessions, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.ragged import lengths_to_offsets, row_numbers
from wanamaker.simulate.sessions.kernels import FIRST, SECOND, judge, walk
from wanamaker.simulate.sessions.lengths import draw_lengths
from wanamaker.simulate.sessions.odds import CONSIDERED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.simulate.sessions.catalogue import Catalogue
    from wanamaker.simulate.sessions.odds import Odds
    from wanamaker.simulate.sessions.setting import SessionSetting

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

ACTIONS = ("search", "page", "filter", "view", "cart", "purchase")
VIEW, CART, PURCHASE = 3, 4, 5

SLOW = 30
"""Seconds from which on an event was not done in haste; the median gap."""

NOTHING = -1
"""Stands for the product of an event that shows none."""

_GAP_SPREAD = 1.2  # standard deviation of log gaps
_BROWSING_SHARES = (0.4, 0.35, 0.25)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Events:
    """The events of some sessions and what is true of them.

    Parameters
    ----------
    offsets
        Where each session's events begin, of shape (sessions + 1,).
    action, product
        Places in `ACTIONS` and in the catalogue (or `NOTHING`), of shape (events,).
    gap
        Seconds since the event before; 0 for a session's first, of shape (events,).
    after, whole
        Probability of a purchase after each event, and of each whole session.
    order
        Order of the last pair so far: +1, -1, or 0 without any, of shape (events,).
    """

    offsets: Integers
    action: Integers
    product: Integers
    gap: Integers
    after: Floats
    whole: Floats
    order: Integers


def draw_events(
    setting: SessionSetting, catalogue: Catalogue, odds: Odds, kinds: Integers, rng: np.random.Generator
) -> Events:
    """Draw what visitors of these kinds do, and compute what is true of it."""
    many = len(kinds)
    offsets = lengths_to_offsets(draw_lengths(many, odds.ending, setting.longest, rng))
    count = int(offsets[-1])
    considered = odds.considered[(rng.random(many) < CONSIDERED).astype(np.int64)]
    places, signs = walk(offsets, rng.random(count), rng.random(count), considered)
    gap = np.floor(SLOW * np.exp(_GAP_SPREAD * rng.standard_normal(count))).astype(np.int64)
    gap[offsets[:-1]] = 0
    product = _products(places, catalogue, rng)
    worth = setting.order_effect * signs - setting.price_effect * catalogue.dearness[product] * (signs != 0)
    worth += setting.time_effect * np.where(gap >= SLOW, 1.0, -1.0) * (places == SECOND)
    after, whole, order = judge(
        offsets,
        (places, signs, worth),
        kinds,
        odds.base,
        odds.of_pairs,
        (CONSIDERED, odds.considered, setting.time_effect),
        (odds.none_left, odds.last_left),
    )
    return Events(
        offsets=offsets,
        action=_actions(places, signs, rng),
        product=product,
        gap=gap,
        after=after,
        whole=whole,
        order=order,
    )


def rows_of(events: Events) -> Integers:
    """Return the session of each event."""
    return row_numbers(events.offsets)


def _products(places: Integers, catalogue: Catalogue, rng: np.random.Generator) -> Integers:
    """Return the product of each event; both events of a pair show the same."""
    product = np.full(len(places), NOTHING, dtype=np.int64)
    first, second = np.flatnonzero(places == FIRST), np.flatnonzero(places == SECOND)
    product[first] = catalogue.draw(rng.random(len(first)))
    product[second] = product[second - 1]
    return product


def _actions(places: Integers, signs: Integers, rng: np.random.Generator) -> Integers:
    bounds = np.cumsum(_BROWSING_SHARES)[:-1]
    browsing = np.searchsorted(bounds, rng.random(len(places)), side="right")
    paired = np.where((places == FIRST) == (signs > 0), VIEW, CART)
    return np.where(places == 0, browsing, paired)
