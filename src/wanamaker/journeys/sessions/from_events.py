"""Sessions from an event log."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wanamaker.base.errors import DataError
from wanamaker.events.reading import read_table
from wanamaker.journeys.notes import warn
from wanamaker.journeys.sessions.build import build
from wanamaker.journeys.sessions.lists import laid_out
from wanamaker.journeys.sessions.roles import SessionRoles, as_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wanamaker.journeys.sessions.sessions import Sessions


def sessions_from_events(
    log: Any,
    *,
    session: str,
    time: str,
    event: str,
    label: str | None = None,
    outcome: str | None = None,
    horizon: int | None = None,
    user: str | None = None,
    numeric: Sequence[str] = (),
    categorical: Sequence[str] = (),
    features: Any = None,
    time_unit: str = "auto",
) -> Sessions:
    """Read sessions from a log of on-site events.

    The events of a session stand in the order of time; those at one time keep the log's order. What
    is asked of a session is either a column of the log (``label``) or whether an event follows
    (``outcome``): after each event, ever, or among the next ``horizon`` events.

    **Ever** (no horizon): the first outcome and everything after it leave the sequence, so that
    nothing in it knows the answer. A session that begins with the outcome is left with an empty
    sequence: it stays as a row, is counted in a note, and `Sessions.asked` is false for it, because
    its emptiness would tell the label.

    **Within a horizon**: every event stays, also an outcome, which is known once it has happened. A
    session that ends before the horizon does has no further events, and its end is known: the
    answer is no, and not unknown.

    Parameters
    ----------
    log
        A polars, pandas or pyarrow table, an object with the Arrow PyCapsule interface, or a path.
        One row per event, in any order; or one row per session with lists of events, times and
        what else changes from event to event, all lists of a row of one length.
    session
        Column with the session's id, numbers or text.
    time
        Column with the time: datetimes, dates, ISO 8601 strings, or numbers. Every event has one.
    event
        Column with the event's name. Rows without one are no events, and are counted in a note.
    label
        Column with what is asked, boolean or 0/1, one value per session (on one of its rows or on
        all). Leave it out to score sessions whose label is not known.
    outcome
        The event that is asked for. It may be absent from logs that are only scored.
    horizon
        Within how many events the outcome is asked for; None for ever.
    user
        Column with the user, one per session. Splits and intervals keep a user's sessions together.
    numeric, categorical
        Columns with numbers (NaN and null are missing) and categories of each event.
    features
        What is known of a session from its start: columns of the log with one value per session, or
        a second table with one row per session and the column ``session``. Text is a category, all
        else a number, unless the name is also in ``numeric`` or ``categorical``.
    time_unit
        Unit of numeric times: ``"s"``, ``"ms"``, ``"us"``, ``"ns"``, or ``"auto"`` by their size.

    Raises
    ------
    SchemaError
        If a column is missing or has a type its role does not allow.
    DataError
        If the log is empty, a value cannot be used (names the row), a session has two labels, users
        or values of a feature (names the session and both), or lists of one row differ in length.
    ParameterError
        If options contradict each other or are out of range.

    Examples
    --------
    >>> import polars as pl
    >>> log = pl.DataFrame({"visit": [1, 1, 1, 2], "t": [10, 30, 20, 40],
    ...                     "action": ["view", "buy", "cart", "view"]})
    >>> sessions = sessions_from_events(log, session="visit", time="t", event="action", outcome="buy")
    >>> sessions.to_frame()["events"].to_list(), sessions.labels.tolist()
    ([['view', 'cart'], ['view']], [True, False])
    """
    named = features is None or isinstance(features, list | tuple)
    roles = SessionRoles(
        session=session,
        time=time,
        event=event,
        label=label,
        outcome=None if outcome is None else str(outcome).strip(),
        horizon=horizon,
        user=user,
        numeric=as_list(numeric, "numeric"),
        categorical=as_list(categorical, "categorical"),
        features=as_list(features or (), "features") if named else (),
    )
    native = read_table(log, roles.columns, ids=roles.ids)
    if native.frame.is_empty():
        message = "A log with at least one row was expected. Got an empty log."
        raise DataError(message, hint="Check the file, or the filter that made it.")
    table = None if named else features
    sessions = build(laid_out(native.frame, roles), roles, table, time_unit)
    warn(sessions.notes)
    return replace(sessions, kind=native.kind)
