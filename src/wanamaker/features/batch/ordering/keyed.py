"""Events, and those that ask about them, ordered by key and then time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.features.batch.kernels import Events, Readers
from wanamaker.features.batch.ordering.sorting import runs_by_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.features.batch.ordering.codes import Key


@dataclass(frozen=True, slots=True, eq=False)
class Keyed:
    """A log in the order that one key group reads it.

    Parameters
    ----------
    rows
        The row of each event in the log, of shape (events,). Rows with a null key are left out, and where
        each event asks for itself also those that are alone with their key: nothing is in their windows.
    events
        Their ticks, and where each key begins.
    readers
        Those that ask. The same as the events where each event asks for itself.
    itself
        Whether that is so.
    """

    rows: NDArray[np.int32]
    events: Events
    readers: Readers
    itself: bool


def keyed_events(key: Key, ticks: NDArray[np.integer], in_time: NDArray[np.int32] | None) -> Keyed:
    """Order a log whose every event asks for itself.

    Parameters
    ----------
    key
        The key of each row.
    ticks
        The tick of each row.
    in_time
        The rows by time; None if that is their order.
    """
    rows, begins = _ordered(key, in_time, least=2)
    sorted_ticks = ticks[rows]
    return Keyed(rows, Events(sorted_ticks, begins), Readers(sorted_ticks, begins, rows), itself=True)


def keyed_readers(
    key: Key, ticks: NDArray[np.integer], in_time: NDArray[np.int32] | None, events: int
) -> Keyed:
    """Order a log followed by those that ask about it: rows from ``events`` on."""
    rows, begins = _ordered(key, in_time, least=1)
    asks = rows >= events
    before = np.concatenate([[0], np.cumsum(asks, dtype=np.int32)]).astype(np.int32)[begins]
    asking, happened = rows[asks], rows[~asks]
    readers = Readers(ticks[asking], before, asking - np.int32(events))
    return Keyed(happened, Events(ticks[happened], begins - before), readers, itself=False)


def _ordered(
    key: Key, in_time: NDArray[np.int32] | None, *, least: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the rows by key and time, and where each key begins; keys of fewer rows are left out."""
    rows = in_time
    if key.null is not None:
        rows = np.flatnonzero(~key.null).astype(np.int32) if rows is None else rows[~key.null[rows]]
    return runs_by_key(key.codes, key.bits, rows, least=least)
