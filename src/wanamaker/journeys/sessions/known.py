"""What is known once per session: label, user and features."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError
from wanamaker.events.columns import as_flags

if TYPE_CHECKING:
    from numpy.typing import NDArray


def label_flags(values: pl.Series) -> pl.Series:
    """Return a column of 0/1 (or true/false, also as text) as booleans, null where it is not known.

    Raises
    ------
    SchemaError
        If the column holds something else.
    DataError
        If a value is neither 0 nor 1; names the row, counted from 0.
    """
    blank = values.is_null()
    if values.dtype == pl.String:
        blank |= (values.str.strip_chars() == "").fill_null(value=True)
    return pl.Series(values.name, as_flags(values, "label")).set(blank, None)


def one_per_session(
    values: pl.Series, owners: NDArray[np.int64], sessions: pl.Series, role: str
) -> pl.Series:
    """Return the one value of a column in each session; nulls beside a value are taken for it.

    Parameters
    ----------
    values
        One value per row of the log.
    owners
        The session of each row, of shape (rows,).
    sessions
        The id of each session, of shape (sessions,).

    Raises
    ------
    DataError
        If a session has two values; names it and both.
    """
    told = np.flatnonzero(values.is_not_null().to_numpy())[::-1]
    firsts = np.full(len(sessions), -1, dtype=np.int64)
    firsts[owners[told]] = told  # backwards, so that the first of a session is written last
    found = pl.Series(firsts)
    of_session = values.gather(found.set(found < 0, None))
    other = (values != of_session.gather(owners)).fill_null(value=False)
    if other.any():
        _refuse_conflict(values, of_session, owners, sessions, other, role)
    return of_session.alias(values.name)


def refuse_missing_labels(labels: pl.Series, sessions: pl.Series) -> None:
    """Refuse sessions without a label.

    Raises
    ------
    DataError
        If a session has no label; names the first.
    """
    missing = labels.is_null()
    if missing.any():
        first = sessions[int(missing.arg_true()[0])]
        message = (
            f"Column {labels.name!r}: session {first!r} has no label "
            f"({int(missing.sum()):,} of {len(labels):,} sessions have none)."
        )
        hint = "Leave these sessions out; to score sessions whose label is not known, leave out 'label'."
        raise DataError(message, hint=hint)


def _refuse_conflict(
    values: pl.Series,
    of_session: pl.Series,
    owners: NDArray[np.int64],
    sessions: pl.Series,
    other: pl.Series,
    role: str,
) -> NoReturn:
    row = int(other.arg_true()[0])
    owner = int(owners[row])
    count = len(np.unique(owners[other.to_numpy()]))
    more = f" ({count:,} such sessions)" if count > 1 else ""
    message = (
        f"The {role} column {values.name!r} must have one value per session. Session {sessions[owner]!r} "
        f"has {of_session[owner]!r} and {values[row]!r}{more}."
    )
    raise DataError(message, hint="Mend the log, or give these sessions ids of their own.")
