"""Simulated holdout tests: unbiased, with honest errors."""

from __future__ import annotations

import importlib
from datetime import UTC, date, datetime
from functools import cache

import numpy as np
import polars as pl
import pytest

from wanamaker import simulate
from wanamaker.base.errors import ParameterError, ParameterTypeError
from wanamaker.simulate import Channel, World, journeys, lift_tests
from wanamaker.simulate.population import draw_population, streams_of
from wanamaker.simulate.setting import Setting

CHANNELS = (
    Channel(name="a", reach=0.6, frequency=1.5, effect=0.05, intent=0.5, triggers="b", trigger_rate=0.5),
    Channel(name="b", reach=0.4, effect=0.3, intent=1.0),
    Channel(name="c", reach=0.5, frequency=2.0, intent=1.0, late=0.5),
)
SEEDS = range(200)
WORLD = journeys(400, seed=1, channels=CHANNELS, confounded=True, carry_over=True, late=True, base_rate=0.1)


@cache
def many(*, holdout: float = 0.5, start: str | None = None, end: str | None = None) -> pl.DataFrame:
    tests = [lift_tests(WORLD, seed=seed, holdout=holdout, start=start, end=end) for seed in SEEDS]
    return pl.concat(tests)


def check_against(tests: pl.DataFrame, truth: dict[str, float]) -> None:
    """Assert that estimates are unbiased and that their standard errors are right."""
    true = tests["touch"].replace_strict(truth)
    errors = (tests["conversions"] - true).to_numpy()
    z = errors / tests["standard_error"].to_numpy()
    for touch in truth:
        of_touch = (tests["touch"] == touch).to_numpy()
        scale = tests["standard_error"].to_numpy()[of_touch].mean() / np.sqrt(len(SEEDS))
        assert abs(errors[of_touch].mean()) < 3 * scale
    assert z.std() == pytest.approx(1.0, abs=0.1)
    assert np.mean(np.abs(z) < 1.96) == pytest.approx(0.95, abs=0.03)


def test_estimates_meet_the_true_removal_effect_and_errors_cover_it():
    truth = WORLD.truth.filter(pl.col("touch") != "(baseline)").select("touch", "removal")
    check_against(many(), dict(truth.iter_rows()))


def test_a_small_holdout_is_unbiased_too_and_less_certain():
    truth = WORLD.truth.filter(pl.col("touch") != "(baseline)").select("touch", "removal")
    check_against(many(holdout=0.2), dict(truth.iter_rows()))
    assert many(holdout=0.2)["standard_error"].mean() > 1.1 * many()["standard_error"].mean()


def test_a_period_counts_the_users_whose_last_potential_touch_lies_in_it():
    setting = Setting.of(WORLD.parameters)
    population = draw_population(setting, streams_of(setting.seed))
    moments = population.last_moments
    ends = WORLD.log.group_by("uid").agg(pl.col("timestamp").max()).sort("uid")["timestamp"]
    np.testing.assert_array_equal(moments, ends)  # observed in full, the log shows the same moments
    low, high = (datetime(2025, 2, day, tzinfo=UTC).timestamp() for day in (1, 16))
    here = (moments >= low) & (moments < high)
    assert 50 < here.sum() < 300
    everyone = population.conversion_probability()
    lost = {
        channel.name: float((everyone - population.conversion_probability(without=index))[here].sum())
        for index, channel in enumerate(CHANNELS)
    }
    check_against(many(start="2025-02-01", end="2025-02-15"), lost)


def test_the_table_names_touch_period_estimate_and_error():
    table = lift_tests(WORLD, ["c", "a"], end="2025-02-15")
    assert table.schema == {
        "touch": pl.String,
        "start": pl.String,
        "end": pl.String,
        "conversions": pl.Float64,
        "standard_error": pl.Float64,
    }
    assert table.select("touch", "end").rows() == [("c", "2025-02-15"), ("a", "2025-02-15")]
    first = datetime.fromtimestamp(WORLD.log["timestamp"].min(), tz=UTC).date().isoformat()
    assert table["start"].to_list() == [first, first]


def test_without_bounds_the_period_is_the_whole_log():
    table = lift_tests(WORLD)
    days = pl.from_epoch(WORLD.log["timestamp"], "s").dt.date()
    assert table["touch"].to_list() == ["a", "b", "c"]
    assert table["start"].unique().to_list() == [str(days.min())]
    assert table["end"].unique().to_list() == [str(days.max())]


def test_both_observations_of_a_world_give_the_same_tests():
    options = {**WORLD.parameters, "channels": CHANNELS, "observed": "until_conversion"}
    stopped = journeys(**options)
    assert lift_tests(stopped).drop("start", "end").equals(lift_tests(WORLD).drop("start", "end"))


def test_the_same_seed_gives_the_same_test_whichever_others_are_asked_for():
    assert lift_tests(WORLD, ["b"], seed=4).row(0) == lift_tests(WORLD, seed=4).row(1)
    assert lift_tests(WORLD, seed=4).equals(lift_tests(WORLD, seed=4))
    assert not lift_tests(WORLD, seed=4).equals(lift_tests(WORLD, seed=5))


