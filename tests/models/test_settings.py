"""Every setting of a click model has an effect, and none is taken for another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import wanamaker as wm
from tests.models.worlds import log_of, model
from wanamaker.models.trees import Matrix, TreeSettings, new_trees
from wanamaker.models.trees.catboost_trees import parameters as of_catboost
from wanamaker.models.trees.xgboost_trees import parameters as of_xgboost

LOG = log_of(2_000, base=0.1)
SPEED = {"device", "threads"}
"""Settings of how fast, not of what."""

OTHER = {
    "time": "later",
    "label": "other",
    "label_time": None,
    "categorical": ["app", "channel"],
    "numeric": [],
    "windows": [wm.count(by="app", within="1h")],
    "target_means": ["app"],
    "target_prior": 1.0,
    "frequencies": ["device"],
    "vectors": 3,
    "vector_method": "word2vec",
    "pair_vectors": [("app", "channel")],
    "codes": ["app"],
    "hour": False,
    "time_zone": "Asia/Shanghai",
    "time_unit": "ms",
    "resolution": "1h",
    "trees": "catboost",
    "learning_rate": 0.2,
    "max_depth": 2,
    "n_estimators": 3,
    "min_child_weight": 20.0,
    "reg_alpha": 5.0,
    "reg_lambda": 50.0,
    "subsample": 0.5,
    "colsample_bytree": 0.3,
    "early_stopping_rounds": 1,
    "monotone": {"price": 1, "target means": 0},
    "interactions": [["raw"], ["windows", "target means"]],
    "class_weight": "balanced",
    "keep_negatives": 0.4,
    "calibration": "none",
    "folds": 2,
    "seed": 1,
}
"""What each setting is changed to."""

BESIDE = {"label": {"label_time": None}, "time": {"label_time": None}}
"""What has to be changed too, in both of the models compared."""

WINDOWS = [wm.count(by="device", within="1h")]


def table(part: pl.DataFrame) -> pl.DataFrame:
    """Return a part with times as numbers, and with a second time and a second label."""
    number = pl.col("at").dt.epoch("s")
    later = (pl.col("at") + pl.duration(hours=5) + (pl.col("at") - LOG.train["at"][0]) * 2).dt.epoch("s")
    other = ((pl.col("app") + pl.col("device")) % 7 == 0).cast(pl.Int64)
    return part.with_columns(
        number.alias("at"), later.alias("later"), other.alias("other"), pl.col("known_at").dt.epoch("s")
    )


TRAIN, VALID, TEST = (table(part) for part in (LOG.train, LOG.valid, LOG.test))


def said(**changed: object) -> np.ndarray:
    """Return what a model says of the test part."""
    settings = {"time_unit": "s", "n_estimators": 25, "early_stopping_rounds": 10, "windows": WINDOWS}
    return model(**(settings | changed)).fit(TRAIN, VALID).margins(TEST, pl.concat([TRAIN, VALID]))


def test_every_setting_is_looked_at():
    assert set(OTHER) | SPEED == set(model().get_params())


@pytest.mark.parametrize("name", sorted(set(OTHER) - {"calibration"}))
def test_another_setting_makes_another_model(name):
    beside = BESIDE.get(name, {})
    assert not np.array_equal(said(**beside, **{name: OTHER[name]}), said(**beside))


def test_another_calibration_makes_other_probabilities_of_the_same_log_odds():
    one, other = (
        model(calibration=kind, n_estimators=10).fit(LOG.train, LOG.valid) for kind in ("auto", "none")
    )
    assert np.array_equal(one.margins(LOG.test), other.margins(LOG.test))
    assert not np.allclose(one.predict(LOG.test), other.predict(LOG.test))


@pytest.mark.parametrize("library", ["xgboost", "catboost"])
@pytest.mark.parametrize(
    "name",
    ["learning_rate", "max_depth", "n_estimators", "reg_lambda", "subsample", "colsample_bytree", "seed"],
)
def test_another_setting_grows_other_trees(library, name):
    rng = np.random.default_rng(0)
    values = rng.normal(size=(600, 4)).astype(np.float32)
    rows = Matrix(values, list("abcd"), rng.random(600) < 1 / (1 + np.exp(-values[:, 0] - values[:, 1])))
    settings = TreeSettings(
        learning_rate=0.1, max_depth=3, n_estimators=10, subsample=0.8, colsample_bytree=0.5, threads=1
    )
    usual, changed = (
        new_trees(library).fit(rows, None, one).margins(rows)
        for one in (settings, replace(settings, **{name: OTHER[name]}))
    )
    assert not np.array_equal(usual, changed)


def test_threads_and_device_reach_the_library():
    settings = TreeSettings(learning_rate=0.1, max_depth=3, n_estimators=10, threads=3, device="cpu")
    assert of_xgboost(settings, ["a"])["nthread"] == 3
    assert of_xgboost(settings, ["a"])["device"] == "cpu"
    assert of_catboost(settings, ["a"], stops=False)["thread_count"] == 3
