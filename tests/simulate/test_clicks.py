"""Laws of the world of clicks: what must hold of the log and of its truth, whatever the options."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from wanamaker.base.errors import ParameterError, ParameterTypeError
from wanamaker.simulate import clicks
from wanamaker.simulate.clicks import cycle
from wanamaker.simulate.clicks.humans import until_success
from wanamaker.simulate.clicks.setting import ClickSetting
from wanamaker.simulate.clicks.stream import chunks
from wanamaker.stats.classification import roc_auc

COLUMNS = ["ip", "app", "device", "os", "channel", "click_time", "attributed_time", "is_attributed"]


@pytest.fixture(scope="module")
def world():
    return clicks(300_000, seed=1)


@pytest.fixture(scope="module")
def rows(world):
    return world.log.hstack(world.truth)


@pytest.fixture
def short_slots(monkeypatch):
    monkeypatch.setattr(cycle, "_ROWS_OF_A_SLOT", 2_000)


options = st.fixed_dictionaries(
    {
        "n": st.integers(1, 3_000),
        "seed": st.integers(0, 2**63),
        "days": st.integers(1, 5),
        "bots": st.sampled_from([0.0, 0.2, 0.7]),
        "injected": st.sampled_from([0.0, 0.15, 0.6]),
        "base_rate": st.sampled_from([0.002, 0.02, 0.05]),
        "drift": st.sampled_from([0.0, 0.3, 1.0]),
        "users": st.sampled_from([None, 1, 50]),
        "ips": st.sampled_from([None, 1, 50]),
        "apps": st.sampled_from([1, 20, 300]),
        "channels": st.sampled_from([2, 30]),
        "start": st.sampled_from(["2025-01-06", "2025-03-30T05:20:07"]),
    }
)


@settings(max_examples=20, deadline=None)
@given(options)
def test_a_log_has_as_many_clicks_as_asked_in_order_of_time_within_its_days(chosen):
    world = clicks(**chosen)
    log, setting = world.log, ClickSetting.of(world.parameters)
    seconds = log["click_time"].dt.epoch("s")
    assert log.columns == COLUMNS
    assert (log.height, world.truth.height) == (chosen["n"], chosen["n"])
    assert log["click_time"].is_sorted()
    assert seconds.min() >= setting.begin
    assert seconds.max() < setting.begin + setting.seconds
    assert log.drop("attributed_time").null_count().sum_horizontal().item() == 0


@settings(max_examples=20, deadline=None)
@given(options)
def test_an_install_is_known_after_its_click_within_a_day_and_nothing_else_is(chosen):
    log = clicks(**chosen).log
    installs = log.filter(pl.col("is_attributed") == 1)
    delay = installs.select((pl.col("attributed_time") - pl.col("click_time")).dt.total_seconds()).to_series()
    assert delay.null_count() == 0
    assert delay.is_between(1, 86_400).all()
    assert log.filter(pl.col("is_attributed") == 0)["attributed_time"].is_null().all()


@settings(max_examples=20, deadline=None)
@given(options)
def test_the_truth_stands_row_by_row_beside_the_log(chosen):
    world = clicks(**chosen)
    truth, label = world.truth, world.log["is_attributed"]
    assert truth["event"].to_list() == list(range(chosen["n"]))
    assert truth["probability"].is_between(0, 1).all()
    assert not (truth["bot"] & truth["injected"]).any()
    assert truth["stolen"].equals((truth["injected"] & (label == 1)).alias("stolen"))
    bots = truth["user"] >= ClickSetting.of(world.parameters).people
    assert bots.equals(truth["bot"].alias("user"))
    assert chosen["bots"] > 0 or not truth["bot"].any()
    assert chosen["injected"] > 0 or not truth["injected"].any()


def test_the_same_seed_gives_the_same_log_and_another_seed_another():
    first, again, other = clicks(5_000, seed=3), clicks(5_000, seed=3), clicks(5_000, seed=4)
    assert_frame_equal(first.log, again.log)
    assert_frame_equal(first.truth, again.truth)
    assert not first.log.equals(other.log)


def test_stretches_joined_are_the_whole_log_in_order(short_slots):
    setting = ClickSetting(n=9_000, seed=5, days=2)
    parts = list(chunks(setting))
    assert len(parts) == 4
    log, truth = (pl.concat([getattr(part, name) for part in parts]) for name in ("log", "truth"))
    whole = clicks(9_000, seed=5, days=2)
    assert_frame_equal(log, whole.log)
    assert_frame_equal(truth, whole.truth)
    assert log["click_time"].is_sorted()
    assert truth["event"].to_list() == list(range(9_000))


def test_visits_run_on_over_the_end_of_a_stretch(short_slots):
    world = clicks(20_000, seed=5, bots=0.0, injected=0.0)
    setting = ClickSetting.of(world.parameters)
    bounds = cycle.Cycle(setting).slots()[0][1:-1] + setting.begin
    shown = world.log.hstack(world.truth).with_columns(second=pl.col("click_time").dt.epoch("s"))
    over = 0
    for bound in bounds:
        near = shown.filter(pl.col("second").is_between(bound - 60, bound + 60, closed="left"))
        before = near.filter(pl.col("second") < bound).select("user", "app").unique()
        over += before.join(near.filter(pl.col("second") >= bound), on=["user", "app"], how="semi").height
    assert len(bounds) == 9
    assert over >= 5


def test_installs_are_as_many_as_the_true_probabilities_say(rows):
    for kind in (pl.lit(value=True), pl.col("injected"), ~pl.col("bot") & ~pl.col("injected")):
        some = rows.filter(kind)
        p = some["probability"].to_numpy().astype(float)
        gap = some["is_attributed"].sum() - p.sum()
        assert abs(gap) < 4 * np.sqrt((p * (1 - p)).sum())


def test_true_probabilities_are_calibrated_at_every_height(rows):
    people = rows.filter(~pl.col("bot"))
    rank = (pl.col("probability").rank("ordinal") - 1) * 10 // people.height
    groups = people.with_columns(group=rank).group_by("group")
    table = groups.agg(
        pl.col("is_attributed").sum().alias("seen"),
        pl.col("probability").sum().alias("expected"),
        (pl.col("probability") * (1 - pl.col("probability"))).sum().sqrt().alias("error"),
    )
    assert table.height == 10
    assert (abs(table["seen"] - table["expected"]) < 4 * table["error"] + 1).all()
    assert table["expected"].max() > 30 * table["expected"].min()


@pytest.mark.parametrize("rate", [0.0025, 0.02, 0.08])
def test_the_rate_of_the_whole_log_is_the_one_asked_for(rate):
    found = [clicks(100_000, seed=seed, base_rate=rate).truth["probability"].mean() for seed in range(3)]
    assert np.mean(found) == pytest.approx(rate, rel=0.1)


def test_shares_of_bots_and_of_stolen_installs_are_those_asked_for(rows):
    assert rows["bot"].mean() == pytest.approx(0.4, abs=0.05)
    installs = rows.filter(pl.col("is_attributed") == 1)
    assert installs["stolen"].mean() == pytest.approx(0.15, abs=0.05)


def test_bots_install_no_more_often_than_told(rows):
    bots = rows.filter("bot")
    assert bots["is_attributed"].sum() <= 0.0001 * bots.height + 4 * np.sqrt(0.0001 * bots.height)
    assert bots["probability"].unique().to_list() == pytest.approx([0.0001])


def test_bots_burst_within_one_second_and_people_do_not(rows):
    peers = pl.len().over("user", "click_time")
    most = (
        rows.with_columns(peers=peers)
        .group_by("bot")
        .agg(pl.col("peers").max().alias("most"), (pl.col("peers") > 3).mean().alias("share"))
    )
    people, bots = (most.filter(pl.col("bot") == bot).row(0, named=True) for bot in (False, True))
    assert bots["most"] > 10
    assert bots["share"] > 0.3
    assert people["share"] < 0.001


def test_the_clock_has_many_ties(rows):
    assert rows["click_time"].n_unique() < 0.8 * rows.height
    assert (rows["click_time"].dt.microsecond() == 0).all()


def test_an_injected_click_comes_seconds_before_its_install_and_an_ordinary_one_minutes(rows):
    delay = (pl.col("attributed_time") - pl.col("click_time")).dt.total_seconds()
    installs = rows.filter(pl.col("is_attributed") == 1).with_columns(delay=delay)
    stolen = installs.filter("stolen")["delay"]
    ordinary = installs.filter(~pl.col("stolen"))["delay"]
    assert stolen.quantile(0.99) < 20
    assert ordinary.min() >= 5
    assert ordinary.median() == pytest.approx(300, rel=0.5)


def test_who_has_installed_an_app_does_not_click_on_it_again_in_that_visit(rows):
    people = rows.filter(~pl.col("bot") & ~pl.col("injected"))
    installed = people.filter(pl.col("is_attributed") == 1).select("user", "app", "channel", "click_time")
    soon = installed.join(people, on=["user", "app", "channel"], suffix="_next").filter(
        (pl.col("click_time_next") > pl.col("click_time"))
        & (pl.col("click_time_next") < pl.col("click_time") + pl.duration(seconds=60))
    )
    again = people.with_columns(
        wait=pl.col("click_time").shift(-1).over("user", "app", "channel") - pl.col("click_time")
    ).filter(pl.col("wait").is_between(pl.duration(seconds=1), pl.duration(seconds=60)))
    assert again.height / people.height > 0.2
    assert soon.height / installed.height < 0.05


def test_people_sleep_and_bots_do_not(rows):
    local = (pl.col("click_time").dt.hour().cast(pl.Int16) + 8) % 24
    table = rows.with_columns(night=local.is_between(2, 4)).group_by("bot").agg(pl.col("night").mean())
    night = dict(table.iter_rows())
    assert night[False] < 0.05
    assert night[True] == pytest.approx(3 / 24, abs=0.04)


def test_people_behind_one_network_are_many_and_networks_have_a_long_tail(rows):
    behind = rows.group_by("ip").agg(pl.col("user").n_unique().alias("users"), pl.len()).sort("len")
    assert behind["users"].max() > 100
    assert behind["users"].median() < 20
    assert behind["len"].tail(behind.height // 100).sum() > 0.2 * rows.height


def test_install_rates_of_apps_drift_from_day_to_day_unless_told_not_to():
    def spread(drift):
        world = clicks(200_000, seed=2, drift=drift, bots=0.0, injected=0.0, apps=5)
        daily = world.log.hstack(world.truth).group_by("app", pl.col("click_time").dt.date().alias("day"))
        rates = daily.agg(pl.col("probability").mean()).sort("day")
        return rates.group_by("app").agg((pl.col("probability").log().std()).alias("spread"))["spread"].mean()

    assert spread(0.0) < 0.1
    assert spread(0.6) > 0.3


def test_no_model_can_be_expected_to_beat_the_true_probability(rows):
    label, p = rows["is_attributed"].to_numpy(), rows["probability"].to_numpy().astype(float)
    ceiling = float(roc_auc(label, p)[0])
    bots_known = float(roc_auc(label, 1.0 - rows["bot"].to_numpy())[0])
    assert 0.9 < ceiling < 0.96
    assert bots_known < ceiling


def test_parameters_read_back_through_json_are_the_same_world(world):
    setting = ClickSetting.of(json.loads(json.dumps(world.parameters)))
    assert setting.parameters == world.parameters
    assert world.kind == "clicks"


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=30))
def test_a_run_ends_with_its_first_success(pairs):
    ordered = sorted(pairs, key=lambda pair: pair[0])
    run = np.array([pair[0] for pair in ordered], dtype=np.int64)
    success = np.array([pair[1] for pair in ordered], dtype=np.bool_)
    over, expected = set(), []
    for one, happens in ordered:
        expected.append(one not in over)
        if happens:
            over.add(one)
    assert until_success(run, success).tolist() == expected


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"n": 0}, r"'n' parameter of simulate.clicks must be an integer from 1 to 2000000000. Got 0"),
        ({"seed": -1}, r"'seed' parameter .* an integer of 0 or more. Got -1"),
        ({"days": 0}, r"'days' parameter .* an integer from 1 to 366. Got 0"),
        ({"bots": 1.0}, r"'bots' parameter .* range \[0, 1\). Got 1.0"),
        ({"injected": -0.1}, r"'injected' parameter .* range \[0, 1\)"),
        ({"base_rate": 0.0}, r"'base_rate' parameter .* range \(0, 1\)"),
        ({"drift": -1.0}, r"'drift' parameter"),
        ({"label_delay": 0.0}, r"'label_delay' parameter .* range \[1, 21600\]"),
        ({"users": 0}, r"'users' parameter .* an integer from 1 to 2000000000, or None. Got 0"),
        ({"apps": 0}, r"'apps' parameter"),
        ({"channels": 1}, r"'channels' parameter .* from 2 to"),
        (
            {"start": "06.01.2025"},
            r"'start' parameter of simulate.clicks must be an ISO date.*\nHint: start=",
        ),
        ({"base_rate": 0.5}, r"must leave people an install rate .* Got base_rate=0.5, bots=0.4.*\nHint: "),
        ({"bot_rate": 0.1}, r"must leave people an install rate .* bot_rate=0.1"),
    ],
)
def test_an_option_out_of_its_range_is_refused(chosen, message):
    with pytest.raises(ParameterError, match=message):
        clicks(**chosen)


@pytest.mark.parametrize("chosen", [{"n": 1.5}, {"bots": "many"}, {"start": 20250106}, {"users": True}])
def test_an_option_of_the_wrong_type_is_refused(chosen):
    with pytest.raises(ParameterTypeError, match=f"'{next(iter(chosen))}' parameter of simulate.clicks"):
        clicks(**chosen)


def test_unknown_parameters_of_a_world_are_refused_with_the_nearest(world):
    with pytest.raises(ParameterError, match=r"'sed'.\nHint: Did you mean 'seed'"):
        ClickSetting.of({**world.parameters, "sed": 1})
    with pytest.raises(ParameterError, match=r"must hold 'n'"):
        ClickSetting.of({"seed": 1})
