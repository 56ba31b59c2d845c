"""Session-level features: columns of the log that are constant in a session, or a table of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from wanamaker.base.errors import SchemaError
from wanamaker.base.frames import require_columns
from wanamaker.events.columns import as_ids, as_names
from wanamaker.events.reading import read_table
from wanamaker.journeys.notes import Note
from wanamaker.journeys.sessions.columns import as_numbers
from wanamaker.journeys.sessions.known import one_per_session
from wanamaker.journeys.sessions.roles import check_columns, refuse_twice

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import numpy as np
    from numpy.typing import NDArray

_TEXT = (pl.String, pl.Categorical, pl.Enum)


@dataclass(frozen=True, eq=False)
class Features:
    """Session-level features.

    Parameters
    ----------
    columns
        One series per feature, with one value per session: numbers (null where missing) or text.
    """

    columns: tuple[pl.Series, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def numeric(self) -> tuple[str, ...]:
        """Names of those that are numbers."""
        return tuple(column.name for column in self.columns if column.dtype == pl.Float64)

    @property
    def categorical(self) -> tuple[str, ...]:
        """Names of those that are categories."""
        return tuple(column.name for column in self.columns if column.dtype == pl.String)


def feature(values: pl.Series, *, category: bool | None = None) -> pl.Series:
    """Return a column as a feature: numbers and booleans as numbers, text as categories.

    Parameters
    ----------
    category
        True to read numbers as categories, False to read text as numbers, None to go by the type.

    Raises
    ------
    SchemaError
        If the column holds neither numbers nor text.
    """
    text = isinstance(values.dtype, _TEXT)
    if not (text or values.dtype.is_numeric() or values.dtype in (pl.Boolean, pl.Null)):
        message = f"The feature column {values.name!r} must hold numbers or text. Got type {values.dtype}."
        raise SchemaError(message, hint="Convert it first: a date, for example, to its weekday.")
    if category or (category is None and text):
        return as_names(values, "feature")
    numbers = pl.Series(values.name, as_numbers(values, "feature"))
    return numbers.fill_nan(None)


def features_of_log(
    columns: Iterable[pl.Series],
    owners: NDArray[np.int64],
    sessions: pl.Series,
    forced: dict[str, bool],
) -> Features:
    """Take features from columns of the log, one value per row of it.

    Parameters
    ----------
    forced
        For some of the names, whether they are categories.

    Raises
    ------
    DataError
        If a column has two values in one session.
    """
    read = (feature(values, category=forced.get(values.name)) for values in columns)
    return Features(tuple(one_per_session(values, owners, sessions, "feature") for values in read))


def features_of_table(table: Any, session: str, sessions: pl.Series, taken: Collection[str]) -> Features:
    """Take features from a table with one row per session.

    Parameters
    ----------
    table
        A table or a path with the column ``session``; every other column is a feature.
    sessions
        The ids of the log's sessions.
    taken
        Names of columns of the events, which features must not have.

    Raises
    ------
    SchemaError
        If the column with the session is missing or of another type than in the log.
    DataError
        If two rows of one session differ.
    """
    frame = read_table(table, ids=[session]).frame
    require_columns([session], frame.columns, "the table of features")
    names = [name for name in frame.columns if name != session]
    check_columns("features", names)
    for name in names:
        if name in taken:
            refuse_twice(name, "numeric or categorical", "features")
    owners = _numbers_of(as_ids(frame[session], "session"), sessions)
    known = frame.with_columns(owners.alias(_OWNER)).filter(pl.col(_OWNER).is_not_null())
    of_rows = known[_OWNER].to_numpy()
    found = features_of_log((known[name] for name in names), of_rows, sessions, {})
    return Features(found.columns, tuple(_notes(owners, known[_OWNER], sessions)))


_OWNER = "number of the session"


def _numbers_of(ids: pl.Series, sessions: pl.Series) -> pl.Series:
    """Return the place among the sessions of each id, null where it is none of them."""
    if ids.dtype.is_integer() and sessions.dtype.is_integer():
        ids, sessions = ids.cast(pl.Int64), sessions.cast(pl.Int64)
    elif isinstance(ids.dtype, _TEXT) and isinstance(sessions.dtype, _TEXT):
        ids, sessions = ids.cast(pl.String), sessions.cast(pl.String)
    if ids.dtype != sessions.dtype:
        message = (
            f"Sessions are of type {sessions.dtype} in the log and {ids.dtype} in the table of features."
        )
        raise SchemaError(message, hint=f"Convert one of the columns {ids.name!r}.")
    known = pl.DataFrame({"id": sessions}).with_row_index(_OWNER)
    wanted = pl.DataFrame({"id": ids})
    return wanted.join(known, on="id", how="left", maintain_order="left")[_OWNER].cast(pl.Int64)


def _notes(owners: pl.Series, known: pl.Series, sessions: pl.Series) -> Iterable[Note]:
    missing = len(sessions) - known.n_unique()
    if missing:
        message = (
            f"{missing:,} of {len(sessions):,} sessions have no row in the table of features; "
            "their features are missing."
        )
        yield Note("missing_features", "warning", message, missing)
    repeated = len(known) - known.n_unique()
    if repeated:
        message = f"{repeated:,} rows of the table of features repeat another; they were read once."
        yield Note("repeated_features", "info", message, repeated)
    idle = owners.null_count()
    if idle:
        message = (
            f"{idle:,} rows of the table of features belong to no session of the log; they were left out."
        )
        yield Note("idle_features", "info", message, idle)
