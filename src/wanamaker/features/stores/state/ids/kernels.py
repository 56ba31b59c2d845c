"""Ids of events: where a label finds its event's tick, and the keys that it counts for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from wanamaker.features.stores.state.blocks.kernels import first_from, make_room, open_gap
from wanamaker.features.stores.state.counting.kernels import new_slot
from wanamaker.features.stores.state.directory.kernels import opened, row_of
from wanamaker.features.stores.state.places import (
    BLOCK,
    C_LATENESS,
    C_LONGEST,
    C_RATE_LISTS,
    C_STRIDE,
    CLOCK,
    FREE_SLOT,
    HAND,
    HEAD,
    I_OWNERS,
    KEY_TABLE,
    KNOWN,
    LIST_SIZE,
    NEED,
    NEED_HEADS,
    NEED_NOTHING,
    NEED_SLOTS,
    NEVER_SEEN,
    NEWEST,
    NEXT,
    ONE,
    OWNERS,
    PRINT_0,
    PRINT_1,
    SLOT_ROOM,
    SLOTS,
    TAIL,
    TWO,
)
from wanamaker.features.stores.state.prints.kernels import closed, mixed_in
from wanamaker.features.stores.state.table.kernels import find, is_full, link_record, unlink_record

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.features.stores.state.types import Group, Ints

    Array = NDArray[np.int64]
    Taken = tuple[Array, Array]

UNLABELLED = np.iinfo(np.int64).max
"""The tick of a label that is not known."""

EARLY, OTHER = 3, 4
"""Outcomes besides those of `wanamaker.features.stores.store`: the label is refused."""


@njit(cache=True, nogil=True)
def take_ids(directory: Array, number: int, first: int, events: tuple[Array, Array], taken: Taken) -> int:
    """Make room for the ids of the rows from the first on, each unlike all that are held.

    Parameters
    ----------
    directory, number
        Where the ids are.
    first
        The first row.
    events
        The ticks of the rows, and their ids' words, of shape (1, rows, 3).
    taken
        Written to: where each row's record begins, of shape (rows,); and what stood there, of shape
        (rows, words): the id of an event that no label can reach any more may still be there.

    Returns
    -------
    int
        The row at which to stop: its id is held if its base is -1, else an array must grow.
    """
    group = opened(directory, number)
    heads, slots, state, config = group[0], group[1], group[4], group[5]
    stride = config[C_STRIDE]
    ticks, words = events
    bases, before = taken
    for row in range(first, len(ticks)):
        if not _has_spare(state, stride):
            bases[row] = 0
            return row
        prints = closed(mixed_in((0, 0), row_of(words, row), 0))
        base = find(heads, slots, state, KEY_TABLE, stride, prints)
        if base >= 0 and slots[base + NEWEST] >= state[CLOCK] - config[C_LATENESS] - config[C_LONGEST]:
            bases[row] = -1
            return row
        if base < 0:
            base = new_slot(slots, state, stride, prints)
            link_record(heads, slots, state, KEY_TABLE, stride, base)
        for place in range(NEWEST, stride):
            before[row, place - NEWEST] = slots[base + place]
            slots[base + place] = -1
        slots[base + NEWEST], slots[base + KNOWN] = ticks[row], UNLABELLED
        bases[row] = base
        state[CLOCK] = max(state[CLOCK], ticks[row])
    return len(ticks)


@njit(cache=True, nogil=True)
def give_ids(directory: Array, number: int, rows: int, taken: Taken, clock: int) -> None:
    """Put back what was before the first rows were taken, and set the clock back."""
    group = opened(directory, number)
    heads, slots, state, config = group[0], group[1], group[4], group[5]
    bases, before = taken
    for row in range(rows - 1, -1, -1):
        for place in range(NEWEST, config[C_STRIDE]):
            slots[bases[row] + place] = before[row, place - NEWEST]
        if before[row, 0] == NEVER_SEEN:
            _drop_id(heads, slots, state, config[C_STRIDE], bases[row])
    state[CLOCK] = clock


@njit(cache=True, nogil=True)
def own_ids(directory: Array, number: int, bases: Array, owners: Array) -> None:
    """Write down which keys the events counted for, of shape (groups, rows); then let go of old ids."""
    group = opened(directory, number)
    slots, state, config = group[1], group[4], group[5]
    rates = config[C_STRIDE] - OWNERS
    for row in range(len(bases)):
        for place in range(rates):
            slots[bases[row] + OWNERS + place] = owners[config[I_OWNERS + place], row]
    sweep_ids(group, 2 * len(bases))
    state[NEED] = NEED_NOTHING


@njit(cache=True, nogil=True)
def sweep_ids(group: Group, slots_to_see: int) -> None:
    """Look at some more ids, round and round, and let go of those that no label can reach."""
    heads, slots, state, config = group[0], group[1], group[4], group[5]
    stride = config[C_STRIDE]
    floor = state[CLOCK] - config[C_LATENESS] - config[C_LONGEST]
    for _ in range(min(slots_to_see, state[SLOTS])):
        if state[HAND] >= state[SLOTS]:
            state[HAND] = 0
        base = state[HAND] * stride
        if (slots[base + PRINT_0] != 0 or slots[base + PRINT_1] != 0) and slots[base + NEWEST] < floor:
            _drop_id(heads, slots, state, stride, base)
        state[HAND] += 1


@njit(cache=True, nogil=True)
def sweep_all_ids(directory: Array, number: int) -> None:
    """Let go of all ids that no label can reach."""
    group = opened(directory, number)
    group[4][HAND] = 0
    sweep_ids(group, group[4][SLOTS])


@njit(cache=True, nogil=True)
def judge_labels(
    directory: Array, number: int, words: Array, known: Array, found: tuple[Array, Array, Array]
) -> None:
    """Write for each label the outcome, its event's record, and what its tick is compared with."""
    group = opened(directory, number)
    heads, slots, state, config = group[0], group[1], group[4], group[5]
    outcomes, bases, others = found
    floor = state[CLOCK] - config[C_LATENESS] - config[C_LONGEST]
    for row in range(len(known)):
        prints = closed(mixed_in((0, 0), row_of(words, row), 0))
        base = find(heads, slots, state, KEY_TABLE, config[C_STRIDE], prints)
        bases[row], outcomes[row] = base, 0
        if base < 0 or slots[base + NEWEST] < floor:
            continue
        outcomes[row] = 1
        if known[row] < slots[base + NEWEST]:
            outcomes[row], others[row] = EARLY, slots[base + NEWEST]
        elif slots[base + KNOWN] != UNLABELLED:
            others[row] = slots[base + KNOWN]
            outcomes[row] = 2 if known[row] == others[row] else OTHER


