"""The world of sessions holds what it promises."""

from __future__ import annotations

import json
import math

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import wanamaker as wm
from wanamaker.base.errors import ParameterError, ParameterTypeError
from wanamaker.simulate import sessions, write_sessions
from wanamaker.simulate.sessions import stream
from wanamaker.simulate.sessions.kernels import judge, walk
from wanamaker.simulate.sessions.lengths import draw_lengths, ending_chance
from wanamaker.stats.classification import roc_auc

ORDER_ALONE = {"time_effect": 0.0, "price_effect": 0.0, "feature_effect": 0.0, "habit": 0.0}


@pytest.fixture(scope="module")
def world():
    return sessions(60_000, seed=3)


def of_sessions(world):
    """One row per session: label, truth, and counts of events."""
    actions = world.log["action"].unique().sort()
    counts = [(pl.col("action") == action).sum().alias(f"n_{action}") for action in actions]
    last = pl.col("purchase", "session_probability", "probability", "order").last()
    rows = world.log.hstack(world.truth.drop("session_id"))
    return rows.group_by("session_id", maintain_order=True).agg(last, pl.len().alias("n"), *counts)


def auc(labels, scores):
    return float(roc_auc(labels.to_numpy(), np.asarray(scores, dtype=float))[0])


def deviation(labels, probabilities):
    """How many standard deviations the outcomes are off what was expected of independent ones."""
    p = probabilities.to_numpy()
    return abs(labels.sum() - p.sum()) / math.sqrt((p * (1 - p)).sum())


