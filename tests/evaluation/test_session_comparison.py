"""Several fits side by side, and the one that is kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from scipy import stats

from wanamaker.evaluation.session_comparison import Fit, best_of, compared_fits, over_seeds
from wanamaker.stats.classification import f1, roc_auc


@dataclass
class Happened:
    labels: np.ndarray


LABELS = np.array([False, True] * 50)


def fit(name, seed, noise, size=100):
    rng = np.random.default_rng(seed + int(1000 * noise))
    told = np.clip(0.5 + 0.3 * (LABELS - 0.5) + noise * rng.normal(size=100), 0.01, 0.99)
    return Fit(name, seed, size, "weights", 1.0, told, told[::1].copy())


def test_intervals_over_seeds_are_students():
    values = [0.7, 0.72, 0.69, 0.75, 0.71]
    told = over_seeds(values)
    low, high = stats.t.interval(0.95, 4, np.mean(values), stats.sem(values))
    assert (told["low"], told["high"]) == (pytest.approx(low), pytest.approx(high))


def test_a_single_seed_has_no_interval():
    assert over_seeds([0.7]) == {"value": 0.7, "low": None, "high": None}


def test_rows_are_means_over_the_seeds_of_a_model():
    fits = [fit("gru", seed, 0.2) for seed in range(3)]
    (row,) = compared_fits(fits, Happened(LABELS), Happened(LABELS))
    areas = [roc_auc(LABELS, one.test)[0] for one in fits]
    assert row["roc_auc"]["value"] == pytest.approx(np.mean(areas))
    assert [one["roc_auc"] for one in row["fits"]] == pytest.approx(areas)
    assert row["seeds"] == 3


def test_the_threshold_of_f1_comes_from_the_validation_rows():
    one = Fit("gru", 0, 1, "weights", 1.0, np.where(LABELS, 0.8, 0.2), np.where(LABELS, 0.6, 0.55))
    (row,) = compared_fits([one], Happened(LABELS), Happened(LABELS))
    assert row["fits"][0]["threshold"] == pytest.approx(0.5)
    assert row["f1"]["value"] == pytest.approx(f1(LABELS, one.test, 0.5)[0])


def test_the_best_on_validation_is_kept_and_its_best_seed():
    fits = [fit("lstm", seed, 0.5, 50) for seed in range(3)] + [fit("gru", seed, 0.05) for seed in range(3)]
    rows = compared_fits(fits, Happened(LABELS), Happened(LABELS))
    name, seed, why = best_of(rows)
    losses = {one["seed"]: one["valid_log_loss"] for one in rows[1]["fits"]}
    assert (name, seed) == ("gru", min(losses, key=losses.get))
    assert "lowest log loss" in why


def test_of_equals_the_one_with_fewer_weights_is_kept():
    same = [fit("lstm", seed, 0.1, 200) for seed in range(3)]
    small = [Fit("rnn", one.seed, 50, "weights", 1.0, one.valid, one.test) for one in same]
    name, _, _ = best_of(compared_fits([*same, *small], Happened(LABELS), Happened(LABELS)))
    assert name == "rnn"


def test_what_happens_on_test_rows_changes_nothing_of_what_is_kept():
    fits = [fit("lstm", seed, 0.1, 200) for seed in range(3)] + [fit("gru", seed, 0.2) for seed in range(3)]
    told = [
        best_of(compared_fits(fits, Happened(LABELS), Happened(labels)))[:2] for labels in (LABELS, ~LABELS)
    ]
    assert told[0] == told[1]
