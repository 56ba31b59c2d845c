"""Curves and thresholds of binary predictions."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reference import metrics as reference
from tests.stats.test_classification import scored, skewed
from wanamaker.base.errors import DataError, ParameterError, ParameterTypeError
from wanamaker.stats import classification as cl
from wanamaker.stats.bootstrap import Resampling


@given(scored(weighted=False), st.integers(1, 30))
def test_precision_at_k_is_the_mean_over_all_ways_to_break_ties(rows, k):
    labels, predictions, _ = rows
    k = min(k, len(labels))
    found = cl.precision_at(labels, predictions, k=k)[0]
    assert found == pytest.approx(reference.precision_at(labels, predictions, k), abs=1e-12)
    assert cl.precision_at(labels, predictions, share=k / len(labels))[0] == pytest.approx(found, abs=1e-9)


def test_a_budget_above_all_rows_takes_them_all():
    assert cl.precision_at([1, 0, 0, 0], [0.4, 0.3, 0.2, 0.1], k=100).tolist() == [0.25]
    assert np.isnan(cl.precision_at([], [], k=1)[0])


def test_a_budget_needs_one_of_rows_and_share():
    with pytest.raises(ParameterError, match=r"Exactly one of 'k' and 'share'"):
        cl.precision_at([0, 1], [0.1, 0.2])
    with pytest.raises(ParameterError, match=r"'share' must be above 0, at most 1. Got 2"):
        cl.precision_at([0, 1], [0.1, 0.2], share=2)
    with pytest.raises(ParameterError, match=r"'k' must be above 0. Got 0"):
        cl.precision_at([0, 1], [0.1, 0.2], k=0)


@given(scored(classes=2))
@settings(max_examples=50)
def test_gains_rise_to_one_and_lift_falls_to_one_and_they_agree_with_the_precision(rows):
    labels, predictions, weights = rows
    curve = cl.gains_curve(labels, predictions, weights=weights)
    assert (np.diff(curve.gain) >= -1e-12).all()
    assert curve.gain[-1] == pytest.approx(1.0)
    assert curve.lift[-1] == pytest.approx(1.0)
    for share, precision in zip(curve.share, curve.precision, strict=True):
        at_budget = cl.precision_at(labels, predictions, share=share, weights=weights)[0]
        assert precision == pytest.approx(at_budget, abs=1e-9)


def test_gains_of_a_constant_prediction_are_the_diagonal():
    labels, _ = skewed(1_000, level=-1.0)
    curve = cl.gains_curve(labels, np.full(1_000, 0.5), resampling=Resampling(50))
    np.testing.assert_allclose(curve.gain, curve.share)
    np.testing.assert_allclose(curve.lift_low, 1.0)


def test_gains_have_intervals_that_hold_them():
    curve = cl.gains_curve(*skewed(20_000), resampling=Resampling(100))
    assert (curve.gain_low <= curve.gain).all()
    assert (curve.gain <= curve.gain_high + 1e-12).all()
    assert (curve.lift_low <= curve.lift).all()
    assert curve.lift[0] > 3
    assert json.dumps(curve.rows(), allow_nan=False)
    plain = cl.gains_curve(*skewed(1_000)).rows()
    assert plain[0]["gain_low"] is None


def test_shares_outside_of_zero_to_one_are_refused():
    with pytest.raises(ParameterError, match=r"'shares' must be above 0 and at most 1"):
        cl.gains_curve([0, 1], [0.1, 0.2], shares=[0.0, 0.5])


@given(scored(), st.integers(1, 8))
@settings(max_examples=50)
def test_reliability_bins_keep_ties_together_and_hold_all_rows(rows, bins):
    labels, predictions, weights = rows
    weights += 1.0
    curve = cl.reliability_curve(labels, predictions, bins=bins, weights=weights)
    assert len(curve.rate) <= bins
    assert curve.weight.sum() == pytest.approx(weights.sum())
    assert curve.positives.sum() == pytest.approx(weights @ labels)
    assert (np.diff(curve.prediction) > 0).all()
    error = np.abs(curve.prediction - curve.rate) @ curve.weight / weights.sum()
    assert error == pytest.approx(cl.ece(labels, predictions, weights, bins)[0], abs=1e-12)
    assert (curve.low <= curve.rate + 1e-12).all()
    assert (curve.rate <= curve.high + 1e-12).all()


def test_bins_hold_equal_mass_where_there_are_no_ties():
    curve = cl.reliability_curve(*skewed(1_000))
    np.testing.assert_allclose(curve.weight, 100)


def test_the_bootstrap_interval_of_a_bin_is_about_wilsons():
    labels, predictions = skewed(50_000, level=-2.0)
    by_formula = cl.reliability_curve(labels, predictions)
    by_drawing = cl.reliability_curve(labels, predictions, resampling=Resampling(400))
    np.testing.assert_allclose(by_formula.rate, by_drawing.rate)
    widths = (by_drawing.high - by_drawing.low) / (by_formula.high - by_formula.low)
    assert (np.abs(widths - 1) < 0.2).all()


def test_wilsons_interval_is_that_of_the_paper():
    low, high = cl.wilson(np.array([0.1]), np.array([50.0]))
    assert low[0] == pytest.approx(0.0435, abs=1e-4)
    assert high[0] == pytest.approx(0.2136, abs=1e-4)


def test_there_must_be_a_bin():
    with pytest.raises(ParameterError, match=r"'bins' must be a whole number from 1. Got 0"):
        cl.ece([0, 1], [0.1, 0.2], bins=0)


@given(scored(classes=2))
def test_no_threshold_has_a_higher_f1_than_the_chosen_one(rows):
    labels, predictions, weights = rows
    chosen = cl.choose_threshold(labels, predictions, "f1", weights=weights)
    best = cl.f1(labels, predictions, chosen, weights)[0]
    for threshold in np.unique(predictions):
        assert cl.f1(labels, predictions, threshold, weights)[0] <= best + 1e-12


def test_a_threshold_lies_between_two_predictions_where_it_can():
    assert cl.choose_threshold([0, 1], [0.2, 0.6]) == 0.4
    assert cl.choose_threshold([1, 1], [0.2, 0.6]) == 0.2
    tight = np.nextafter(0.5, 1.0)
    assert cl.choose_threshold([0, 1], [0.5, tight]) == tight


def test_a_threshold_by_cost_is_the_cheapest_for_calibrated_predictions():
    labels, predictions = skewed(300_000)
    chosen = cl.choose_threshold(labels, predictions, {"cost_fp": 1, "cost_fn": 20})
    assert chosen == pytest.approx(1 / 21)
    curve = cl.threshold_curve(labels, predictions, cost_fp=1, cost_fn=20)
    at_choice = cl.threshold_curve(labels, predictions, thresholds=[chosen], cost_fp=1, cost_fn=20).cost[0]
    assert at_choice == pytest.approx(curve.cost.min(), rel=0.01)
    assert curve.cheapest == pytest.approx(chosen, rel=0.5)


@pytest.mark.parametrize(
    ("rule", "error", "message"),
    [
        ("f2", ParameterError, "'threshold' must be a number, 'f1' or costs. Got 'f2'"),
        (True, ParameterTypeError, "'threshold' must be a number, 'f1' or costs. Got True"),
        (1.5, ParameterError, "'threshold' must be from 0 to 1. Got 1.5"),
        (float("nan"), ParameterError, "'threshold' must be from 0 to 1. Got nan"),
        ({"cost_fp": 1, "cost_nf": 2}, ParameterError, r"Got 'cost_nf'(.|\n)*Did you mean 'cost_fp'"),
        ({"cost_fp": 1}, ParameterError, "'cost_fn' is missing"),
        ({"cost_fp": 0, "cost_fn": 0}, ParameterError, "not both 0. Got 0 and 0"),
    ],
)
def test_rules_that_make_no_sense_are_named(rule, error, message):
    with pytest.raises(error, match=message):
        cl.choose_threshold([0, 1], [0.1, 0.2], rule)


def test_f1_needs_positives_to_choose_by():
    with pytest.raises(DataError, match=r"needs positives among the validation rows"):
        cl.choose_threshold([0, 0], [0.1, 0.2])
    assert cl.choose_threshold([0, 0], [0.1, 0.2], 0.3) == 0.3


@given(scored(classes=2), st.floats(0, 10), st.floats(0, 10))
@settings(max_examples=50)
def test_the_threshold_curve_says_what_the_metrics_say(rows, cost_fp, cost_fn):
    labels, predictions, weights = rows
    curve = cl.threshold_curve(labels, predictions, cost_fp=cost_fp, cost_fn=cost_fn, weights=weights)
    assert (np.diff(curve.threshold) > 0).all()
    assert curve.flagged[-1] == 0
    for place, threshold in enumerate(curve.threshold):
        for name in ("precision", "recall", "f1"):
            expected = getattr(cl, name)(labels, predictions, threshold, weights)[0]
            np.testing.assert_allclose(getattr(curve, name)[place], expected, atol=1e-12)
        _, alarms, missed = reference.confusion(labels, predictions, threshold, weights)
        cost = (alarms * cost_fp + missed * cost_fn) / weights.sum()
        assert curve.cost[place] == pytest.approx(cost, abs=1e-9)


def test_a_long_curve_has_few_points_and_keeps_the_highest_predictions():
    labels, predictions = skewed(100_000)
    curve = cl.threshold_curve(labels, predictions)
    assert len(curve.threshold) <= 202
    highest = np.sort(predictions)[::-1][:5]
    assert np.isin(highest, curve.threshold).all()
    assert curve.threshold[0] == predictions.min()
    with pytest.raises(ParameterError, match=r"'cost_fp' and 'cost_fn' must be finite and from 0"):
        cl.threshold_curve(labels, predictions, cost_fp=-1)
