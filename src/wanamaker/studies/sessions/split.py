"""Which sessions are learned from and which judge: whole users and equal rows on one side."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError, nearest
from wanamaker.events.codes import dense_codes, stable_hashes
from wanamaker.events.splits import Split, split_by_group, split_by_time, split_random

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.sessions.sessions import Sessions
    from wanamaker.studies.sessions.study import SessionsStudy

    Rows = NDArray[np.int64]

PARTS = ("train", "valid", "test")
_COMMON = 0.1
"""Where more than this share of the earlier rows has an equal later on, equals say nothing."""


@dataclass(frozen=True, eq=False)
class SessionSplit:
    """The parts, and why the other sessions are in none.

    Parameters
    ----------
    split
        Sessions of each part.
    left_out
        Reason to number of sessions: ``gap``, ``unlisted``, ``unfinished``, ``users``, ``duplicates``.
    values
        For a split by column: the values of each part.
    """

    split: Split
    left_out: dict[str, int] = field(default_factory=dict)
    values: dict[str, list[Any]] = field(default_factory=dict)


def split_sessions(study: SessionsStudy, sessions: Sessions, column: pl.Series | None) -> SessionSplit:
    """Return the parts that a study asks for.

    A session of an earlier part that ended only after a later part had begun, whose user has sessions in
    a later part, or (without events) that equals one of a later part in all that is read, is in no part.

    Parameters
    ----------
    study
        The study.
    sessions
        All sessions.
    column
        The value of the split's column for each session; None where it has none.

    Raises
    ------
    ParameterError, DataError
        If a part would be empty, or a value that is listed does not occur.
    """
    options = study.split
    if options.by == "time":
        return _kept_apart(_by_time(study, sessions), sessions)
    if options.by == "column" and column is not None:
        return _kept_apart(_by_column(study, column), sessions)
    shares: dict[str, Any] = {"valid": options.valid, "test": options.test, "seed": options.seed}
    if options.by == "group" and column is not None:
        return _kept_apart(SessionSplit(split_by_group(column, **shares)), sessions)
    groups = _groups(sessions)
    if len(np.unique(groups)) == len(sessions):
        return SessionSplit(split_random(len(sessions), **shares))
    split = split_by_group(pl.Series(groups), **shares)
    told = (
        "Split at random by user."
        if "user" in sessions.table.columns
        else "Split at random; equal rows together."
    )
    return SessionSplit(replace(split, by="random", notes=(told,)))


def given_sessions(sizes: dict[str, Rows], sessions: Sessions, valid: float) -> SessionSplit:
    """Return parts that came as tables; without ``valid`` it is the latest share of ``train``."""
    rows = dict(sizes)
    if "valid" not in rows:
        cut = _latest(rows["train"], sessions, valid)
        rows["train"], rows["valid"] = rows["train"][~cut], rows["train"][cut]
    found = SessionSplit(Split("given", rows["train"], rows["valid"], rows["test"]))
    return _kept_apart(found, sessions, unfinished=False)


def _latest(rows: Rows, sessions: Sessions, share: float) -> NDArray[np.bool_]:
    """Return which rows are the latest share; the last ones where there are no times."""
    starts = sessions.started
    moments = rows if starts is None else starts[rows]
    boundary = np.sort(moments)[min(len(moments) - 1, int(len(moments) * (1 - share)))]
    return np.asarray(moments >= boundary)


def _by_time(study: SessionsStudy, sessions: Sessions) -> SessionSplit:
    starts = sessions.started
    if starts is None:
        message = "A split by time needs the time of each session. There is none."
        raise DataError(message, hint="Give columns.time, or another [split] by.")
    options = study.split
    split = split_by_time(pl.Series(starts), valid=options.valid, test=options.test, gap=options.gap)  # type: ignore[arg-type]
    return SessionSplit(split, {"gap": len(split.in_gap)} if len(split.in_gap) else {})


def _by_column(study: SessionsStudy, column: pl.Series) -> SessionSplit:
    """Return the parts by the values of a column; a share for ``valid`` takes the last values of train."""
    options = study.split
    values: dict[str, list[Any]] = {"train": list(options.train or ()), "test": list(options.test)}  # type: ignore[arg-type]
    if isinstance(options.valid, tuple):
        values["valid"] = list(options.valid)
    for value in (value for held in values.values() for value in held):
        if not _is(column, value).any():
            known = [str(one) for one in column.unique().drop_nulls().to_list()]
            message = f"The split lists {value!r}, which does not occur in column {column.name!r}."
            raise DataError(message, hint=nearest(str(value), known))
    if "valid" not in values:
        values["train"], values["valid"] = _last_values(column, values["train"], float(options.valid))  # type: ignore[arg-type]
    rows = [np.flatnonzero(_among(column, values[part])) for part in PARTS]
    listed = sum(len(part) for part in rows)
    left_out = {"unlisted": len(column) - listed} if listed < len(column) else {}
    split = Split("column", rows[0], rows[1], rows[2])
    return SessionSplit(split, left_out, {part: values[part] for part in PARTS})


def _last_values(column: pl.Series, values: list[Any], share: float) -> tuple[list[Any], list[Any]]:
    """Return the first values, and the last ones that make up at least a share of the rows."""
    counts = [int(_is(column, value).sum()) for value in values]
    taken = 1
    while sum(counts[-taken:]) < share * sum(counts):
        taken += 1
    if taken >= len(values):
        message = f"The values listed for train must leave some for valid. Got {values!r}."
        raise DataError(message, hint='List another value for train, or write valid = ["…"].')
    return values[:-taken], values[-taken:]


def _is(column: pl.Series, value: Any) -> pl.Series:
    return (column.cast(pl.String) == str(value)).fill_null(value=False)


def _among(column: pl.Series, values: list[Any]) -> NDArray[np.bool_]:
    texts = [str(value) for value in values]
    return column.cast(pl.String).is_in(texts).fill_null(value=False).to_numpy()


def _kept_apart(found: SessionSplit, sessions: Sessions, *, unfinished: bool = True) -> SessionSplit:
    """Leave out sessions of earlier parts that reach into later ones: by time, by user, as equal rows."""
    parts, left_out = found.split.parts(), dict(found.left_out)
    if unfinished and found.split.boundaries:
        parts, left_out["unfinished"] = _finished(parts, sessions, found.split.boundaries)
    if "user" in sessions.table.columns:
        parts, left_out["users"] = _without_later(parts, sessions.users)
    elif not len(sessions.events):
        kept, gone = _without_later(parts, _groups(sessions))
        if gone <= _COMMON * (len(parts["train"]) + len(parts["valid"])):
            parts, left_out["duplicates"] = kept, gone
    told = {reason: count for reason, count in left_out.items() if count}
    split = replace(found.split, train=parts["train"], valid=parts["valid"], test=parts["test"])
    return SessionSplit(split, told, found.values)


def _finished(
    parts: dict[str, Rows], sessions: Sessions, boundaries: tuple[int, ...]
) -> tuple[dict[str, Rows], int]:
    """Leave out the sessions that had not ended when the next part began."""
    ends = _ends(sessions)
    held = dict(parts)
    for part, boundary in zip(PARTS, boundaries, strict=False):
        held[part] = parts[part][ends[parts[part]] < boundary]
    return held, sum(len(parts[part]) - len(held[part]) for part in PARTS)


def _ends(sessions: Sessions) -> NDArray[np.int64]:
    started = sessions.started
    ends = np.zeros(len(sessions), dtype=np.int64) if started is None else started.copy()
    if sessions.times is not None:
        some = sessions.lengths > 0
        ends[some] = sessions.times[sessions.offsets[1:][some] - 1]
    return ends


def _without_later(parts: dict[str, Rows], keys: NDArray[np.uint64]) -> tuple[dict[str, Rows], int]:
    """Leave out rows whose key comes again in a later part."""
    held, later = dict(parts), keys[parts["test"]]
    for part in ("valid", "train"):
        held[part] = parts[part][~np.isin(keys[parts[part]], later)]
        later = np.concatenate([later, keys[held[part]]])
    return held, sum(len(parts[part]) - len(held[part]) for part in PARTS)


def _groups(sessions: Sessions) -> NDArray[np.uint64]:
    """Return a key per session: its user, else (without events) all that is read of it, else itself."""
    table = sessions.table
    if "user" in table.columns or len(sessions.events):
        return sessions.users
    read = [*sessions.numeric_features, *sessions.categorical_features]
    codes, _ = dense_codes([*(table[name] for name in read), pl.Series(sessions.labels)])
    return stable_hashes(pl.Series(codes))
