"""A stretch of sessions as the tables of a world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.base.ragged import lengths_to_offsets, row_numbers
from wanamaker.simulate.sessions.events import ACTIONS, NOTHING, PURCHASE
from wanamaker.simulate.sessions.visitors import DEVICES, SOURCES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.simulate.sessions.catalogue import Catalogue
    from wanamaker.simulate.sessions.events import Events
    from wanamaker.simulate.sessions.visitors import Visits

    Integers = NDArray[np.int64]

_MICROS = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """A stretch of a log and what is true of its events, row by row."""

    log: pl.DataFrame
    truth: pl.DataFrame


def chunk_of(
    events: Events,
    visits: Visits,
    begins: Integers,
    bought: NDArray[np.bool_],
    catalogue: Catalogue,
    first: int,
) -> Chunk:
    """Return the tables of some sessions, whose first is session number ``first``.

    Parameters
    ----------
    begins
        Unix seconds at which each session begins, of shape (sessions,).
    bought
        Whether each session has a purchase, of shape (sessions,).
    """
    rows = row_numbers(events.offsets)
    log = pl.DataFrame(
        {
            "session_id": first + rows,
            "user_id": visits.user[rows],
            "t": pl.Series(_micros(events, begins, rows)).cast(pl.Datetime("us")),
            "action": _named(ACTIONS, events.action),
            "product": catalogue.names.gather(_known(events.product)),
            "category": catalogue.categories.gather(_known(events.product)),
            "price": pl.Series(catalogue.price).gather(_known(events.product)),
            "device": _named(DEVICES, visits.device[rows]),
            "source": _named(SOURCES, visits.source[rows]),
            "weekday": visits.weekday[rows].astype(np.int8),
            "purchase": bought[rows].astype(np.int8),
        }
    )
    truth = pl.DataFrame(
        {
            "session_id": first + rows,
            "step": (np.arange(len(rows)) - events.offsets[rows] + 1).astype(np.int32),
            "probability": events.after,
            "session_probability": events.whole[rows],
            "order": events.order.astype(np.int8),
        }
    )
    return Chunk(log, truth)


def with_purchases(chunk: Chunk, offsets: Integers, bought: NDArray[np.bool_], gap: Integers) -> Chunk:
    """Return the tables with the purchase as the last event of each session that has one.

    Parameters
    ----------
    offsets
        Where each session's events begin, of shape (sessions + 1,).
    gap
        Seconds from the last event to the purchase, of shape (sessions,).
    """
    added = lengths_to_offsets(np.diff(offsets) + bought)
    ends = np.zeros(int(added[-1]), dtype=np.bool_)
    ends[added[1:][bought] - 1] = True
    copied = np.cumsum(~ends) - 1  # the row itself, or the last one of its session
    log, truth = chunk.log[copied], chunk.truth[copied]
    purchase, wait = pl.Series(ends), np.zeros(len(ends), dtype=np.int64)
    wait[ends] = gap[bought] * _MICROS
    blank = {name: pl.when(purchase).then(None).otherwise(pl.col(name)).alias(name) for name in _OF_EVENTS}
    log = log.with_columns(
        pl.col("t") + pl.Series(wait).cast(pl.Duration("us")),
        pl.when(purchase).then(pl.lit(ACTIONS[PURCHASE])).otherwise(pl.col("action")).alias("action"),
        *(blank[name] for name in ("product", "category", "price")),
    )
    step = pl.col("step") + purchase.cast(pl.Int32)
    return Chunk(log, truth.with_columns(step, blank["probability"]))


_OF_EVENTS = ("product", "category", "price", "probability")


def _micros(events: Events, begins: Integers, rows: Integers) -> Integers:
    passed = np.cumsum(events.gap)
    since = passed - passed[events.offsets[:-1]][rows]
    return np.asarray((begins[rows] + since) * _MICROS)


def _named(names: tuple[str, ...], places: Integers) -> pl.Series:
    return pl.Series(list(names)).gather(places)


def _known(product: Integers) -> pl.Series:
    return pl.Series(product).set(pl.Series(product == NOTHING), None)
