"""Sessions from a table with one row per session, without events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError, ParameterError
from wanamaker.base.frames import require_columns
from wanamaker.events.columns import as_ids
from wanamaker.events.reading import read_table
from wanamaker.events.times import epoch_micros
from wanamaker.journeys.notes import Note, warn
from wanamaker.journeys.sessions.columns import refuse
from wanamaker.journeys.sessions.features import Features, feature
from wanamaker.journeys.sessions.known import label_flags, refuse_missing_labels
from wanamaker.journeys.sessions.roles import as_list, check_column, check_columns, refuse_twice
from wanamaker.journeys.sessions.sessions import Sessions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def sessions_from_table(
    table: Any,
    *,
    label: str | None = None,
    session: str | None = None,
    time: str | None = None,
    user: str | None = None,
    numeric: Sequence[str] = (),
    categorical: Sequence[str] = (),
    time_unit: str = "auto",
) -> Sessions:
    """Read sessions from a table with one row per session: features, and no events.

    Use it where a tool has already summed up every visit. With the events themselves at hand use
    `sessions_from_events`, which also takes such a table as ``features``.

    Parameters
    ----------
    table
        A polars, pandas or pyarrow table, an object with the Arrow PyCapsule interface, or a path.
    label
        Column with what is asked, boolean or 0/1. Leave it out to score sessions.
    session
        Column with the session's id, each once; the row's number if left out.
    time
        Column with the time at which the session began; without it, rows have no order in time.
    user
        Column with the user; splits keep a user's sessions together.
    numeric, categorical
        Columns that are numbers and categories (numbers may be read as categories). If both are left
        out, every further column is a feature: text as a category, all else as a number.
    time_unit
        Unit of numeric times: ``"s"``, ``"ms"``, ``"us"``, ``"ns"``, or ``"auto"`` by their size.

    Raises
    ------
    SchemaError
        If a column is missing or has a type its role does not allow.
    DataError
        If the table is empty, a session stands in two rows, or a value cannot be used.
    ParameterError
        If a column has two roles, or no feature is left.

    Examples
    --------
    >>> table = pl.DataFrame({"pages": [3, 9], "device": ["phone", None], "bought": [0, 1]})
    >>> sessions = sessions_from_table(table, label="bought")
    >>> sessions.lengths.tolist(), sessions.numeric_features, sessions.categorical_features
    ([0, 0], ('pages',), ('device',))
    """
    roles = {"label": label, "session": session, "time": time, "user": user}
    numbers, categories = _checked(roles, as_list(numeric, "numeric"), as_list(categorical, "categorical"))
    named = [name for name in roles.values() if name is not None]
    wanted = [*named, *numbers, *categories] if numbers or categories else None
    native = read_table(table, wanted, ids=[name for name in (session, user, *categories) if name])
    frame = native.frame
    require_columns(named, frame.columns)
    if frame.is_empty():
        message = "A table with at least one session was expected. Got an empty table."
        raise DataError(message, hint="Check the file, or the filter that made it.")
    features = _features(frame, named, numbers, categories)
    known = _known(frame, roles, time_unit)
    labels = None if label is None else known["label"].to_numpy()
    notes = tuple(_notes(frame, features))
    warn(notes)
    return Sessions(
        offsets=np.zeros(len(frame) + 1, dtype=np.int64),
        events=np.empty(0, dtype=np.int32),
        event_names=(),
        table=pl.DataFrame([*known.values(), *features.columns]),
        numeric_features=features.numeric,
        categorical_features=features.categorical,
        labels=labels,
        notes=notes,
        kind=native.kind,
    )


def _checked(
    roles: dict[str, str | None], numeric: tuple[str, ...], categorical: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    taken: dict[str, str] = {}
    for role, name in roles.items():
        check_column(role, name)
        if name is not None and name in taken:
            refuse_twice(name, taken[name], role)
        if name is not None:
            taken[name] = role
    for role, names in (("numeric", numeric), ("categorical", categorical)):
        check_columns(role, names)
        for name in names:
            if name in taken:
                refuse_twice(name, taken[name], role)
        taken |= dict.fromkeys(names, role)
    return numeric, categorical


def _features(
    frame: pl.DataFrame, named: list[str], numeric: tuple[str, ...], categorical: tuple[str, ...]
) -> Features:
    kinds: dict[str, bool | None] = dict.fromkeys(frame.columns)
    kinds |= dict.fromkeys(numeric, False) | dict.fromkeys(categorical, True)
    names = [name for name in frame.columns if name not in named]
    check_columns("a feature", names)
    if not names:
        message = f"At least one feature was expected beside {named}. Got none."
        raise ParameterError(message, hint="Give a table with a column for each thing known of a session.")
    return Features(tuple(feature(frame[name], category=kinds[name]) for name in names))


def _known(frame: pl.DataFrame, roles: dict[str, str | None], time_unit: str) -> dict[str, pl.Series]:
    """Return the columns of the table that are no features, under the names of their roles."""
    ids = pl.Series("session", np.arange(len(frame), dtype=np.int64))
    if roles["session"] is not None:
        ids = as_ids(frame[roles["session"]], "session").alias("session")
        _refuse_bad_ids(frame[roles["session"]], ids)
    known = {"session": ids}
    if roles["user"] is not None:
        known["user"] = as_ids(frame[roles["user"]], "user").alias("user")
    if roles["time"] is not None:
        stamps = epoch_micros(frame[roles["time"]], time_unit)
        if stamps.null_count():
            refuse(frame[roles["time"]], stamps.is_null(), "is no time, which every session has")
        known["started"] = stamps.cast(pl.Datetime("us", "UTC")).alias("started")
    if roles["label"] is not None:
        flags = label_flags(frame[roles["label"]])
        refuse_missing_labels(flags, ids)
        known["label"] = flags.alias("label")
    return known


def _refuse_bad_ids(told: pl.Series, ids: pl.Series) -> None:
    if ids.null_count():
        refuse(told, ids.is_null(), "is no session")
    twice = ~ids.is_first_distinct()
    if twice.any():
        refuse(told, twice, "is a session that stands in an earlier row")


def _notes(frame: pl.DataFrame, features: Features) -> Iterator[Note]:
    repeated = int((~frame.is_unique()).sum() - frame.filter(~frame.is_unique()).unique().height)
    if repeated:
        message = (
            f"{repeated:,} rows repeat another in every column. They are kept; keep them on one side of a "
            "split, for example by a group of equal rows."
        )
        yield Note("repeated_rows", "info", message, repeated)
    for column in features.columns:
        missing = column.null_count()
        if missing:
            message = f"{missing:,} of {len(column):,} sessions have no {column.name!r}; it is missing there."
            yield Note("missing_features", "info", message, missing)
