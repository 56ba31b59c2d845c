"""Window features of other keys than the log's own, at given times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.base.errors import SchemaError
from wanamaker.features.batch.aggregates import Aggregates
from wanamaker.features.batch.ordering.codes import Coded, coded, packed
from wanamaker.features.batch.ordering.keyed import keyed_readers
from wanamaker.features.batch.ordering.sorting import rows_in_time
from wanamaker.features.batch.ticks import known_from, relative, span_of
from wanamaker.features.batch.unnested import Unnested, unnested

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.features.windows.events import WindowEvents
    from wanamaker.features.windows.plan import KeyGroup, Plan


def lookup_columns(
    plan: Plan, events: WindowEvents, asked: pl.DataFrame, ticks: NDArray[np.int64]
) -> list[pl.Series]:
    """Return the features that keys had at given ticks, from the events strictly before them.

    Peers of the same tick never count here, also not with ``peers="arrived"``: the keys that are asked for
    have no place in the order of arrival.

    Parameters
    ----------
    plan
        What is computed.
    events
        The log; its rows may be in any order.
    asked
        The columns of all keys. A column may hold lists: the features of its keys are lists of the same
        lengths then, and null where the list is null.
    ticks
        The tick of each row of ``asked``, of shape (rows,).

    Returns
    -------
    list
        One series per feature, in the order of the plan's names.

    Raises
    ------
    SchemaError
        If a key column of ``asked`` has a type that cannot be compared with the log's.
    DataError
        If two list columns of one key have lists of different lengths in one row.
    """
    found: dict[int, pl.Series] = {}
    for group in plan.groups:
        keys = unnested(asked.select(group.by), ticks)
        flat = _features(group, events, keys, plan.resolution)
        found |= {place: keys.nested(series) for place, series in flat.items()}
    return [found[place] for place in range(len(plan.names))]


def _features(group: KeyGroup, events: WindowEvents, asked: Unnested, micros: int) -> dict[int, pl.Series]:
    """Return the features of one key group for keys without lists."""
    key = packed([_together(events.frame[name], asked.keys[name]) for name in group.by])
    low, span = span_of(events.ticks, asked.ticks)
    ticks = relative(np.concatenate([events.ticks, asked.ticks]), low, span)
    happened = len(events.ticks)
    keyed = keyed_readers(key, ticks, rows_in_time(ticks), happened)
    absent = None if key.null is None or not key.null[happened:].any() else key.null[happened:]
    made = Aggregates(keyed, span, len(asked.ticks), absent)
    values = {name: events.frame[name] for name in group.columns("distinct", "total", "mean")}
    return made.features(group, values, known_from(events.known, low), micros)


def _together(happened: pl.Series, asked: pl.Series) -> Coded:
    """Return the values of the log and, after them, those asked for, with one code for equal values."""
    dtypes = (happened.dtype, asked.dtype)
    if any(dtype in (pl.Categorical, pl.Enum) for dtype in dtypes):
        happened, asked = happened.cast(pl.String), asked.cast(pl.String)
    kinds = {_kind(series.dtype) for series in (happened, asked)} - {"nothing"}
    if len(kinds) > 1:
        message = f"The key column {asked.name!r} must have the log's type, {dtypes[0]}. Got {dtypes[1]}."
        raise SchemaError(
            message, hint=f"Cast it first, for example pl.col({asked.name!r}).cast({dtypes[0]})."
        )
    if kinds == {"integer"}:
        return _integers_together(happened, asked)
    both = pl.concat([happened.to_frame("key"), asked.to_frame("key")], how="vertical_relaxed")
    return coded(both["key"])


def _integers_together(happened: pl.Series, asked: pl.Series) -> Coded:
    """Integers of different types meet in one that holds them all."""
    if happened.dtype != asked.dtype:
        wide = pl.Int128 if pl.UInt64 in (happened.dtype, asked.dtype) else pl.Int64
        happened, asked = happened.cast(wide), asked.cast(wide)
    return coded(pl.concat([happened, asked]))


def _kind(dtype: pl.DataType) -> str:
    if dtype == pl.Null:
        return "nothing"
    if dtype.is_integer():
        return "integer"
    return str(dtype.base_type())
