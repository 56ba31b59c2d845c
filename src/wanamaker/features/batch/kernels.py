"""Passes over events in the order of key and time, with two pointers for each window.

Events and readers are ordered by key, then tick. ``begins`` says where the events of each key begin
(`Events`), and where its readers do (`Readers`), of shape (keys + 1,). In a transform every event is a
reader as well, and the two are the same. A window of a reader at tick t holds the events of its key from
the first with ``tick >= t - start`` to the first with ``tick >= t - end``; both pointers only move forwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Rows = NDArray[np.int32]
    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]


class Events(NamedTuple):
    """Events by key and time: the tick of each, and where each key begins."""

    ticks: NDArray[np.integer]
    begins: Rows


class Readers(NamedTuple):
    """Those that ask, by key and time: the tick of each, where each key begins, the row it writes to."""

    ticks: NDArray[np.integer]
    begins: Rows
    rows: Rows


class Edges(NamedTuple):
    """Where a window starts and ends, in ticks before now; with ``own`` it ends at the reader itself."""

    start: int
    end: int
    own: bool


@njit(cache=True, nogil=True)
def count_window(events: Events, readers: Readers, edges: Edges, out: NDArray[np.int32]) -> None:
    """Write how many events a window holds to ``out``, of shape (rows,) and 0 before.

    One window at a time, so that its two pointers stay in registers.
    """
    for key in range(len(events.begins) - 1):
        start = end = int(events.begins[key])
        stop = int(events.begins[key + 1])
        for place in range(readers.begins[key], readers.begins[key + 1]):
            now = int(readers.ticks[place])
            start = _advanced(events.ticks, start, stop, now - edges.start)
            end = place if edges.own else _advanced(events.ticks, end, stop, now - edges.end)
            if end > start:
                out[readers.rows[place]] = end - start


@njit(cache=True, nogil=True)
def since_window(
    events: Events, readers: Readers, edges: Edges, last: bool, micros: int, out: Floats
) -> None:
    """Write the seconds since the last (or first) event of a window; NaN where it is empty."""
    for key in range(len(events.begins) - 1):
        start = end = int(events.begins[key])
        stop = int(events.begins[key + 1])
        for place in range(readers.begins[key], readers.begins[key + 1]):
            now = int(readers.ticks[place])
            start = _advanced(events.ticks, start, stop, now - edges.start)
            end = place if edges.own else _advanced(events.ticks, end, stop, now - edges.end)
            found = np.nan
            if end > start:
                found = (now - events.ticks[end - 1 if last else start]) * micros / 1e6
            out[readers.rows[place]] = found


@njit(cache=True, nogil=True)
def neighbours(begins: Rows, codes: NDArray[np.integer], count: int) -> tuple[Rows, Rows]:
    """Return where the value of each event stood before within its key, and where it stands next.

    Parameters
    ----------
    codes
        The value of each event from 0 to ``count - 1``, or -1 for none, of shape (events,).

    Returns
    -------
    tuple
        The place before, -1 if there is none, and the place after, beyond all if there is none. An event
        without a value has neighbours that keep it from ever being counted.
    """
    beyond = np.int32(len(codes))
    before = np.empty(len(codes), dtype=np.int32)
    after = np.full(len(codes), beyond, dtype=np.int32)
    seen = np.full(count, -1, dtype=np.int32)
    for key in range(len(begins) - 1):
        for place in range(begins[key], begins[key + 1]):
            code = codes[place]
            if code < 0:
                before[place], after[place] = beyond, -1
                continue
            before[place] = -1
            if seen[code] >= begins[key]:
                before[place] = seen[code]
                after[seen[code]] = place
            seen[code] = place
    return before, after


@njit(cache=True, nogil=True)
def distinct_window(
    events: Events, readers: Readers, edges: Edges, around: tuple[Rows, Rows], out: NDArray[np.int32]
) -> None:
    """Write how many different values a window holds, from the `neighbours` of each event."""
    before, after = around
    for key in range(len(events.begins) - 1):
        start = end = int(events.begins[key])
        stop = int(events.begins[key + 1])
        found = 0
        for place in range(readers.begins[key], readers.begins[key + 1]):
            now = int(readers.ticks[place])
            until = place if edges.own else _advanced(events.ticks, end, stop, now - edges.end)
            while end < until:
                found += before[end] < start
                end += 1
            until = _advanced(events.ticks, start, stop, now - edges.start)
            while start < until:
                found -= after[start] >= end
                start += 1
            out[readers.rows[place]] = found


@njit(cache=True, nogil=True)
def total_window(events: Events, readers: Readers, edges: Edges, values: Ints, out: Ints) -> int:
    """Write the sum of a window's integers, exactly; null is 0.

    Returns
    -------
    int
        The row whose sum does not fit into 64 bits, or -1.
    """
    for key in range(len(events.begins) - 1):
        start = end = int(events.begins[key])
        stop = int(events.begins[key + 1])
        high = low = 0
        for place in range(readers.begins[key], readers.begins[key + 1]):
            now = int(readers.ticks[place])
            until = place if edges.own else _advanced(events.ticks, end, stop, now - edges.end)
            while end < until:
                high += int(values[end]) >> 32
                low += int(values[end]) & 0xFFFFFFFF
                end += 1
            until = _advanced(events.ticks, start, stop, now - edges.start)
            while start < until:
                high -= int(values[start]) >> 32
                low -= int(values[start]) & 0xFFFFFFFF
                start += 1
            carried = high + (low >> 32)
            if carried < -(1 << 31) or carried >= 1 << 31:
                return int(readers.rows[place])
            out[readers.rows[place]] = (carried << 32) | (low & 0xFFFFFFFF)
    return -1


@njit(cache=True, nogil=True)
def sum_window(events: Events, readers: Readers, edges: Edges, values: Floats, out: Floats) -> None:
    """Write the sum of a window's floats; null is 0.

    Nothing is ever subtracted, so nothing remains of what has left: the window is a front part, whose sums
    up to its end are kept, and a back part, summed as it grows. When the front is used up, the back
    becomes the front. Sums are pairs of floats (106 bits).
    """
    longest = int(np.diff(events.begins).max()) if len(events.begins) > 1 else 0
    front_high, front_low = np.empty(longest), np.empty(longest)
    for key in range(len(events.begins) - 1):
        begin = int(events.begins[key])
        start = end = middle = begin
        stop = int(events.begins[key + 1])
        high = low = 0.0
        for place in range(readers.begins[key], readers.begins[key + 1]):
            now = int(readers.ticks[place])
            until = place if edges.own else _advanced(events.ticks, end, stop, now - edges.end)
            while end < until:
                high, low = _plus(high, low, values[end])
                end += 1
            start = _advanced(events.ticks, start, stop, now - edges.start)
            if start > middle:
                high = low = 0.0
                for event in range(end - 1, start - 1, -1):
                    high, low = _plus(high, low, values[event])
                    front_high[event - begin], front_low[event - begin] = high, low
                middle = end
                high = low = 0.0
            found, rest = high, low
            if start < middle:
                found, rest = _plus(high, low + front_low[start - begin], front_high[start - begin])
            out[readers.rows[place]] = found + rest


@njit(cache=True, nogil=True)
def known_window(
    events: Events,
    readers: Readers,
    edges: Edges,
    known: Ints,
    later: tuple[Rows, Rows],
    out: NDArray[np.int32],
) -> None:
    """Write how many of a window's events were known to have converted strictly before now.

    Parameters
    ----------
    known
        The tick at which each event became known to have converted, of shape (events,).
    later
        The places of the events that convert at all, by key and then in the order they became known, and
        where each key begins among them, of shape (keys + 1,).
    """
    converted, parts = later
    for key in range(len(events.begins) - 1):
        start = end = int(events.begins[key])
        stop = int(events.begins[key + 1])
        told = parts[key]
        found = 0
        for place in range(readers.begins[key], readers.begins[key + 1]):
            now = int(readers.ticks[place])
            while told < parts[key + 1] and known[converted[told]] < now:
                found += start <= converted[told] < end
                told += 1
            until = place if edges.own else _advanced(events.ticks, end, stop, now - edges.end)
            while end < until:
                found += known[end] < now
                end += 1
            until = _advanced(events.ticks, start, stop, now - edges.start)
            while start < until:
                found -= known[start] < now
                start += 1
            out[readers.rows[place]] = found


@njit(cache=True, nogil=True, inline="always")
def _advanced(ticks: NDArray[np.integer], pointer: int, stop: int, tick: int) -> int:
    """Return the first place from the pointer on whose tick is not before the given one."""
    while pointer < stop and ticks[pointer] < tick:
        pointer += 1
    return pointer


@njit(cache=True, nogil=True, inline="always")
def _plus(high: float, low: float, value: float) -> tuple[float, float]:
    """Add a value to a sum held as a pair of floats (Knuth's two-sum, then renormalised)."""
    total = high + value
    part = total - high
    low += (high - (total - part)) + (value - part)
    again = total + low
    return again, low - (again - total)
