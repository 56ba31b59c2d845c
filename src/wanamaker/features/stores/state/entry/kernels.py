"""What Python calls to read and to count; a key group is found in the directory by its number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from wanamaker.features.stores.layout import NULL
from wanamaker.features.stores.state.counting.kernels import count_event, make_rooms, new_slot
from wanamaker.features.stores.state.directory.kernels import apart, opened, reals_of, row_of
from wanamaker.features.stores.state.evicting.kernels import sweep
from wanamaker.features.stores.state.places import (
    A_FLOAT,
    A_INT,
    AMOUNT,
    ASK_SIZE,
    C_ASKS,
    C_ASKS_AT,
    C_DISTINCT,
    C_KEYS,
    C_KEYS_AT,
    C_SEED,
    C_SPARE,
    C_STRIDE,
    CLOCK,
    FREE_SLOT,
    HAND,
    KEY_TABLE,
    LIVE,
    NEED,
    NEED_HEADS,
    NEED_NOTHING,
    NEED_PAIRS,
    NEED_POOL,
    NEED_SLOTS,
    NEVER_SEEN,
    PAIR_TABLE,
    POOL_ROOM,
    ROOM,
    SLOT_ROOM,
    SLOTS,
    STRICT,
    TOP,
)
from wanamaker.features.stores.state.prints.kernels import closed, mixed_in
from wanamaker.features.stores.state.reading.kernels import read_features
from wanamaker.features.stores.state.table.kernels import find, is_full, link_record

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.features.stores.state.types import Group, Ints, Print, Target

    Array = NDArray[np.int64]
    Events = tuple[Array, Array, Array]
    Made = tuple[Array, NDArray[np.float64], Array]

_SWEPT = 2
"""Slots that each event looks at: keys that are held are at most twice those that a window reaches."""

_LEAST = 4
"""Lists that are shorter wait until they are longer, or no window reaches their key."""


@njit(cache=True, nogil=True)
def observe_event(directory: Array, first: int, groups: int, events: Events, made: Made) -> int:
    """Count one event with the key groups from the first on; return at which one an array must grow."""
    for number in range(first, groups):
        if not _observe(opened(directory, number), number, 0, events, made):
            return number
    return groups


@njit(cache=True, nogil=True)
def observe_rows(directory: Array, number: int, first: int, events: Events, made: Made) -> int:
    """Count the events from the first on with one key group; return at which one an array must grow."""
    group = opened(directory, number)
    rows = len(events[0])
    for row in range(first, rows):
        if not _observe(group, number, row, events, made):
            return row
    return rows


@njit(cache=True, nogil=True)
def lookup_rows(directory: Array, number: int, ticks: Array, asked: Array, made: Made) -> None:
    """Read the features of one key group for keys at their ticks."""
    group = opened(directory, number)
    heads, slots, state, config = group[0], group[1], group[4], group[5]
    stride = apart(asked)
    for row in range(len(ticks)):
        words = row_of(asked, row)
        target = (row_of(made[0], row), reals_of(made[1], row), len(ticks))
        if _is_null(config, words, stride):
            _write_null(config, target)
            continue
        prints = _print_of(config, words, stride)
        base = find(heads, slots, state, KEY_TABLE, config[C_STRIDE], prints)
        read_features(group, base, ticks[row], STRICT, target)


@njit(cache=True, nogil=True)
def sweep_all(directory: Array, number: int) -> None:
    """Let go of all that is old in one key group."""
    group = opened(directory, number)
    state = group[4]
    if state[CLOCK] == NEVER_SEEN:
        return
    state[HAND] = 0
    seen = 0
    while seen < state[SLOTS]:
        before = state[HAND]
        sweep(group, 1, 0)
        seen += state[HAND] != before


@njit(cache=True, nogil=True)
def _observe(group: Group, number: int, row: int, events: Events, made: Made) -> bool:
    """Read and count one event with one key group; return whether there was room for it."""
    heads, slots, state, config = group[0], group[1], group[4], group[5]
    tick, words, stride = events[0][row], row_of(events[1], row), apart(events[1])
    target = (row_of(made[0], row), reals_of(made[1], row), len(events[0]))
    state[CLOCK] = max(state[CLOCK], tick)
    if _is_null(config, words, stride):
        _write_null(config, target)
        _own(made[2], number, row, -1)
        return True
    if not _has_spare(state, config):
        return False
    prints = _print_of(config, words, stride)
    base = find(heads, slots, state, KEY_TABLE, config[C_STRIDE], prints)
    if base < 0:
        base = new_slot(slots, state, config[C_STRIDE], prints)
        link_record(heads, slots, state, KEY_TABLE, config[C_STRIDE], base)
    if not make_rooms(group, base) or not _has_spare(state, config):
        return False
    read_features(group, base, tick, LIVE, target)
    count_event(group, base, tick, (words, stride, row_of(events[2], row), apart(events[2])))
    _own(made[2], number, row, base)
    sweep(group, _SWEPT, _LEAST)
    return True


@njit(cache=True, nogil=True)
def _has_spare(state: Ints, config: Ints) -> bool:
    """Tell whether all small things that an event may need fit in; else say what must grow."""
    need = NEED_NOTHING
    if is_full(state, KEY_TABLE):
        need = NEED_HEADS
    elif state[FREE_SLOT] == 0 and (state[SLOTS] + 1) * config[C_STRIDE] > state[SLOT_ROOM]:
        need = NEED_SLOTS
    elif state[TOP] + config[C_SPARE] > state[POOL_ROOM]:
        need = NEED_POOL
    elif state[PAIR_TABLE] + config[C_DISTINCT] >= state[PAIR_TABLE + ROOM]:
        need = NEED_PAIRS
    state[NEED], state[AMOUNT] = need, config[C_SPARE]
    return need == NEED_NOTHING


@njit(cache=True, nogil=True)
def _own(owners: Array, number: int, row: int, base: int) -> None:
    """Write down which key an event counted for, where that is wanted."""
    if owners.shape[1]:
        owners[number, row] = base


@njit(cache=True, nogil=True)
def _is_null(config: Ints, words: Ints, stride: int) -> bool:
    for column in range(config[C_KEYS]):  # noqa: SIM110 (numba has no generators)
        if words[stride * config[config[C_KEYS_AT] + column]] == 0:
            return True
    return False


@njit(cache=True, nogil=True)
def _write_null(config: Ints, target: Target) -> None:
    ints, floats, stride = target
    for number in range(config[C_ASKS]):
        ask = config[C_ASKS_AT] + number * ASK_SIZE
        if config[ask + A_INT] >= 0:
            ints[stride * config[ask + A_INT]] = NULL
        if config[ask + A_FLOAT] >= 0:
            floats[stride * config[ask + A_FLOAT]] = np.nan


@njit(cache=True, nogil=True)
def _print_of(config: Ints, words: Ints, stride: int) -> Print:
    prints = (config[C_SEED], config[C_SEED + 1])
    for column in range(config[C_KEYS]):
        prints = mixed_in(prints, words, stride * config[config[C_KEYS_AT] + column])
    return closed(prints)
