"""The network that gives credit, fitted again on all journeys."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import wanamaker as wm
from tests.models.journeys.made import QUICK, quick, small
from wanamaker.models.journeys.parts import cut_off

FALLING = replace(QUICK, epochs=6, schedule="cosine", warmup=0.1)


@pytest.fixture(scope="module")
def journeys() -> wm.Journeys:
    return small()


@pytest.fixture(scope="module")
def parts(journeys: wm.Journeys) -> tuple[wm.Journeys, wm.Journeys]:
    return cut_off(journeys)[:2]


@pytest.fixture(scope="module")
def model(parts: tuple[wm.Journeys, wm.Journeys]) -> wm.JourneyModel:
    return quick(calibration="platt", training=FALLING).fit(*parts)


def test_it_learns_for_as_many_epochs_as_were_best_and_keeps_the_calibration(
    model: wm.JourneyModel, journeys: wm.Journeys
) -> None:
    before = model.predict(journeys)
    again = model.refit(journeys)
    assert len(again.training_["curve"]) == again.training_["best_epoch"] == model.training_["best_epoch"]
    assert again.training_["rows"] == len(journeys)
    assert again.fitted_.calibration.to_state() == model.fitted_.calibration.to_state()
    assert not np.array_equal(again.predict(journeys), before)
    assert np.array_equal(model.predict(journeys), before), "the judged model is not changed"


def test_from_the_same_journeys_it_learns_the_same_to_the_bit(
    model: wm.JourneyModel, parts: tuple[wm.Journeys, wm.Journeys]
) -> None:
    """So the learning rates of its epochs are those of the judged run, though a schedule fell over more."""
    assert model.training_["best_epoch"] < FALLING.epochs
    again = model.refit(parts[0])
    assert np.array_equal(again.predict(parts[1]), model.predict(parts[1]))
    assert again.training_["idle_touches"] == model.training_["idle_touches"]
    assert again.training_["no_touch"] == model.training_["no_touch"]


def test_what_was_judged_stays_said_of_it(model: wm.JourneyModel, journeys: wm.Journeys) -> None:
    again = model.refit(journeys)
    learned_anew = {"rows", "positives", "curve", "stopped", "seconds", "shift", "no_touch", "idle_touches"}
    kept = set(model.training_) - learned_anew - {"notes", "parameters"}
    assert {key: again.training_[key] for key in kept} == {key: model.training_[key] for key in kept}
    assert again.training_["refit"]
    assert "refit" not in model.training_


def test_a_doubt_of_the_judged_network_is_one_of_the_new_one(journeys: wm.Journeys) -> None:
    lazy = quick(training=replace(QUICK, epochs=1, learning_rate=1e-6)).fit(journeys)
    doubt = lazy.training_["under_trained"]
    again = lazy.refit(journeys)
    assert doubt is not None
    assert again.training_["under_trained"] == doubt
    assert again.training_["notes"].count(doubt) == 1


def test_touches_and_idle_kinds_are_those_of_all_journeys(parts: tuple[wm.Journeys, wm.Journeys]) -> None:
    train, valid = parts
    new = replace(train, names=(*train.names, "brand new"))
    touches = new.touches.copy()
    touches[np.flatnonzero(touches == 0)[:200]] = len(train.names)
    model = quick().fit(train, valid)
    again = model.refit(replace(new, touches=touches))
    assert "brand new" not in model.touches_
    assert "brand new" in again.touches_
    assert len(again.fitted_.idle) == len(model.fitted_.idle) + 1


def test_it_has_the_settings_of_the_model_it_comes_from(
    model: wm.JourneyModel, journeys: wm.Journeys
) -> None:
    assert model.refit(journeys).get_params(deep=False) == model.get_params(deep=False)


def test_it_gives_credit_and_is_loaded_as_it_was_saved(
    model: wm.JourneyModel, journeys: wm.Journeys, tmp_path: object
) -> None:
    again = model.refit(journeys)
    again.save(f"{tmp_path}/model")
    loaded = wm.JourneyModel.load(f"{tmp_path}/model")
    assert np.array_equal(loaded.predict(journeys), again.predict(journeys))
    credit = wm.attribute(journeys, [again.credit_method()], bootstrap=0).frame
    assert credit["conversions"].sum() == pytest.approx(journeys.conversions.sum())
    assert wm.attribute(journeys, [loaded.credit_method()], bootstrap=0).frame.equals(credit)


def test_what_it_cannot_learn_from_is_refused(model: wm.JourneyModel, journeys: wm.Journeys) -> None:
    with pytest.raises(wm.DataError, match=r"learns from at least two journeys\. Got none"):
        model.refit(journeys.take([]))
    with pytest.raises(wm.DataError, match=r"The training part must have journeys of both outcomes"):
        model.refit(journeys.take(np.flatnonzero(journeys.converted)))
    with pytest.raises(wm.ParameterError, match=r"JourneyModel is not fitted.\nHint: Call fit"):
        quick().refit(journeys)
    named = quick(covariates=["kind"]).fit(journeys)
    gone = replace(journeys, table=journeys.table.drop("kind"), covariates=("intent",))
    with pytest.raises(wm.SchemaError, match="'kind' is no covariate of these journeys"):
        named.refit(gone)
    assert isinstance(gone.table, pl.DataFrame)
