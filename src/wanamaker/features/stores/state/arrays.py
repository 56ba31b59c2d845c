"""The arrays of key groups: made from the layout, grown when a kernel asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from wanamaker.features.stores.state import places
from wanamaker.features.stores.state.places import (
    CONFIG_SIZE,
    COUNTS,
    LIST_SIZE,
    STATE_SIZE,
    SUM_SIZE,
    SUMS,
)
from wanamaker.features.windows.definitions import KINDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.features.stores.layout import Layout
    from wanamaker.features.windows.plan import Ask, KeyGroup

    Ints = NDArray[np.int64]

NAMES: Final = ("heads", "slots", "pool", "pairs", "state", "config", "scratch")
SAVED: Final = ("heads", "slots", "pool", "pairs", "state")

_LEAST: Final = 1 << 8
_MOST: Final = 1 << 18
"""Words by which an array grows at least and at most: what is new must be cleared, which takes time."""


class GroupArrays:
    """The arrays of one key group, or of the ids.

    Parameters
    ----------
    config
        What never changes.
    stride
        Words of a slot.
    bounds
        How many bounds the windows have.
    """

    def __init__(self, config: Ints, stride: int, bounds: int = 0) -> None:
        self.arrays: dict[str, Ints] = {
            "heads": np.zeros(_LEAST, dtype=np.int64),
            "slots": np.zeros(_LEAST * stride, dtype=np.int64),
            "pool": np.zeros(_LEAST, dtype=np.int64),
            "pairs": np.zeros(_LEAST, dtype=np.int64),
            "state": new_state(),
            "config": config,
            "scratch": np.zeros(2 * bounds, dtype=np.int64),
        }
        self.stride = stride

    @property
    def state(self) -> Ints:
        """The counters."""
        return self.arrays["state"]

    def address(self, entry: Ints) -> None:
        """Write where the arrays are into their entry of the directory, and their rooms into the state."""
        for number, name in enumerate(NAMES):
            entry[number] = self.arrays[name].ctypes.data
        self.state[places.KEY_TABLE + places.ROOM] = len(self.arrays["heads"])
        self.state[places.PAIR_TABLE + places.ROOM] = len(self.arrays["pairs"])
        self.state[places.SLOT_ROOM] = len(self.arrays["slots"])
        self.state[places.POOL_ROOM] = len(self.arrays["pool"])

    def grow(self) -> None:
        """Make room for what the kernel said that it needs."""
        need, amount = int(self.state[places.NEED]), int(self.state[places.AMOUNT])
        name = {
            places.NEED_HEADS: "heads",
            places.NEED_SLOTS: "slots",
            places.NEED_POOL: "pool",
            places.NEED_PAIRS: "pairs",
        }[need]
        grown(self.arrays[name], max(amount, self.stride))

    def used(self) -> dict[str, Ints]:
        """Return what a snapshot has to hold."""
        state = self.state
        filled = {
            "heads": int(state[places.KEY_TABLE + places.BUCKETS]),
            "slots": int(state[places.SLOTS]) * self.stride,
            "pool": int(state[places.TOP]),
            "pairs": int(state[places.PAIR_TABLE + places.BUCKETS]),
            "state": len(state),
        }
        return {name: self.arrays[name][: filled[name]] for name in SAVED}

    def fill(self, saved: dict[str, Ints]) -> None:
        """Take the arrays of a snapshot."""
        for name in SAVED:
            room = np.zeros(
                len(saved[name]) + (0 if name == "state" else _LEAST * self.stride), dtype=np.int64
            )
            room[: len(saved[name])] = saved[name]
            self.arrays[name] = room


def key_arrays(layout: Layout, group: KeyGroup, seed: tuple[int, int]) -> GroupArrays:
    """Return the arrays of a key group, whose fingerprints begin with the seed."""
    return GroupArrays(*_config(layout, group, seed))


def id_arrays(layout: Layout) -> GroupArrays:
    """Return the arrays that ids are in."""
    rates = [number for number, group in enumerate(layout.plan.groups) if group.has_rates]
    config = np.zeros(places.I_OWNERS + len(rates), dtype=np.int64)
    config[places.C_STRIDE] = places.OWNERS + len(rates)
    config[places.C_LONGEST], config[places.C_LATENESS] = layout.longest_rate, layout.lateness
    config[places.I_OWNERS :] = rates
    return GroupArrays(config, places.OWNERS + len(rates))


def grown(array: Ints, least: int) -> None:
    """Make an array longer where it lies: by an eighth, but by no more than can be cleared in no time.

    Large arrays are moved by the system's page tables where it can, and not copied.
    """
    step = max(least, _LEAST, min(len(array) // 8, _MOST))
    array.resize(len(array) + step, refcheck=False)


def new_state() -> Ints:
    """Return the counters of nothing."""
    state = np.zeros(STATE_SIZE, dtype=np.int64)
    state[places.CLOCK] = places.NEVER_SEEN
    for table in (places.KEY_TABLE, places.PAIR_TABLE):
        state[table + places.BUCKETS], state[table + places.MASK] = 1, 1
    return state


def _config(layout: Layout, group: KeyGroup, seed: tuple[int, int]) -> tuple[Ints, int, int]:
    """Return the config, the words of a slot, and the number of bounds."""
    counted, summed = group.columns("distinct"), group.columns("total", "mean")
    rate_lists = SUMS + SUM_SIZE * len(summed)
    distinct_lists = rate_lists + 2 * LIST_SIZE * group.has_rates
    pointers = distinct_lists + LIST_SIZE * len(counted)
    ends = {ask: -1 if ask.arrived else ask.end for ask in group.asks}
    bounds = sorted({*ends.values(), *(ask.start for ask in group.asks)})
    asks, nodes, stride = _asks(layout, group, (ends, bounds), pointers)
    width = 2 + SUM_SIZE * len(summed)
    spare = 64 + 8 * width + len(counted) * (16 + 4 * (COUNTS + max(nodes, default=0)))
    parts: list[list[int]] = [
        layout.key_places(group),
        layout.summed_places(group),
        layout.counted_places(group),
        asks,
        bounds,
        nodes,
    ]
    starts = np.cumsum([CONFIG_SIZE, *(len(part) for part in parts)])
    head = [len(group.by), len(summed), len(counted), int(group.has_rates), len(group.asks), len(bounds)]
    head += [stride, group.longest, layout.lateness, layout.plan.resolution, width, spare]
    head += [int(starts[number]) for number in range(5)]
    head += [rate_lists, distinct_lists, int(starts[5]), *seed]
    return np.array([*head, *(word for part in parts for word in part)], dtype=np.int64), stride, len(bounds)


def _asks(
    layout: Layout, group: KeyGroup, spans: tuple[dict[Ask, int], list[int]], pointers: int
) -> tuple[list[int], list[int], int]:
    """Return the words of the asks, how many windows each counted column has, and the words of a slot."""
    ends, bounds = spans
    counted, summed = group.columns("distinct"), group.columns("total", "mean")
    nodes = [0] * len(counted)
    words: list[int] = []
    for ask in group.asks:
        column, pointer, counter = 0, 0, 0
        if ask.kind == "distinct":
            column = counted.index(ask.column or "")
            pointer, counter = pointers, nodes[column]
            nodes[column] += 1
            pointers += 3
        elif ask.kind in ("total", "mean"):
            column = summed.index(ask.column or "")
        end = ends[ask]
        found = [KINDS.index(ask.kind), column, ask.start, end, bounds.index(ask.start), bounds.index(end)]
        bits = np.array([ask.prior, ask.mean or 0.0]).view(np.int64).tolist()
        stands = [layout.int_places.get(ask.place, -1), layout.float_places.get(ask.place, -1)]
        words += [*found, *stands, *bits, pointer, counter]
    return words, nodes, pointers
