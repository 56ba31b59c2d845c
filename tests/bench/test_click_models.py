"""The comparison of click models judges later rows by models of earlier ones."""

from __future__ import annotations

import numpy as np
import pytest

import wanamaker as wm
from bench.click_models import METHODS, Parts, model
from bench.native import native_catboost, native_xgboost
from wanamaker.stats.classification import roc_auc

LOG = wm.simulate.clicks(12_000, seed=4, base_rate=0.05, bots=0.3).log
PARTS = Parts.of(LOG.sample(fraction=1.0, shuffle=True, seed=1))


def test_parts_follow_each_other_in_time() -> None:
    ends = [(part["click_time"].min(), part["click_time"].max()) for part in vars(PARTS).values()]
    assert ends[0][1] <= ends[1][0] <= ends[1][1] <= ends[2][0]
    assert [len(part) for part in vars(PARTS).values()] == [8_400, 1_200, 2_400]
    assert len(PARTS.before) == 9_600


@pytest.mark.parametrize("predicted", [native_xgboost, native_catboost])
def test_native_categories_give_probabilities_that_tell_something(predicted) -> None:
    chances = predicted(PARTS.train, PARTS.valid, PARTS.test)
    assert ((chances > 0) & (chances < 1)).all()
    assert roc_auc(PARTS.test["is_attributed"].to_numpy(), chances)[0] > 0.55


def test_native_categories_do_not_read_the_test_labels() -> None:
    blind = PARTS.test.with_columns(is_attributed=1 - PARTS.test["is_attributed"])
    first, again = (native_xgboost(PARTS.train, PARTS.valid, part) for part in (PARTS.test, blind))
    assert np.array_equal(first, again)


def test_the_model_that_is_measured_has_every_family() -> None:
    one = model(n_estimators=5, folds=0).fit(PARTS.train, PARTS.valid)
    assert {"windows", "target means", "category vectors", "hour", "raw"} == set(one.families_.values())
    assert "ClickModel, XGBoost" in METHODS
