"""The description of channels and its errors."""

from __future__ import annotations

import numpy as np
import pytest

from wanamaker.base.errors import ParameterError, ParameterTypeError
from wanamaker.simulate import DEFAULT_CHANNELS, Channel
from wanamaker.simulate.channels import checked_channels, raise_odds, reach_of_users


def test_the_default_world_has_two_channels_without_effect_that_intent_exposes():
    idle = [channel for channel in DEFAULT_CHANNELS if channel.effect == 0]
    assert [channel.name for channel in idle] == ["retargeting", "direct"]
    assert all(channel.intent > 0 for channel in idle)


def test_intent_raises_reach_only_where_the_channel_has_intent():
    channels = (Channel(name="a", reach=0.3, intent=1.0), Channel(name="b", reach=0.3))
    low, high = reach_of_users(channels, np.array([-2.0, 2.0]))
    assert low[0] < 0.3 < high[0]
    assert low[1] == pytest.approx(high[1], abs=1e-12)
    assert reach_of_users(channels, None).tolist() == [[0.3, 0.3]]


def test_raised_odds_are_the_odds_times_e():
    raised = float(raise_odds(0.2, 1.0))
    assert raised / (1 - raised) == pytest.approx(0.25 * np.e)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"reach": 0.0},
            r"The 'reach' parameter of Channel 'a' must be a number in the range \(0, 1\]. Got 0",
        ),
        (
            {"reach": 0.5, "effect": 1.5},
            r"The 'effect' parameter of Channel 'a' must be .* \[0, 1\]. Got 1.5",
        ),
        ({"reach": 0.5, "cost": -1.0}, r"The 'cost' parameter of Channel 'a' must be .* Got -1.0"),
        (
            {"reach": 0.5, "frequency": 0.5},
            r"The 'frequency' parameter of Channel 'a' must be .* \[1, 1000\]",
        ),
        ({"reach": 0.5, "late": 1.0}, r"The 'late' parameter of Channel 'a' must be .* \[0, 1\). Got 1.0"),
        (
            {"reach": 0.5, "triggers": "b", "trigger_rate": 1.1},
            r"The 'trigger_rate' parameter of Channel 'a' must be .* \[0, 1\]. Got 1.1",
        ),
        (
            {"reach": 0.5, "triggers": "a", "trigger_rate": 0.1},
            "The 'triggers' parameter of Channel 'a' must name another channel. Got 'a', its own name.",
        ),
        (
            {"reach": 0.5, "trigger_rate": 0.1},
            "The 'trigger_rate' parameter of Channel 'a' needs 'triggers'. Got 0.1 without it.",
        ),
    ],
)
def test_a_channel_out_of_range_is_refused_by_name(options, message):
    with pytest.raises(ParameterError, match=message):
        Channel(name="a", **options)


def test_a_channel_triggers_one_channel_by_name():
    with pytest.raises(ParameterTypeError, match=r"must be the name of a channel, or None. Got \['b'\]"):
        Channel(name="a", reach=0.5, triggers=["b"], trigger_rate=0.1)


def test_a_channel_cannot_take_the_name_of_the_baseline():
    with pytest.raises(
        ParameterError, match=r"outside parentheses. Got '\(baseline\)'.\nHint: .* plain name"
    ):
        Channel(name="(baseline)", reach=0.5)


def test_two_channels_of_one_name_are_refused():
    with pytest.raises(ParameterError, match=r"different names. Got \['a'\] more than once"):
        checked_channels([Channel(name="a", reach=0.5)] * 2)


def test_no_channels_are_refused():
    with pytest.raises(ParameterError, match=r"one or more channels .* Got none"):
        checked_channels([])


@pytest.mark.parametrize("wrong", [["a"], 10])
def test_channels_as_names_or_numbers_are_refused_with_the_line_to_write(wrong):
    with pytest.raises(
        ParameterTypeError, match=r"sequence of Channel. Got (\['a'\]|10).\nHint: channels=\["
    ):
        checked_channels(wrong)
