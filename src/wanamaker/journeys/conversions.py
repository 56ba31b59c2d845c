"""Finding the conversions of a log, in each of the forms it may tell them in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError, ParameterError
from wanamaker.base.parameters import check_known
from wanamaker.events.columns import as_flags, as_ids, as_names
from wanamaker.events.times import epoch_micros
from wanamaker.journeys.events import Conversions
from wanamaker.journeys.journeys import NO_TIME
from wanamaker.journeys.notes import Note

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.events import Events
    from wanamaker.journeys.roles import Roles

    Ints = NDArray[np.int64]


def flagged(events: Events, roles: Roles, time_unit: str) -> Conversions:
    """Return the conversions of a log that flags the touch a conversion follows.

    A flag repeated on every touch before one conversion counts once where ``conversion_id`` tells
    which rows belong together: at the last of them.

    Raises
    ------
    DataError
        If a conversion is dated before the touch that it follows.
    """
    rows = np.flatnonzero(as_flags(events.frame[str(roles.converted)], "conversion"))
    times, dated = _dated(events, rows, roles, time_unit)
    if roles.conversion_time is not None:
        _refuse_early(events, roles, rows, times)
    found = Conversions(rows, times, after=not dated)
    return found if roles.conversion_id is None else _last_of_each(events, roles, found)


def with_goals(events: Events, roles: Roles) -> tuple[Roles, list[Note]]:
    """Name the conversion events of a log with an event column, where the caller named none.

    They are the values that never stand on a row with a touch.

    Raises
    ------
    ParameterError
        If there is no such value, or there are only such values.
    """
    if roles.event is None:
        return roles, []
    kinds = as_names(events.frame[roles.event], "event")
    check_known("touch event", roles.touch_events, kinds.drop_nulls().unique().to_list())
    if roles.conversions:
        return roles, []
    touching = set(kinds.filter(pl.Series(events.touches >= 0)).drop_nulls().unique())
    goals = tuple(sorted(set(kinds.drop_nulls().unique()) - touching - set(roles.touch_events)))
    if not goals or not touching:
        message = f"'conversions' must list which values of the event column {roles.event!r} are conversions."
        raise ParameterError(message, hint=f"Its values are: {sorted(kinds.drop_nulls().unique())[:20]}.")
    message = f"Taken for conversions, because they never come with a touch: {list(goals)}."
    return replace(roles, conversions=goals), [Note("inferred_conversions", "info", message, len(goals))]


def declared(events: Events, roles: Roles, time_unit: str, goal: str) -> Conversions:
    """Return the conversions of one goal from a log in which conversions are rows of their own.

    Raises
    ------
    ParameterError
        If the event column never has the goal's value.
    """
    kinds = as_names(events.frame[str(roles.event)], "event")
    check_known("conversion event", [goal], kinds.drop_nulls().unique().to_list())
    rows = np.flatnonzero((kinds == goal).fill_null(value=False).to_numpy())
    times, dated = _dated(events, rows, roles, time_unit)
    found = Conversions(rows, times, after=not dated)
    return found if roles.conversion_id is None else _last_of_each(events, roles, found)


def identified(events: Events, roles: Roles, time_unit: str) -> Conversions:
    """Return one conversion for each journey of which any row is flagged, at its last touch.

    With ``conversion_time`` the conversion is at the latest time that its flagged rows give. Its
    value is that of the last flagged row that has one.
    """
    flags = as_flags(events.frame[str(roles.converted)], "conversion")
    frame = pl.DataFrame(
        {"owner": events.owners, "time": events.times, "flag": flags, "touch": events.touches >= 0}
    )
    frame = frame.with_row_index("row").with_columns(
        valued=_valued(events, roles),
        told=pl.lit(None, pl.Int64)
        if roles.conversion_time is None
        else epoch_micros(events.frame[roles.conversion_time], time_unit),
    )
    telling = pl.col("row").sort_by("valued", "time", "row")
    found = (
        frame.filter(pl.col("flag").any().over("owner"))
        .group_by("owner", maintain_order=True)
        .agg(
            row=telling.filter(pl.col("flag").sort_by("valued", "time", "row")).last(),
            told=pl.col("told").filter("flag").max(),
            touched=pl.col("time").filter("touch").max(),
            last=pl.col("time").max(),
        )
    )
    times = found.select(pl.coalesce("told", "touched", "last")).to_series()
    return Conversions(found["row"].to_numpy().astype(np.int64), times.to_numpy(), after=False)


def _dated(events: Events, rows: Ints, roles: Roles, time_unit: str) -> tuple[Ints, bool]:
    own = events.times[rows]
    if roles.conversion_time is None:
        return own, False
    told = epoch_micros(events.frame[roles.conversion_time], time_unit)[rows]
    return told.zip_with(told.is_not_null(), pl.Series(own)).to_numpy(), True


def _refuse_early(events: Events, roles: Roles, rows: Ints, times: Ints) -> None:
    early = (times < events.times[rows]) & (times != NO_TIME)
    if not early.any():
        return
    row = int(rows[np.argmax(early)])
    name = str(roles.conversion_time)
    message = (
        f"Column {name!r}, row {row}: the conversion at {events.frame[name][row]!r} is before its touch "
        f"at {events.frame[roles.time][row]!r} ({int(early.sum())} such rows)."
    )
    raise DataError(message, hint=f"Check that {name!r} and {roles.time!r} have the same unit and zone.")


def _last_of_each(events: Events, roles: Roles, found: Conversions) -> Conversions:
    """Keep the last row of each (owner, conversion id); rows without an id each stay.

    The value is that of the last row that has one.
    """
    ids = as_ids(events.frame[str(roles.conversion_id)], "conversion id")[found.rows]
    frame = pl.DataFrame(
        {
            "owner": events.owners[found.rows],
            "id": ids,
            "time": found.times,
            "touch_time": events.times[found.rows],
            "valued": _valued(events, roles)[found.rows],
        }
    )
    frame = frame.with_row_index("entry")
    entry = pl.col("entry")
    lone = frame.filter(pl.col("id").is_null()).select("entry", value="entry")
    last = (
        frame.drop_nulls("id")
        .group_by("owner", "id", maintain_order=True)
        .agg(
            entry.sort_by("time", "touch_time", "entry").last(),
            value=entry.sort_by("valued", "time", "touch_time", "entry").last(),
        )
    )
    kept = pl.concat([lone, last.select("entry", "value")]).sort("entry").to_numpy()
    rows, valued = found.rows[kept[:, 0]], found.rows[kept[:, 1]]
    return Conversions(rows, found.times[kept[:, 0]], found.after, valued)


def _valued(events: Events, roles: Roles) -> pl.Series:
    """Tell which rows have a value."""
    if roles.value is None:
        return pl.repeat(value=True, n=len(events.frame), eager=True)
    return events.frame[roles.value].is_not_null()
