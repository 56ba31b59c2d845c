"""Notes on the quality of a log: what was dropped, what looks wrong, what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wanamaker.events.columns import as_flags
from wanamaker.journeys.journeys import NO_TIME
from wanamaker.journeys.kernels import inspect_events
from wanamaker.journeys.notes import Note, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wanamaker.journeys.build import Stream
    from wanamaker.journeys.events import Conversions, Events
    from wanamaker.journeys.journeys import Journeys
    from wanamaker.journeys.observation import Observation
    from wanamaker.journeys.roles import Roles

PATH_SEPARATOR = ">"

_MOSTLY_ALIKE = 0.8


def log_notes(
    events: Events, roles: Roles, observation: Observation, all_found: list[Conversions], stream: Stream
) -> list[Note]:
    """Return what is to be said about the log itself."""
    return [
        *_missing(events, roles, all_found),
        *_idle_costs(events),
        *_idle_kinds(events, observation),
        *_oddities(events, roles, stream),
        *_names(events),
    ]


def result_notes(journeys: Journeys) -> list[Note]:
    """Return what is to be said about the journeys that were cut from it."""
    return list(_results(journeys))


def _missing(events: Events, roles: Roles, all_found: list[Conversions]) -> Iterator[Note]:
    converting = np.zeros(len(events.touches), dtype=np.bool_)
    for found in all_found:
        converting[found.rows] = True
    owner = roles.user if roles.journey is None else roles.journey
    for name, blank in (
        (owner, events.frame[str(owner)].is_null().to_numpy()),
        (roles.time, events.times == NO_TIME),
    ):
        count = int(blank.sum())
        if count:
            lost = int((blank & converting).sum())
            message = (
                f"{count:,} rows have no {name!r}: their touches were left out; {lost:,} conversions among "
                "them are kept as (unattributed)."
            )
            yield Note(f"null_{'time' if name == roles.time else 'owner'}", "warning", message, count)
    nameless = int(np.sum(events.nameless & ~converting if roles.event else events.nameless))
    if nameless:
        message = f"{nameless:,} rows have no {roles.touch!r} and are no touch; their conversions are kept."
        yield Note("null_touch", "info" if roles.event else "warning", message, nameless)
    if roles.converted is not None and events.frame[roles.converted].null_count():
        count = events.frame[roles.converted].null_count()
        message = f"{count:,} rows have no {roles.converted!r}; they were read as not converted."
        yield Note("null_label", "info", message, count)


def _idle_kinds(events: Events, observation: Observation) -> Iterator[Note]:
    if events.kinds is None or not isinstance(observation.lookback, dict):
        return
    idle = sorted(set(observation.lookback) - set(events.kinds.drop_nulls().unique()))
    if idle:
        yield Note(
            "idle_kinds", "info", f"'lookback' names kinds that no touch of the log has: {idle}.", len(idle)
        )


def _idle_costs(events: Events) -> Iterator[Note]:
    if events.costs is None:
        return
    idle = (events.touches < 0) & (events.costs > 0)
    if idle.any():
        lost = events.costs[idle].sum()
        message = (
            f"Costs of {lost:,.10g} stand on {int(idle.sum()):,} rows that are no touch; they were left out."
        )
        yield Note("idle_costs", "warning", message, int(idle.sum()))


def _oddities(events: Events, roles: Roles, stream: Stream) -> Iterator[Note]:
    flags = np.zeros(len(stream.times), dtype=np.bool_)
    if roles.form == "flags":
        flags[: len(events.touches)] = as_flags(events.frame[str(roles.converted)], "conversion")
    ties, duplicates, runs, hasty = inspect_events(
        stream.order, stream.begins, stream.times, stream.touches, flags
    )
    if runs and roles.conversion_id is None:
        yield _repeated_flags(roles, runs)
    if duplicates:
        message = (
            f"{duplicates:,} touches repeat another of the same user, time and name. They were kept; if the "
            "log wrote them twice, remove duplicate rows first."
        )
        yield Note("duplicates", "warning", message, duplicates)
    if ties:
        message = f"{ties:,} touches share their time with the touch before; the log's order decides."
        yield Note("ties", "info", message, ties)
    if hasty:
        message = f"{hasty:,} users have 60 touches or more within a minute; they may be no people."
        yield Note("impossible_speed", "warning", message, hasty)


def _repeated_flags(roles: Roles, runs: int) -> Note:
    message = (
        f"{roles.converted!r} is set on several touches in a row for {runs:,} runs of touches, and each flag "
        "counts as a conversion. If the log repeats the flag on every touch before one conversion, name "
        "the column that tells them apart as conversion_id."
    )
    return Note("repeated_flags", "warning", message, runs)


def _names(events: Events) -> Iterator[Note]:
    parted = [name for name in events.names if PATH_SEPARATOR in name]
    if parted:
        message = (
            f"{len(parted):,} touch names contain {PATH_SEPARATOR!r}, the usual path separator, for example "
            f"{parted[0]!r}. Journeys are not affected; paths written with that separator would be."
        )
        yield Note("separator_in_name", "warning", message, len(parted))
    if len(events.names) == 1:
        message = f"There is only one touch, {events.names[0]!r}: every method gives it all credit."
        yield Note("one_touch_name", "warning", message, 1)


def _results(journeys: Journeys) -> Iterator[Note]:
    yield from _cuts(journeys)
    yield from _alike(journeys)
    if "goal" in journeys.table.columns:
        message = "Lengths, delays, paths and flow count the journeys of every goal together."
        yield Note("goals", "info", message)
    lonely = journeys.unattributed
    if lonely:
        total = journeys.conversions.sum()
        severity: Severity = "warning" if lonely > total / 2 else "info"
        message = (
            f"{lonely:,.10g} of {total:,.10g} conversions have no touch before them in the "
            "lookback; they are kept as (unattributed)."
        )
        yield Note("unattributed", severity, message, int(lonely))
    if not journeys.observation.users_given:
        message = (
            "No user column was given: each journey counts as its own user, so intervals may be too narrow."
        )
        yield Note("no_users", "info", message)


def _alike(journeys: Journeys) -> Iterator[Note]:
    chosen = journeys.converting
    if not len(chosen.touches) or len(chosen.names) == 1:
        return
    first = np.repeat(
        chosen.touches[chosen.offsets[:-1][chosen.lengths > 0]], chosen.lengths[chosen.lengths > 0]
    )
    several = np.unique(chosen.rows[chosen.touches != first])
    share = 1 - len(several) / int(np.sum(chosen.lengths > 0))
    if share >= _MOSTLY_ALIKE:
        message = (
            f"{share:.1%} of the converting journeys with touches hold a single touch name, so every method "
            "that splits conversions within journeys gives them the same credit."
        )
        yield Note("one_name_journeys", "info", message, len(chosen) - len(several))


def _cuts(journeys: Journeys) -> Iterator[Note]:
    cut = int(np.sum(journeys.uncut > journeys.lengths))
    if cut:
        share = cut / max(len(journeys), 1)
        message = f"{cut:,} journeys ({share:.1%}) are longer than max_touches and keep their last touches."
        severity: Severity = "warning" if share > 0.2 else "info"  # noqa: PLR2004
        yield Note("cut_journeys", severity, message, cut)
