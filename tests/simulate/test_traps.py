"""The late channel, the wrong covariate, and that nothing changes while the switches are off."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
import pytest

import wanamaker as wm
from wanamaker.simulate import DEFAULT_CHANNELS, Channel, World, journeys

DAY = 86_400

# Measured before the switches came: confounded, observed; rows, sum of timestamp × uid, conversions,
# value, true conversions of all rows and of the last channel.
BEFORE = [
    (False, "full", 8200, 14265812643945862, 125, 7425.08, 131.83725509244783),
    (True, "full", 8631, 14982866853130405, 157, 10556.67, 159.15790898934128),
    (False, "until_conversion", 7957, 13867949817571156, 125, 7425.08, 131.83725509244783),
    (True, "until_conversion", 8261, 14349901514315089, 157, 10556.67, 159.15790898934128),
]


@cache
def world_of(*, late: bool, observed: str = "full") -> World:
    return journeys(60_000, seed=2, late=late, observed=observed)


@cache
def confounded(error: float) -> World:
    return journeys(20_000, confounded=True, intent_error=error)


@pytest.mark.parametrize(
    ("confounded", "observed", "rows", "moments", "conversions", "value", "expected"), BEFORE
)
def test_with_the_switches_off_the_worlds_are_what_they_were(
    confounded, observed, rows, moments, conversions, value, expected
):
    world = journeys(2_000, seed=0, confounded=confounded, observed=observed)
    log = world.log
    assert (log.height, (log["timestamp"] * log["uid"]).sum(), log["conversion"].sum()) == (
        rows,
        moments,
        conversions,
    )
    assert log["value"].sum() == pytest.approx(value, abs=0.005)
    assert world.truth["conversions"].sum() == pytest.approx(expected, rel=1e-12)


def test_the_switches_need_their_channels_and_change_nothing_without():
    chosen = [Channel(name="a", reach=0.5, effect=0.1), Channel(name="b", reach=0.5)]
    plain, switched = (journeys(500, channels=chosen, late=on, carry_over=on) for on in (False, True))
    assert switched.log.equals(plain.log)
    assert switched.truth.equals(plain.truth)


def test_a_late_channel_touches_only_in_the_last_part_of_a_users_time():
    chosen = [
        Channel(name="early", reach=1.0, frequency=8.0, effect=0.01),
        Channel(name="late", reach=1.0, frequency=3.0, late=0.75),
    ]
    log = journeys(3_000, channels=chosen, late=True, days=1, within_days=20, start="2025-01-01").log
    first = log["timestamp"].min()
    moments = log.filter(campaign="late")["timestamp"] - first
    assert moments.min() > 0.75 * 20 * DAY - DAY
    within = log.group_by("uid").agg(
        pl.col("timestamp").filter(pl.col("campaign") == "late").min().alias("late"),
        pl.col("timestamp").max().alias("end"),
    )
    assert (within["end"] - within["late"]).max() <= 0.25 * 20 * DAY
    spread = moments.to_numpy() / DAY
    assert spread.mean() == pytest.approx(0.5 + 17.5, abs=0.1)


def test_a_late_channel_changes_moments_and_neither_touches_nor_truth():
    early, late = world_of(late=False), world_of(late=True)
    counts = [world.log.group_by("uid", "campaign").len().sort("uid", "campaign") for world in (early, late)]
    assert counts[0].equals(counts[1])
    assert early.truth.equals(late.truth)


def credit_of_retargeting(world: World, observed: str = "full") -> float:
    built = wm.journeys_from_events(
        world.log, user="uid", time="timestamp", touch="campaign", converted="conversion", observed=observed
    )
    table = wm.attribute(built, ["last"], bootstrap=0).table
    return float(table.filter(touch="retargeting")["share"].item())


def test_last_touch_falls_for_a_late_channel_without_effect():
    early, late = (credit_of_retargeting(world_of(late=late)) for late in (False, True))
    assert world_of(late=True).truth.filter(touch="retargeting")["conversions"].item() == 0.0
    assert late > 1.7 * early
    assert late > 0.14


def test_journeys_that_stop_at_their_cause_set_no_trap_for_last_touch():
    assert credit_of_retargeting(world_of(late=True, observed="until_conversion"), "until_conversion") < 0.04


def test_only_retargeting_is_late_among_the_default_channels():
    assert {channel.name: channel.late for channel in DEFAULT_CHANNELS if channel.late} == {
        "retargeting": 0.7
    }


def intent_of(world: World) -> np.ndarray:
    return world.log.group_by("uid").agg(pl.col("intent").first()).sort("uid")["intent"].to_numpy()


@pytest.mark.parametrize("error", [0.2, 1.0])
def test_a_share_of_the_users_has_another_intent_of_the_same_distribution(error):
    true, seen = intent_of(confounded(0.0)), intent_of(confounded(error))
    wrong = true != seen
    assert wrong.mean() == error
    assert abs(np.corrcoef(true[wrong], seen[wrong])[0, 1]) < 4 / np.sqrt(wrong.sum())
    assert seen[wrong].mean() == pytest.approx(0.0, abs=4 / np.sqrt(wrong.sum()))
    assert seen[wrong].std() == pytest.approx(1.0, abs=4 / np.sqrt(2 * wrong.sum()))


def test_a_wrong_intent_changes_nothing_but_its_column():
    right, wrong = confounded(0.0), confounded(0.2)
    assert right.log.drop("intent").equals(wrong.log.drop("intent"))
    assert right.truth.equals(wrong.truth)
    assert wrong.log.group_by("uid").agg(pl.col("intent").n_unique())["intent"].max() == 1
