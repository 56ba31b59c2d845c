"""Ordering events, cutting them into journeys, and looking for what is wrong in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

_SMALL = 48
_MINUTE = 60_000_000
_HASTY = 60
_BACK = 64


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
def segment_events(
    order: Ints, begins: Ints, touches: NDArray[np.int32], conversions: Ints
) -> tuple[Ints, Ints, Ints, Ints]:
    """Cut each owner's events behind every conversion, and at the owner's end.

    Parameters
    ----------
    order, begins
        From `order_events`.
    touches
        Code of the touch, -1 for an event that is none, of shape (events,).
    conversions
        Number of the conversion that follows the event, -1 for none, of shape (events,).

    Returns
    -------
    tuple
        Rows of the touches journey after journey (flat), their offsets by journey, the conversion
        of each journey (-1 for none) and its owner. What has neither touch nor conversion is no
        journey.
    """
    most = len(begins) - 1 + int(np.sum(conversions >= 0))
    rows = np.empty(int(np.sum(touches >= 0)), dtype=np.int64)
    offsets = np.zeros(most + 1, dtype=np.int64)
    converts = np.empty(most, dtype=np.int64)
    owners = np.empty(most, dtype=np.int64)
    journey, filled = 0, 0
    for owner in range(len(begins) - 1):
        for place in range(begins[owner], begins[owner + 1]):
            row = order[place]
            if touches[row] >= 0:
                rows[filled] = row
                filled += 1
            ends = place == begins[owner + 1] - 1 and filled > offsets[journey]
            if conversions[row] >= 0 or ends:
                converts[journey], owners[journey] = conversions[row], owner
                journey += 1
                offsets[journey] = filled
    return rows, offsets[: journey + 1], converts[:journey], owners[:journey]


@njit(cache=True)
def keep_touches(
    rows: Ints,
    offsets: Ints,
    ends: Ints,
    times: Ints,
    touches: NDArray[np.int32],
    reach: Ints,
    *,
    max_touches: int,
    collapse: bool,
) -> tuple[Ints, Ints, Ints]:
    """Keep the touches of each journey that its lookback and its greatest length allow.

    Parameters
    ----------
    rows, offsets
        The journeys, from `segment_events`.
    ends
        The time that each journey's lookback is measured from, of shape (journeys,).
    times, touches
        Microseconds and codes, of shape (events,).
    reach
        Lookback of each event in microseconds, of shape (events,).
    max_touches
        Keep the last so many; 0 keeps all.
    collapse
        Keep only the last of the same touch several times in a row.

    Returns
    -------
    tuple
        Rows of the kept touches (flat), their offsets by journey, and how many touches each
        journey had before ``max_touches`` cut it.
    """
    journeys = len(offsets) - 1
    kept = np.empty(len(rows), dtype=np.int64)
    kept_offsets = np.zeros(journeys + 1, dtype=np.int64)
    uncut = np.empty(journeys, dtype=np.int64)
    for journey in range(journeys):
        room = kept[kept_offsets[journey] :]
        touched = rows[offsets[journey] : offsets[journey + 1]]
        uncut[journey] = _keep(touched, room, times, touches, reach, ends[journey], collapse)
        held = _last(room, uncut[journey], max_touches)
        kept_offsets[journey + 1] = kept_offsets[journey] + held
    return kept[: kept_offsets[journeys]], kept_offsets, uncut


@njit(cache=True)
def _keep(
    rows: Ints,
    room: Ints,
    times: Ints,
    touches: NDArray[np.int32],
    reach: Ints,
    now: int,
    collapse: bool,
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
    room = np.empty(np.max(np.diff(begins)) if len(begins) > 1 else 0, dtype=np.int64)
    for owner in range(len(begins) - 1):
        held = 0
        for place in range(begins[owner], begins[owner + 1]):
            if touches[order[place]] >= 0:
                room[held] = order[place]
                held += 1
        rows = room[:held]
        running, quick, window = False, False, 0
        for place in range(1, len(rows)):
            row, before = rows[place], rows[place - 1]
            if times[row] == times[before]:
                ties += 1
                back = place - 1
                while back >= 0 and back >= place - _BACK and times[rows[back]] == times[row]:
                    if touches[rows[back]] == touches[row]:
                        duplicates += 1
                        break
                    back -= 1
            repeated = flags[row] and flags[before]
            if repeated and not running:
                runs += 1
            running = repeated
            while times[row] - times[rows[window]] >= _MINUTE:
                window += 1
            quick = quick or place - window + 1 >= _HASTY
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


@njit(cache=True)
def distinct_touches(
    offsets: Ints, touches: NDArray[np.int32], names: int
) -> tuple[Ints, NDArray[np.int32], NDArray[np.int64]]:
    """Return the distinct touches of each journey, in the order of their codes, and how often each is.

    Returns
    -------
    tuple
        Offsets of shape (journeys + 1,), and distinct touches and their counts, each of shape (distinct,).
    """
    found_offsets = np.zeros(len(offsets), dtype=np.int64)
    members = np.empty(len(touches), dtype=np.int32)
    counts = np.empty(len(touches), dtype=np.int64)
    place_of = np.zeros(names, dtype=np.int64)
    held = 0
    for journey in range(len(offsets) - 1):
        first = held
        for place in range(offsets[journey], offsets[journey + 1]):
            touch = touches[place]
            seen = place_of[touch]
            if first <= seen < held and members[seen] == touch:
                counts[seen] += 1
                continue
            members[held], counts[held] = touch, 1
            place_of[touch] = held
            held += 1
        _sort_members(members, counts, first, held)
        found_offsets[journey + 1] = held
    return found_offsets, members[:held].copy(), counts[:held].copy()


@njit(cache=True)
def _sort_members(members: NDArray[np.int32], counts: NDArray[np.int64], first: int, end: int) -> None:
    gap = 1
    while 3 * gap < end - first:
        gap = 3 * gap + 1
    while gap > 0:  # Shell's sort: quick for few, and quick to compile
        for place in range(first + gap, end):
            member, count, back = members[place], counts[place], place - gap
            while back >= first and members[back] > member:
                members[back + gap], counts[back + gap] = members[back], counts[back]
                back -= gap
            members[back + gap], counts[back + gap] = member, count
        gap //= 3
