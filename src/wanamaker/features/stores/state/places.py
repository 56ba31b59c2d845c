"""Where things stand in the arrays of a key group. Arrays are of int64, but for the heads of buckets.

A group has: ``heads`` (the first slot of each bucket, plus one), ``slots`` (one record per key), ``pool``
(blocks: the lists of keys, and the nodes of counted values), ``pairs`` (the first node of each bucket of
counted values, plus one), ``state`` (counters), ``config`` (what never changes) and ``scratch``.
"""

from __future__ import annotations

from typing import Final, cast

import numpy as np

# --- state ---------------------------------------------------------------------------------------
CLOCK: Final = 0
SLOTS: Final = 1
FREE_SLOT: Final = 2
HAND: Final = 3
EVENTS: Final = 4
EVICTED: Final = 5
DROPPED: Final = 6
TOP: Final = 7
NEED: Final = 8
AMOUNT: Final = 9
SHIFT: Final = 10
# Constants that kernels hand on have a type: numba would compile its callees anew for each literal.
KEY_TABLE: Final = cast("int", np.int64(11))
PAIR_TABLE: Final = cast("int", np.int64(15))
SLOT_ROOM: Final = 19
POOL_ROOM: Final = 20
FREE_BLOCKS: Final = 21
STATE_SIZE: Final = FREE_BLOCKS + 64

# A table in the state: entries, buckets, the mask of the addresses, and how many heads there is room for.
ENTRIES, BUCKETS, MASK, ROOM = 0, 1, 2, 3

NEED_NOTHING, NEED_HEADS, NEED_SLOTS, NEED_POOL, NEED_PAIRS = 0, 1, 2, 3, 4

NEVER_SEEN: Final = -(1 << 63)
"""The clock, and the newest tick of a key, before the first event."""

# --- a slot --------------------------------------------------------------------------------------
PRINT_0, PRINT_1, NEXT, NEWEST, TOTAL, LIST = 0, 1, 2, 3, 4, 5
SUMS: Final = 8
BLOCK, HEAD, TAIL = 0, 1, 2
LIST_SIZE: Final = 3
SUM_SIZE: Final = 5
"""Of a summed column: how many values, the sum of integers in 128 bits, and that of others in two floats."""

ONE: Final = cast("int", np.int64(1))
"""The width of a list of ticks."""
TWO: Final = cast("int", np.int64(2))
"""The width of a list of ticks, each with something."""

LIVE: Final = cast("int", np.int64(0))
STRICT: Final = cast("int", np.int64(1))
"""How to read: for an event that arrives, or strictly before the tick even with ``peers="arrived"``."""

# A slot of the ids: the tick is where NEWEST is, then the label's tick, then the slot of each rate's key.
KNOWN: Final = 4
OWNERS: Final = 5

# A node of a counted value: prints and next as in a slot, then how many events, then per window.
REFS: Final = 3
COUNTS: Final = 4

# --- config --------------------------------------------------------------------------------------
(
    C_KEYS,
    C_SUMS,
    C_DISTINCT,
    C_RATES,
    C_ASKS,
    C_BOUNDS,
    C_STRIDE,
    C_LONGEST,
    C_LATENESS,
    C_RESOLUTION,
    C_WIDTH,
    C_SPARE,
    C_KEYS_AT,
    C_SUMS_AT,
    C_DISTINCT_AT,
    C_ASKS_AT,
    C_BOUNDS_AT,
    C_RATE_LISTS,
    C_DISTINCT_LISTS,
    C_NODES_AT,
    C_SEED,
    _,
) = range(22)
CONFIG_SIZE: Final = 22
I_OWNERS: Final = CONFIG_SIZE
"""In the config of ids: the key groups with rates."""

# An ask: what is asked, where its features go, prior and mean (bits), pointer in the slot, counter in a node.
(
    A_KIND,
    A_COLUMN,
    A_START,
    A_END,
    A_START_BOUND,
    A_END_BOUND,
    A_INT,
    A_FLOAT,
    A_PRIOR,
    A_MEAN,
    A_POINTER,
    A_COUNTER,
) = range(12)
ASK_SIZE: Final = 12

COUNT, DISTINCT_OF, TOTAL_OF, MEAN_OF, SINCE_LAST, SINCE_FIRST, RATE = range(7)
"""Kinds, in the order of `wanamaker.features.windows.definitions.KINDS`."""
