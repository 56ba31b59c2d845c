"""Reading the features of one key at one tick. A group is the tuple of its arrays, see `places`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from wanamaker.features.stores.layout import NULL
from wanamaker.features.stores.state.blocks.kernels import first_from
from wanamaker.features.stores.state.places import (
    A_COLUMN,
    A_COUNTER,
    A_END,
    A_END_BOUND,
    A_FLOAT,
    A_INT,
    A_KIND,
    A_MEAN,
    A_POINTER,
    A_PRIOR,
    A_START,
    A_START_BOUND,
    ASK_SIZE,
    BLOCK,
    C_ASKS,
    C_ASKS_AT,
    C_BOUNDS,
    C_BOUNDS_AT,
    C_DISTINCT_LISTS,
    C_RATE_LISTS,
    C_RESOLUTION,
    C_WIDTH,
    COUNT,
    COUNTS,
    DISTINCT_OF,
    HEAD,
    LIST,
    LIST_SIZE,
    MEAN_OF,
    ONE,
    RATE,
    SINCE_LAST,
    STRICT,
    SUM_SIZE,
    SUMS,
    TAIL,
    TOTAL,
    TOTAL_OF,
    TWO,
)

if TYPE_CHECKING:
    from wanamaker.features.stores.state.types import Group, Ints, Target

_MICROS = 1e6
_WORD = 2.0**64


@njit(cache=True, nogil=True)
def real_of(bits: int) -> float:
    """Return the float that 64 bits are."""
    real: float = np.int64(bits).view(np.float64)
    return real


@njit(cache=True, nogil=True)
def bits_of(real: float) -> int:
    """Return the 64 bits of a float."""
    return np.float64(real).view(np.int64)  # type: ignore[return-value]


@njit(cache=True, nogil=True)
def read_features(group: Group, base: int, tick: int, strict: int, made: Target) -> None:
    """Write the features of the key whose slot begins at ``base``; with ``base`` -1 those of no events.

    Parameters
    ----------
    group
        The arrays of the key group.
    base
        Where the slot begins.
    tick
        The tick to read at.
    strict
        `STRICT` if no event of the same tick counts, not even for windows that count those that came
        earlier; else `LIVE`.
    made
        Where the row's integers and floats go, and how far apart the features are.
    """
    config = group[5]
    ints, _, stride = made
    if base >= 0:
        _find_bounds(group, base, tick, strict)
    for number in range(config[C_ASKS]):
        ask = config[C_ASKS_AT] + number * ASK_SIZE
        kind = config[ask + A_KIND]
        if base < 0:
            _write_none(config, ask, kind, made)
        elif kind == COUNT:
            ints[stride * config[ask + A_INT]] = _events(group, ask)
        elif kind == DISTINCT_OF:
            ints[stride * config[ask + A_INT]] = _distinct(group, base, ask, tick, strict)
        elif kind in (TOTAL_OF, MEAN_OF):
            _write_sum(group, base, ask, kind, made)
        elif kind == RATE:
            _write_rate(group, base, ask, tick, strict, made)
        else:
            _write_since(group, base, ask, kind, tick, made)


@njit(cache=True, nogil=True)
def _find_bounds(group: Group, base: int, tick: int, strict: int) -> None:
    """Write to scratch, for each bound, the first item from it on, and how many events are before it."""
    slots, pool, config, scratch = group[1], group[2], group[5], group[6]
    width = config[C_WIDTH]
    block, head, tail = slots[base + LIST + BLOCK] >> 6, slots[base + LIST + HEAD], slots[base + LIST + TAIL]
    at = tail
    for number in range(config[C_BOUNDS]):
        offset = config[config[C_BOUNDS_AT] + number]
        if strict == STRICT and offset < 0:
            offset = 0
        at = first_from(pool, block, width, head, at, tick - offset)
        scratch[2 * number] = at
        scratch[2 * number + 1] = slots[base + TOTAL] if at == tail else pool[block + at * width + 1]


@njit(cache=True, nogil=True)
def _events(group: Group, ask: int) -> int:
    config, scratch = group[5], group[6]
    return scratch[2 * config[ask + A_END_BOUND] + 1] - scratch[2 * config[ask + A_START_BOUND] + 1]


@njit(cache=True, nogil=True)
def _sum_at(group: Group, base: int, column: int, at: int) -> tuple[Ints, int]:
    """Return where the sums of a column stand over all events before an item of the list."""
    slots, pool, config = group[1], group[2], group[5]
    if at == slots[base + LIST + TAIL]:
        return slots, base + SUMS + SUM_SIZE * column
    block = slots[base + LIST + BLOCK] >> 6
    return pool, block + at * config[C_WIDTH] + 2 + SUM_SIZE * column


@njit(cache=True, nogil=True)
def _write_sum(group: Group, base: int, ask: int, kind: int, made: Target) -> None:
    config, scratch = group[5], group[6]
    ints, floats, stride = made
    column = config[ask + A_COLUMN]
    ends, last = _sum_at(group, base, column, scratch[2 * config[ask + A_END_BOUND]])
    starts, first = _sum_at(group, base, column, scratch[2 * config[ask + A_START_BOUND]])
    values, low = ends[last] - starts[first], ends[last + 1] - starts[first + 1]
    borrowed = np.uint64(ends[last + 1]) < np.uint64(starts[first + 1])
    high = ends[last + 2] - starts[first + 2] - (1 if borrowed else 0)
    fits = high == low >> 63
    whole = float(low) if fits else float(high) * _WORD + float(np.uint64(low))
    real = real_of(ends[last + 3]) - real_of(starts[first + 3])
    real += real_of(ends[last + 4]) - real_of(starts[first + 4])
    if kind == TOTAL_OF:
        ints[stride * config[ask + A_INT]] = low if fits else NULL
        floats[stride * config[ask + A_FLOAT]] = whole + real
    else:
        floats[stride * config[ask + A_FLOAT]] = (whole + real) / values if values else np.nan


@njit(cache=True, nogil=True)
def _write_since(group: Group, base: int, ask: int, kind: int, tick: int, made: Target) -> None:
    slots, pool, config, scratch = group[1], group[2], group[5], group[6]
    _, floats, stride = made
    first = scratch[2 * config[ask + A_START_BOUND]]
    last = scratch[2 * config[ask + A_END_BOUND]] - 1
    if last < first:
        floats[stride * config[ask + A_FLOAT]] = np.nan
        return
    at = last if kind == SINCE_LAST else first
    found = pool[(slots[base + LIST + BLOCK] >> 6) + at * config[C_WIDTH]]
    floats[stride * config[ask + A_FLOAT]] = (tick - found) * config[C_RESOLUTION] / _MICROS


@njit(cache=True, nogil=True)
def _write_rate(group: Group, base: int, ask: int, tick: int, strict: int, made: Target) -> None:
    """Write a rate: conversions are counted by their events, less those that were not known yet."""
    slots, pool, config = group[1], group[2], group[5]
    start, end = _span(config, ask, tick, strict)
    at = base + config[C_RATE_LISTS]
    block, head, tail = slots[at + BLOCK] >> 6, slots[at + HEAD], slots[at + TAIL]
    upper = first_from(pool, block, ONE, head, tail, end)
    known = upper - first_from(pool, block, ONE, head, upper, start)
    at += LIST_SIZE
    block, head = slots[at + BLOCK] >> 6, slots[at + HEAD]
    item = slots[at + TAIL] - 1
    while item >= head and pool[block + 2 * item] >= tick:
        event = pool[block + 2 * item + 1]
        known -= start <= event < end
        item -= 1
    _write_share(config, ask, known, _events(group, ask), made)


@njit(cache=True, nogil=True)
def _write_share(config: Ints, ask: int, known: int, events: int, made: Target) -> None:
    _, floats, stride = made
    prior, mean = real_of(config[ask + A_PRIOR]), real_of(config[ask + A_MEAN])
    weight = prior + events
    floats[stride * config[ask + A_FLOAT]] = mean if weight == 0.0 else (prior * mean + known) / weight


@njit(cache=True, nogil=True)
def _span(config: Ints, ask: int, tick: int, strict: int) -> tuple[int, int]:
    """Return the first tick of the window, and the first behind it."""
    end = config[ask + A_END]
    if strict == STRICT and end < 0:
        end = 0
    return tick - config[ask + A_START], tick - end


@njit(cache=True, nogil=True)
def _distinct(group: Group, base: int, ask: int, tick: int, strict: int) -> int:
    """Move the window that the key has for this ask to the tick, and return how many values are in it."""
    slots, pool, config = group[1], group[2], group[5]
    start, end = _span(config, ask, tick, strict)
    at = base + config[C_DISTINCT_LISTS] + LIST_SIZE * config[ask + A_COLUMN]
    block, head, tail = slots[at + BLOCK] >> 6, slots[at + HEAD], slots[at + TAIL]
    pointer, counter = base + config[ask + A_POINTER], COUNTS + config[ask + A_COUNTER]
    low, high, found = slots[pointer], slots[pointer + 1], slots[pointer + 2]
    if low == high:
        low = first_from(pool, block, TWO, head, tail, start)
        high = low
    while high < tail and pool[block + 2 * high] < end:
        found += add_value(pool, pool[block + 2 * high + 1] + counter)
        high += 1
    while low > head and pool[block + 2 * (low - 1)] >= start:
        low -= 1
        found += add_value(pool, pool[block + 2 * low + 1] + counter)
    while low < high and pool[block + 2 * low] < start:
        found -= take_value(pool, pool[block + 2 * low + 1] + counter)
        low += 1
    while high > low and pool[block + 2 * (high - 1)] >= end:
        high -= 1
        found -= take_value(pool, pool[block + 2 * high + 1] + counter)
    slots[pointer], slots[pointer + 1], slots[pointer + 2] = low, high, found
    return found


@njit(cache=True, nogil=True)
def add_value(pool: Ints, word: int) -> int:
    """Count one more event with a value; return 1 if it is the first in the window."""
    pool[word] += 1
    return 1 if pool[word] == 1 else 0


@njit(cache=True, nogil=True)
def take_value(pool: Ints, word: int) -> int:
    """Count one event with a value less; return 1 if it was the last in the window."""
    pool[word] -= 1
    return 1 if pool[word] == 0 else 0


@njit(cache=True, nogil=True)
def _write_none(config: Ints, ask: int, kind: int, made: Target) -> None:
    """Write the feature of a key without events."""
    ints, floats, stride = made
    if kind in (COUNT, DISTINCT_OF, TOTAL_OF):
        ints[stride * config[ask + A_INT]] = 0
    if kind == TOTAL_OF:
        floats[stride * config[ask + A_FLOAT]] = 0.0
    elif kind == RATE:
        _write_share(config, ask, 0, 0, made)
    elif kind not in (COUNT, DISTINCT_OF):
        floats[stride * config[ask + A_FLOAT]] = np.nan
