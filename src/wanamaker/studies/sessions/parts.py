"""The log of a sessions study, as sessions, and split; nothing is fitted here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError, SchemaError
from wanamaker.base.frames import require_columns
from wanamaker.evaluation.session_questions import Questions, questions
from wanamaker.events.codes import dense_codes
from wanamaker.events.reading import read_table
from wanamaker.runs.session_tables import sessions_of
from wanamaker.studies.sessions.split import PARTS, SessionSplit, given_sessions, split_sessions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.sessions.sessions import Sessions
    from wanamaker.studies.sessions.study import SessionsStudy

    Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Parts:
    """Sessions and their parts.

    Parameters
    ----------
    sessions
        All that a question can be asked of.
    apart
        Sessions of the parts.
    unasked
        How many sessions of the log had their outcome before anything else.
    """

    sessions: Sessions
    apart: SessionSplit
    unasked: int = 0

    def rows(self, part: str) -> Rows:
        """Return the sessions of a part, rising."""
        rows: Rows = getattr(self.apart.split, part)
        return rows

    def of(self, part: str) -> Sessions:
        """Return the sessions of a part."""
        return self.sessions.take(self.rows(part))

    def questions(self, part: str) -> Questions:
        """Return what is asked of a part."""
        return questions(self.of(part))

    def all(self) -> Sessions:
        """Return the sessions of all parts."""
        return self.sessions.take(np.sort(np.concatenate([self.rows(part) for part in PARTS])))


def read_parts(study: SessionsStudy) -> Parts:
    """Read the log of a study as sessions, and split them.

    Parameters
    ----------
    study
        The study.

    Raises
    ------
    SchemaError
        If a column is missing, or the parts have different columns.
    DataError
        If the log cannot be used, a label is missing, a session is in two parts, or a part has questions of
        one answer alone.
    """
    told = study.columns
    wanted = [*told.read, *([study.split.column] if study.split.column else [])]
    ids = [name for name in (told.session, told.user, told.event, *told.categorical) if name is not None]
    frames = {role: read_table(path, wanted, ids=ids).frame for role, path in study.data.logs.items()}
    log = _put_together(frames)
    whole = sessions_of(log, told.model_dump(), study.data.features)
    _refuse_unlabelled(log, study)
    sessions = whole.take(whole.asked)
    owners = _owners(log, study, whole)
    apart = _apart(study, frames, log, owners, whole, sessions)
    parts = Parts(sessions, apart, len(whole) - len(sessions))
    for part in PARTS:
        _refuse_one_answer(parts, part, study)
    return parts


def _owners(log: pl.DataFrame, study: SessionsStudy, whole: Sessions) -> Rows:
    """Return the session of each row of the log; sessions are numbered by their first row."""
    if not study.columns.has_events:
        return np.arange(len(log))
    codes, _ = dense_codes([log[str(study.columns.session)]])
    if len(codes) and codes.max() + 1 != len(whole):  # rows without an event may have named further ones
        known = {value: place for place, value in enumerate(whole.table["session"].to_list())}
        return np.array([known.get(value, -1) for value in log[str(study.columns.session)].to_list()])
    return codes


def _apart(
    study: SessionsStudy,
    frames: dict[str, pl.DataFrame],
    log: pl.DataFrame,
    owners: Rows,
    whole: Sessions,
    sessions: Sessions,
) -> SessionSplit:
    kept = np.flatnonzero(whole.asked)
    if "path" not in frames:
        names = pl.Series("part", np.repeat(list(frames), [len(frame) for frame in frames.values()]))
        told = _of_sessions(names, owners, whole, "Session {} is in two parts: {}.")[kept]
        rows = {part: np.flatnonzero((told == part).fill_null(value=False)) for part in frames}
        empty = next((part for part, held in rows.items() if not len(held)), None)
        if empty is not None:
            message = f"The {empty} part must hold sessions. It has none."
            raise DataError(message, hint=f"Give another {empty} table.")
        return given_sessions(rows, sessions, float(study.split.valid))  # type: ignore[arg-type]
    column = None
    if study.split.column is not None:
        held = log[study.split.column]
        column = _of_sessions(
            held, owners, whole, f"Column {held.name!r} has two values in session {{}}: {{}}."
        )
        column = column[kept]
    return split_sessions(study, sessions, column)


def _of_sessions(values: pl.Series, owners: Rows, whole: Sessions, fault: str) -> pl.Series:
    """Return the one value that each session has in a column of the log."""
    table = pl.DataFrame({"owner": owners, "value": values}).filter(pl.col("owner") >= 0)
    grouped = table.group_by("owner").agg(pl.col("value").drop_nulls().unique(maintain_order=True))
    many = grouped.filter(pl.col("value").list.len() > 1).sort("owner")
    if len(many):
        owner, found = many.row(0)
        message = fault.format(repr(whole.table["session"][owner]), ", ".join(map(repr, found[:2])))
        raise DataError(message, hint="A session is split as a whole.")
    first = grouped.with_columns(pl.col("value").list.first())
    wanted = pl.DataFrame({"owner": np.arange(len(whole))})
    return wanted.join(first, on="owner", how="left", maintain_order="left")["value"].alias(values.name)


def _put_together(frames: dict[str, pl.DataFrame]) -> pl.DataFrame:
    first, *others = frames
    for other in others:
        require_columns(frames[first].columns, frames[other].columns, f"the {other} part")
        wrong = [
            f"{name}: {kind} in {first}, {frames[other].schema[name]} in {other}"
            for name, kind in frames[first].schema.items()
            if frames[other].schema[name] != kind
        ]
        if wrong:
            message = f"The parts must have the same types. They differ in {'; '.join(wrong)}."
            raise SchemaError(message, hint="Cast the columns to one type before writing the parts.")
    return pl.concat([frame.select(frames[first].columns) for frame in frames.values()])


def _refuse_unlabelled(log: pl.DataFrame, study: SessionsStudy) -> None:
    told = study.columns
    if told.label is not None and log[told.label].null_count() == len(log):
        message = (
            f"The label column {told.label!r} must tell 0 or 1 of each session. It is missing in all rows."
        )
        raise DataError(message, hint="To score sessions without labels, use 'wanamaker predict'.")
    if told.outcome is not None and not (log[str(told.event)].cast(pl.String) == told.outcome).any():
        from wanamaker.base.errors import nearest

        known = log[str(told.event)].cast(pl.String).drop_nulls().unique().to_list()
        message = f"The outcome {told.outcome!r} does not occur in column {told.event!r}: no session has it."
        raise DataError(message, hint=nearest(told.outcome, known))


def _refuse_one_answer(parts: Parts, part: str, study: SessionsStudy) -> None:
    labels = parts.questions(part).labels
    positives = int(labels.sum())
    if 0 < positives < len(labels):
        return
    what = f"All of its {len(labels):,} labels are {int(positives > 0)}" if len(labels) else "It has no rows"
    message = f"The {part} part must hold rows with and without {_sought(study)}. {what}."
    raise DataError(message, hint=_mend(study, part))


def _sought(study: SessionsStudy) -> str:
    told: Any = study.columns.outcome or study.columns.label
    return repr(told)


def _mend(study: SessionsStudy, part: str) -> str:
    if study.data.path is None:
        return f"Give another {part} table."
    if study.split.by == "column":
        return f"List other values of {study.split.column!r} under [split] {part}."
    what = f"Give a larger share under [split] {part}" if part != "train" else "Leave more for training"
    return f"{what}, or check {_sought(study)}."
