"""Sessions from the tables that a sessions study or its run is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.journeys.sessions.from_events import sessions_from_events
from wanamaker.journeys.sessions.from_table import sessions_from_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from wanamaker.journeys.sessions.sessions import Sessions


def sessions_of(log: pl.DataFrame, columns: Mapping[str, Any], features: Any = None) -> Sessions:
    """Return the sessions in a log, by the ``[columns]`` of a study.

    Parameters
    ----------
    log
        One row per event; or, without a column of events, one row per session.
    columns
        Roles to columns.
    features
        A table with what is known of the sessions, or None.

    Raises
    ------
    SchemaError, DataError
        As `wanamaker.sessions_from_events` and `wanamaker.sessions_from_table` do.
    """
    told = {name: value for name, value in columns.items() if value is not None}
    listed = tuple(told.pop("features", ()))
    if columns.get("event") is None:
        return sessions_from_table(log, **told)
    return sessions_from_events(log, **told, features=listed if features is None else features)
