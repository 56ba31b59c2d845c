"""A log with one row per session, its events in columns of lists, as a log with one row per event."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from wanamaker.base.errors import DataError, SchemaError

if TYPE_CHECKING:
    from wanamaker.journeys.sessions.roles import SessionRoles

ROW = "row of the log"
"""Column of a log laid out: the row that an event is from."""


def laid_out(frame: pl.DataFrame, roles: SessionRoles) -> pl.DataFrame:
    """Return the log with one row per event; an empty list leaves one row without an event.

    Columns that are no lists are repeated for every event of their row.

    Raises
    ------
    SchemaError
        If a column that is known once per session holds lists, or the event column alone does not.
    DataError
        If the lists of one row have unequal lengths; names the row and the lengths.
    """
    per_event = [roles.event, roles.time, *roles.event_numeric, *roles.event_categorical]
    lists = [name for name in dict.fromkeys(per_event) if _is_list(frame[name])]
    if not lists:
        return frame
    if roles.event not in lists:
        message = f"Column {lists[0]!r} holds lists, the event column {roles.event!r} does not."
        raise SchemaError(message, hint="Give lists for both (one row per session), or for neither.")
    as_lists = frame.with_columns(
        pl.col(name).arr.to_list() for name in lists if isinstance(frame[name].dtype, pl.Array)
    )
    _refuse_unequal(as_lists, roles, lists)
    return as_lists.with_row_index(ROW).explode(lists, empty_as_null=True, keep_nulls=True)


def _is_list(values: pl.Series) -> bool:
    return isinstance(values.dtype, pl.List | pl.Array)


def _refuse_unequal(frame: pl.DataFrame, roles: SessionRoles, lists: list[str]) -> None:
    lengths = frame.select(pl.col(name).list.len().fill_null(0) for name in lists)
    unequal = lengths.select(pl.max_horizontal(lists) != pl.min_horizontal(lists)).to_series()
    if unequal.any():
        row = int(unequal.arg_true()[0])
        told = ", ".join(f"{name!r} {lengths[name][row]}" for name in lists)
        message = (
            f"Row {row}, session {frame[roles.session][row]!r}: the lists of one session must be of one "
            f"length. Got {told}."
        )
        raise DataError(message, hint="Give one value per event, null where it is missing.")
