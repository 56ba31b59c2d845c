"""Letting go of what no window of a key reaches any more, and of the key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numba import njit

from wanamaker.features.stores.state.blocks.kernels import (
    class_of,
    first_from,
    free_list,
    give_block,
    tighten,
)
from wanamaker.features.stores.state.places import (
    A_COLUMN,
    A_COUNTER,
    A_KIND,
    A_POINTER,
    ASK_SIZE,
    BLOCK,
    C_ASKS,
    C_ASKS_AT,
    C_DISTINCT,
    C_DISTINCT_LISTS,
    C_LATENESS,
    C_LONGEST,
    C_NODES_AT,
    C_RATE_LISTS,
    C_RATES,
    C_STRIDE,
    C_WIDTH,
    CLOCK,
    COUNTS,
    DISTINCT_OF,
    DROPPED,
    EVENTS,
    EVICTED,
    FREE_SLOT,
    HAND,
    HEAD,
    KEY_TABLE,
    LIST,
    LIST_SIZE,
    NEWEST,
    NEXT,
    ONE,
    PAIR_TABLE,
    PRINT_0,
    PRINT_1,
    REFS,
    SHIFT,
    SLOTS,
    TAIL,
    TOTAL,
    TWO,
)
from wanamaker.features.stores.state.reading.kernels import take_value
from wanamaker.features.stores.state.table.kernels import unlink_record

if TYPE_CHECKING:
    from wanamaker.features.stores.state.types import Group, Ints

_AT_A_TIME = 256
"""So many events of counted values are let go in one step, so that none takes long."""


@njit(cache=True, nogil=True)
def let_go(group: Group, base: int, least: int) -> bool:
    """Drop what no window of a key reaches any more, and the key if nothing is left.

    Parameters
    ----------
    group
        The arrays of the key group.
    base
        Where the key's slot begins.
    least
        A key that is reached and has shorter lists than this is left as it is: its lists need not be read.

    Returns
    -------
    bool
        Whether all is done; a key with very many values takes several steps.
    """
    slots, pool, state, config = group[1], group[2], group[4], group[5]
    floor = state[CLOCK] - config[C_LATENESS] - config[C_LONGEST]
    if slots[base + NEWEST] >= floor and _is_short(slots, config, base, least):
        return True
    done = True
    for column in range(config[C_DISTINCT]):
        done = drop_values(group, base, column, floor) and done
    drop_items(group, base, floor)
    if config[C_RATES]:
        _drop_labels(group, base, floor, state[CLOCK] - config[C_LATENESS])
    if not done:
        return False
    if slots[base + NEWEST] < floor:
        _drop_key(group, base)
        return True
    tighten(slots, pool, state, base + LIST, config[C_WIDTH])
    for column in range(config[C_DISTINCT]):
        tighten(slots, pool, state, base + config[C_DISTINCT_LISTS] + LIST_SIZE * column, TWO)
        shift_pointers(group, base, column, state[SHIFT])
    return True


@njit(cache=True, nogil=True)
def sweep(group: Group, slots_to_see: int, least: int) -> None:
    """Look at some more slots, round and round, and let go of what is old; see `let_go` for the least."""
    slots, state, config = group[1], group[4], group[5]
    stride = config[C_STRIDE]
    for _ in range(min(slots_to_see, state[SLOTS])):
        if state[HAND] >= state[SLOTS]:
            state[HAND] = 0
        base = state[HAND] * stride
        free = slots[base + PRINT_0] == 0 and slots[base + PRINT_1] == 0
        if free or let_go(group, base, least):
            state[HAND] += 1


@njit(cache=True, nogil=True)
def _is_short(slots: Ints, config: Ints, base: int, least: int) -> bool:
    """Tell whether all lists of a key are shorter than the least."""
    if slots[base + LIST + TAIL] - slots[base + LIST + HEAD] >= least:
        return False
    first, lists = base + config[C_RATE_LISTS], 2 * config[C_RATES] + config[C_DISTINCT]
    for at in range(first, first + LIST_SIZE * lists, LIST_SIZE):
        if slots[at + TAIL] - slots[at + HEAD] >= least:
            return False
    return True


@njit(cache=True, nogil=True)
def drop_items(group: Group, base: int, floor: int) -> None:
    """Drop the events of a key before a tick."""
    slots, pool, state, config = group[1], group[2], group[4], group[5]
    at, width = base + LIST, config[C_WIDTH]
    block, head, tail = slots[at + BLOCK] >> 6, slots[at + HEAD], slots[at + TAIL]
    if head == tail or pool[block + head * width] >= floor:
        return
    first = first_from(pool, block, width, head, tail, floor)
    before = slots[base + TOTAL] if first == tail else pool[block + first * width + 1]
    dropped = before - pool[block + head * width + 1]
    slots[at + HEAD] = first
    state[EVENTS] -= dropped
    state[DROPPED] += dropped


@njit(cache=True, nogil=True)
def drop_values(group: Group, base: int, column: int, floor: int) -> bool:
    """Drop values of a counted column before a tick; return whether none is left."""
    slots, pool, config = group[1], group[2], group[5]
    at = base + config[C_DISTINCT_LISTS] + LIST_SIZE * column
    block = slots[at + BLOCK] >> 6
    for _ in range(_AT_A_TIME):
        head = slots[at + HEAD]
        if head == slots[at + TAIL] or pool[block + 2 * head] >= floor:
            return True
        _drop_value(group, base, column, head, pool[block + 2 * head + 1])
        slots[at + HEAD] = head + 1
    return False


@njit(cache=True, nogil=True)
def _drop_value(group: Group, base: int, column: int, head: int, node: int) -> None:
    slots, pool, pairs, state, config = group[1], group[2], group[3], group[4], group[5]
    for number in range(config[C_ASKS]):
        ask = config[C_ASKS_AT] + number * ASK_SIZE
        if config[ask + A_KIND] != DISTINCT_OF or config[ask + A_COLUMN] != column:
            continue
        pointer = base + config[ask + A_POINTER]
        if slots[pointer] <= head < slots[pointer + 1]:
            slots[pointer + 2] -= take_value(pool, node + COUNTS + config[ask + A_COUNTER])
        slots[pointer] = max(slots[pointer], head + 1)
        slots[pointer + 1] = max(slots[pointer + 1], head + 1)
    pool[node + REFS] -= 1
    if pool[node + REFS] == 0:
        unlink_record(pairs, pool, state, PAIR_TABLE, ONE, node)
        give_block(pool, state, node, class_of(COUNTS + config[config[C_NODES_AT] + column]))


@njit(cache=True, nogil=True)
def _drop_labels(group: Group, base: int, floor: int, settled: int) -> None:
    """Drop conversions of dropped events, and the times of labels that every read knows of."""
    slots, pool, state, config = group[1], group[2], group[4], group[5]
    at = base + config[C_RATE_LISTS]
    slots[at + HEAD] = first_from(
        pool, slots[at + BLOCK] >> 6, ONE, slots[at + HEAD], slots[at + TAIL], floor
    )
    tighten(slots, pool, state, at, ONE)
    at += LIST_SIZE
    slots[at + HEAD] = first_from(
        pool, slots[at + BLOCK] >> 6, TWO, slots[at + HEAD], slots[at + TAIL], settled
    )
    tighten(slots, pool, state, at, TWO)


@njit(cache=True, nogil=True)
def _drop_key(group: Group, base: int) -> None:
    heads, slots, pool, state, config = group[0], group[1], group[2], group[4], group[5]
    unlink_record(heads, slots, state, KEY_TABLE, config[C_STRIDE], base)
    free_list(slots, pool, state, base + LIST)
    for column in range(config[C_DISTINCT]):
        free_list(slots, pool, state, base + config[C_DISTINCT_LISTS] + LIST_SIZE * column)
    if config[C_RATES]:
        free_list(slots, pool, state, base + config[C_RATE_LISTS])
        free_list(slots, pool, state, base + config[C_RATE_LISTS] + LIST_SIZE)
    slots[base + PRINT_0], slots[base + PRINT_1] = 0, 0
    slots[base + NEXT] = state[FREE_SLOT]
    state[FREE_SLOT] = base // config[C_STRIDE] + 1
    state[EVICTED] += 1


@njit(cache=True, nogil=True)
def shift_pointers(group: Group, base: int, column: int, by: int) -> None:
    """Lower the numbers of items that the windows of a counted column point at."""
    slots, config = group[1], group[5]
    if by == 0:
        return
    for number in range(config[C_ASKS]):
        ask = config[C_ASKS_AT] + number * ASK_SIZE
        if config[ask + A_KIND] == DISTINCT_OF and config[ask + A_COLUMN] == column:
            pointer = base + config[ask + A_POINTER]
            slots[pointer] -= by
            slots[pointer + 1] -= by
