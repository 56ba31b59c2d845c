"""What live windows hold, and what came of the rest."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LiveStats:
    """What live windows hold, and what came of the rest.

    Parameters
    ----------
    clock
        The newest event's time in microseconds since the epoch, floored to its tick; None before the first.
    keys, events, ids
        Keys held over all key groups, events held (once for each key group), ids that a label can still
        reach.
    evicted_keys, dropped_events
        Let go because no window reaches them any more.
    late_events
        Came out of order and were put in their place.
    refused_events
        Came later than the lateness allows, or with an id that is held; none of them was counted.
    labels, repeated_labels, unheld_labels
        Labels that count; that were known already; and whose event is not held: it is older than every
        rate's window, or was never seen.
    """

    clock: int | None
    keys: int
    events: int
    ids: int
    evicted_keys: int
    dropped_events: int
    late_events: int
    refused_events: int
    labels: int
    repeated_labels: int
    unheld_labels: int
