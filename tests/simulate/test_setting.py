"""The options of a world, read back from its parameters."""

from __future__ import annotations

import json

import pytest

from wanamaker.base.errors import ParameterError
from wanamaker.simulate import journeys
from wanamaker.simulate.setting import Setting

WORLD = journeys(50, seed=3, confounded=True, intent_error=0.3, carry_over=True, late=True)


def test_parameters_read_back_through_json_are_the_same_setting():
    setting = Setting.of(WORLD.parameters)
    assert setting.parameters == WORLD.parameters
    assert Setting.of(json.loads(json.dumps(WORLD.parameters))) == setting


def test_parameters_written_before_the_switches_existed_have_them_off():
    old = {
        name: value
        for name, value in WORLD.parameters.items()
        if name not in {"carry_over", "late", "intent_error"}
    }
    setting = Setting.of(old)
    assert (setting.carry_over, setting.late, setting.intent_error) == (False, False, 0.0)


def test_parameters_without_a_seed_are_refused():
    part = {name: value for name, value in WORLD.parameters.items() if name != "seed"}
    with pytest.raises(ParameterError, match=r"must hold \['seed'\]. Got \[.*\nHint: Use the world as"):
        Setting.of(part)


def test_unknown_parameters_are_refused_with_the_nearest():
    with pytest.raises(
        ParameterError, match=r"Unknown parameter of a world: 'sed'.\nHint: Did you mean 'seed'"
    ):
        Setting.of({**WORLD.parameters, "sed": 1})


def test_a_wrong_intent_needs_a_confounded_world():
    with pytest.raises(
        ParameterError,
        match=r"'intent_error' parameter .* Got 0.2 with confounded=False.\n"
        r"Hint: confounded=True, intent_error=0.2",
    ):
        journeys(10, intent_error=0.2)
