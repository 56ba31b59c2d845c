"""Counting an event with its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from wanamaker.features.stores.layout import NOTHING, WHOLE
from wanamaker.features.stores.state.blocks.kernels import (
    class_of,
    first_from,
    is_packed,
    make_room,
    open_gap,
    take_block,
)
from wanamaker.features.stores.state.evicting.kernels import drop_items, drop_values, shift_pointers
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
    C_DISTINCT_AT,
    C_DISTINCT_LISTS,
    C_LATENESS,
    C_LONGEST,
    C_NODES_AT,
    C_SUMS,
    C_SUMS_AT,
    C_WIDTH,
    CLOCK,
    COUNTS,
    DISTINCT_OF,
    EVENTS,
    FREE_SLOT,
    HEAD,
    LIST,
    LIST_SIZE,
    NEVER_SEEN,
    NEWEST,
    NEXT,
    ONE,
    PAIR_TABLE,
    PRINT_0,
    PRINT_1,
    REFS,
    SHIFT,
    SLOTS,
    SUM_SIZE,
    SUMS,
    TAIL,
    TOTAL,
    TWO,
)
from wanamaker.features.stores.state.prints.kernels import closed, mixed_in
from wanamaker.features.stores.state.reading.kernels import bits_of, real_of
from wanamaker.features.stores.state.table.kernels import find, link_record

if TYPE_CHECKING:
    from wanamaker.features.stores.state.types import Group, Ints, Print, Row


@njit(cache=True, nogil=True)
def new_slot(slots: Ints, state: Ints, stride: int, prints: Print) -> int:
    """Return where an empty slot with a fingerprint begins; there is room for one."""
    free = state[FREE_SLOT]
    if free:
        base = (free - 1) * stride
        state[FREE_SLOT] = slots[base + NEXT]
    else:
        base = state[SLOTS] * stride
        state[SLOTS] += 1
    for word in range(base, base + stride):
        slots[word] = 0
    slots[base + PRINT_0], slots[base + PRINT_1] = prints
    slots[base + NEWEST] = NEVER_SEEN
    return base


@njit(cache=True, nogil=True)
def make_rooms(group: Group, base: int) -> bool:
    """See to it that one more event fits into all lists of a key; return whether it does."""
    slots, pool, state, config = group[1], group[2], group[4], group[5]
    floor = state[CLOCK] - config[C_LATENESS] - config[C_LONGEST]
    if is_packed(slots, base + LIST, config[C_WIDTH]):
        drop_items(group, base, floor)
        if not make_room(slots, pool, state, base + LIST, config[C_WIDTH]):
            return False
    for column in range(config[C_DISTINCT]):
        at = base + config[C_DISTINCT_LISTS] + LIST_SIZE * column
        if not is_packed(slots, at, TWO):
            continue
        drop_values(group, base, column, floor)
        if not make_room(slots, pool, state, at, TWO):
            return False
        shift_pointers(group, base, column, state[SHIFT])
    return True


@njit(cache=True, nogil=True)
def count_event(group: Group, base: int, tick: int, row: Row) -> None:
    """Count an event with the key whose slot begins at ``base``; there is room for it.

    Its row is where its words and its numbers begin, and the words from one column to the next of each.
    """
    words, word_stride, numbers, number_stride = row
    state, config = group[4], group[5]
    first = _place_of(group, base, tick)
    _add_from(group, base, first, numbers, number_stride)
    state[EVENTS] += 1
    for column in range(config[C_DISTINCT]):
        value = word_stride * config[config[C_DISTINCT_AT] + column]
        if words[value] != 0:
            _count_value(group, base, column, tick, words, value)


@njit(cache=True, nogil=True)
def _place_of(group: Group, base: int, tick: int) -> int:
    """Return the first item behind a tick, after the tick has an item of its own."""
    slots, pool, config = group[1], group[2], group[5]
    width, at = config[C_WIDTH], base + LIST
    if tick == slots[base + NEWEST]:
        return slots[at + TAIL]
    block, head, tail = slots[at + BLOCK] >> 6, slots[at + HEAD], slots[at + TAIL]
    if tick > slots[base + NEWEST]:
        place = tail
        slots[base + NEWEST] = tick
    else:
        place = first_from(pool, block, width, head, tail, tick)
        if place < tail and pool[block + place * width] == tick:
            return place + 1
    item = open_gap(slots, pool, at, width, place)
    source, array = (base + TOTAL, slots) if place == tail else (item + width + 1, pool)
    pool[item] = tick
    pool[item + 1] = array[source]
    sums = base + SUMS if place == tail else source + 1
    for word in range(width - 2):
        pool[item + 2 + word] = array[sums + word]
    return place + 1


@njit(cache=True, nogil=True)
def _add_from(group: Group, base: int, first: int, numbers: Ints, stride: int) -> None:
    """Add an event to all items from the first on, and to the key's totals."""
    slots, pool, config = group[1], group[2], group[5]
    width = config[C_WIDTH]
    block, tail = slots[base + LIST + BLOCK] >> 6, slots[base + LIST + TAIL]
    slots[base + TOTAL] += 1
    for item in range(block + first * width, block + tail * width, width):
        pool[item + 1] += 1
    for column in range(config[C_SUMS]):
        at = stride * config[config[C_SUMS_AT] + column]
        kind, bits = numbers[at], numbers[at + 1]
        if kind != NOTHING:
            _add_number(slots, base + SUMS + SUM_SIZE * column, kind, bits)
            for item in range(block + first * width, block + tail * width, width):
                _add_number(pool, item + 2 + SUM_SIZE * column, kind, bits)


