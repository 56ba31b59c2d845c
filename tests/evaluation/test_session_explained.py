"""What moves the prediction of a session, by event and by feature."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import wanamaker as wm
from tests.visits import browsing, table
from wanamaker.evaluation.session_explained import feature_effects, session_effects

pytest.importorskip("torch")

TRAINING = wm.Training(epochs=2, batch_size=64, threads=1)


@pytest.fixture(scope="module")
def sessions():
    return wm.sessions_from_events(
        browsing(200), session="visit", time="at", event="did", label="bought", features=["device"]
    )


@pytest.fixture(scope="module")
def model(sessions):
    return wm.SessionModel(cell="gru", width=8, training=TRAINING).fit(sessions)


def test_every_event_and_every_feature_has_a_row(model, sessions):
    part = sessions.take(range(12))
    told = session_effects(model, part)
    events = told.filter(pl.col("position").is_not_null())
    assert len(events) == len(part.events)
    assert told.filter(pl.col("position").is_null())["event"].to_list() == ["device"] * 12


def test_probabilities_are_those_of_the_prefixes(model, sessions):
    part = sessions.take(range(12))
    events = session_effects(model, part).filter(pl.col("position").is_not_null())
    assert np.allclose(events["probability"].to_numpy(), model.predict_prefixes(part))


def test_seconds_begin_with_the_session(model, sessions):
    events = session_effects(model, sessions.take([3])).filter(pl.col("position").is_not_null())
    expected = (
        sessions.times[sessions.offsets[3] : sessions.offsets[4]] - sessions.times[sessions.offsets[3]]
    ) / 1e6
    assert events["seconds"].to_list() == expected.tolist()


def test_a_feature_that_is_not_known_has_no_effect(model, sessions):
    part = sessions.take(range(8))
    unknown = part.table.with_columns(device=pl.lit(None, dtype=pl.String))
    object.__setattr__(part, "table", unknown)
    assert feature_effects(model, part)["device"].to_list() == [0.0] * 8


def test_effects_of_features_are_what_the_odds_lose_without_them():
    part = wm.sessions_from_table(table(200).drop("month"), label="bought")
    model = wm.SessionModel(width=8, training=TRAINING).fit(part)
    told = feature_effects(model, part)
    assert told.columns == ["pages", "duration", "device"]
    without = table(200).drop("month").with_columns(pages=pl.lit(None, dtype=pl.Int64))
    bare = model.margins(wm.sessions_from_table(without, label="bought"))
    assert np.allclose(told["pages"].to_numpy(), model.margins(part) - bare)
