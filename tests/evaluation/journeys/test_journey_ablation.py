"""What the parts of a journey network are worth."""

from __future__ import annotations

import numpy as np
import pytest

import wanamaker as wm
from wanamaker.evaluation.journey_ablation import journey_ablation, variants
from wanamaker.evaluation.journeys import compared_journeys, split_journeys

pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("ignore::wanamaker.base.errors.DataWarning")


@pytest.fixture(scope="module")
def parts():
    world = wm.simulate.journeys(1_000, seed=2, observed="full", confounded=True)
    journeys = wm.journeys_from_events(world.log, observed="full", covariates=["intent"])
    return [journeys.take(rows) for rows in split_journeys(journeys).parts().values()]


def model_of(**more):
    return wm.JourneyModel(**{"width": 4, "training": wm.Training(epochs=1, threads=1), **more})


def test_every_part_that_a_model_has_is_left_out_once_and_every_cell_stands_beside_it(parts):
    table = journey_ablation(model_of(cell="rnn"), *parts, replicates=10)
    assert table["variant"].to_list() == [
        "as given",
        "without attention",
        "without decay",
        "without covariates",
        "cell gru",
        "cell lstm",
    ]
    assert table["parameters"][1] < table["parameters"][0]
    assert table["roc_auc_difference"][0] is None
    expected = (table["roc_auc"][0] - table["roc_auc"]).to_list()[1:]
    assert table["roc_auc_difference"].to_list()[1:] == pytest.approx(expected)


def test_a_transformer_stands_beside_the_others_where_its_width_allows(parts):
    assert "cell transformer" in variants(model_of(width=8), parts[0])
    assert "cell transformer" not in variants(model_of(width=12), parts[0])
    assert "without decay" not in variants(model_of(attention=False), parts[0])


def test_a_model_that_was_fitted_is_taken_as_it_is_and_not_changed(parts):
    train, valid, test = parts
    model = model_of(attention=False).fit(train, valid)
    before = model.predict(test)
    table = journey_ablation(model, *parts, fitted=True, replicates=0)
    own = compared_journeys(test, {"m": before}, "m", replicates=0)
    assert table["roc_auc"][0] == own["roc_auc"][0]
    assert np.array_equal(model.predict(test), before)