def test_purchases_come_as_often_as_planted_in_every_class_of_probability(world):
    table = of_sessions(world)
    assert deviation(table["purchase"], table["session_probability"]) < 4
    for _, part in table.group_by(pl.col("session_probability").rank() // 6_001):
        assert deviation(part["purchase"], part["session_probability"]) < 4
    assert table["session_probability"].mean() == pytest.approx(0.1, abs=0.003)


@pytest.mark.parametrize("step", [1, 2, 3, 5, 8, 13, 21])
def test_the_probability_after_so_many_events_is_that_of_what_follows(world, step):
    rows = world.log.hstack(world.truth.select("step", "probability")).filter(pl.col("step") == step)
    for _, part in rows.group_by(pl.col("probability").rank() // (rows.height // 5 + 1)):
        assert deviation(part["purchase"], part["probability"]) < 4


def test_a_prefix_expects_what_the_whole_sessions_hold(world):
    """The law of total expectation, by step and order so far: no chance in it but that of the paths."""
    for (_, order), part in world.truth.filter(pl.col("step").is_in([2, 4, 9])).group_by("step", "order"):
        gap = part["probability"] - part["session_probability"]
        assert abs(gap.mean()) < 4 * gap.std() / math.sqrt(part.height)
        assert order in (-1, 0, 1)


@pytest.mark.slow
def test_order_alone_is_told_by_no_count_and_by_the_truth():
    from sklearn.linear_model import LogisticRegression
    from xgboost import XGBClassifier

    table = of_sessions(sessions(40_000, seed=1, **ORDER_ALONE))
    counts = table.select(pl.col("^n.*$")).to_numpy()
    label, half = table["purchase"], 20_000
    trees = XGBClassifier(n_estimators=40, max_depth=3, learning_rate=0.1, n_jobs=1, random_state=0)
    for model in (trees, LogisticRegression(max_iter=500)):
        model.fit(counts[:half], label[:half].to_numpy())
        assert auc(label[half:], model.predict_proba(counts[half:])[:, 1]) < 0.55
    assert auc(label, table["session_probability"]) > 0.85
    assert auc(label, table["order"]) > 0.85


def test_view_before_cart_and_cart_before_view_are_equal_sets_of_events_of_other_worth(world):
    table = of_sessions(world).filter((pl.col("n_view") == 1) & (pl.col("n_cart") == 1))
    first, last = (table.filter(pl.col("order") == order) for order in (1, -1))
    assert first["purchase"].mean() > 0.2
    assert last["purchase"].mean() < 0.02


def test_the_last_pair_of_the_log_is_the_order_of_the_truth(world):
    log = world.log.hstack(world.truth.select("order")).head(20_000)
    order, opened, current = 0, None, None
    for row in log.iter_rows(named=True):
        if row["session_id"] != current:
            current, order, opened = row["session_id"], 0, None
        if row["product"] is not None:
            if opened is None:
                opened = row
            else:
                assert (row["product"], row["price"]) == (opened["product"], opened["price"])
                assert {row["action"], opened["action"]} == {"view", "cart"}
                order, opened = (1 if opened["action"] == "view" else -1), None
        else:
            assert opened is None
        assert row["order"] == order


def test_features_time_and_price_have_the_effect_that_was_asked_for():
    strong = of_features(sessions(30_000, seed=2, feature_effect=2.0))
    none = of_features(sessions(30_000, seed=2, feature_effect=0.0))
    assert strong["desktop"] > 1.8 * strong["phone"]
    assert none["desktop"] == pytest.approx(none["phone"], rel=0.1)
    log = sessions(30_000, seed=2, time_effect=3.0, order_effect=0.0, price_effect=0.0)
    told = of_sessions(log).filter(pl.col("order") != 0)
    assert auc(told["purchase"], told["session_probability"]) > 0.75


def of_features(world):
    rates = world.log.group_by("session_id").agg(pl.col("device", "purchase").first())
    return dict(rates.group_by("device").agg(pl.col("purchase").mean()).iter_rows())


def test_users_who_differ_are_told_by_their_other_sessions():
    def gain(user_effect):
        log = sessions(20_000, seed=4, user_effect=user_effect, users=4_000).log
        one = log.group_by("session_id").agg(pl.col("user_id", "purchase").first())
        others = one.with_columns(
            rate=(pl.col("purchase").sum().over("user_id") - pl.col("purchase"))
            / (pl.len().over("user_id") + 10)
        )
        return auc(others["purchase"], others["rate"])

    assert gain(2.0) > gain(0.0) + 0.1


def test_habit_makes_early_pairs_tell_of_later_ones():
    def early(habit):
        world = sessions(30_000, seed=5, **{**ORDER_ALONE, "habit": habit})
        rows = world.log.hstack(world.truth.select("step", "probability")).filter(pl.col("step") == 3)
        return auc(rows["purchase"], rows["probability"])

    assert early(0.9) > early(0.0) + 0.05


@pytest.mark.parametrize(("mean", "longest"), [(1.0, 300), (5.0, 10), (12.0, 300), (60.0, 120)])
def test_lengths_have_the_mean_that_was_asked_for_and_stop_at_the_longest(mean, longest):
    lengths = draw_lengths(100_000, ending_chance(mean, longest), longest, np.random.default_rng(0))
    assert lengths.min() >= 1
    assert lengths.max() <= longest
    assert lengths.mean() == pytest.approx(mean, rel=0.02)


def test_a_seed_gives_a_world_bit_for_bit_and_another_seed_another(monkeypatch):
    monkeypatch.setattr(stream, "_AT_ONCE", 400)
    first, again, other = (sessions(1_000, seed=seed) for seed in (1, 1, 2))
    assert_frame_equal(first.log, again.log, check_exact=True)
    assert_frame_equal(first.truth, again.truth, check_exact=True)
    assert not first.log.equals(other.log)


def test_sessions_stand_in_the_order_in_which_they_begin_and_their_events_in_time(world):
    rows = world.log.select("session_id", "t")
    assert rows["session_id"].is_sorted()
    begins = rows.group_by("session_id", maintain_order=True).agg(pl.col("t").first(), pl.len())
    assert begins["session_id"].to_list() == list(range(60_000))
    assert begins["t"].is_sorted()
    within = rows.select((pl.col("t").diff() < pl.duration(seconds=0)) & (pl.col("session_id").diff() == 0))
    assert not within.to_series().any()
    assert world.log["weekday"].to_list()[0] == 1
    assert world.log["session_id"].equals(world.truth["session_id"])


def test_sessions_are_read_as_they_were_made(world):
    log = world.log.head(30_000)
    log = log.filter(pl.col("session_id") < log["session_id"].max())
    read = {"session": "session_id", "time": "t", "event": "action"}
    found = wm.sessions_from_events(
        log.sample(fraction=1.0, shuffle=True, seed=1).sort("t"),
        label="purchase", user="user_id", numeric=["price"], categorical=["product"],
        features=["device", "source", "weekday"], **read,
    )  # fmt: skip
    made = wm.sessions_from_events(log, label="purchase", **read)
    order = np.argsort(found.table["session"].to_numpy())
    assert found.take(order).labels.tolist() == made.labels.tolist()
    assert found.take(order).lengths.tolist() == made.lengths.tolist()
    assert found.numeric_features == ("weekday",)
    assert found.categorical_features == ("device", "source")


def test_a_purchase_event_is_the_last_of_its_session_and_changes_nothing_else():
    plain, told = sessions(3_000, seed=6), sessions(3_000, seed=6, purchase_event=True)
    bought = told.log["action"] == "purchase"
    assert told.log.filter(~bought).drop("t").equals(plain.log.drop("t"))
    assert told.truth.filter(~bought).equals(plain.truth)
    assert told.truth.filter(bought)["probability"].is_null().all()
    ids = told.log["session_id"]
    assert (ids.shift(-1) != ids).fill_null(value=True).filter(bought).all()
    outcome = wm.sessions_from_events(
        told.log, session="session_id", time="t", event="action", outcome="purchase"
    )
    label = plain.log.group_by("session_id", maintain_order=True).agg(pl.col("purchase").first())
    assert outcome.labels.tolist() == label["purchase"].cast(pl.Boolean).to_list()
    assert outcome.lengths.sum() == plain.log.height
    assert outcome.asked.all()


def test_a_written_world_is_the_one_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(stream, "_AT_ONCE", 400)
    folder = write_sessions(1_000, tmp_path / "new" / "world", seed=6, habit=0.2)
    made = sessions(1_000, seed=6, habit=0.2)
    assert_frame_equal(pl.read_parquet(folder / "log.parquet"), made.log)
    assert_frame_equal(pl.read_parquet(folder / "truth.parquet"), made.truth)
    told = json.loads((folder / "world.json").read_text(encoding="utf-8"))
    assert told == {"kind": "sessions", "parameters": made.parameters}


def test_an_unknown_option_is_refused_with_the_nearest_and_nothing_is_written(tmp_path):
    with pytest.raises(ParameterError, match=r"'habits'.*\nHint: Did you mean 'habit'"):
        write_sessions(100, tmp_path / "world", habits=0.1)
    assert not (tmp_path / "world").exists()


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"n": 0}, ParameterError, r"'n' parameter of simulate.sessions must be an integer from 1"),
        ({"base_rate": 1.0}, ParameterError, r"'base_rate' .* range \(0, 1\). Got 1.0"),
        ({"habit": 1.1}, ParameterError, r"'habit' .* range \[0, 1\]"),
        ({"longest": 301}, ParameterError, r"'longest' .* from 1 to 300. Got 301"),
        (
            {"mean_length": 8.0, "longest": 10},
            ParameterError,
            r"at most half of 'longest'.*\nHint: Write mean_length=5",
        ),
        ({"order_effect": "strong"}, ParameterTypeError, r"'order_effect' .* Got 'strong'"),
        ({"purchase_event": 1}, ParameterTypeError, "'purchase_event' .* true or false"),
        ({"start": "soon"}, ParameterError, r"'start' parameter of simulate.sessions must be an ISO date"),
    ],
)
def test_bad_options_are_refused(options, error, told):
    with pytest.raises(error, match=told):
        sessions(**{"n": 100, **options})


