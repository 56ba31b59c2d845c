"""Events and conversions, cut into journeys."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import polars as pl

from wanamaker.base.errors import SchemaError
from wanamaker.base.ragged import lengths_to_offsets
from wanamaker.events.codes import mixed
from wanamaker.journeys.journeys import NO_TIME, Journeys, Ledger
from wanamaker.journeys.kernels import keep_touches, order_events, segment_events

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.events import Conversions, Events
    from wanamaker.journeys.observation import Observation
    from wanamaker.journeys.roles import Roles

    Ints = NDArray[np.int64]


Number = TypeVar("Number", bound=np.generic)


@dataclass(frozen=True, eq=False)
class Stream:
    """Touches and conversions of all owners in one sequence, and its order in time."""

    owners: Ints
    times: Ints
    touches: NDArray[np.int32]
    conversions: Ints
    order: Ints
    begins: Ints


def ordered_stream(events: Events, found: Conversions) -> Stream:
    """Put touches and conversions in the order of owner, time and log."""
    rows = len(events.touches)
    numbers = np.arange(len(found.rows), dtype=np.int64)
    if found.after:
        conversions = np.full(rows, -1, dtype=np.int64)
        conversions[found.rows] = numbers
        owners, times, touches = events.owners, events.times, events.touches
    else:
        conversions = np.concatenate([np.full(rows, -1, dtype=np.int64), numbers])
        owners = np.concatenate([events.owners, events.owners[found.rows]])
        times = np.concatenate([events.times, found.times])
        touches = np.concatenate([events.touches, np.full(len(numbers), -1, dtype=np.int32)])
    order, begins = order_events(owners, len(events.keys), times)
    return Stream(owners, times, touches, conversions, order, begins)


def build(
    events: Events,
    found: Conversions,
    stream: Stream,
    roles: Roles,
    observation: Observation,
    reference: int = NO_TIME,
) -> Journeys:
    """Cut the ordered stream into journeys and gather what is known of each.

    Parameters
    ----------
    reference
        The time from which lookback is measured; `NO_TIME` for each journey's own end.
    """
    seen, seen_offsets, converts, owners = segment_events(
        stream.order, stream.begins, stream.touches, stream.conversions
    )
    ended = _ended(stream.times, found, converts, seen, seen_offsets)
    kept, offsets, uncut = keep_touches(
        seen,
        seen_offsets,
        _measured_from(stream, seen, seen_offsets, ended, roles, reference),
        stream.times,
        stream.touches,
        _reach(events, observation, len(stream.times)),
        max_touches=observation.max_touches or 0,
        collapse=observation.collapse,
    )
    converted = converts >= 0
    places = found.rows[converts] if len(found.rows) else converts
    first = np.where(np.diff(seen_offsets) > 0, _padded(seen)[seen_offsets[:-1]], places)
    return Journeys(
        names=events.names,
        touches=events.touches[kept],
        offsets=offsets,
        conversions=converted.astype(np.float64),
        nulls=(~converted).astype(np.float64),
        users=_user_keys(events, owners),
        table=_table(events, roles, owners, first),
        uncut=uncut,
        observation=observation,
        times=stream.times[kept],
        ended=ended,
        values=_values(events, found, converts),
        ledger=_ledger(events, stream, seen, seen_offsets),
        covariates=roles.covariates,
    )


def concatenate(parts: list[Journeys], goals: list[str]) -> Journeys:
    """Put the journeys of several goals behind each other, with the goal as a column."""
    first = parts[0]
    tables = [part.table.with_columns(goal=pl.lit(goal)) for part, goal in zip(parts, goals, strict=True)]
    table = pl.concat(tables).with_columns(journey=pl.int_range(pl.len(), dtype=pl.Int64))
    return replace(
        first,
        touches=np.concatenate([part.touches for part in parts]),
        offsets=lengths_to_offsets(np.concatenate([part.lengths for part in parts])),
        conversions=np.concatenate([part.conversions for part in parts]),
        nulls=np.concatenate([part.nulls for part in parts]),
        users=np.concatenate([part.users for part in parts]),
        table=table,
        uncut=np.concatenate([part.uncut for part in parts]),
        times=_joined([part.times for part in parts]),
        ended=_joined([part.ended for part in parts]),
        values=_joined([part.values for part in parts]),
        ledger=Ledger.joined([part.ledger for part in parts]),
    )


def _reach(events: Events, observation: Observation, length: int) -> Ints:
    if events.kinds is None:
        if isinstance(observation.lookback, dict):
            message = "'lookback' gives a duration per kind of touch, but no column says the kind."
            raise SchemaError(message, hint="Write kind='column_name', or one lookback for all.")
        return np.full(length, observation.reach({"": 0})[0], dtype=np.int64)
    touched = events.touches >= 0
    kinds = events.kinds.fill_null("")
    distinct = kinds.filter(pl.Series(touched)).unique().sort()
    reach = observation.reach({kind: code for code, kind in enumerate(distinct)})
    by_code = np.array([*(reach[code] for code in range(len(distinct))), 0], dtype=np.int64)
    codes = kinds.replace_strict(
        distinct, list(range(len(distinct))), default=len(distinct), return_dtype=pl.Int64
    )
    rows = by_code[codes.to_numpy()]
    return np.concatenate([rows, np.zeros(length - len(rows), dtype=np.int64)])


def _padded(values: NDArray[Number]) -> NDArray[Number]:
    """Add one value at the end, so that the place behind the last (or -1) can be read."""
    return np.concatenate([values, np.zeros(1, dtype=values.dtype)])


def _user_keys(events: Events, owners: Ints) -> NDArray[np.uint64]:
    column = events.keys.columns[0]
    unknown = events.keys[column].is_null().to_numpy()[owners]
    each = mixed(mixed(np.arange(len(owners), dtype=np.uint64)))  # twice, to meet no integer id
    return np.where(unknown, each, events.hashes[owners])


def _table(events: Events, roles: Roles, owners: Ints, first: Ints) -> pl.DataFrame:
    keys = events.keys[owners]
    if "journey" not in keys.columns:
        keys = keys.with_columns(journey=pl.int_range(len(keys), dtype=pl.Int64))
    columns = [events.frame[name][first] for name in roles.covariates]
    return keys.select("journey", *(["user"] if "user" in keys.columns else [])).with_columns(columns)


def _measured_from(
    stream: Stream, seen: Ints, offsets: Ints, ended: Ints, roles: Roles, reference: int
) -> Ints:
    """Return the time from which each journey's lookback is measured."""
    if reference != NO_TIME:
        return np.full(len(ended), reference, dtype=np.int64)
    if roles.form != "journeys":
        return ended
    last = _padded(stream.times)[_padded(seen)[offsets[1:] - 1]]
    return np.where(np.diff(offsets) > 0, last, ended)


def _ended(times: Ints, found: Conversions, converts: Ints, seen: Ints, offsets: Ints) -> Ints:
    last = _padded(times)[_padded(seen)[offsets[1:] - 1]]
    return np.where(converts >= 0, _padded(found.times)[converts], last).astype(np.int64)


def _values(events: Events, found: Conversions, converts: Ints) -> NDArray[np.float64] | None:
    if events.values is None:
        return None
    rows = found.rows if found.value_rows is None else found.value_rows
    return np.where(converts >= 0, _padded(events.values[rows])[converts], 0.0)


def _ledger(events: Events, stream: Stream, seen: Ints, offsets: Ints) -> Ledger | None:
    if events.costs is None:
        return None
    return Ledger(offsets, events.touches[seen], events.costs[seen], stream.times[seen])


def _joined(parts: list[NDArray[Number] | None]) -> NDArray[Number] | None:
    given = [part for part in parts if part is not None]
    return np.concatenate(given) if given else None
