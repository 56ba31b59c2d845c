"""Window features of every row of a log."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.errors import DataError
from wanamaker.base.threads import cores
from wanamaker.events.memory import memory_limit
from wanamaker.features.batch.aggregates import Aggregates
from wanamaker.features.batch.ordering.codes import coded, packed
from wanamaker.features.batch.ordering.keyed import keyed_events
from wanamaker.features.batch.ordering.sorting import rows_in_time
from wanamaker.features.batch.ticks import known_from, relative, span_of

if TYPE_CHECKING:
    import polars as pl

    from wanamaker.features.windows.events import WindowEvents
    from wanamaker.features.windows.plan import KeyGroup, Plan

ORDERING = 64.0
"""Bytes per row that one key group takes while it orders the log and writes its features."""


def window_columns(plan: Plan, events: WindowEvents) -> list[pl.Series]:
    """Return the features of every event, in the order of the plan's names.

    Key groups are computed side by side, as many at once as there are cores and as the free memory allows.
    Each needs up to `ORDERING` bytes per row meanwhile.

    Parameters
    ----------
    plan
        What is computed.
    events
        The log; its rows may be in any order.

    Returns
    -------
    list
        One series per feature: Int32 for counts, Int64 for totals of integers, Float64 for others.

    Raises
    ------
    DataError
        If a total does not fit into its type, or the log has 2^31 rows or more.
    """
    _refuse_too_long(len(events.ticks))
    low, span = span_of(events.ticks)
    ticks = relative(events.ticks, low, span)
    in_time = rows_in_time(ticks)
    known = known_from(events.known, low)
    keys = {name: coded(events.frame[name]) for name in plan.keys}

    def computed(group: KeyGroup) -> dict[int, pl.Series]:
        key = packed([keys[name] for name in group.by])
        made = Aggregates(keyed_events(key, ticks, in_time), span, len(ticks), key.null)
        columns = group.columns("distinct", "total", "mean")
        return made.features(group, {name: events.frame[name] for name in columns}, known, plan.resolution)

    found: dict[int, pl.Series] = {}
    with ThreadPoolExecutor(max_workers=_workers(len(plan.groups), len(ticks))) as pool:
        for part in pool.map(computed, plan.groups):
            found |= part
    return [found[place] for place in range(len(plan.names))]


def _workers(groups: int, rows: int) -> int:
    """Return how many key groups are computed at once."""
    fitting = int(memory_limit() / (ORDERING * max(rows, 1)))
    return max(1, min(cores(), groups, fitting))


def _refuse_too_long(rows: int) -> None:
    if rows > np.iinfo(np.int32).max:
        message = f"A log of fewer than 2^31 rows was expected. Got {rows:,}."
        raise DataError(message, hint="Use windows.transform_file(log, out), which computes it in parts.")