def test_every_extreme_that_is_allowed_makes_a_world():
    for options in (
        {"habit": 1.0},
        {"mean_length": 1.0, "longest": 1},
        {"order_effect": -10.0, "price_effect": 10.0, "base_rate": 0.9},
        {"products": 1, "users": 1},
    ):
        truth = sessions(300, seed=1, **options).truth
        assert truth["probability"].is_between(0, 1).all()
        assert truth["probability"].is_finite().all()


def test_walks_are_those_of_the_definition():
    rng = np.random.default_rng(0)
    offsets = np.array([0, 1, 1, 9, 40])
    starts, orders, considered = rng.random(40), rng.random(40), np.array([0.1, 0.5, 0.9, 0.5])
    places, signs = walk(offsets, starts, orders, considered)
    for session in range(4):
        after = "browsing"
        for event in range(offsets[session], offsets[session + 1]):
            if after == "first":
                assert (places[event], signs[event]) == (2, signs[event - 1])
                after = "second"
            elif after == "browsing" and starts[event] < 0.5:
                assert (places[event], signs[event]) == (1, 1 if orders[event] < considered[session] else -1)
                after = "first"
            else:
                assert (places[event], signs[event]) == (0, 0)
                after = "browsing"


def test_the_compiled_judge_is_the_plain_python_one():
    rng = np.random.default_rng(1)
    offsets = np.array([0, 4, 30])
    places, signs = walk(offsets, rng.random(30), rng.random(30), np.array([0.4, 0.6]))
    worth, left = rng.normal(size=30), (rng.random((31, 3)) / 2, rng.random((31, 3)) / 2)
    given = (
        offsets, (places, signs, worth), np.array([1, 0]), np.array([-2.0, 0.5]), rng.random((2, 2)),
        (0.3, np.array([0.2, 0.7]), 0.4), left,
    )  # fmt: skip
    for compiled, plain in zip(judge(*given), judge.py_func(*given), strict=True):
        assert np.allclose(compiled, plain, rtol=1e-12)
