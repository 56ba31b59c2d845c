"""The store in the memory of this process: numba kernels over arrays, and no Python object per key."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from wanamaker.base.errors import FileReadError
from wanamaker.base.storage import read_json, write_json
from wanamaker.base.threads import cores
from wanamaker.features.stores.layout import Values
from wanamaker.features.stores.state import places
from wanamaker.features.stores.state.arrays import NAMES, SAVED, GroupArrays, id_arrays, key_arrays
from wanamaker.features.stores.state.entry.kernels import lookup_rows, observe_event, observe_rows, sweep_all
from wanamaker.features.stores.state.ids.kernels import (
    EARLY,
    OTHER,
    give_ids,
    judge_labels,
    label_rows,
    own_ids,
    sweep_all_ids,
    take_ids,
)
from wanamaker.features.stores.store import RefusedRowError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from wanamaker.features.stores.layout import Coded, Layout

    Ints = NDArray[np.int64]

_FILE: Final = "state.json"
_THREADED: Final = 1 << 11
"""Rows from which on key groups share the cores."""


class MemoryStore:
    """Keeps the state of windows in arrays of this process.

    Per key group there are a table of keys, and for each key the ticks at which it had events with how many
    came before; a window is the difference of two places. See the decision record on live state.

    Parameters
    ----------
    layout
        What the events are.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        seeds = np.frombuffer(b"window features of keys, 1 group", dtype=np.int64).tolist()
        groups = layout.plan.groups
        self._groups = [
            key_arrays(layout, group, (seeds[0] + place, seeds[1])) for place, group in enumerate(groups)
        ]
        self._arrays: list[GroupArrays] = [*self._groups, id_arrays(layout)]
        self._directory = np.zeros((len(self._arrays), len(NAMES)), dtype=np.int64)
        self._address()
        self._agreed: dict[str, str] = {}
        self._late = 0
        self._one = Values.null(layout, 1)
        self._made = (self._one.ints, self._one.floats, self._owners(1))
        self._clock = self._groups[0].state

    @property
    def clock(self) -> int | None:
        """The newest tick; None before the first event."""
        clock = int(self._groups[0].state[places.CLOCK])
        return None if clock == places.NEVER_SEEN else clock

    def agree(self, name: str, value: str | None) -> str | None:
        """Set a value once, or ask for it; return what holds."""
        return self._agreed.get(name) if value is None else self._agreed.setdefault(name, value)

    # --- Events --------------------------------------------------------------------------------------

    def observe(self, events: Coded) -> Values:
        """For each event in order: read its features, then count it."""
        if len(events.ticks) != 1:
            return self._observe_many(events)
        tick, clock = events.ticks.item(0), self._clock.item(places.CLOCK)
        if tick < clock - self._layout.lateness and clock != places.NEVER_SEEN:
            raise RefusedRowError(0, "late", clock)
        bases = self._take_ids(events)
        told = (events.ticks, events.words, events.numbers)
        number, groups = 0, len(self._groups)
        while (number := observe_event(self._directory, number, groups, told, self._made)) < groups:
            self._grow(number)
        if self._layout.has_ids:
            own_ids(self._directory, groups, bases, self._made[2])
        self._late += tick < clock
        return self._one

    def _observe_many(self, events: Coded) -> Values:
        rows = len(events.ticks)
        late = self._refuse_late(events.ticks)
        bases = self._take_ids(events)
        values = Values.unset(self._layout, rows)
        owners = self._owners(rows)
        told = (events.ticks, events.words, events.numbers)
        self._count(told, (values.ints, values.floats, owners))
        if self._layout.has_ids:
            own_ids(self._directory, len(self._groups), bases, owners)
        self._late += late
        return values

    def _owners(self, rows: int) -> Ints:
        """Return where the key of each event goes for its labels; without rows if none can come."""
        return np.empty((len(self._groups), rows if self._layout.has_ids else 0), dtype=np.int64)

    def _count(self, told: tuple[Ints, Ints, Ints], made: tuple[Ints, NDArray[np.float64], Ints]) -> None:
        """Count events with one key group after the other; of many events, key groups share the cores."""
        numbers, work = range(len(self._groups)), partial(self._count_with, told=told, made=made)
        if len(told[0]) < _THREADED or cores() == 1 or len(numbers) == 1:
            for number in numbers:
                work(number)
            return
        with ThreadPoolExecutor(min(cores(), len(numbers))) as pool:
            list(pool.map(work, numbers))

    def _count_with(
        self, number: int, told: tuple[Ints, Ints, Ints], made: tuple[Ints, NDArray[np.float64], Ints]
    ) -> None:
        row, rows = 0, len(told[0])
        while (row := observe_rows(self._directory, number, row, told, made)) < rows:
            self._grow(number)

    def _refuse_late(self, ticks: Ints) -> int:
        """Return how many events come out of order, or refuse one that comes too late."""
        if not len(ticks):
            return 0
        newest = np.maximum.accumulate(np.concatenate([self._clock[places.CLOCK :][:1], ticks[:-1]]))
        behind = ticks < newest
        if behind.any():
            # The first event has nothing to be behind of: then this is the lowest number, less lateness.
            floor = np.where(newest == places.NEVER_SEEN, newest, newest - self._layout.lateness)
            bad = np.flatnonzero(ticks < floor)
            if len(bad):
                raise RefusedRowError(int(bad[0]), "late", int(newest[bad[0]]))
        return int(behind.sum())

    def _take_ids(self, events: Coded) -> Ints:
        rows = len(events.ticks)
        bases = np.zeros(rows if self._layout.has_ids else 0, dtype=np.int64)
        if not self._layout.has_ids:
            return bases
        number, row = len(self._groups), 0
        clock = int(self._arrays[number].state[places.CLOCK])
        told = (events.ticks, events.words[-1:])
        taken = (bases, np.empty((rows, self._arrays[number].stride - places.NEWEST), dtype=np.int64))
        while (row := take_ids(self._directory, number, row, told, taken)) < rows:
            if bases[row] < 0:
                give_ids(self._directory, number, row, taken, clock)
                raise RefusedRowError(row, "held", int(events.ticks[row]))
            self._grow(number)
        return bases

    # --- Other keys, labels --------------------------------------------------------------------------

    def lookup(self, asked: Coded, groups: Sequence[int]) -> Values:
        """Return the features of some key groups for keys at their ticks, strictly before them."""
        clock = self.clock
        if clock is not None:
            gone = np.flatnonzero(asked.ticks < clock - self._layout.lateness)
            if len(gone):
                raise RefusedRowError(int(gone[0]), "gone", clock)
        values = Values.unset(self._layout, len(asked.ticks))
        made = (values.ints, values.floats, np.zeros((1, 0), dtype=np.int64))
        for number in groups:
            lookup_rows(self._directory, number, asked.ticks, asked.words, made)
        return values

    def label(self, ids: Ints, known: Ints) -> Ints:
        """Make labels known, each at its tick."""
        number, rows = len(self._groups), len(known)
        outcomes, bases, others = (np.zeros(rows, dtype=np.int64) for _ in range(3))
        judge_labels(self._directory, number, ids[None], known, (outcomes, bases, others))
        _judge_twins(known, outcomes, bases, others)
        bad = np.flatnonzero(outcomes >= EARLY)
        if len(bad):
            row = int(bad[0])
            raise RefusedRowError(row, "early" if outcomes[row] == EARLY else "other", int(others[row]))
        row = 0
        while row < rows:
            row, group = label_rows(self._directory, number, row, known, outcomes, bases)
            if row < rows:
                self._grow(group)
        return outcomes

    # --- State ---------------------------------------------------------------------------------------

    def evict(self) -> None:
        """Let go of all that no window can reach any more."""
        for number in range(len(self._groups)):
            sweep_all(self._directory, number)
        if self._layout.has_ids:
            sweep_all_ids(self._directory, len(self._groups))

    def counters(self) -> dict[str, int]:
        """Return what is held, and what was let go."""
        states = [group.state for group in self._groups]
        return {
            "keys": sum(int(state[places.KEY_TABLE]) for state in states),
            "events": sum(int(state[places.EVENTS]) for state in states),
            "ids": int(self._arrays[-1].state[places.KEY_TABLE]),
            "evicted_keys": sum(int(state[places.EVICTED]) for state in states),
            "dropped_events": sum(int(state[places.DROPPED]) for state in states),
            "late_events": self._late,
        }

    @property
    def nbytes(self) -> int:
        """How much memory the arrays take, in bytes."""
        return sum(array.nbytes for arrays in self._arrays for array in arrays.arrays.values())

    def save(self, folder: Path) -> None:
        """Write the state into a folder: one file of integers for each array."""
        for number, arrays in enumerate(self._arrays):
            for name, array in arrays.used().items():
                np.save(folder / f"{number}-{name}.npy", array, allow_pickle=False)
        write_json(folder / _FILE, {"agreed": self._agreed, "late": self._late})

    def restore(self, folder: Path) -> None:
        """Take the state from what `save` wrote."""
        told = read_json(folder / _FILE)
        try:
            for number, arrays in enumerate(self._arrays):
                files = {name: folder / f"{number}-{name}.npy" for name in SAVED}
                arrays.fill({name: np.load(file, allow_pickle=False) for name, file in files.items()})
        except (OSError, ValueError, EOFError) as error:
            message = f"The state in {str(folder)!r} cannot be read: {error}."
            raise FileReadError(message, hint="It is incomplete; save it again.") from error
        self._agreed, self._late = told["agreed"], told["late"]
        self._clock = self._groups[0].state
        self._address()

    def _grow(self, number: int) -> None:
        self._arrays[number].grow()
        self._arrays[number].address(self._directory[number])

    def _address(self) -> None:
        for arrays, entry in zip(self._arrays, self._directory, strict=True):
            arrays.address(entry)


def _judge_twins(known: Ints, outcomes: Ints, bases: Ints, others: Ints) -> None:
    """Judge labels of one event that come in one call: the first counts, others repeat it or are refused."""
    fresh = np.flatnonzero(outcomes == 1)
    _, first, place = np.unique(bases[fresh], return_index=True, return_inverse=True)
    earlier = fresh[first][place]
    twins = earlier != fresh
    others[fresh[twins]] = known[earlier[twins]]
    same = known[fresh] == known[earlier]
    outcomes[fresh[twins & same]] = 2
    outcomes[fresh[twins & ~same]] = OTHER
