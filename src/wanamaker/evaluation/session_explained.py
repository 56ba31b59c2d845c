"""What moves the prediction of a session: each of its events, by two methods, and each of its features."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.sessions.sessions import Sessions
    from wanamaker.models.sessions.session_model import SessionModel

    Floats = NDArray[np.float64]

METHODS = ("removal", "integrated_gradients")
"""How events are credited; see `wanamaker.SessionModel.explain`."""


def session_effects(model: SessionModel, sessions: Sessions) -> pl.DataFrame:
    """Return what each event and each feature adds to the log-odds after a session's last event.

    Parameters
    ----------
    model
        Fitted.
    sessions
        With the columns of training.

    Returns
    -------
    polars.DataFrame
        One row per event in the order of the sessions: ``session``, ``position`` (from 1), ``event``,
        ``seconds`` since the first one, ``probability`` once it had come (null if the model looks ahead),
        ``removal`` and ``integrated_gradients``; then one row per session and feature, where ``position``
        is null, ``event`` the feature and ``removal`` what `feature_effects` says. Log-odds are those
        before calibration.
    """
    return pl.concat([_of_events(model, sessions), _of_features(model, sessions)], how="diagonal")


def feature_effects(model: SessionModel, sessions: Sessions) -> pl.DataFrame:
    """Return how far the log-odds of each session fall if a feature were not known; one column each.

    A number that is not known is read as the middle one of training, a category as one that training did
    not have. Effects need not add up.
    """
    whole = model.margins(sessions)
    names = [*sessions.numeric_features, *sessions.categorical_features]
    return pl.DataFrame({name: whole - model.margins(_without(sessions, name)) for name in names})


def _without(sessions: Sessions, name: str) -> Sessions:
    unknown = pl.lit(None, dtype=sessions.table.schema[name]).alias(name)
    return replace(sessions, table=sessions.table.with_columns(unknown))


def _of_events(model: SessionModel, sessions: Sessions) -> pl.DataFrame:
    found = [model.explain(sessions, method=method) for method in METHODS]
    told = found[0].select("session", "position", "event")
    columns = {"seconds": pl.Series(_seconds(sessions), dtype=pl.Float64)}
    chances = model.predict_prefixes(sessions) if model.causal else np.full(len(told), np.nan)
    columns["probability"] = pl.Series(chances, dtype=pl.Float64, nan_to_null=True)
    columns |= {method: table["effect"] for method, table in zip(METHODS, found, strict=True)}
    return told.with_columns(**columns)


def _seconds(sessions: Sessions) -> Floats:
    if sessions.times is None or not len(sessions.events):
        return np.full(len(sessions.events), np.nan)
    first = sessions.times[sessions.offsets[:-1][sessions.rows]]
    return np.asarray((sessions.times - first) / 1e6)


def _of_features(model: SessionModel, sessions: Sessions) -> pl.DataFrame:
    effects = feature_effects(model, sessions)
    ids = sessions.table["session"]
    parts = [
        pl.DataFrame({"session": ids, "event": [name] * len(ids), "removal": effects[name]})
        for name in effects.columns
    ]
    empty = pl.DataFrame(schema={"session": ids.dtype, "event": pl.String, "removal": pl.Float64})
    return pl.concat([empty, *parts])
