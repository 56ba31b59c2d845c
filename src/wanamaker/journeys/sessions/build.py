"""A log laid out, one row per event, put together as sessions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError
from wanamaker.events.codes import dense_codes
from wanamaker.events.columns import as_ids
from wanamaker.events.times import epoch_micros
from wanamaker.journeys.journeys import NO_TIME, moments
from wanamaker.journeys.kernels import order_events
from wanamaker.journeys.sessions.columns import as_coded, as_numbers, refuse
from wanamaker.journeys.sessions.features import Features, features_of_log, features_of_table
from wanamaker.journeys.sessions.known import label_flags, one_per_session, refuse_missing_labels
from wanamaker.journeys.sessions.lists import ROW
from wanamaker.journeys.sessions.notes import left_out, nameless, outcome_notes, result_notes
from wanamaker.journeys.sessions.outcomes import ever, within
from wanamaker.journeys.sessions.sessions import MISSING, Coded, Sessions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.notes import Note
    from wanamaker.journeys.sessions.roles import SessionRoles


@dataclass(frozen=True, eq=False)
class Owners:
    """Which session each row of a log belongs to.

    Parameters
    ----------
    of_rows
        Number of the session, of shape (rows,).
    ids
        The id of each session, in the order of first appearance, of shape (sessions,).
    """

    of_rows: NDArray[np.int64]
    ids: pl.Series


def build(frame: pl.DataFrame, roles: SessionRoles, features: Any, time_unit: str) -> Sessions:
    """Put sessions together from a log with one row per event.

    Parameters
    ----------
    features
        The table of features, None where they are columns of the log.
    """
    listed = ROW in frame.columns
    frame, notes = _with_session(frame, roles.session)
    owners = _owners(as_ids(frame[roles.session], "session"))
    coded = as_coded(frame[roles.event], "event")
    sessions = _sequences(frame, owners, coded, roles, time_unit)
    idle = _idle_rows(frame, coded) if listed else 0
    notes += nameless(int(np.sum(coded.codes == MISSING)) - idle, roles.event)
    found = _features(frame, owners, roles, features)
    sessions = replace(
        sessions,
        table=_table(frame, owners, roles, found, sessions),
        numeric_features=found.numeric,
        categorical_features=found.categorical,
    )
    sessions, more = _asked(frame, owners, sessions, roles)
    notes = [*notes, *found.notes, *more]
    return replace(sessions, notes=(*notes, *result_notes(sessions)))


def _with_session(frame: pl.DataFrame, session: str) -> tuple[pl.DataFrame, list[Note]]:
    known = frame[session].is_not_null()
    if known.all():
        return frame, []
    numbered = frame if ROW in frame.columns else frame.with_row_index(ROW)
    kept = numbered.filter(known)
    if kept.is_empty():
        message = f"Column {session!r} must name sessions. Every row of it is empty."
        raise DataError(message, hint="Check the name of the column, or the join that made it.")
    return kept, list(left_out(len(frame) - len(kept), session))


def _owners(ids: pl.Series) -> Owners:
    of_rows, distinct = dense_codes([ids])
    return Owners(of_rows, distinct[:, 0].alias("session"))


def _idle_rows(frame: pl.DataFrame, coded: Coded) -> int:
    """Return how many rows of a log of lists only stand for an empty list."""
    alone = frame[ROW].is_unique().to_numpy()
    return int(np.sum(alone & (coded.codes == MISSING)))


def _sequences(
    frame: pl.DataFrame, owners: Owners, coded: Coded, roles: SessionRoles, time_unit: str
) -> Sessions:
    """Order the events of each session and gather what is known of each."""
    rows = frame[ROW] if ROW in frame.columns else None
    happened = coded.codes != MISSING
    stamps = epoch_micros(frame[roles.time], time_unit)
    timeless = stamps.is_null() & pl.Series(happened)
    if timeless.any():
        refuse(frame[roles.time], timeless, "is no time, which every event has", rows)
    times = stamps.fill_null(NO_TIME).to_numpy()
    places, offsets = _order(owners, happened, times)
    categories = {name: as_coded(frame[name], "categorical") for name in roles.event_categorical}
    numbers = {name: as_numbers(frame[name], "numeric", rows) for name in roles.event_numeric}
    return Sessions(
        offsets=offsets,
        events=coded.codes[places],
        event_names=coded.names,
        table=pl.DataFrame(),
        times=times[places],
        categorical={name: Coded(codes[places], names) for name, (codes, names) in categories.items()},
        numeric={name: values[places] for name, values in numbers.items()},
        outcome=roles.outcome,
        horizon=roles.horizon,
        log_rows=places if rows is None else rows.cast(pl.Int64).to_numpy()[places],
    )


def _order(
    owners: Owners, happened: NDArray[np.bool_], times: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if happened.all():
        return order_events(owners.of_rows, len(owners.ids), times)
    rows = np.flatnonzero(happened)
    order, offsets = order_events(owners.of_rows[rows], len(owners.ids), times[rows])
    return rows[order], offsets


def _features(frame: pl.DataFrame, owners: Owners, roles: SessionRoles, table: Any) -> Features:
    if table is not None:
        taken = {*roles.numeric, *roles.categorical}
        return features_of_table(table, roles.session, owners.ids, taken)
    columns = (frame[name] for name in roles.features)
    return features_of_log(columns, owners.of_rows, owners.ids, roles.feature_kinds)


def _table(
    frame: pl.DataFrame, owners: Owners, roles: SessionRoles, found: Features, sessions: Sessions
) -> pl.DataFrame:
    columns = [owners.ids]
    if roles.user is not None:
        users = as_ids(frame[roles.user], "user")
        columns.append(one_per_session(users, owners.of_rows, owners.ids, "user").alias("user"))
    assert sessions.times is not None  # noqa: S101
    starts = np.append(sessions.times, NO_TIME)[sessions.offsets[:-1]]
    starts[sessions.lengths == 0] = NO_TIME
    columns.append(moments(starts).alias("started"))
    return pl.DataFrame([*columns, *found.columns])


def _asked(
    frame: pl.DataFrame, owners: Owners, sessions: Sessions, roles: SessionRoles
) -> tuple[Sessions, list[Note]]:
    """Bring in what is asked: a label of the log, or whether an event follows."""
    if roles.label is not None:
        flags = label_flags(frame[roles.label])
        told = one_per_session(flags, owners.of_rows, owners.ids, "label")
        refuse_missing_labels(told, owners.ids)
        return _labelled(sessions, told.to_numpy()), []
    if roles.outcome is None:
        return sessions, []
    return _outcome(sessions, roles.outcome, roles.horizon)


def _outcome(sessions: Sessions, outcome: str, horizon: int | None) -> tuple[Sessions, list[Note]]:
    names = sessions.event_names
    happened = sessions.events == (names.index(outcome) if outcome in names else MISSING - 1)
    if horizon is not None:
        follows = within(sessions.offsets, happened, horizon)
        told = replace(sessions, step_labels=follows, at_risk=np.ones_like(follows))
        return told, list(outcome_notes(names, outcome, 0))
    asked = ever(sessions.offsets, happened)
    cut = sessions.with_events(asked.offsets, asked.places)
    cut = replace(cut, step_labels=asked.step_labels, at_risk=np.ones_like(asked.step_labels))
    at_once = int(np.sum((cut.lengths == 0) & (sessions.lengths > 0)))
    return _labelled(cut, asked.labels), list(outcome_notes(names, outcome, at_once))


def _labelled(sessions: Sessions, labels: NDArray[np.bool_]) -> Sessions:
    table = sessions.table.with_columns(label=pl.Series(labels))
    return replace(sessions, labels=labels, table=table)
