"""What a store refuses, said to the caller."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from wanamaker.base.durations import duration_text
from wanamaker.base.errors import DataError
from wanamaker.events.times import exact_iso

if TYPE_CHECKING:
    from wanamaker.features.stores.store import RefusedRowError


def refusal(
    refused: RefusedRowError, resolution: int, tick: int, shown: Any, row: int | None, *, lateness: int = 0
) -> DataError:
    """Return the error that tells why a row is refused.

    Parameters
    ----------
    refused
        What the store said.
    resolution
        Microseconds per tick.
    tick
        The tick of the row.
    shown
        The value that names the row: its id or its time.
    row
        Where it stands, counted from 0; None if it is alone.
    lateness
        How late events may be, in microseconds.
    """
    where = "" if row is None else f"Row {row}: "
    own, other = (exact_iso(moment * resolution) for moment in (tick, refused.tick))
    late = _duration((refused.tick - tick) * resolution)
    allowed = _duration(lateness)
    messages = {
        "late": f"{where}the event at {shown} is {late} older than the newest ({other}); {allowed} are "
        "allowed.",
        "held": f"{where}an event with the id {shown!r} was counted already.",
        "early": f"{where}the label of {shown!r} lies before its event: {own}, the event is of {other}.",
        "other": f"{where}the label of {shown!r} is known since {other}. Got {own}.",
        "gone": f"{where}the time {shown} lies {late} before the newest event ({other}): "
        "what it asks for may be gone.",
    }
    return DataError(messages[refused.reason], hint=_HINTS[refused.reason])


_HINTS = {
    "late": "Allow more with windows.online(lateness='1h'), or leave it out: it was not counted.",
    "held": "Each event needs an id of its own; leave out what was sent twice.",
    "early": "A conversion follows its event; check the time and its unit.",
    "other": "An event converts once; leave out later conversions of the same event.",
    "gone": "Ask for times from the newest event on, allow more lateness, or use windows.lookup(log, …).",
}


def _duration(micros: int) -> str:
    return duration_text(timedelta(microseconds=micros)) if micros else "0s"
