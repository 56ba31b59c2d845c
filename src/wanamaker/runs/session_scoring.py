"""What the model of a sessions run says of new rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.errors import ParameterError
from wanamaker.base.frames import require_columns
from wanamaker.evaluation.session_explained import feature_effects, session_effects
from wanamaker.events.reading import read_table
from wanamaker.runs.scorer import PREDICTION, Scorer
from wanamaker.runs.session_tables import sessions_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from wanamaker.base.frames import IntoFrame, Native
    from wanamaker.journeys.sessions.sessions import Sessions
    from wanamaker.models.sessions.session_model import SessionModel
    from wanamaker.runs.load import Run

_ROW = "(row)"


def predicted_rows(model: SessionModel, study: Mapping[str, Any], rows: pl.DataFrame) -> pl.Series:
    """Return the probability that belongs to each row.

    Of a log of events: after the event of the row, with all that came before it in its session; null for
    rows that are no event, or at which the question is no longer asked. A model that looks ahead says the
    same at each row of a session. Of a table of sessions: of the session.

    Parameters
    ----------
    model
        Of the run.
    study
        The run's study.
    rows
        New rows, in any order.
    """
    if not len(rows):
        return pl.Series(dtype=pl.Float64)
    sessions = read_sessions(model, study, rows, numbered=True)
    if not _has_events(study) or _listed(study, rows):
        return pl.Series(model.predict(_plain(sessions)))
    places = sessions.numeric[_ROW].astype(np.int64)
    sessions = _plain(sessions)
    chances = model.predict_prefixes(sessions) if model.causal else model.predict(sessions)[sessions.rows]
    found = np.full(len(rows), np.nan)
    found[places] = chances
    return pl.Series(found, nan_to_null=True)


def explained_rows(model: SessionModel, study: Mapping[str, Any], rows: pl.DataFrame) -> pl.DataFrame:
    """Return what moved each session: its events and features, or one column per feature without events."""
    sessions = read_sessions(model, study, rows)
    return session_effects(model, sessions) if _has_events(study) else feature_effects(model, sessions)


def unseen_in(model: SessionModel, study: Mapping[str, Any], rows: pl.DataFrame) -> dict[str, int]:
    """Return how many values were not seen in training, by column; the events' are under their column."""
    found = model.unseen(read_sessions(model, study, rows)) if len(rows) else {}
    event = study["columns"].get("event")
    return {str(event) if name == "event" else name: count for name, count in found.items() if count}


def read_sessions(
    model: SessionModel, study: Mapping[str, Any], rows: pl.DataFrame, *, numbered: bool = False
) -> Sessions:
    """Return new rows as sessions; what the label says is not read.

    Features that the study took from a table of their own are read as columns of the rows.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    columns = dict(study["columns"])
    columns.pop("label", None)
    if _has_events(study):
        schema = model.schema_
        columns["features"] = [*schema["categorical_features"], *schema["numeric_features"]]
        if numbered and not _listed(study, rows):
            rows = rows.with_columns(pl.Series(_ROW, np.arange(len(rows), dtype=np.float64)))
            columns["numeric"] = [*columns.get("numeric", ()), _ROW]
        require_columns(_named(columns), rows.columns, "the rows")
        if not _happens(columns.get("outcome"), rows[columns["event"]]):
            columns |= {"outcome": None, "horizon": None}  # nothing follows it that would have to go
    return sessions_of(rows, columns)


def _named(columns: Mapping[str, Any]) -> list[str]:
    single = [columns.get(role) for role in ("session", "time", "event", "user")]
    listed = [name for role in ("numeric", "categorical", "features") for name in columns.get(role, ())]
    return [name for name in [*single, *listed] if name is not None]


def _happens(outcome: str | None, events: pl.Series) -> bool:
    names = events.explode() if isinstance(events.dtype, pl.List) else events
    return outcome is not None and bool((names.cast(pl.String) == outcome).any())


def _has_events(study: Mapping[str, Any]) -> bool:
    return study["columns"].get("event") is not None


def _listed(study: Mapping[str, Any], rows: pl.DataFrame) -> bool:
    """Whether each row is a session with lists of events."""
    event = study["columns"].get("event")
    return event in rows.columns and isinstance(rows.schema[event], pl.List)


def _plain(sessions: Sessions) -> Sessions:
    numeric: dict[str, NDArray[np.float64]] = dict(sessions.numeric)
    numeric.pop(_ROW, None)
    return replace(sessions, numeric=numeric)


def _load(folder: Path) -> SessionModel:
    from wanamaker.models.sessions.session_model import SessionModel

    return SessionModel.load(folder)


def _read(run: Run, rows: IntoFrame) -> Native:
    told = run.study["columns"]
    ids = [told.get(role) for role in ("session", "user", "event")]
    return read_table(rows, ids=[name for name in [*ids, *told.get("categorical", ())] if name is not None])


def _predict(run: Run, rows: pl.DataFrame, history: pl.DataFrame | None) -> pl.DataFrame:
    _refuse_history(history)
    return rows.with_columns(predicted_rows(run.model, run.study, rows).alias(PREDICTION))


def _explain(run: Run, rows: pl.DataFrame, history: pl.DataFrame | None) -> pl.DataFrame:
    _refuse_history(history)
    return explained_rows(run.model, run.study, rows)


def _refuse_history(history: pl.DataFrame | None) -> None:
    if history is not None:
        message = "A sessions run reads no history: what came earlier in a session stands in its own rows."
        raise ParameterError(message, hint="Leave it out, and give all events of each session as rows.")


def _unseen(run: Run, rows: pl.DataFrame) -> dict[str, int]:
    return unseen_in(run.model, run.study, rows)


SCORER = Scorer(_load, _read, _predict, _explain, _unseen)
