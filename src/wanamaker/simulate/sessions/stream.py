"""The sessions of a world stretch by stretch, in the order in which they begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wanamaker.simulate.sessions.catalogue import draw_catalogue
from wanamaker.simulate.sessions.events import draw_events
from wanamaker.simulate.sessions.odds import draw_odds
from wanamaker.simulate.sessions.tables import Chunk, chunk_of, with_purchases
from wanamaker.simulate.sessions.visitors import draw_visitors, offsets_of_kinds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from wanamaker.simulate.sessions.setting import SessionSetting

# The place of a stream of randomness fixes its numbers: new ones are added before the stretches' only.
_CATALOGUE, _VISITORS, _STRETCHES = range(3)

_AT_ONCE = 50_000
_LONGEST_WAIT = 120  # seconds from the last event to the purchase


def stretches_of(n: int) -> int:
    """Return in how many stretches a world of so many sessions is made."""
    return -(-n // _AT_ONCE)


def chunks(setting: SessionSetting) -> Iterator[Chunk]:
    """Give the log of a world stretch by stretch, in the order in which sessions begin.

    The stretches depend on the setting alone, so that whoever joins them gets the same log.

    Examples
    --------
    >>> from wanamaker.simulate.sessions.setting import SessionSetting
    >>> sum(chunk.log["session_id"].n_unique() for chunk in chunks(SessionSetting(n=5000)))
    5000
    """
    catalogue = draw_catalogue(setting.products, _generator(setting, _CATALOGUE))
    visitors = draw_visitors(setting, _generator(setting, _VISITORS))
    odds = draw_odds(setting, catalogue, *offsets_of_kinds(setting))
    for stretch in range(stretches_of(setting.n)):
        rng = _generator(setting, _STRETCHES + stretch)
        first = stretch * _AT_ONCE
        many = min(_AT_ONCE, setting.n - first)
        begins = _begins(setting, first, many, rng)
        visits = visitors.draw(begins, rng)
        events = draw_events(setting, catalogue, odds, visits.kind, rng)
        bought = rng.random(many) < events.whole
        chunk = chunk_of(events, visits, begins, bought, catalogue, first)
        if setting.purchase_event:
            chunk = with_purchases(chunk, events.offsets, bought, rng.integers(1, _LONGEST_WAIT + 1, many))
        yield chunk


def _begins(setting: SessionSetting, first: int, many: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return when the sessions begin: spread evenly, in order, each stretch over its share of the time."""
    low, high = (setting.seconds * number / setting.n for number in (first, first + many))
    return np.sort(setting.begin + np.floor(low + rng.random(many) * (high - low)).astype(np.int64))


def _generator(setting: SessionSetting, stream: int) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(setting.seed, spawn_key=(stream,)))
