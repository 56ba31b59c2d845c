"""What a model of journeys has to beat."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import wanamaker as wm
from wanamaker.base.errors import DataError, ParameterError
from wanamaker.evaluation.journeys import NAMES, compared_journeys, journey_baselines
from wanamaker.evaluation.journeys.features import Counts, Covariates, timing, timing_names
from wanamaker.stats.classification import roc_auc

pytestmark = pytest.mark.filterwarnings("ignore::wanamaker.base.errors.DataWarning")

pytest.importorskip("xgboost")


def world(seed=0, users=2_400):
    """A log in which the number of ``b`` decides, the last touch tells half of it, and gaps tell nothing."""
    rng = np.random.default_rng(seed)
    rows = []
    for user in range(users):
        length = int(rng.integers(2, 6))
        names = rng.choice(["a", "b", "c"], length)
        bs, member = int((names == "b").sum()), bool(rng.random() < 0.5)
        won = rng.random() < 1 / (1 + np.exp(3 - 1.5 * bs - 1.5 * member))
        start = int(rng.integers(0, 30 * 86_400))
        for step, name in enumerate(names):
            rows.append(
                (
                    user,
                    start + step * 600,
                    str(name),
                    bool(won and step == length - 1),
                    member,
                    "x" * (user % 3),
                )
            )
    schema = ["uid", "timestamp", "campaign", "conversion", "member", "word"]
    return pl.DataFrame(rows, schema=schema, orient="row")


def built(log, **more):
    return wm.journeys_from_events(log, covariates=["member", "word"], **more)


@pytest.fixture(scope="module")
def parts():
    journeys = built(world())
    return tuple(journeys.take(np.arange(a, b)) for a, b in ((0, 1_600), (1_600, 2_000), (2_000, 2_400)))


@pytest.fixture(scope="module")
def found(parts):
    return journey_baselines(*parts, threads=1)


def aucs(parts, found):
    return {name: float(roc_auc(parts[2].converted, scores)[0]) for name, scores in found.items()}


def test_each_baseline_gives_one_probability_per_test_journey_in_the_told_order(parts, found):
    assert tuple(found) == tuple(NAMES)
    for scores in found.values():
        assert scores.shape == (len(parts[2]),)
        assert ((scores > 0) & (scores < 1)).all()


def test_counts_beat_the_last_touch_and_lengths_alone_know_little(parts, found):
    auc = aucs(parts, found)
    assert auc["logistic_counts"] > auc["last_touch_rate"] + 0.05
    assert auc["xgboost_counts"] > auc["last_touch_rate"] + 0.03
    assert auc["channel_free"] < auc["xgboost_counts"] - 0.1


def test_the_rate_of_a_last_touch_is_drawn_towards_that_of_all(parts):
    train, _, test = parts
    rates = journey_baselines(*parts, names=["last_touch_rate"])["last_touch_rate"]
    last = np.array(train.names)[train.touches[train.offsets[1:] - 1]]
    won, all_ = train.converted[last == "b"].sum(), (last == "b").sum()
    expected = (won + 20 * train.converted.mean()) / (all_ + 20)
    mine = np.array(test.names)[test.touches[test.offsets[1:] - 1]] == "b"
    assert rates[mine] == pytest.approx(expected)


def test_covariates_are_given_to_counts_and_not_to_the_channel_free(parts, found):
    without = journey_baselines(*parts, covariates=(), threads=1)
    told, untold = aucs(parts, found), aucs(parts, without)
    assert told["logistic_counts"] > untold["logistic_counts"] + 0.03
    assert np.array_equal(found["channel_free"], without["channel_free"])


def test_nothing_is_fitted_on_test_journeys(parts):
    train, valid, test = parts
    some = journey_baselines(train, valid, test.take(np.arange(50)), threads=1)
    every = journey_baselines(*parts, threads=1)
    for name, scores in some.items():
        assert scores == pytest.approx(every[name][:50], rel=1e-6)


def test_the_order_of_training_journeys_does_not_change_what_trees_are_told(parts):
    train = parts[0]
    turned = train.take(np.arange(len(train))[::-1])
    one, other = Counts.of(train), Counts.of(turned)
    assert one.names == other.names
    assert np.array_equal(one(train), one(turned)[::-1])


def test_rare_touches_are_counted_together():
    rows = [(user, 0, "often", 0) for user in range(20)] + [(user, 1, f"rare {user}", 0) for user in range(9)]
    log = pl.DataFrame(rows, schema=["uid", "timestamp", "campaign", "conversion"], orient="row")
    journeys = wm.journeys_from_events(log)
    count = Counts.of(journeys)
    assert count.names == ("often", "(other)")
    assert count(journeys).sum(axis=0).tolist() == [20, 9]


def test_words_become_one_column_per_common_value_and_unknown_ones_none(parts):
    columns = Covariates.of(parts[0])
    assert columns.names == ("member", "word = ", "word = x", "word = xx")
    assert columns(parts[0])[:, 1:].sum(axis=1).tolist() == [1.0] * len(parts[0])
    strange = parts[2].take([0])
    strange = replace(strange, table=strange.table.with_columns(word=pl.lit("new")))
    assert columns(strange)[0, 1:].tolist() == [0, 0, 0]


def test_a_landmark_tells_how_long_ago_the_last_touch_was_and_not_when_the_journey_ended():
    log = pl.DataFrame(
        {
            "uid": [1, 1, 2, 2],
            "timestamp": [0, 100, 50, 900],
            "campaign": "a",
            "conversion": [0, 0, 0, 1],
        }
    )
    journeys = wm.journeys_from_events(log, landmark=(500, "1000s"))
    assert timing_names(journeys)[-1] == "since last touch"
    assert timing(journeys)[:, -1].tolist() == [400.0, 450.0]
    assert journeys.converted.tolist() == [False, True]


def test_an_unknown_baseline_is_refused(parts):
    with pytest.raises(ParameterError, match="xgboost_count"):
        journey_baselines(*parts, names=["xgboost_count"])


def test_the_comparison_tells_metrics_with_intervals_over_users_and_paired_differences(parts, found):
    table = compared_journeys(parts[2], found, "xgboost_counts")
    row = table.filter(pl.col("model") == "channel_free").row(0, named=True)
    assert row["roc_auc_low"] < row["roc_auc"] < row["roc_auc_high"]
    assert row["roc_auc_difference_low"] > 0.05
    assert row["log_loss_difference_high"] < 0
    own = table.filter(pl.col("model") == "xgboost_counts").row(0, named=True)
    assert own["roc_auc_difference"] is None
    assert row["roc_auc_difference"] == pytest.approx(own["roc_auc"] - row["roc_auc"])


def test_journeys_of_one_user_are_drawn_again_together(parts, found):
    test = parts[2]
    doubled = test.take(np.repeat(np.arange(len(test)), 4))
    alone = compared_journeys(test, {"m": found["xgboost_counts"]}, "m")
    fourfold = compared_journeys(doubled, {"m": np.repeat(found["xgboost_counts"], 4)}, "m")
    width = [table["roc_auc_high"].item() - table["roc_auc_low"].item() for table in (alone, fourfold)]
    assert width[1] == pytest.approx(width[0])  # four copies of a user say no more than one


def test_predictions_of_other_journeys_and_an_unknown_reference_are_refused(parts):
    with pytest.raises(DataError, match=r"'m' must be one per journey \(400\)\. Got 3"):
        compared_journeys(parts[2], {"m": np.zeros(3)}, "m")
    with pytest.raises(ParameterError, match="'n' is not among the models"):
        compared_journeys(parts[2], {"m": np.zeros(400)}, "n")
