"""Window features by brute force, from the definition: for each event, look at every other one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from wanamaker.base.durations import to_micros

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wanamaker.features.windows.definitions import Window

Row = dict[str, Any]


def tick(seconds: float | None, resolution: int) -> int | None:
    """Return the tick of a time in whole micros since the epoch, given in seconds."""
    return None if seconds is None else round(seconds * 1e6) // resolution


def window_value(
    window: Window, key: Row, now: int, seen: Sequence[Row], *, resolution: int
) -> float | int | None:
    """Return one feature of a key at a tick.

    ``seen`` are events as dicts with ``_tick``, ``_known`` (the tick at which a positive label became
    known, or None) and ``_arrived`` (whether the event came before the one that asks), besides their columns.
    """
    if any(key[name] is None for name in window.by):
        return None
    start = window.within_micros // resolution
    end = window.after_micros // resolution
    matured = 0 if window.matured is None else to_micros(window.matured) // resolution

    def counts(event: Row) -> bool:
        if any(event[name] is None or event[name] != key[name] for name in window.by):
            return False
        if window.peers == "arrived" and event["_tick"] == now:
            return bool(event["_arrived"])
        return now - start <= event["_tick"] < now - end and now - event["_tick"] >= matured

    inside = [event for event in seen if counts(event)]
    return _aggregate(window, inside, now, resolution)


def _aggregate(  # noqa: PLR0911 (one line per kind)
    window: Window, inside: list[Row], now: int, resolution: int
) -> float | int | None:
    ages = [(now - event["_tick"]) * resolution / 1e6 for event in inside]
    values = (
        [event[window.column] for event in inside if event[window.column] is not None]
        if window.column
        else []
    )
    if window.kind == "count":
        return len(inside)
    if window.kind == "distinct":
        return len(set(values))
    if window.kind == "total":
        return _sum(values)
    if window.kind == "mean":
        return _sum(values) / len(values) if values else None
    if window.kind == "since_last":
        return min(ages, default=None)
    if window.kind == "since_first":
        return max(ages, default=None)
    known = sum(1 for event in inside if event["_known"] is not None and event["_known"] < now)
    weight = window.prior + len(inside)
    assert window.mean is not None
    return window.mean if weight == 0 else (window.prior * window.mean + known) / weight


def _sum(values: list[Any]) -> Any:
    """Sum exactly; floats are rounded once, at the end."""
    return math.fsum(values) if any(isinstance(value, float) for value in values) else sum(values)


def transform(
    windows: Sequence[Window],
    rows: Sequence[Row],
    *,
    time: str,
    label: str | None = None,
    label_time: str | None = None,
    resolution: int = 1_000_000,
) -> dict[str, list[Any]]:
    """Return every feature of every row of a log, by name; times are seconds."""
    seen = _seen(rows, time, label, label_time, resolution)
    made: dict[str, list[Any]] = {window.name: [] for window in windows}
    for place, row in enumerate(seen):
        others = [{**other, "_arrived": at < place} for at, other in enumerate(seen) if at != place]
        for window in windows:
            made[window.name].append(window_value(window, row, row["_tick"], others, resolution=resolution))
    return made


def lookup(
    windows: Sequence[Window],
    rows: Sequence[Row],
    keys: Sequence[Row],
    *,
    time: str,
    label: str | None = None,
    label_time: str | None = None,
    resolution: int = 1_000_000,
) -> dict[str, list[Any]]:
    """Return every feature of keys at given times; nothing of the asking tick counts."""
    seen = [{**row, "_arrived": False} for row in _seen(rows, time, label, label_time, resolution)]
    return {
        window.name: [
            window_value(window, key, tick(key[time], resolution) or 0, seen, resolution=resolution)
            for key in keys
        ]
        for window in windows
    }


def _seen(
    rows: Sequence[Row], time: str, label: str | None, label_time: str | None, resolution: int
) -> list[Row]:
    """Return events with their tick, and the tick at which a positive label became known."""
    return [
        {
            **row,
            "_tick": tick(row[time], resolution),
            "_known": tick(row[label_time], resolution) if label and label_time and row[label] else None,
        }
        for row in rows
    ]
