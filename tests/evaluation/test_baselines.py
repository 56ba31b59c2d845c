"""Baselines are judged on the same rows, and fitted on training rows alone."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from tests.models.worlds import log_of, model
from wanamaker.evaluation.baselines import NAMES, click_baselines, trees_raw
from wanamaker.stats.classification import roc_auc

LOG = log_of(4_000)
LABELS = LOG.test["bought"].to_numpy()


@pytest.fixture(scope="module")
def found():
    return click_baselines(model(), LOG.train, LOG.valid, LOG.test)


def test_every_baseline_predicts_every_test_row(found):
    assert tuple(found) == NAMES
    for chances in found.values():
        assert chances.shape == (len(LOG.test),)
        assert ((chances > 0) & (chances < 1)).all()


def test_the_base_rate_is_that_of_training(found):
    assert found["base_rate"] == pytest.approx(LOG.train["bought"].mean())


def test_the_planted_truth_is_within_reach_of_both_models(found):
    ceiling = roc_auc(LABELS, LOG.truth)[0]
    for name in NAMES[1:]:
        assert roc_auc(LABELS, found[name])[0] > ceiling - 0.06


def test_test_labels_and_test_values_change_nothing_that_was_fitted(found):
    half = len(LOG.test) // 2
    other = LOG.test.with_columns(
        app=pl.when(pl.int_range(pl.len()) < half).then(pl.col("app")).otherwise(77),
        bought=1 - pl.col("bought"),
        known_at=pl.lit(None, dtype=pl.Datetime("us")),
    )
    again = click_baselines(model(), LOG.train, LOG.valid, other)
    for name in NAMES:
        assert np.array_equal(again[name][:half], found[name][:half])


def test_trees_on_raw_columns_know_nothing_of_the_models_own_features(found):
    bare = model(windows=(), target_means=(), vectors=0)
    assert np.array_equal(trees_raw(bare, LOG.train, LOG.valid, LOG.test), found["trees_raw"])


def test_the_model_is_not_changed():
    one = model()
    before = one.get_params()
    click_baselines(one, LOG.train, LOG.valid, LOG.test)
    assert one.get_params() == before
    assert not hasattr(one, "fitted_")


def test_a_log_without_categories_has_baselines_too():
    found = click_baselines(
        model(categorical=[], windows=(), target_means=()), LOG.train, LOG.valid, LOG.test
    )
    assert np.isfinite(found["logistic_one_hot"]).all()
