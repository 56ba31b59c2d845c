"""Linear hashing (Litwin, 1980): a table of chains whose buckets are split one at a time.

No insertion ever waits for the whole table to be built anew, and what is taken out leaves no trace.
Records stand in an array, ``stride`` words apart; a chain's links are their numbers plus one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from numba import njit

from wanamaker.features.stores.state.places import BUCKETS, ENTRIES, MASK, NEXT, PRINT_0, PRINT_1, ROOM

if TYPE_CHECKING:
    from wanamaker.features.stores.state.types import Ints, Print


@njit(cache=True, nogil=True)
def bucket_of(state: Ints, table: int, print_0: int) -> int:
    """Return the bucket of a fingerprint."""
    mask = state[table + MASK]
    bucket = print_0 & mask
    return bucket if bucket < state[table + BUCKETS] else bucket & (mask >> 1)


@njit(cache=True, nogil=True)
def find(heads: Ints, records: Ints, state: Ints, table: int, stride: int, prints: Print) -> int:
    """Return where the record with a fingerprint begins; -1 if there is none."""
    link = heads[bucket_of(state, table, prints[0])]
    while link:
        base = (link - 1) * stride
        if records[base + PRINT_0] == prints[0] and records[base + PRINT_1] == prints[1]:
            return base
        link = records[base + NEXT]
    return -1


@njit(cache=True, nogil=True)
def is_full(state: Ints, table: int) -> bool:
    """Tell whether the heads must grow before another record is linked."""
    buckets = state[table + BUCKETS]
    return state[table + ENTRIES] >= buckets >= state[table + ROOM]


@njit(cache=True, nogil=True)
def link_record(heads: Ints, records: Ints, state: Ints, table: int, stride: int, base: int) -> None:
    """Link a record whose fingerprint is written; the heads are not full."""
    if state[table + ENTRIES] >= state[table + BUCKETS]:
        _split(heads, records, state, table, stride)
    bucket = bucket_of(state, table, records[base + PRINT_0])
    records[base + NEXT] = heads[bucket]
    heads[bucket] = base // stride + 1
    state[table + ENTRIES] += 1


@njit(cache=True, nogil=True)
def unlink_record(heads: Ints, records: Ints, state: Ints, table: int, stride: int, base: int) -> None:
    """Take a record out of its chain."""
    bucket = bucket_of(state, table, records[base + PRINT_0])
    wanted = base // stride + 1
    link = heads[bucket]
    state[table + ENTRIES] -= 1
    if link == wanted:
        heads[bucket] = records[base + NEXT]
        return
    while True:
        before = (link - 1) * stride
        link = records[before + NEXT]
        if link == wanted:
            records[before + NEXT] = records[base + NEXT]
            return


@njit(cache=True, nogil=True)
def _split(heads: Ints, records: Ints, state: Ints, table: int, stride: int) -> None:
    """Make one more bucket, out of the records that belong there."""
    new, mask = state[table + BUCKETS], state[table + MASK]
    old = new - ((mask + 1) >> 1)
    link = heads[old]
    stay, move = 0, 0
    while link:
        base = (link - 1) * stride
        following = records[base + NEXT]
        if records[base + PRINT_0] & mask == new:
            records[base + NEXT], move = move, link
        else:
            records[base + NEXT], stay = stay, link
        link = following
    heads[old], heads[new] = stay, move
    state[table + BUCKETS] = new + 1
    if new == mask:
        state[table + MASK] = 2 * mask + 1
