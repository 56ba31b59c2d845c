"""Blocks of 2^n words with lists of free ones, and lists in them, sorted by their first word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from numba import njit

from wanamaker.features.stores.state.places import (
    AMOUNT,
    BLOCK,
    FREE_BLOCKS,
    HEAD,
    NEED,
    NEED_NOTHING,
    NEED_POOL,
    POOL_ROOM,
    SHIFT,
    TAIL,
    TOP,
)

if TYPE_CHECKING:
    from wanamaker.features.stores.state.types import Ints

_STEPS = 8


@njit(cache=True, nogil=True)
def class_of(words: int) -> int:
    """Return n of the smallest block of 2^n words that holds so many."""
    size = 2
    while (1 << size) < words:
        size += 1
    return size


@njit(cache=True, nogil=True)
def take_block(pool: Ints, state: Ints, size: int) -> int:
    """Return where a block of 2^size words begins; -1 if the pool must grow first."""
    free = state[FREE_BLOCKS + size]
    if free:
        state[FREE_BLOCKS + size] = pool[free - 1]
        return free - 1
    top = state[TOP]
    if top + (1 << size) > state[POOL_ROOM]:
        state[NEED] = NEED_POOL
        state[AMOUNT] = 1 << size
        return -1
    state[TOP] = top + (1 << size)
    return top


@njit(cache=True, nogil=True)
def give_block(pool: Ints, state: Ints, block: int, size: int) -> None:
    """Put a block among the free ones."""
    pool[block] = state[FREE_BLOCKS + size]
    state[FREE_BLOCKS + size] = block + 1


@njit(cache=True, nogil=True)
def free_list(slots: Ints, pool: Ints, state: Ints, at: int) -> None:
    """Let go of the block of a list, if it has one."""
    word = slots[at + BLOCK]
    if word:
        give_block(pool, state, word >> 6, word & 63)
    slots[at + BLOCK], slots[at + HEAD], slots[at + TAIL] = 0, 0, 0


@njit(cache=True, nogil=True)
def is_packed(slots: Ints, at: int, width: int) -> bool:
    """Tell whether a list has no room behind its last item."""
    word = slots[at + BLOCK]
    return word == 0 or (slots[at + TAIL] + 1) * width > (1 << (word & 63))


@njit(cache=True, nogil=True)
def make_room(slots: Ints, pool: Ints, state: Ints, at: int, width: int) -> bool:
    """See to it that a list has room for one more item; return whether it has.

    Items may move: `SHIFT` of the state is by how much their numbers fall.
    """
    word, head, tail = slots[at + BLOCK], slots[at + HEAD], slots[at + TAIL]
    state[SHIFT] = 0
    size = word & 63
    if word and (tail + 1) * width <= (1 << size):
        return True
    live = tail - head
    old = word >> 6
    if word and 2 * live * width <= (1 << size):
        _move(pool, old + head * width, old, live * width)
    else:
        wanted = class_of(2 * width) if word == 0 else size + 1
        block = take_block(pool, state, wanted)
        if block < 0:
            return False
        if word:
            _move(pool, old + head * width, block, live * width)
            give_block(pool, state, old, size)
        slots[at + BLOCK] = (block << 6) | wanted
    state[SHIFT] = head
    slots[at + HEAD], slots[at + TAIL] = 0, live
    return True


@njit(cache=True, nogil=True)
def tighten(slots: Ints, pool: Ints, state: Ints, at: int, width: int) -> None:
    """Move a list that fills less than a quarter of its block into a smaller one."""
    state[SHIFT] = 0
    word, head, tail = slots[at + BLOCK], slots[at + HEAD], slots[at + TAIL]
    live = tail - head
    size = word & 63
    wanted = class_of(2 * max(live, 1) * width)
    if word == 0 or wanted + 1 >= size:
        return
    block = take_block(pool, state, wanted)
    if block < 0:
        state[NEED] = NEED_NOTHING
        return
    _move(pool, (word >> 6) + head * width, block, live * width)
    give_block(pool, state, word >> 6, size)
    slots[at + BLOCK] = (block << 6) | wanted
    slots[at + HEAD], slots[at + TAIL] = 0, live
    state[SHIFT] = head


@njit(cache=True, nogil=True)
def first_from(pool: Ints, block: int, width: int, head: int, tail: int, target: int) -> int:
    """Return the first item of ``head .. tail`` whose first word is the target or more; tail if none is.

    Looks among the last few one by one, for that is where most of what is asked for lies.
    """
    low = max(head, tail - _STEPS)
    at = tail
    while at > low and pool[block + (at - 1) * width] >= target:
        at -= 1
    if at > low or low == head:
        return at
    low = head
    while low < at:
        middle = (low + at) >> 1
        if pool[block + middle * width] < target:
            low = middle + 1
        else:
            at = middle
    return low


@njit(cache=True, nogil=True)
def open_gap(slots: Ints, pool: Ints, at: int, width: int, place: int) -> int:
    """Make a gap for an item at a place of a list that has room; return where the gap's words begin."""
    block, tail = slots[at + BLOCK] >> 6, slots[at + TAIL]
    start = block + place * width
    for word in range(block + tail * width - 1, start - 1, -1):
        pool[word + width] = pool[word]
    slots[at + TAIL] = tail + 1
    return start


@njit(cache=True, nogil=True)
def _move(pool: Ints, source: int, target: int, words: int) -> None:
    """Copy words; the target begins before the source, or lies apart from it."""
    for word in range(words):
        pool[target + word] = pool[source + word]
