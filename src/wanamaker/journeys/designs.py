"""Designs of observation: all journeys cut at one date, or touches before and outcomes after one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError
from wanamaker.events.codes import dense_codes, stable_hashes
from wanamaker.events.times import iso
from wanamaker.journeys.journeys import NO_TIME
from wanamaker.journeys.notes import Note

if TYPE_CHECKING:
    from wanamaker.journeys.events import Conversions, Events


def until_conversion(events: Events, found: Conversions) -> tuple[Events, list[Note]]:
    """Drop touches after the conversion of their identified journey."""
    ends = np.full(len(events.keys), np.iinfo(np.int64).max, dtype=np.int64)
    ends[events.owners[found.rows]] = found.times
    late = (events.times > ends[events.owners]) & (events.touches >= 0)
    if not late.any():
        return events, []
    count = int(late.sum())
    message = f"{count:,} touches came after the conversion of their journey and were left out"
    message += "." if events.costs is None else f", with costs of {events.costs[late].sum():,.10g}."
    return events.without(late), [Note("touches_after_conversion", "info", message, count)]


def censored(events: Events, found: Conversions, limit: int) -> tuple[Events, Conversions, list[Note]]:
    """Leave out every touch and conversion from ``limit`` (microseconds) on."""
    late = (events.times >= limit) & (events.touches >= 0)
    stays = found.times < limit
    gone = int(np.sum(~stays))
    count = int(late.sum())
    message = f"Cut at {iso(limit)}: {count:,} touches and {gone:,} conversions from then on were left out."
    return events.without(late), found.take(stays), [Note("censored", "info", message, count)]


def landmarked(
    events: Events, found: Conversions, start: int, horizon: int
) -> tuple[Events, Conversions, list[Note]]:
    """Keep touches before ``start`` and the first conversion of each user within ``horizon`` after it.

    Raises
    ------
    DataError
        If no touch lies before ``start``.
    """
    events = _by_user(events)
    before = (events.times < start) & (events.touches >= 0)
    if not before.any():
        message = f"'landmark' must lie within the log: no touch is before T0 = {iso(start)}."
        raise DataError(message, hint="Choose T0 so that touches lie before it and conversions after it.")
    within = (found.times >= start) & (found.times < start + horizon)
    chosen = found.take(within)
    first = _first_of_owner(events, chosen)
    notes = _landmark_notes(events, found, start, horizon, int(np.sum(~within)), int(np.sum(~first)))
    return events.without(~before), chosen.take(first), notes


def _by_user(events: Events) -> Events:
    """Make users the owners, where journeys were."""
    if events.keys.columns != ["user", "journey"]:
        return events
    known = events.keys["user"]
    alone = pl.Series(range(len(known))).set(known.is_not_null(), None)  # unknown users are not one user
    codes, distinct = dense_codes([known, alone])
    users = distinct.select(user=pl.first())
    return replace(events, owners=codes[events.owners], keys=users, hashes=stable_hashes(users["user"]))


def _first_of_owner(events: Events, found: Conversions) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell the first conversion of each owner; those of unknown owners are each somebody's first."""
    order = np.lexsort((found.times, events.owners[found.rows]))
    owners = events.owners[found.rows][order]
    first = np.ones(len(order), dtype=np.bool_)
    first[order[1:]] = owners[1:] != owners[:-1]
    unknown = events.keys[events.keys.columns[0]].is_null().to_numpy()
    return np.asarray(first | unknown[events.owners[found.rows]])


def _landmark_notes(
    events: Events, found: Conversions, start: int, horizon: int, outside: int, repeats: int
) -> list[Note]:
    notes = []
    if outside:
        message = f"{outside:,} conversions lie outside the horizon after the landmark and were left out."
        notes.append(Note("outside_horizon", "info", message, outside))
    if repeats:
        message = (
            f"{repeats:,} further conversions of a user within the horizon were left out: a journey has one."
        )
        notes.append(Note("repeated_in_horizon", "info", message, repeats))
    times = np.concatenate([events.times[events.times != NO_TIME], found.times])
    if len(times) and times.max() < start + horizon:
        message = (
            f"The log ends at {iso(int(times.max()))}, before the horizon does ({iso(start + horizon)}): "
            "conversions after its end are missing. Choose an earlier T0 or a shorter horizon."
        )
        notes.append(Note("horizon_cut", "warning", message))
    return notes
