"""Ordering events and cutting them into journeys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

_SMALL = 48


@njit(cache=True)
def order_events(owners: Ints, owner_count: int, times: Ints) -> tuple[Ints, Ints]:
    """Order events by owner, then time; events of one owner at one time keep their order.

    Returns
    -------
    tuple
        Row numbers in the new order, of shape (events,), and where each owner's events begin in it,
        of shape (owners + 1,).
    """
    begins = np.zeros(owner_count + 1, dtype=np.int64)
    for owner in owners:
        begins[owner + 1] += 1
    for owner in range(owner_count):
        begins[owner + 1] += begins[owner]
    fill = begins[:-1].copy()
    order = np.empty(len(owners), dtype=np.int64)
    for row in range(len(owners)):
        owner = owners[row]
        order[fill[owner]] = row
        fill[owner] += 1
    for owner in range(owner_count):
        _sort_by_time(order[begins[owner] : begins[owner + 1]], times)
    return order, begins


@njit(cache=True)
def _sort_by_time(order: Ints, times: Ints) -> None:
    """Sort row numbers by time, stably and in place; owners with few events by insertion."""
    if len(order) > _SMALL:
        taken = times[order]
        order[:] = order[np.argsort(taken, kind="mergesort")]
        return
    for place in range(1, len(order)):
        row = order[place]
        time = times[row]
        free = place
        while free > 0 and times[order[free - 1]] > time:
            order[free] = order[free - 1]
            free -= 1
        order[free] = row


@njit(cache=True)
def cut_journeys(
    order: Ints,
    begins: Ints,
    times: Ints,
    touches: NDArray[np.int32],
    conversions: Ints,
    reach: Ints,
    *,
    max_touches: int,
    collapse: bool,
    reference: int,
) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints, Ints]:
    """Cut each owner's events into journeys.

    A journey holds the touches up to and including a conversion; the next begins after it; what is
    left at an owner's end is a journey without a conversion.

    Parameters
    ----------
    order, begins
        From `order_events`.
    times
        Microseconds, of shape (events,).
    touches
        Code of the touch, -1 for an event that is none, of shape (events,).
    conversions
        Number of the conversion that follows the event, -1 for none, of shape (events,).
    reach
        Lookback of each event in microseconds, of shape (events,).
    max_touches
        Keep the last so many; 0 keeps all.
    collapse
        Keep only the last of the same touch several times in a row.
    reference
        The time that lookback is measured from; negative 2**63 for the conversion, or the last
        touch where there is none.

    Returns
    -------
    tuple
        Rows of the kept touches (flat), their offsets by journey, rows of all touches (flat), their
        offsets, the conversion of each journey (-1 for none), its owner, and the number of touches
        before ``max_touches`` cut.
    """
    most = len(begins) - 1 + np.sum(conversions >= 0)
    touch_count = np.sum(touches >= 0)
    kept = np.empty(touch_count, dtype=np.int64)
    seen = np.empty(touch_count, dtype=np.int64)
    kept_ends = np.zeros(most + 1, dtype=np.int64)
    seen_ends = np.zeros(most + 1, dtype=np.int64)
    converts = np.empty(most, dtype=np.int64)
    owners = np.empty(most, dtype=np.int64)
    uncut = np.empty(most, dtype=np.int64)
    journey = 0
    for owner in range(len(begins) - 1):
        count = 0
        for place in range(begins[owner], begins[owner + 1]):
            row = order[place]
            if touches[row] >= 0:
                seen[seen_ends[journey] + count] = row
                count += 1
            last = place == begins[owner + 1] - 1
            if conversions[row] >= 0 or (last and count > 0):
                start = seen_ends[journey]
                now = reference
                if now == np.iinfo(np.int64).min:
                    now = times[row] if conversions[row] >= 0 else times[seen[start + count - 1]]
                room = kept[kept_ends[journey] :]
                held = _keep(seen[start : start + count], room, times, touches, reach, now, collapse)
                if held == 0 and conversions[row] < 0:
                    count = 0
                    continue
                uncut[journey] = held
                held = _last(room, held, max_touches)
                kept_ends[journey + 1] = kept_ends[journey] + held
                seen_ends[journey + 1] = start + count
                converts[journey] = conversions[row]
                owners[journey] = owner
                journey += 1
                count = 0
    return (
        kept[: kept_ends[journey]],
        kept_ends[: journey + 1],
        seen[: seen_ends[journey]],
        seen_ends[: journey + 1],
        converts[:journey],
        owners[:journey],
        uncut[:journey],
    )


@njit(cache=True)
def _keep(
    rows: Ints,
    room: Ints,
    times: Ints,
    touches: NDArray[np.int32],
    reach: Ints,
    now: int,
    collapse: bool,  # noqa: FBT001
) -> int:
    """Copy the rows within their lookback into ``room``; return how many there are."""
    held = 0
    for row in rows:
        if now - times[row] > reach[row]:
            continue
        if collapse and held > 0 and touches[room[held - 1]] == touches[row]:
            room[held - 1] = row
            continue
        room[held] = row
        held += 1
    return held


@njit(cache=True)
def _last(room: Ints, held: int, max_touches: int) -> int:
    """Move the last ``max_touches`` rows to the front of ``room``; return how many stay."""
    if max_touches == 0 or held <= max_touches:
        return held
    for place in range(max_touches):
        room[place] = room[held - max_touches + place]
    return max_touches


@njit(cache=True)
def inspect_events(
    order: Ints, begins: Ints, times: Ints, touches: NDArray[np.int32], flags: NDArray[np.bool_]
) -> tuple[int, int, int, int]:
    """Count what looks wrong in ordered events.

    Returns
    -------
    tuple
        Touches at the same time as the touch before; touches equal to one before at the same time;
        runs of flagged touches one after the other; owners with 60 touches or more in a minute.
    """
    ties, duplicates, runs, hasty = 0, 0, 0, 0
    minute = 60_000_000
    for owner in range(len(begins) - 1):
        rows = order[begins[owner] : begins[owner + 1]]
        rows = rows[touches[rows] >= 0]
        running, quick, window = False, False, 0
        for place in range(1, len(rows)):
            row, before = rows[place], rows[place - 1]
            if times[row] == times[before]:
                ties += 1
                back = place - 1
                while back >= 0 and back >= place - 64 and times[rows[back]] == times[row]:
                    if touches[rows[back]] == touches[row]:
                        duplicates += 1
                        break
                    back -= 1
            repeated = flags[row] and flags[before]
            if repeated and not running:
                runs += 1
            running = repeated
            while times[row] - times[rows[window]] >= minute:
                window += 1
            quick = quick or place - window >= 59
        hasty += quick
    return ties, duplicates, runs, hasty


@njit(cache=True)
def hash_journeys(offsets: Ints, touches: NDArray[np.int32]) -> NDArray[np.uint64]:
    """Return a 64-bit hash of each journey's touches in their order, of shape (journeys,)."""
    hashes = np.empty(len(offsets) - 1, dtype=np.uint64)
    for journey in range(len(offsets) - 1):
        state = np.uint64(14695981039346656037)
        for place in range(offsets[journey], offsets[journey + 1]):
            state = (state ^ np.uint64(touches[place] + 1)) * np.uint64(0x9E3779B97F4A7C15)
            state = state ^ (state >> np.uint64(32))
        hashes[journey] = state
    return hashes
