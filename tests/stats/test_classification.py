"""Metrics of binary predictions: their definitions, and the laws that they keep."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from tests.reference import metrics as reference
from wanamaker.base.errors import DataError, ParameterError
from wanamaker.stats import classification as cl
from wanamaker.stats.bootstrap import Resampling

NONE = Resampling(0)


@st.composite
def scored(draw, *, classes=1, weighted=True):
    """Labels, predictions with ties (also at 0 and 1), and weights with zeros."""
    size = draw(st.integers(2, 30))
    labels = draw(st.lists(st.booleans(), min_size=size, max_size=size))
    grid = draw(st.sampled_from([4, 1000]))
    predictions = draw(st.lists(st.integers(0, grid), min_size=size, max_size=size))
    weights = draw(st.lists(st.integers(0, 3), min_size=size, max_size=size)) if weighted else [1] * size
    if classes == 2:
        labels[:2], weights[:2] = [True, False], [1, 2]
    return np.array(labels), np.array(predictions) / grid, np.array(weights, dtype=float)


def near(expected):
    return None if expected is None else pytest.approx(expected, rel=1e-9, abs=1e-12)


def skewed(rows, seed=0, level=-4.0):
    """Perfectly calibrated predictions of rare positives."""
    rng = np.random.default_rng(seed)
    predictions = 1 / (1 + np.exp(-(level + 1.2 * rng.normal(size=rows))))
    return rng.random(rows) < predictions, predictions


@given(scored())
def test_metrics_are_those_of_their_definitions(rows):
    labels, predictions, weights = rows
    one = weights if weights.sum() else np.ones(len(weights))
    expected = {
        cl.roc_auc: reference.auc,
        cl.pr_auc: reference.average_precision,
        cl.log_loss: reference.log_loss,
    }
    for found, definition in expected.items():
        value = found(labels, predictions, one)[0]
        np.testing.assert_allclose(value, definition(labels, predictions, one), rtol=1e-10, atol=1e-12)
    caught, alarms, missed = reference.confusion(labels, predictions, 0.5, one)
    for found, above, below in (
        (cl.precision, caught, caught + alarms),
        (cl.recall, caught, caught + missed),
        (cl.f1, 2 * caught, (2 * caught + alarms + missed) * (caught + missed > 0)),
    ):
        value = found(labels, predictions, 0.5, one)[0]
        np.testing.assert_allclose(value, above / below if below else math.nan, atol=1e-12)


@given(scored(classes=2))
def test_metrics_are_those_of_sklearn_with_ties_and_weights(rows):
    labels, predictions, weights = rows
    inner = np.clip(predictions, 1e-6, 1 - 1e-6)
    given_weights = {"sample_weight": weights}
    for found, expected in (
        (cl.roc_auc(labels, predictions, weights), sk.roc_auc_score(labels, predictions, **given_weights)),
        (
            cl.pr_auc(labels, predictions, weights),
            sk.average_precision_score(labels, predictions, **given_weights),
        ),
        (cl.log_loss(labels, inner, weights), sk.log_loss(labels, inner, **given_weights)),
        (cl.brier(labels, predictions, weights), sk.brier_score_loss(labels, predictions, **given_weights)),
        (
            cl.f1(labels, predictions, 0.5, weights),
            sk.f1_score(labels, predictions >= 0.5, zero_division=0, **given_weights),
        ),
    ):
        np.testing.assert_allclose(found[0], expected, rtol=1e-12, atol=1e-13)


@given(scored(), st.integers(1, 12))
def test_the_calibration_error_is_that_of_its_definition(rows, bins):
    labels, predictions, weights = rows
    one = weights if weights.sum() else np.ones(len(weights))
    found = cl.ece(labels, predictions, one, bins)[0]
    assert found == pytest.approx(reference.calibration_error(labels, predictions, one, bins), abs=1e-12)


@given(scored(), st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_the_order_of_the_rows_changes_nothing_intervals_included(rows, random):
    labels, predictions, weights = rows
    order = list(range(len(labels)))
    random.shuffle(order)
    weights = weights + 1.0
    first = cl.binary_metrics(labels, predictions, weights=weights, resampling=Resampling(20))
    again = cl.binary_metrics(
        labels[order], predictions[order], weights=weights[order], resampling=Resampling(20)
    )
    for name in cl.METRICS:
        for part in ("value", "low", "high"):
            assert first[name][part] == near(again[name][part]), (name, part)


@given(scored())
@settings(max_examples=50)
def test_a_row_of_weight_two_is_the_row_twice(rows):
    labels, predictions, weights = rows
    weights = weights + 1.0
    times = weights.astype(int)
    weighted = cl.binary_metrics(labels, predictions, weights=weights, resampling=NONE)
    repeated = cl.binary_metrics(np.repeat(labels, times), np.repeat(predictions, times), resampling=NONE)
    for name in cl.METRICS:
        assert weighted[name]["value"] == near(repeated[name]["value"]), name


@given(scored(classes=2), st.floats(0.1, 5))
def test_a_rising_function_of_the_scores_leaves_both_areas_alone(rows, power):
    labels, scores, weights = rows
    grid = np.unique(scores)
    moved = np.interp(scores, grid, np.cumsum(np.full(len(grid), power))) ** 3
    for area in (cl.roc_auc, cl.pr_auc):
        assert area(labels, moved, weights)[0] == pytest.approx(area(labels, scores, weights)[0], abs=1e-12)


def test_columns_of_weights_are_judged_one_by_one_over_several_pieces():
    labels, predictions = skewed(30_000)
    weights = np.random.default_rng(1).poisson(1.0, (30_000, 30)).astype(float)
    predictions = np.round(predictions, 3)
    many = [
        cl.roc_auc(labels, predictions, weights),
        cl.pr_auc(labels, predictions, weights),
        cl.log_loss(labels, predictions, weights),
        cl.f1(labels, predictions, 0.05, weights),
    ]
    for column in (0, 17, 29):
        one = weights[:, column]
        assert many[0][column] == pytest.approx(sk.roc_auc_score(labels, predictions, sample_weight=one))
        assert many[1][column] == pytest.approx(
            sk.average_precision_score(labels, predictions, sample_weight=one)
        )
        inner = np.clip(predictions, 1e-15, 1)
        assert many[2][column] == pytest.approx(sk.log_loss(labels, inner, sample_weight=one))
        assert many[3][column] == pytest.approx(sk.f1_score(labels, predictions >= 0.05, sample_weight=one))


def test_a_tie_longer_than_a_piece_counts_as_one(monkeypatch):
    monkeypatch.setattr("wanamaker.stats.classification.ranked._CELLS", 1)  # pieces of 256 rows
    predictions = np.repeat([0.9, 0.5, 0.1], 1_000)
    labels = np.tile(np.arange(1_000) < 50, 3)  # the positives of each tie come first
    labels[2_000:] = False
    found = cl.binary_metrics(labels, predictions, resampling=NONE)
    assert found["roc_auc"]["value"] == pytest.approx(sk.roc_auc_score(labels, predictions))
    assert found["pr_auc"]["value"] == pytest.approx(sk.average_precision_score(labels, predictions))
    assert found["ece"]["value"] == pytest.approx((850 + 450 + 100) / 3_000)


def test_a_perfect_order_has_both_areas_at_one():
    labels = np.array([0, 0, 1, 1])
    assert cl.roc_auc(labels, [0.1, 0.2, 0.3, 0.4])[0] == 1
    assert cl.pr_auc(labels, [0.1, 0.2, 0.3, 0.4])[0] == 1
    assert cl.roc_auc(labels, [0.4, 0.3, 0.2, 0.1])[0] == 0


def test_shuffled_labels_have_an_auc_near_a_half_and_an_average_precision_near_their_share():
    labels, predictions = skewed(20_000)
    np.random.default_rng(3).shuffle(labels)
    found = cl.binary_metrics(labels, predictions)
    assert found["roc_auc"]["low"] < 0.5 < found["roc_auc"]["high"]
    assert found["pr_auc"]["value"] == pytest.approx(labels.mean(), rel=0.1)


def test_calibrated_predictions_have_a_ratio_near_one_and_a_small_error():
    labels, predictions = skewed(50_000)
    found = cl.binary_metrics(labels, predictions)
    assert found["calibration_ratio"]["low"] < 1 < found["calibration_ratio"]["high"]
    assert found["ece"]["value"] < 0.002
    assert found["normalised_log_loss"]["high"] < 1
    doubled = cl.binary_metrics(labels, np.minimum(2 * predictions, 1.0))
    assert doubled["calibration_ratio"]["low"] > 1.5


def test_the_share_of_positives_as_prediction_has_a_normalised_log_loss_of_one():
    labels = np.array([1] * 3 + [0] * 97)
    assert cl.normalised_log_loss(labels, np.full(100, 0.03))[0] == pytest.approx(1.0)
    assert cl.roc_auc(labels, np.full(100, 0.03))[0] == 0.5
    assert cl.pr_auc(labels, np.full(100, 0.03))[0] == pytest.approx(0.03)


def test_a_sure_error_costs_as_much_as_the_clip_allows():
    assert cl.log_loss([1, 0], [0.0, 1.0])[0] == pytest.approx(-math.log(1e-15))
    assert cl.log_loss([1, 0], [1.0, 0.0])[0] == 0


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    big, predictions = skewed(2_000_000, seed=9)
    truth = cl.binary_metrics(big, predictions, resampling=NONE)
    hits = dict.fromkeys(("roc_auc", "log_loss", "calibration_ratio"), 0)
    for seed in range(60):
        found = cl.binary_metrics(*skewed(3_000, seed=100 + seed), resampling=Resampling(150, seed))
        for name in hits:
            hits[name] += found[name]["low"] <= truth[name]["value"] <= found[name]["high"]
    assert all(count >= 51 for count in hits.values()), hits


def test_rows_of_one_user_drawn_together_widen_the_interval():
    labels, predictions = skewed(2_000)
    labels, predictions = np.repeat(labels, 20), np.repeat(predictions, 20)
    users = np.repeat(np.arange(2_000, dtype=np.uint64), 20)
    apart = cl.binary_metrics(labels, predictions)["log_loss"]
    together = cl.binary_metrics(labels, predictions, keys=users)["log_loss"]
    assert together["high"] - together["low"] > 3 * (apart["high"] - apart["low"])


def test_the_interval_of_the_calibration_error_holds_its_value():
    found = cl.binary_metrics(*skewed(20_000))["ece"]
    assert found["low"] <= found["value"] <= found["high"]


@pytest.mark.parametrize(
    ("labels", "undefined"), [([0] * 5, "label 1"), ([1] * 5, "label 0"), ([], "no rows")]
)
def test_an_undefined_metric_is_none_with_its_reason(labels, undefined):
    found = cl.binary_metrics(labels, [0.5] * len(labels))
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["roc_auc"]["value"] is None
    assert undefined in found["roc_auc"]["reason"]
    assert "reason" not in found["brier"] or not labels
    assert found["recall"]["value"] is None if not any(labels) else found["recall"]["value"] == 1.0


def test_nothing_flagged_leaves_precision_undefined_and_recall_zero():
    found = cl.binary_metrics([0, 1], [0.1, 0.2], threshold=0.9)
    assert found["precision"]["value"] is None
    assert found["precision"]["reason"] == "not defined: no prediction reaches the threshold"
    assert found["recall"]["value"] == 0.0
    assert found["f1"]["value"] == 0.0


def test_without_replicates_there_is_no_interval():
    found = cl.binary_metrics([0, 1], [0.1, 0.2], resampling=NONE)
    assert found["roc_auc"] == {"value": 1.0, "low": None, "high": None}


def test_a_paired_difference_is_the_difference_and_narrower_than_the_intervals():
    labels, predictions = skewed(20_000)
    noisy = predictions * np.exp(0.8 * np.random.default_rng(5).normal(size=len(labels)))
    noisy = np.minimum(noisy, 1.0)
    apart = [cl.binary_metrics(labels, scores)["roc_auc"] for scores in (predictions, noisy)]
    paired = cl.paired_difference(labels, predictions, noisy)["roc_auc"]
    assert paired["value"] == pytest.approx(apart[0]["value"] - apart[1]["value"])
    assert paired["high"] - paired["low"] < 0.8 * (apart[0]["high"] - apart[0]["low"])
    assert paired["low"] > 0
    swapped = cl.paired_difference(labels, noisy, predictions, metrics=["roc_auc"])
    assert list(swapped) == ["roc_auc"]
    assert swapped["roc_auc"]["value"] == pytest.approx(-paired["value"])


def test_a_model_against_itself_differs_by_nothing():
    labels, predictions = skewed(2_000)
    for name, found in cl.paired_difference(labels, predictions, predictions, threshold=0.05).items():
        assert (found["value"], found["low"], found["high"]) == (0.0, 0.0, 0.0), name


def test_an_unknown_metric_names_the_nearest():
    with pytest.raises(ParameterError, match=r"'roc' is no metric(.|\n)*Did you mean 'roc_auc'"):
        cl.paired_difference([0, 1], [0.1, 0.2], [0.1, 0.2], metrics=["roc"])


@pytest.mark.parametrize(
    ("labels", "predictions", "weights", "message"),
    [
        ([0, 2], [0.1, 0.2], None, r"Each label must be 0 or 1. Row 1: 2.0"),
        ([0, 1], [0.1, 1.2], None, r"Each prediction must be a probability, from 0 to 1. Row 1: 1.2"),
        ([0, 1], [0.1, np.nan], None, r"Each prediction must be a finite number. Row 1: nan"),
        ([0, 1], [0.1, 0.2], [1, -1], r"Each weight must be a number from 0. Row 1: -1.0"),
    ],
)
def test_values_that_cannot_be_used_are_named(labels, predictions, weights, message):
    with pytest.raises(DataError, match=message):
        cl.binary_metrics(labels, predictions, weights=weights)


def test_arrays_of_different_lengths_are_refused():
    with pytest.raises(ParameterError, match=r"'predictions' must have one value per label. Got 1 for 2"):
        cl.roc_auc([0, 1], [0.5])
    with pytest.raises(ParameterError, match=r"'keys' must have one value per label. Got 1 for 2"):
        cl.binary_metrics([0, 1], [0.5, 0.5], keys=np.zeros(1, dtype=np.uint64))


@pytest.mark.slow
def test_a_million_rows_are_judged_in_little_memory():
    import tracemalloc

    labels, predictions = skewed(1_000_000)
    tracemalloc.start()
    cl.binary_metrics(labels, predictions, resampling=Resampling(50))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 150e6  # the weights alone would be 408 MB
