"""The laws of the world of journeys."""

from __future__ import annotations

import importlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from wanamaker import simulate
from wanamaker.base.errors import ParameterError, ParameterTypeError
from wanamaker.simulate import DEFAULT_CHANNELS, Channel, World, journeys

COLUMNS = {
    "uid": pl.Int64,
    "timestamp": pl.Int64,
    "campaign": pl.String,
    "conversion": pl.Int8,
    "value": pl.Float64,
    "cost": pl.Float64,
}
KINDS = [(False, "full"), (True, "full"), (False, "until_conversion"), (True, "until_conversion")]
DAY = 86_400


@cache
def world_of(*, confounded: bool = False, observed: str = "full", seed: int = 0) -> World:
    return journeys(100_000, seed=seed, confounded=confounded, observed=observed)


def effects_of(world: World) -> pl.DataFrame:
    return world.truth.select("touch", "effect")


@pytest.mark.parametrize(("confounded", "observed"), KINDS)
def test_the_log_has_its_columns_and_only_confounded_worlds_show_intent(confounded, observed):
    intent = {"intent": pl.Float64} if confounded else {}
    assert dict(world_of(confounded=confounded, observed=observed).log.schema) == COLUMNS | intent


@pytest.mark.parametrize(("confounded", "observed"), KINDS)
def test_truth_shares_sum_to_one_and_effects_end_with_the_baseline(confounded, observed):
    truth = world_of(confounded=confounded, observed=observed).truth
    assert truth["share"].sum() == pytest.approx(1.0, abs=1e-12)
    assert truth["touch"].to_list() == [*(channel.name for channel in DEFAULT_CHANNELS), "(baseline)"]


@pytest.mark.parametrize(("confounded", "observed"), KINDS)
def test_same_seed_gives_the_same_log_bit_for_bit(confounded, observed):
    again = journeys(100_000, seed=0, confounded=confounded, observed=observed)
    assert again.log.equals(world_of(confounded=confounded, observed=observed).log)
    assert again.truth.equals(world_of(confounded=confounded, observed=observed).truth)


def test_another_seed_gives_another_log():
    assert not world_of(seed=0).log.equals(world_of(seed=1).log)


@pytest.mark.parametrize(("confounded", "observed"), KINDS)
def test_empirical_conversions_match_the_truth_total_within_sampling_error(confounded, observed):
    world = world_of(confounded=confounded, observed=observed)
    expected = world.truth["conversions"].sum()
    assert abs(world.log["conversion"].sum() - expected) < 4 * np.sqrt(expected)


def test_conversions_by_touches_follow_the_noisy_or_model():
    chosen = [
        Channel(name="a", reach=0.6, effect=0.3, frequency=1.5),
        Channel(name="b", reach=0.5, effect=0.1),
    ]
    log = journeys(60_000, channels=chosen, base_rate=0.05).log
    counts = pl.col("campaign").eq("a").sum().alias("a"), pl.col("campaign").eq("b").sum().alias("b")
    users = log.group_by("uid").agg(*counts, pl.col("conversion").max())
    cells = users.group_by("a", "b").agg(pl.len(), pl.col("conversion").mean()).filter(pl.col("len") > 500)
    assert cells.height >= 5
    for a, b, size, rate in cells.iter_rows():
        expected = 1 - 0.95 * 0.7**a * 0.9**b
        assert abs(rate - expected) < 4.5 * np.sqrt(expected * (1 - expected) / size)


@pytest.mark.parametrize("confounded", [False, True])
def test_both_observations_share_their_truth_and_their_converting_users(confounded):
    full, stopped = (
        world_of(confounded=confounded),
        world_of(confounded=confounded, observed="until_conversion"),
    )
    assert full.truth.drop("cost").equals(stopped.truth.drop("cost"))
    won = [world.log.filter(conversion=1).select("uid", "value").sort("uid") for world in (full, stopped)]
    assert won[0].equals(won[1])


