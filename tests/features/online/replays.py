"""Streams that hypothesis draws, replayed into live windows and into the definition by brute force."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl
from hypothesis import strategies as st

from tests.features.logs import RESOLUTIONS, SCHEMA, Row, assert_same, features, rows, windows
from tests.reference.windows import tick, window_value

if TYPE_CHECKING:
    from wanamaker.features.online.live import LiveWindows
    from wanamaker.features.windows.definitions import Window

Step = tuple[str, Any]
KEYS = {"ip": [1, 11, 5, None], "app": [1, 111, 7], "site": ["a", "c", None]}


@dataclass
class Stream:
    """Definitions, and what happens: events, labels, questions, evictions, in this order."""

    definitions: list[Window]
    resolution: str
    lateness: float
    steps: list[Step] = field(default_factory=list)

    @property
    def micros(self) -> int:
        return RESOLUTIONS[self.resolution]

    def live(self, store: str) -> LiveWindows:
        told = features(self.definitions, self.resolution, id="id")
        return told.online(store, lateness=f"{self.lateness}s")


@st.composite
def streams(draw: st.DrawFn, most: int = 30) -> Stream:
    """Draw a stream whose events come out of order within the lateness, and whose labels come late."""
    resolution = draw(st.sampled_from(sorted(RESOLUTIONS)))
    stream = Stream(draw(windows(resolution)), resolution, draw(st.sampled_from([0.0, 0.5, 2.0, 200.0])))
    allowed = -(-round(stream.lateness * 1e6) // stream.micros)
    made = draw(rows(most))
    if draw(st.booleans()):
        made.sort(key=lambda row: row["at"])
    waiting: list[Step] = []
    newest: int | None = None
    for number, row in enumerate(made):
        at = tick(row["at"], stream.micros)
        if newest is not None and at < newest - allowed:
            continue
        newest = at if newest is None else max(newest, at)
        stream.steps.append(("event", {**row, "id": number}))
        if row["bought"]:
            waiting.append(("label", (number, row["told"])))
        stream.steps += draw(_between(waiting, newest * stream.micros / 1e6))
    stream.steps += waiting
    return stream


@st.composite
def _between(draw: st.DrawFn, waiting: list[Step], newest: float) -> list[Step]:
    """Draw what happens between two events; labels are taken from those that wait."""
    found: list[Step] = []
    while waiting and draw(st.booleans()):
        found.append(waiting.pop(draw(st.integers(0, len(waiting) - 1))))
    if draw(st.integers(0, 9)) == 0:
        found.append(("evict", None))
    if draw(st.integers(0, 5)) == 0:
        ahead = draw(st.sampled_from([0.0, 0.25, 1.0, 5.0]))
        asked = {name: draw(st.sampled_from(keys)) for name, keys in KEYS.items()}
        found.append(("lookup", {"at": newest + ahead, **asked}))
    return found


def expected(stream: Stream) -> list[dict[str, Any]]:
    """Return the features of each event and question, by brute force over what was seen before it."""
    seen: list[Row] = []
    found = []
    for kind, told in stream.steps:
        if kind in {"event", "lookup"}:
            now = tick(told["at"], stream.micros)
            past = [{**row, "_arrived": kind == "event"} for row in seen]
            found.append(
                {
                    window.name: window_value(window, told, now, past, resolution=stream.micros)
                    for window in stream.definitions
                }
            )
        if kind == "event":
            seen.append({**told, "_tick": now, "_known": None})
        if kind == "label":
            by_id = {row["id"]: row for row in seen}
            by_id[told[0]]["_known"] = tick(told[1], stream.micros)
    return found


def replayed(stream: Stream, live: LiveWindows, *, many: bool) -> list[dict[str, Any]]:
    """Return the features of each event and question by live windows, one by one or in chunks."""
    found: list[dict[str, Any]] = []
    chunk: list[Row] = []

    def flush() -> None:
        if chunk:
            made = live.observe_many(pl.DataFrame(chunk, schema=SCHEMA | {"id": pl.Int64}))
            found.extend(made.select(live_names(stream)).to_dicts())
            chunk.clear()

    for kind, told in stream.steps:
        if kind == "event" and many:
            chunk.append(told)
            continue
        flush()
        if kind == "event":
            found.append(live.observe(told))
        elif kind == "label":
            tell(live, told)
        elif kind == "evict":
            live.evict()
        else:
            asked = pl.DataFrame([told], schema={name: SCHEMA[name] for name in ("at", *KEYS)})
            found.extend(live.lookup(asked).select(live_names(stream)).to_dicts())
    flush()
    return found


def tell(live: LiveWindows, label: tuple[int, float]) -> None:
    """Make a label known, where there are rates to hear of it."""
    if live._windows.plan.has_rates:
        live.label(*label)


def live_names(stream: Stream) -> list[str]:
    """Return the names of the features."""
    return [window.name for window in stream.definitions]


def compare(found: list[dict[str, Any]], wanted: list[dict[str, Any]], names: list[str]) -> int:
    """Ask for equal values, and return how many were compared."""
    assert len(found) == len(wanted)
    columns = {name: [row[name] for row in wanted] for name in names}
    made = {name: _Column([row[name] for row in found]) for name in names}
    return assert_same(made, columns)  # type: ignore[arg-type]


class _Column(list[Any]):
    """Values as they are; a table would give them one type."""

    def to_list(self) -> list[Any]:
        return self
