"""Calibration maps: never falling, inside of (0, 1), right where the truth is known, and careful with few."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from tests.stats.test_classification import scored, skewed
from wanamaker.base.errors import DataError, ParameterError
from wanamaker.stats import calibration as cal
from wanamaker.stats.classification import calibration_ratio, log_loss, roc_auc

KINDS = list(cal.MAPS)


def distorted(rows, seed=0, level=-3.0, slope=0.5, shift=1.0):
    """Labels and predictions whose log-odds are off by a slope and a shift; and the true probabilities."""
    labels, truth = skewed(rows, seed, level)
    return labels, expit((logit(truth) - shift) / slope), truth


@pytest.mark.parametrize("kind", KINDS)
@given(scored())
@settings(max_examples=60, deadline=None)
def test_maps_never_fall_and_stay_inside_of_zero_and_one(kind, rows):
    labels, predictions, weights = rows
    fitted = cal.MAPS[kind].fit(predictions, labels, weights + 1.0)
    grid = np.concatenate([np.linspace(0, 1, 301), predictions, [1e-300, 1e-12, 1 - 1e-12]])
    mapped = fitted(np.sort(grid))
    assert (np.diff(mapped) >= -1e-15).all()
    assert ((mapped > 0) & (mapped < 1)).all()
    np.testing.assert_array_equal(fitted.transform(predictions), fitted(predictions))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rows", [300, 20_000])
def test_a_map_comes_back_from_its_state_bit_for_bit(kind, rows):
    labels, predictions, _ = distorted(rows)
    fitted = cal.MAPS[kind].fit(predictions, labels)
    state = json.loads(json.dumps(fitted.to_state(), allow_nan=False))
    again = cal.calibration_from_state(state)
    assert state["kind"] == kind
    np.testing.assert_array_equal(again(predictions), fitted(predictions))


@pytest.mark.parametrize("kind", ["shift", "platt", "beta", "isotonic"])
@given(scored())
@settings(max_examples=30, deadline=None)
def test_a_row_of_weight_two_is_the_row_twice_in_any_order(kind, rows):
    labels, predictions, weights = rows
    times = weights.astype(int) + 1
    weighted = cal.MAPS[kind].fit(predictions, labels, times)
    order = np.argsort(np.repeat(predictions, times) + np.repeat(labels, times))
    repeated = cal.MAPS[kind].fit(np.repeat(predictions, times)[order], np.repeat(labels, times)[order])
    if kind in ("platt", "beta") and repeated != weighted:
        return  # twice as many rows may be enough for a slope
    np.testing.assert_allclose(weighted(predictions), repeated(predictions), rtol=1e-6)


@pytest.mark.parametrize("kind", ["platt", "beta", "isotonic"])
def test_a_distorted_prediction_is_set_right(kind):
    labels, predictions, truth = distorted(200_000)
    assert calibration_ratio(labels, predictions)[0] < 0.7
    fitted = cal.MAPS[kind].fit(predictions, labels)
    fresh, distorted_fresh, truth = distorted(200_000, seed=1)
    excess = log_loss(fresh, fitted(distorted_fresh))[0] - log_loss(fresh, truth)[0]
    assert abs(excess) < 2e-4
    assert calibration_ratio(fresh, fitted(distorted_fresh))[0] == pytest.approx(1, abs=0.03)


def test_platt_and_beta_find_the_numbers_that_distorted():
    labels, predictions, _ = distorted(300_000)
    platt = cal.Platt.fit(predictions, labels)
    assert platt.slope == pytest.approx(0.5, abs=0.02)
    assert platt.intercept == pytest.approx(1.0, abs=0.08)
    beta = cal.Beta.fit(predictions, labels)
    assert beta.a == pytest.approx(0.5, abs=0.03)


def test_platt_is_the_logistic_regression_of_sklearn_but_for_its_targets():
    labels, predictions, _ = distorted(50_000)
    weights = np.random.default_rng(2).random(50_000)
    fitted = cal.Platt.fit(predictions, labels, weights)
    peer = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1_000)
    peer.fit(logit(predictions)[:, None], labels, sample_weight=weights)
    assert fitted.slope == pytest.approx(peer.coef_.item(), rel=0.02)
    assert fitted.intercept == pytest.approx(peer.intercept_.item(), rel=0.05)


def test_platts_equations_hold_at_its_targets():
    labels, predictions, _ = distorted(5_000)
    fitted = cal.Platt.fit(predictions, labels)
    positives, negatives = labels.sum(), (~labels).sum()
    targets = np.where(labels, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    residual = fitted(predictions) - targets
    assert residual.sum() == pytest.approx(0, abs=1e-3)
    assert (residual * logit(predictions)).sum() == pytest.approx(0, abs=1e-2)


@given(scored(classes=2))
def test_isotonic_is_sklearns_but_for_the_ends(rows):
    labels, predictions, weights = rows
    fitted = cal.Isotonic.fit(predictions, labels, weights)
    peer = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
    peer.fit(predictions, labels.astype(float), sample_weight=weights)
    grid = predictions[weights > 0]
    expected = peer.predict(grid)
    inside = (expected > 0) & (expected < 1)
    np.testing.assert_allclose(fitted(grid)[inside], expected[inside], rtol=1e-6)
    assert (fitted(grid)[expected <= 0] < 0.5 + 1e-12).all()


def test_isotonic_gives_no_event_a_chance_by_the_rule_of_succession():
    fitted = cal.Isotonic.fit([0.1] * 98 + [0.9] * 8, [0] * 98 + [1] * 8)
    assert fitted([0.0, 0.1, 0.9, 1.0]).tolist() == [0.01, 0.01, 0.9, 0.9]


def test_isotonic_of_one_class_is_a_constant():
    assert cal.Isotonic.fit([0.1, 0.9], [0, 0])([0.5]).tolist() == [0.25]
    assert cal.Isotonic.fit([0.1, 0.9], [1, 1])([0.5]).tolist() == [0.75]


def test_a_reversed_order_is_never_turned_round():
    labels, predictions = skewed(5_000, level=-1.0)
    for kind in (cal.Platt, cal.Beta):
        fitted = kind.fit(1 - predictions, labels)
        mapped = fitted(1 - predictions)
        assert roc_auc(labels, mapped)[0] <= roc_auc(labels, 1 - predictions)[0] + 0.01
        assert calibration_ratio(labels, mapped)[0] == pytest.approx(1, abs=0.01)
    assert cal.Platt.fit(1 - predictions, labels).slope == 1.0


@pytest.mark.parametrize("positives", [0, 1, 2, 5, 19])
def test_few_positives_move_the_level_alone(positives):
    predictions = np.linspace(0.001, 0.2, 2_000)
    labels = np.arange(2_000) >= 2_000 - positives  # apart from the rest: a slope would have no bound
    fitted = cal.Platt.fit(predictions, labels)
    assert fitted.slope == 1.0
    assert fitted(predictions).sum() == pytest.approx(positives, abs=1.2)
    assert roc_auc(labels, fitted(predictions))[0] == pytest.approx(
        roc_auc(labels, predictions)[0], nan_ok=True
    )


def test_separated_classes_keep_a_finite_slope():
    labels = np.arange(200) >= 100
    for kind in (cal.Platt, cal.Beta):
        mapped = kind.fit(np.where(labels, 0.9, 0.1), labels)([0.1, 0.9])
        np.testing.assert_allclose(mapped, [1 / 102, 101 / 102], rtol=1e-3)


@pytest.mark.parametrize("level", [-8.0, -6.5])
def test_rare_positives_are_calibrated_better_by_the_choice_than_by_isotonic(level):
    losses = {"auto": [], "isotonic": [], "none": []}
    for seed in range(20):
        labels, predictions, _ = distorted(5_000, seed, level, slope=0.9, shift=1.5)
        fresh, fresh_predictions, _ = distorted(20_000, 1_000 + seed, level, slope=0.9, shift=1.5)
        if not labels.any():
            continue
        for kind, found in losses.items():
            fitted = cal.choose_calibration(predictions, labels, kind).map
            found.append(log_loss(fresh, fitted(fresh_predictions))[0])
    auto, isotonic, none = (np.mean(losses[kind]) for kind in ("auto", "isotonic", "none"))
    assert auto < isotonic
    assert auto < none


@pytest.mark.parametrize(("positives", "kind"), [(5, "shift"), (19, "shift"), (20, "platt"), (199, "platt")])
def test_the_choice_follows_the_number_of_positives(positives, kind):
    labels = np.arange(5_000) < positives
    chosen = cal.choose_calibration(skewed(5_000)[1], labels)
    assert chosen.map.kind == kind
    assert chosen.reason.startswith(f"{positives} positives are too few")
    assert cal.choose_calibration(skewed(5_000)[1], ~labels).reason.startswith(f"{positives} negatives")


def test_a_shape_that_two_numbers_cannot_take_is_given_to_more():
    labels, truth = skewed(60_000, level=-1.0)
    bent = np.where(truth < 0.3, truth / 3, np.where(truth < 0.5, 0.1 + truth / 10, truth))
    chosen = cal.choose_calibration(bent, labels)
    assert chosen.map.kind in {"isotonic", "beta"}
    assert min(chosen.losses, key=chosen.losses.get) == "isotonic"
    assert "one standard error" in chosen.reason


def test_a_straight_distortion_is_left_to_platt():
    labels, predictions, _ = distorted(60_000)
    chosen = cal.choose_calibration(predictions, labels)
    assert chosen.map.kind == "platt"
    assert set(chosen.losses) == {"platt", "beta", "isotonic"}


def test_a_map_that_is_better_by_chance_alone_is_not_taken():
    lucky = 0
    for seed in range(12):
        labels, predictions, _ = distorted(8_000, seed)
        chosen = cal.choose_calibration(predictions, labels)
        lucky += min(chosen.losses, key=chosen.losses.get) != "platt" and chosen.map.kind == "platt"
    assert lucky >= 1


@pytest.mark.parametrize(("a", "b"), [(-0.3, 3.0), (1.5, -3.0)])
def test_a_coefficient_below_zero_is_set_to_zero(a, b):
    rng = np.random.default_rng(8)
    predictions = rng.uniform(0.05, 0.6, 40_000)
    labels = rng.random(40_000) < expit(a * np.log(predictions) - b * np.log1p(-predictions) - 1)
    fitted = cal.Beta.fit(predictions, labels)
    assert (fitted.a if a < 0 else fitted.b) == 0.0
    assert (fitted.b if a < 0 else fitted.a) > 0.1
    assert calibration_ratio(labels, fitted(predictions))[0] == pytest.approx(1, abs=0.001)


def test_the_choice_does_not_depend_on_the_order_of_the_rows():
    labels, predictions, _ = distorted(8_000)
    order = np.random.default_rng(4).permutation(8_000)
    first = cal.choose_calibration(predictions, labels)
    again = cal.choose_calibration(predictions[order], labels[order])
    assert first.map.kind == again.map.kind
    for kind, loss in first.losses.items():
        assert again.losses[kind] == pytest.approx(loss, rel=1e-9)


def test_cross_fitting_does_not_flatter():
    labels, _ = skewed(2_000, level=-2.0)
    noise = np.random.default_rng(6).random(2_000)
    fitted = cal.Isotonic.fit(noise, labels)(noise)
    crossed = cal.cross_fitted(noise, labels, "isotonic")
    base = log_loss(labels, np.full(2_000, labels.mean()))[0]
    assert log_loss(labels, fitted)[0] < base < log_loss(labels, crossed)[0]


@given(st.floats(1e-4, 1.0), st.floats(1e-6, 1 - 1e-6))
def test_prior_correction_moves_the_log_odds_by_the_log_of_the_share(share, p):
    corrected = cal.prior_correction([p], share)
    assert logit(corrected)[0] == pytest.approx(logit(p) + np.log(share), abs=1e-8)
    assert cal.class_weight_correction([p], 1 / share)[0] == pytest.approx(corrected[0], rel=1e-9)


def test_prior_correction_undoes_down_sampling():
    labels, truth = skewed(400_000)
    kept = labels | (np.random.default_rng(7).random(400_000) < 0.1)
    sampled = truth / (truth + (1 - truth) * 0.1)  # what a perfect model of the kept rows says
    assert calibration_ratio(labels[kept], sampled[kept])[0] == pytest.approx(1, abs=0.03)
    corrected = cal.prior_correction(sampled, 0.1)
    np.testing.assert_allclose(corrected, truth)
    assert cal.prior_correction([0.0, 1.0], 0.1).tolist() == [0.0, 1.0]


def test_what_cannot_be_corrected_is_named():
    with pytest.raises(ParameterError, match=r"'kept_share' must be above 0 and at most 1. Got 0"):
        cal.prior_correction([0.5], 0)
    with pytest.raises(ParameterError, match=r"'positive_weight' must be above 0 and finite. Got -1"):
        cal.class_weight_correction([0.5], -1)
    with pytest.raises(DataError, match=r"Each prediction must be a probability"):
        cal.prior_correction([1.5], 0.5)


def test_bad_input_is_named():
    with pytest.raises(ParameterError, match=r"Got 'plat'(.|\n)*Did you mean 'platt'"):
        cal.choose_calibration([0.1], [0], "plat")
    with pytest.raises(ParameterError, match=r"'folds' must be a whole number from 2. Got 1"):
        cal.choose_calibration([0.1], [0], folds=1)
    with pytest.raises(DataError, match=r"needs rows with finite weights"):
        cal.Platt.fit([], [])
    with pytest.raises(DataError, match=r"Got 2 predictions, 1 labels and 1 weights"):
        cal.Platt.fit([0.1, 0.2], [1])
    with pytest.raises(DataError, match=r"known 'kind'. Got 'beet'(.|\n)*Did you mean 'beta'"):
        cal.calibration_from_state({"kind": "beet"})
    with pytest.raises(DataError, match=r"'platt' does not have the numbers \['slop'\]"):
        cal.calibration_from_state({"kind": "platt", "slop": 1.0})