def test_tests_of_many_worlds_with_one_seed_do_not_err_alike():
    z = []
    for seed in range(100):
        world = journeys(300, seed=seed, channels=CHANNELS, base_rate=0.2)
        found = lift_tests(world, ["c"]).row(0, named=True)  # c does nothing: all of it is error
        z.append(found["conversions"] / found["standard_error"])
    assert np.std(z) == pytest.approx(1.0, abs=0.2)
    assert abs(np.mean(z)) < 3 / np.sqrt(len(z))


def test_a_period_has_its_first_and_its_last_day():
    certain = journeys(300, channels=[Channel(name="a", reach=1.0, effect=1.0)], base_rate=0.0, days=10)
    ends = certain.log.group_by("uid").agg(pl.from_epoch("timestamp", "s").max().dt.date().alias("day"))
    for first, last in [(5, 5), (5, 9), (12, 31)]:
        period = date(2025, 1, first), min(date(2025, 1, last), ends["day"].max())
        users = ends["day"].is_between(*period).sum()
        assert users > 2
        assert lift_tests(certain, start=period[0], end=period[1])["conversions"].item() == users


def test_days_may_be_written_as_text_or_dates():
    as_text = lift_tests(WORLD, start="2025-01-10", end="2025-01-31")
    assert lift_tests(WORLD, start=date(2025, 1, 10), end=date(2025, 1, 31)).equals(as_text)


def test_nobody_who_converts_leaves_an_error_of_zero():
    idle = journeys(50, channels=[Channel(name="a", reach=0.5, effect=1e-12)], base_rate=0.0)
    assert lift_tests(idle).select("conversions", "standard_error").row(0) == (0.0, 0.0)


def test_a_tiny_holdout_still_holds_one_user_out():
    certain = journeys(50, channels=[Channel(name="a", reach=1.0, effect=1.0)], base_rate=0.0)
    for holdout in (1e-9, 1 - 1e-9):
        assert lift_tests(certain, holdout=holdout)["conversions"].item() == 50.0


def test_the_name_lift_tests_stays_the_function_after_the_module_is_imported():
    assert simulate.lift_tests is importlib.import_module("wanamaker.simulate.lift_tests").lift_tests


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"touches": ["d"]}, "must name channels of the world. Got 'd'.\nHint: Known names: 'a', 'b', 'c'"),
        ({"touches": ["(baseline)"]}, r"must name channels of the world. Got '\(baseline\)'"),
        ({"touches": ["a", "a"]}, r"must name each channel once. Got \['a', 'a'\]"),
        ({"touches": []}, r"must name each channel once. Got \[\].\nHint: Leave 'touches' out"),
        ({"holdout": 0.0}, r"'holdout' parameter of simulate.lift_tests must be .* \(0, 1\). Got 0.0"),
        ({"holdout": 1.0}, r"'holdout' parameter of simulate.lift_tests must be .* \(0, 1\). Got 1.0"),
        ({"seed": -1}, "'seed' parameter of simulate.lift_tests must be an integer of 0 or more"),
        (
            {"start": "2026-01-01"},
            r"must lie within the log, 2025-.* Got 2026-01-01 to .*\nHint: start='2025-",
        ),
        ({"end": "2024-12-31"}, r"must lie within the log, .* to 2024-12-31.\nHint: "),
        ({"start": "2025-02-02", "end": "2025-02-01"}, "end no earlier than it starts. Got 2025-02-02 to"),
        ({"end": "1.2.2025"}, "'end' parameter .* ISO form. Got '1.2.2025'.\nHint: end='2025-01-31'"),
    ],
)
def test_a_bad_option_is_refused_with_what_to_write(options, message):
    with pytest.raises(ParameterError, match=message):
        lift_tests(WORLD, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"touches": "email"}, r"must be a list of channels, or None. Got 'email'.\nHint: touches=\['a'\]"),
        ({"touches": [1]}, r"must be a list of channels, or None. Got \[1\]"),
        ({"touches": 3}, "must be a list of channels, or None. Got 3"),
        ({"start": 20250101}, "'start' parameter .* must be a date or its ISO form. Got 20250101"),
        ({"start": datetime(2025, 1, 10, 5)}, "must be a date or its ISO form"),
    ],
)
def test_an_option_of_the_wrong_type_is_refused(options, message):
    with pytest.raises(ParameterTypeError, match=message):
        lift_tests(WORLD, **options)


def test_a_period_with_fewer_than_two_users_is_refused():
    last = journeys(2, seed=0, days=300).log["timestamp"]
    day = datetime.fromtimestamp(last.max(), tz=UTC).date()
    with pytest.raises(
        ParameterError, match=r"Two users at least .* Got 1, .*\nHint: Leave 'start' and 'end'"
    ):
        lift_tests(journeys(2, seed=0, days=300), start=day)


def test_only_a_world_of_journeys_is_taken():
    with pytest.raises(ParameterTypeError, match=r"must be a World. Got DataFrame.\nHint: world = "):
        lift_tests(WORLD.log)
    other = World("clicks", WORLD.log, WORLD.truth, WORLD.parameters)
    with pytest.raises(ParameterError, match=r"must be a world of journeys. Got kind 'clicks'"):
        lift_tests(other)
