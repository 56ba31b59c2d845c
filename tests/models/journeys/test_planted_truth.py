"""Credit of a trained network against the truth of a simulated world."""

from __future__ import annotations

from dataclasses import replace

import pytest

import wanamaker as wm
from tests.models.journeys.made import journeys_of
from wanamaker.models.journeys.settings import DEFAULT_TRAINING

pytestmark = pytest.mark.slow

TRAINING = replace(DEFAULT_TRAINING, threads=1, progress="off")


def distances(world: wm.simulate.World, journeys: wm.Journeys, kinds: list[str]) -> dict[str, float]:
    model = wm.JourneyModel(training=TRAINING).fit(journeys)
    assert model.training_["under_trained"] is None
    credit = wm.attribute(journeys, [*map(model.credit_method, kinds), "linear"], bootstrap=0)
    found = wm.evaluate_credit(credit, world.truth)
    return dict(zip(found["model"], found["total_variation"], strict=True))


def test_removing_touches_finds_the_truth_and_attention_does_not() -> None:
    world = wm.simulate.journeys(n=50_000, seed=0, observed="full")
    found = distances(world, journeys_of(world), ["attention", "counterfactual", "shapley"])
    assert found["counterfactual"] <= 0.04
    assert found["network_shapley"] <= 0.06
    assert found["attention"] > 3 * found["counterfactual"]
    assert found["linear"] > 5 * found["counterfactual"]


def test_a_covariate_that_tells_the_intent_undoes_the_confounding() -> None:
    world = wm.simulate.journeys(n=50_000, seed=0, observed="full", confounded=True)
    found = distances(world, journeys_of(world, covariates=["intent"]), ["counterfactual"])
    assert found["counterfactual"] <= 0.05