def test_a_stopped_journey_is_the_beginning_of_the_full_one():
    full, stopped = world_of().log, world_of(observed="until_conversion").log
    seen = stopped.group_by("uid").len("seen")
    beginning = full.join(seen, on="uid", maintain_order="left").filter(
        pl.int_range(pl.len()).over("uid") < pl.col("seen")
    )
    touches = ["uid", "timestamp", "campaign", "cost"]
    assert beginning.select(touches).equals(stopped.select(touches))
    assert stopped.height < full.height
    idle = stopped.group_by("uid").agg(pl.col("conversion").max()).filter(conversion=0)["uid"]
    counts = [log.filter(pl.col("uid").is_in(idle.implode())).height for log in (full, stopped)]
    assert counts[0] == counts[1]


@pytest.mark.parametrize(("confounded", "observed"), KINDS)
def test_journeys_have_one_conversion_at_most_and_end_with_it(confounded, observed):
    users = world_of(confounded=confounded, observed=observed).log.group_by("uid", maintain_order=True)
    ends = users.agg(pl.col("conversion").sum().alias("all"), pl.col("conversion").last().alias("at_end"))
    assert ends["all"].equals(ends["at_end"], check_names=False)
    assert ends["all"].max() == 1


def test_until_conversion_journeys_end_at_their_conversion():
    """The last touch of a stopped journey is the cause, so idle channels end one only by the base rate."""
    log = journeys(50_000, base_rate=0.0, observed="until_conversion").log
    causes = set(log.filter(conversion=1)["campaign"])
    assert causes == {channel.name for channel in DEFAULT_CHANNELS if channel.effect > 0}
    seen_in_full = set(journeys(50_000, base_rate=0.0).log.filter(conversion=1)["campaign"])
    assert {"retargeting", "direct"} < seen_in_full


@pytest.mark.parametrize(("confounded", "observed"), KINDS)
def test_every_user_is_in_the_log_and_rows_stand_in_time(confounded, observed):
    log = world_of(confounded=confounded, observed=observed).log
    assert log["uid"].unique().sort().to_list() == list(range(1, 100_001))
    assert log["timestamp"].is_sorted()


def test_touches_lie_within_the_days_they_were_given():
    log = journeys(20_000, start="2024-02-29", days=10, within_days=2).log
    start = int(datetime(2024, 2, 29, tzinfo=UTC).timestamp())
    assert log["timestamp"].min() >= start
    assert start + 11 * DAY < log["timestamp"].max() < start + 12 * DAY
    spans = log.group_by("uid").agg(pl.col("timestamp").max() - pl.col("timestamp").min())["timestamp"]
    assert DAY < spans.max() < 2 * DAY


def test_one_start_may_be_written_as_text_date_or_datetime_of_any_zone():
    berlin = timezone(timedelta(hours=1))
    forms = ["2025-03-01", date(2025, 3, 1), datetime(2025, 3, 1, 1, tzinfo=berlin)]
    logs = [journeys(50, start=start).log for start in forms]
    assert all(one.equals(other) for one, other in pairwise(logs))


def test_zero_effect_channels_get_no_truth():
    for confounded in (False, True):
        truth = world_of(confounded=confounded).truth
        idle = truth.filter(pl.col("effect") == 0)
        assert idle["touch"].to_list() == ["retargeting", "direct"]
        assert idle["conversions"].to_list() == idle["removal"].to_list() == [0.0, 0.0]
        others = truth.filter(pl.col("effect") > 0)
        assert others["conversions"].min() > others["removal"].min() > 0


def test_removal_is_the_total_lost_in_the_world_without_the_effect():
    chosen = [
        replace(channel, effect=0.0 if channel.name == "email" else channel.effect)
        for channel in DEFAULT_CHANNELS
    ]
    lost = (
        world_of().truth["conversions"].sum() - journeys(100_000, channels=chosen).truth["conversions"].sum()
    )
    removal = world_of().truth.filter(touch="email")["removal"].item()
    assert removal == pytest.approx(lost, rel=1e-9)


