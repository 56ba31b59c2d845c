"""What a reader must know of a log of sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.errors import nearest
from wanamaker.base.ragged import row_numbers
from wanamaker.journeys.notes import Note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wanamaker.journeys.sessions.sessions import Sessions

_FEWEST = 10
"""Sessions with and without the label below which an event that tells it may be chance."""


def result_notes(sessions: Sessions) -> list[Note]:
    """Return what is to be said about the sessions that were read."""
    return [*_empty(sessions), *_ties(sessions), *_missing_numbers(sessions), *_told_by_an_event(sessions)]


def left_out(count: int, column: str) -> Iterator[Note]:
    """Tell of rows that name no session."""
    if count:
        message = f"{count:,} rows have no {column!r}; they were left out."
        yield Note("null_session", "warning", message, count)


def nameless(count: int, column: str) -> Iterator[Note]:
    """Tell of rows that name no event."""
    if count:
        message = f"{count:,} rows have no {column!r} and are no event; they were left out of the sequences."
        yield Note("null_event", "warning", message, count)


def outcome_notes(names: tuple[str, ...], outcome: str, at_once: int) -> Iterator[Note]:
    """Tell of an outcome that never comes, and of sessions that begin with it."""
    if outcome not in names:
        message = f"The outcome {outcome!r} is no event of this log. {nearest(outcome, names)}"
        yield Note("no_outcome", "warning", message)
    if at_once:
        message = (
            f"{at_once:,} sessions begin with the outcome {outcome!r}: no event came before it, so their "
            "sequence is empty and nothing can be asked of them; Sessions.asked leaves them out."
        )
        yield Note("outcome_at_once", "info", message, at_once)


def _empty(sessions: Sessions) -> Iterator[Note]:
    empty = int(np.sum(sessions.lengths == 0))
    if empty and sessions.outcome is None:
        message = f"{empty:,} sessions have no events; only their features can tell something."
        yield Note("empty_sessions", "info", message, empty)


def _ties(sessions: Sessions) -> Iterator[Note]:
    if sessions.times is None or len(sessions.times) == 0:
        return
    rows = sessions.rows
    ties = int(np.sum((np.diff(sessions.times) == 0) & (np.diff(rows) == 0)))
    if ties:
        message = f"{ties:,} events come at the time of the one before; they keep the order of the log."
        yield Note("equal_times", "info", message, ties)


def _missing_numbers(sessions: Sessions) -> Iterator[Note]:
    for name, values in sessions.numeric.items():
        missing = int(np.isnan(values).sum())
        if missing:
            message = f"{missing:,} of {len(values):,} events have no {name!r}; it is missing there."
            yield Note("missing_numbers", "info", message, missing)


def _told_by_an_event(sessions: Sessions) -> Iterator[Note]:
    """Tell of an event that the sessions with the label have, and no others."""
    if sessions.outcome is not None or sessions.labels is None:
        return
    if not _FEWEST <= sessions.labels.sum() <= len(sessions) - _FEWEST:
        return
    rows = row_numbers(sessions.offsets)
    elsewhere = np.bincount(sessions.events[~sessions.labels[rows]], minlength=len(sessions.event_names))
    for code in np.flatnonzero(elsewhere == 0):
        if len(np.unique(rows[sessions.events == code])) < sessions.labels.sum():
            continue
        name = sessions.event_names[code]
        message = (
            f"The event {name!r} is in every session with the label and in no other: it is the outcome "
            f"itself, and would tell it. Write outcome={name!r} in place of the label."
        )
        yield Note("event_tells_label", "warning", message, int(sessions.labels.sum()))