@njit(cache=True, nogil=True)
def label_rows(
    directory: Array, number: int, first: int, known: Array, outcomes: Array, bases: Array
) -> tuple[int, int]:
    """Count labels from the first row on; return the row and group at which an array must grow."""
    ids = opened(directory, number)
    slots, config = ids[1], ids[5]
    rates = config[C_STRIDE] - OWNERS
    for row in range(first, len(known)):
        base = bases[row]
        if outcomes[row] != 1 or slots[base + KNOWN] != UNLABELLED:
            continue
        for place in range(rates):
            group = opened(directory, config[I_OWNERS + place])
            if _reaches(group, slots, base, place) and not _make_rooms(group, slots[base + OWNERS + place]):
                return row, config[I_OWNERS + place]
        for place in range(rates):
            group = opened(directory, config[I_OWNERS + place])
            if _reaches(group, slots, base, place):
                _count_label(group, slots[base + OWNERS + place], slots[base + NEWEST], known[row])
        slots[base + KNOWN] = known[row]
    return len(known), -1


@njit(cache=True, nogil=True)
def _reaches(group: Group, ids: Ints, base: int, place: int) -> bool:
    """Tell whether a window of the group still reaches the event; if not, its slot may be another's."""
    state, config = group[4], group[5]
    floor = state[CLOCK] - config[C_LATENESS] - config[C_LONGEST]
    return ids[base + OWNERS + place] >= 0 and ids[base + NEWEST] >= floor


@njit(cache=True, nogil=True)
def _make_rooms(group: Group, owner: int) -> bool:
    slots, pool, state, config = group[1], group[2], group[4], group[5]
    at = owner + config[C_RATE_LISTS]
    return make_room(slots, pool, state, at, ONE) and make_room(slots, pool, state, at + LIST_SIZE, TWO)


@njit(cache=True, nogil=True)
def _count_label(group: Group, owner: int, tick: int, known: int) -> None:
    """Put a conversion among its key's; and its time among those that a read may not know of yet."""
    slots, pool, state, config = group[1], group[2], group[4], group[5]
    at = owner + config[C_RATE_LISTS]
    place = first_from(pool, slots[at + BLOCK] >> 6, ONE, slots[at + HEAD], slots[at + TAIL], tick)
    pool[open_gap(slots, pool, at, ONE, place)] = tick
    if known < state[CLOCK] - config[C_LATENESS]:
        return
    at += LIST_SIZE
    place = first_from(pool, slots[at + BLOCK] >> 6, TWO, slots[at + HEAD], slots[at + TAIL], known)
    item = open_gap(slots, pool, at, TWO, place)
    pool[item], pool[item + 1] = known, tick


@njit(cache=True, nogil=True)
def _has_spare(state: Ints, stride: int) -> bool:
    need = NEED_NOTHING
    if is_full(state, KEY_TABLE):
        need = NEED_HEADS
    elif state[FREE_SLOT] == 0 and (state[SLOTS] + 1) * stride > state[SLOT_ROOM]:
        need = NEED_SLOTS
    state[NEED] = need
    return need == NEED_NOTHING


@njit(cache=True, nogil=True)
def _drop_id(heads: Ints, slots: Ints, state: Ints, stride: int, base: int) -> None:
    unlink_record(heads, slots, state, KEY_TABLE, stride, base)
    slots[base + PRINT_0], slots[base + PRINT_1] = 0, 0
    slots[base + NEXT] = state[FREE_SLOT]
    state[FREE_SLOT] = base // stride + 1