@njit(cache=True, nogil=True)
def _add_number(words: Ints, at: int, kind: int, bits: int) -> None:
    """Add a number to a sum: an integer to the integers, a float to two floats that keep what one loses.

    Knuth's TwoSum gives the rounding error of a sum exactly (The Art of Computer Programming 2, 4.2.2).
    """
    words[at] += 1
    if kind == WHOLE:
        words[at + 1] += bits
        carried = np.uint64(words[at + 1]) < np.uint64(bits)
        words[at + 2] += (bits >> 63) + (1 if carried else 0)
        return
    high, low, value = real_of(words[at + 3]), real_of(words[at + 4]), real_of(bits)
    total = high + value
    shadow = total - high
    lost = (high - (total - shadow)) + (value - shadow) + low
    words[at + 3] = bits_of(total + lost)
    words[at + 4] = bits_of(lost - ((total + lost) - total))


@njit(cache=True, nogil=True)
def _count_value(group: Group, base: int, column: int, tick: int, words: Ints, value: int) -> None:
    """Put a value into its key's list, and into the windows that hold its tick."""
    slots, pool, config = group[1], group[2], group[5]
    node = _node_of(group, base, column, words, value)
    pool[node + REFS] += 1
    at = base + config[C_DISTINCT_LISTS] + LIST_SIZE * column
    block, head, tail = slots[at + BLOCK] >> 6, slots[at + HEAD], slots[at + TAIL]
    place = first_from(pool, block, TWO, head, tail, tick + 1)
    item = open_gap(slots, pool, at, TWO, place)
    pool[item], pool[item + 1] = tick, node
    for number in range(config[C_ASKS]):
        ask = config[C_ASKS_AT] + number * ASK_SIZE
        if config[ask + A_KIND] != DISTINCT_OF or config[ask + A_COLUMN] != column:
            continue
        pointer = base + config[ask + A_POINTER]
        if place <= slots[pointer]:
            slots[pointer] += 1
            slots[pointer + 1] += 1
        elif place < slots[pointer + 1]:
            slots[pointer + 1] += 1
            word = node + COUNTS + config[ask + A_COUNTER]
            pool[word] += 1
            slots[pointer + 2] += pool[word] == 1


@njit(cache=True, nogil=True)
def _node_of(group: Group, base: int, column: int, words: Ints, value: int) -> int:
    """Return the node of a key's value, made when missing; there is room for it."""
    slots, pool, pairs, state, config = group[1], group[2], group[3], group[4], group[5]
    seed = (slots[base + PRINT_0] + column, slots[base + PRINT_1] - column)
    prints = closed(mixed_in(seed, words, value))
    node = find(pairs, pool, state, PAIR_TABLE, ONE, prints)
    if node >= 0:
        return node
    counts = config[config[C_NODES_AT] + column]
    node = take_block(pool, state, class_of(COUNTS + counts))
    for word in range(node, node + COUNTS + counts):
        pool[word] = 0
    pool[node + PRINT_0], pool[node + PRINT_1] = prints
    link_record(pairs, pool, state, PAIR_TABLE, ONE, node)
    return node
