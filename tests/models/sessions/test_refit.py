"""The kept model, fitted again on all sessions."""

from __future__ import annotations

import numpy as np
import pytest

import wanamaker as wm
from tests.visits import browsing

pytest.importorskip("torch")


@pytest.fixture(scope="module")
def sessions():
    return wm.sessions_from_events(browsing(300), session="visit", time="at", event="did", label="bought")


@pytest.fixture(scope="module")
def model(sessions):
    training = wm.Training(epochs=6, batch_size=32, learning_rate=0.02, threads=1, seed=3)
    return wm.SessionModel(width=8, training=training).fit(
        sessions.take(range(200)), sessions.take(range(200, 250))
    )


def test_it_learns_for_as_many_epochs_as_were_best_and_keeps_the_calibration(model, sessions):
    before = model.predict(sessions)
    again = model.refit(sessions)
    assert len(again.training_["curve"]) == model.training_["best_epoch"]
    assert again.training_["rows"] == len(sessions)
    assert again.fitted_.calibration.to_state() == model.fitted_.calibration.to_state()
    assert again.training_["calibration"] == model.training_["calibration"]
    assert np.array_equal(model.predict(sessions), before), "the tested model is not changed"


def test_it_has_the_settings_of_the_model_it_comes_from(model, sessions):
    again = model.refit(sessions)
    assert again.get_params(deep=False) == model.get_params(deep=False)


def test_it_is_loaded_as_it_was_saved(model, sessions, tmp_path):
    again = model.refit(sessions)
    again.save(tmp_path / "model")
    loaded = wm.SessionModel.load(tmp_path / "model")
    assert np.array_equal(loaded.predict(sessions), again.predict(sessions))