@pytest.mark.parametrize(("confounded", "observed"), KINDS)
def test_truth_cost_is_the_spend_of_the_log(confounded, observed):
    world = world_of(confounded=confounded, observed=observed)
    spend = world.log.group_by(pl.col("campaign").alias("touch")).agg(pl.col("cost").sum().alias("spend"))
    both = world.truth.join(spend, on="touch")
    assert both.height == len(DEFAULT_CHANNELS)
    np.testing.assert_allclose(both["cost"], both["spend"], rtol=1e-9)


def test_the_default_world_looks_as_described():
    log = world_of().log
    assert log.height / 100_000 == pytest.approx(4.05, abs=0.05)
    assert 0.05 < log["conversion"].sum() / 100_000 < 0.08
    assert log.filter(conversion=1)["value"].mean() == pytest.approx(60.0, rel=0.05)
    assert log["value"].is_not_null().cast(pl.Int8).equals(log["conversion"], check_names=False)


def test_intent_raises_conversion_and_exposure_to_channels_without_effect():
    log = world_of(confounded=True).log
    assert log.group_by("uid").agg(pl.col("intent").n_unique())["intent"].max() == 1
    users = log.group_by("uid").agg(
        pl.col("intent").first(),
        pl.col("conversion").max(),
        (pl.col("campaign") == "retargeting").any().alias("idle"),
    )
    high = users.group_by(pl.col("intent") > 0).mean().sort("intent")
    assert high["conversion"][1] > 1.5 * high["conversion"][0]
    assert high["idle"][1] > 1.5 * high["idle"][0]
    independent = (
        world_of()
        .log.group_by("uid")
        .agg(pl.col("conversion").max(), (pl.col("campaign") == "retargeting").any().alias("idle"))
    )
    rates = independent.group_by("idle").mean().sort("idle")["conversion"]
    confounded_rates = users.group_by("idle").mean().sort("idle")["conversion"]
    assert abs(rates[1] / rates[0] - 1) < 0.1
    assert confounded_rates[1] / confounded_rates[0] > 1.5


def test_the_parameters_make_the_same_world_again():
    world = journeys(
        500, seed=3, channels=[Channel(name="a", reach=0.5, effect=0.1)], observed="until_conversion"
    )
    options = dict(world.parameters)
    options["channels"] = [Channel(**channel) for channel in options["channels"]]
    assert journeys(**options).log.equals(world.log)


def test_the_name_journeys_stays_the_function_after_the_module_is_imported():
    module = importlib.import_module("wanamaker.simulate.journeys")
    assert simulate.journeys is module.journeys


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 0}, "The 'n' parameter of simulate.journeys must be an integer from 1 to .* Got 0"),
        ({"seed": -1}, "The 'seed' parameter of simulate.journeys must be an integer of 0 or more. Got -1"),
        ({"base_rate": 1.0}, r"The 'base_rate' parameter of .* must be a number in the range \[0, 1\)"),
        ({"observed": "untl_conversion"}, "Got 'untl_conversion'.\nHint: Did you mean 'until_conversion'"),
        ({"start": "1.1.2025"}, "must be an ISO date. Got '1.1.2025'.\nHint: start='2025-01-01'"),
        ({"base_rate": 0.0, "channels": [Channel(name="a", reach=0.5)]}, "must be above 0. Got 0 for all"),
    ],
)
def test_an_option_out_of_range_is_refused_with_what_to_write(options, message):
    with pytest.raises(ParameterError, match=message):
        journeys(**{"n": 10} | options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 1e5}, r"The 'n' parameter .* Got 100000.0 \(float\)"),
        ({"confounded": "yes"}, "The 'confounded' parameter .* must be true or false. Got 'yes'"),
        ({"start": 20250101}, "must be a date or its ISO form. Got 20250101"),
    ],
)
def test_an_option_of_the_wrong_type_is_refused(options, message):
    with pytest.raises(ParameterTypeError, match=message):
        journeys(**{"n": 10} | options)
