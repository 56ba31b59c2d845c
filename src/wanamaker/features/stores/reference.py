"""The reference store: a dict of lists, slow and obvious. Tests compare the others with it."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.storage import read_json, write_json
from wanamaker.features.stores.layout import NOTHING, NULL, REAL, Values
from wanamaker.features.stores.store import COUNTED, REPEATED, UNHELD, RefusedRowError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from wanamaker.features.stores.layout import Coded, Layout
    from wanamaker.features.windows.plan import Ask

    Words = tuple[int, ...]

_FILE = "state.json"


@dataclass(slots=True)
class _Event:
    """An event as it is held: its tick, its words and numbers, and when its label became known."""

    tick: int
    words: list[list[int]]
    numbers: list[list[int]]
    known: int | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of values."""

    layout: Layout
    values: Values
    row: int

    def set_int(self, ask: Ask, value: int) -> None:
        self.values.ints[self.layout.int_places[ask.place], self.row] = value

    def set_float(self, ask: Ask, value: float) -> None:
        self.values.floats[self.layout.float_places[ask.place], self.row] = value


@dataclass(slots=True)
class ReferenceStore:
    """Keeps every event in the list of its key, and looks at all of them for each feature.

    Use it to check another store, or to see what a feature counted. Not for many events: reading takes
    time in proportion to what the key has.

    Parameters
    ----------
    layout
        What the events are.
    """

    layout: Layout
    _held: list[dict[tuple[Words, ...], list[_Event]]] = field(init=False)
    _ids: dict[Words, _Event] = field(init=False, default_factory=dict)
    _clock: int | None = field(init=False, default=None)
    _agreed: dict[str, str] = field(init=False, default_factory=dict)
    _counts: dict[str, int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._held = [{} for _ in self.layout.plan.groups]
        self._counts = dict.fromkeys(("evicted_keys", "dropped_events", "late_events"), 0)

    @property
    def clock(self) -> int | None:
        """The newest tick; None before the first event."""
        return self._clock

    @property
    def nbytes(self) -> int:
        """Not known of Python objects."""
        return 0

    def agree(self, name: str, value: str | None) -> str | None:
        """Set a value once, or ask for it; return what holds."""
        return self._agreed.get(name) if value is None else self._agreed.setdefault(name, value)

    def observe(self, events: Coded) -> Values:
        """For each event in order: read its features, then count it."""
        found = _events(events)
        self._refuse(found)
        values = Values.null(self.layout, len(found))
        for row, event in enumerate(found):
            self._read(event, row, values, range(len(self._held)), arrived=True)
            self._count(event)
            self.evict()
        return values

    def lookup(self, asked: Coded, groups: Sequence[int]) -> Values:
        """Return the features of some key groups for keys at their ticks, strictly before them."""
        values = Values.null(self.layout, len(asked.ticks))
        found = _events(asked)
        for row, event in enumerate(found):
            if self._clock is not None and event.tick < self._clock - self.layout.lateness:
                raise RefusedRowError(row, "gone", self._clock)
        for row, event in enumerate(found):
            self._read(event, row, values, groups, arrived=False)
        return values

    def label(self, ids: NDArray[np.int64], known: NDArray[np.int64]) -> NDArray[np.int64]:
        """Make labels known, each at its tick."""
        told: dict[Words, int] = {}
        outcomes = np.full(len(ids), UNHELD)
        for row, (words, tick) in enumerate(zip(map(tuple, ids.tolist()), known.tolist(), strict=True)):
            event = self._ids.get(words)
            if event is None:
                continue
            if tick < event.tick:
                raise RefusedRowError(row, "early", event.tick)
            before = event.known if event.known is not None else told.setdefault(words, tick)
            if before != tick:
                raise RefusedRowError(row, "other", before)
            outcomes[row] = (
                REPEATED if event.known is not None or (words in told and _seen(ids, row)) else COUNTED
            )
        for words, tick in told.items():
            self._ids[words].known = tick
        return outcomes

    def evict(self) -> None:
        """Let go of all that no window can reach any more."""
        if self._clock is None:
            return
        for held, group in zip(self._held, self.layout.plan.groups, strict=True):
            floor = self._clock - self.layout.lateness - group.longest
            for key in list(held):
                kept = [event for event in held[key] if event.tick >= floor]
                self._counts["dropped_events"] += len(held[key]) - len(kept)
                held[key] = kept
                if not kept:
                    del held[key]
                    self._counts["evicted_keys"] += 1
        floor = self._clock - self._label_reach
        self._ids = {words: event for words, event in self._ids.items() if event.tick >= floor}

    def counters(self) -> dict[str, int]:
        """Return what is held, and what was let go."""
        return {
            "keys": sum(len(held) for held in self._held),
            "events": sum(len(events) for held in self._held for events in held.values()),
            "ids": len(self._ids),
            **self._counts,
        }

    def save(self, folder: Path) -> None:
        """Write the state into a folder."""
        events = {id(event): event for held in self._held for found in held.values() for event in found}
        events |= {id(event): event for event in self._ids.values()}
        rows = [[one.tick, one.words, one.numbers, one.known] for one in events.values()]
        told = {"clock": self._clock, "agreed": self._agreed, "counts": self._counts, "events": rows}
        write_json(folder / _FILE, told)

    def restore(self, folder: Path) -> None:
        """Take the state from what `save` wrote."""
        told = read_json(folder / _FILE)
        self.__post_init__()
        self._ids = {}
        for row in told["events"]:
            self._count(_Event(*row))
        self._clock, self._agreed, self._counts = told["clock"], told["agreed"], told["counts"]
        counts = dict(self._counts)
        self.evict()
        self._counts = counts

    # --- Inside ------------------------------------------------------------------------------------

    @property
    def _label_reach(self) -> int:
        """How many ticks behind the clock an event may be whose label still matters."""
        return self.layout.lateness + self.layout.longest_rate

    def _refuse(self, events: Sequence[_Event]) -> None:
        clock = self._clock
        ids = {words: event.tick for words, event in self._ids.items()}
        for row, event in enumerate(events):
            if clock is not None and event.tick < clock - self.layout.lateness:
                raise RefusedRowError(row, "late", clock)
            if self.layout.has_ids:
                words = tuple(event.words[-1])
                if (
                    clock is not None
                    and ids.get(words, clock - self._label_reach - 1) >= clock - self._label_reach
                ):
                    raise RefusedRowError(row, "held", ids[words])
                ids[words] = event.tick
            clock = event.tick if clock is None else max(clock, event.tick)

    def _count(self, event: _Event) -> None:
        late = self._clock is not None and event.tick < self._clock
        self._counts["late_events"] += late
        self._clock = event.tick if self._clock is None else max(self._clock, event.tick)
        for place in range(len(self._held)):
            key = self._key(event, place)
            if key is not None:
                self._held[place].setdefault(key, []).append(event)
        if self.layout.has_ids:
            self._ids[tuple(event.words[-1])] = event

    def _key(self, event: _Event, place: int) -> tuple[Words, ...] | None:
        group = self.layout.plan.groups[place]
        key = tuple(tuple(event.words[column]) for column in self.layout.key_places(group))
        return None if any(words[0] == 0 for words in key) else key

    def _read(self, event: _Event, row: int, values: Values, groups: Sequence[int], *, arrived: bool) -> None:
        for place in groups:
            key = self._key(event, place)
            if key is None:
                continue
            seen = self._held[place].get(key, [])
            for ask in self.layout.plan.groups[place].asks:
                stop = event.tick + 1 if ask.arrived and arrived else event.tick - ask.end
                inside = [one for one in seen if event.tick - ask.start <= one.tick < stop]
                self._write(ask, inside, event.tick, _Row(self.layout, values, row))

    def _write(self, ask: Ask, inside: Sequence[_Event], now: int, row: _Row) -> None:
        if ask.kind in ("count", "distinct"):
            row.set_int(ask, len(inside) if ask.kind == "count" else self._distinct(ask, inside))
        elif ask.kind == "total":
            total = _sum(self._numbers(ask, inside))
            row.set_int(ask, _whole(total))
            row.set_float(ask, total)
        elif ask.kind == "mean":
            found = self._numbers(ask, inside)
            row.set_float(ask, _sum(found) / len(found) if found else np.nan)
        elif ask.kind == "rate":
            known = sum(1 for one in inside if one.known is not None and one.known < now)
            weight, mean = ask.prior + len(inside), float(ask.mean or 0.0)
            row.set_float(ask, mean if weight == 0 else (ask.prior * mean + known) / weight)
        elif inside:
            edge = max if ask.kind == "since_last" else min
            ticks = now - edge(one.tick for one in inside)
            row.set_float(ask, ticks * self.layout.plan.resolution / 1e6)

    def _distinct(self, ask: Ask, inside: Sequence[_Event]) -> int:
        column = self.layout.coded.index(ask.column or "")
        return len({tuple(one.words[column]) for one in inside if one.words[column][0] != 0})

    def _numbers(self, ask: Ask, inside: Sequence[_Event]) -> list[float]:
        column = self.layout.summed.index(ask.column or "")
        told = [one.numbers[column] for one in inside]
        return [_number(kind, bits) for kind, bits in told if kind != NOTHING]


def _number(kind: int, bits: int) -> float:
    real: float = struct.unpack("d", struct.pack("q", bits))[0]
    return real if kind == REAL else bits


def _sum(numbers: Sequence[float]) -> float:
    """Return the sum, exact for integers and rounded once for others."""
    whole = sum(number for number in numbers if isinstance(number, int))
    real = [number for number in numbers if not isinstance(number, int)]
    return math.fsum([whole, *real]) if real else whole


def _whole(total: float) -> int:
    """Return a total as an integer, `NULL` if it is none of 64 bits."""
    if not isinstance(total, int):
        return 0
    return total if -(1 << 63) <= total < 1 << 63 else NULL


def _events(coded: Coded) -> list[_Event]:
    words, numbers = coded.words.swapaxes(0, 1).tolist(), coded.numbers.swapaxes(0, 1).tolist()
    return [_Event(*row) for row in zip(coded.ticks.tolist(), words, numbers, strict=True)]


def _seen(ids: NDArray[np.int64], row: int) -> bool:
    return bool((ids[:row] == ids[row]).all(axis=1).any())
