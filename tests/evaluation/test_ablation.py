"""What families, history and the future are worth."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import wanamaker as wm
from tests.models.worlds import log_of, model
from wanamaker.evaluation.ablation import NOTHING, ablation
from wanamaker.evaluation.classification import compared
from wanamaker.evaluation.click_examples import click_examples
from wanamaker.evaluation.future import COUNTS, NEXT, PAST, future_columns
from wanamaker.evaluation.learning_curve import learning_curve
from wanamaker.stats.bootstrap import Resampling

LOG = log_of(4_000)
PARTS = (LOG.train, LOG.valid, LOG.test)
LABELS = LOG.test["bought"].to_numpy().astype(bool)


# --- Ablation -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    return ablation(model(), *PARTS, replicates=50)


def test_every_family_has_its_row_and_the_first_has_all(table):
    families = ["windows", "target means", "category vectors", "hour", "raw"]
    assert table["left_out"].to_list() == [NOTHING, *families]
    whole, *less = table["features"].to_list()
    assert all(features < whole for features in less)
    assert sum(whole - features for features in less) == whole


def test_nothing_left_out_differs_from_nothing(table):
    first = table.row(0, named=True)
    assert first["roc_auc_difference"] == first["log_loss_difference"] == 0.0
    assert first["roc_auc_difference_low"] == first["roc_auc_difference_high"] == 0.0


def test_the_whole_model_is_the_model(table):
    one = model().fit(LOG.train, LOG.valid)
    told = compared(LABELS, one.predict(LOG.test, LOG.before), None, Resampling(50))
    first = table.row(0, named=True)
    assert {name: first[name] for name in told} == told


def test_differences_are_those_of_the_metrics_and_lie_in_their_intervals(table):
    for row in table.iter_rows(named=True):
        for name in ("roc_auc", "log_loss"):
            assert row[f"{name}_difference"] == pytest.approx(table[name][0] - row[name])
            low, high = row[f"{name}_difference_low"], row[f"{name}_difference_high"]
            assert low <= row[f"{name}_difference"] <= high


def test_a_family_that_alone_tells_is_missed():
    found = ablation(
        model(
            windows=(),
            vectors=0,
            codes=("price",),
            numeric=(),
            categorical=["app", "price"],
            target_means=["app"],
        ),
        *(part.with_columns(price=pl.lit(1)) for part in PARTS),
        replicates=50,
    )
    row = found.filter(pl.col("left_out") == "target means").row(0, named=True)
    assert row["roc_auc_difference_low"] > 0.1
    assert row["log_loss_difference_high"] < 0


def test_features_without_some_keep_their_values():
    examples = click_examples(model(), *PARTS)
    less = examples.test.without({"price"}).matrix
    assert "price" not in less.names
    kept = [at for at, name in enumerate(examples.test.matrix.names) if name != "price"]
    assert np.array_equal(less.values, examples.test.matrix.values[:, kept], equal_nan=True)


# --- History --------------------------------------------------------------------------------------


def test_more_history_has_more_rows_and_all_of_it_is_the_model():
    table = learning_curve(model(), *PARTS, shares=(0.2, 1.0), replicates=20)
    assert table["share"].to_list() == [0.2, 1.0]
    assert table["rows"][1] == len(LOG.train) > table["rows"][0] > 0.15 * len(LOG.train)
    assert table["positives"][1] == LOG.train["bought"].sum()
    assert table["from"][1] == LOG.train["at"].min()
    whole = ablation(model(), *PARTS, replicates=20).row(0, named=True)
    assert table["roc_auc"][1] == whole["roc_auc"]


def test_history_without_a_positive_has_no_metrics():
    middle = LOG.train["at"][len(LOG.train) // 2]
    old = LOG.train.with_columns(bought=pl.when(pl.col("at") < middle).then(pl.col("bought")).otherwise(0))
    table = learning_curve(model(), old, LOG.valid, LOG.test, shares=(0.2,), replicates=20)
    assert table["positives"].to_list() == [0]
    assert np.isnan(table.select("roc_auc", "roc_auc_low", "log_loss", "log_loss_high").row(0)).all()


@pytest.mark.parametrize("share", [0.0, 1.5])
def test_a_share_outside_of_the_history_is_refused(share):
    with pytest.raises(ValueError, match="'shares' must be above 0 and at most 1"):
        learning_curve(model(), *PARTS, shares=(share,))


# --- The future -----------------------------------------------------------------------------------


def test_columns_from_the_future_are_added_one_after_the_other():
    table = future_columns(model(), *PARTS, replicates=20)
    assert table["columns"].to_list() == [PAST, COUNTS, NEXT]
    assert table["features"].diff().to_list() == [None, 3, 1]
    assert table["roc_auc_difference"][0] == 0.0


def test_a_label_that_ends_a_users_clicks_is_given_away_by_the_next_event():
    rng = np.random.default_rng(0)
    rows, at = [], 0
    for user in range(900):
        for _ in range(rng.integers(1, 6)):
            at += 1
            bought = bool(rng.random() < 0.3)
            rows.append((at + user % 7, user, int(rng.integers(0, 3)), int(bought)))
            if bought:
                break
    log = pl.DataFrame(rows, schema=["t", "user", "ad", "y"], orient="row").sort("t")
    a, b = int(0.6 * len(log)), int(0.75 * len(log))
    one = wm.ClickModel(
        time="t",
        label="y",
        categorical=["user", "ad"],
        vectors=0,
        folds=0,
        n_estimators=60,
        learning_rate=0.1,
        max_depth=3,
        threads=1,
    )
    table = future_columns(one, log[:a], log[a:b], log[b:], by=("user",), replicates=20)
    auc = dict(zip(table["columns"], table["roc_auc"], strict=True))
    assert auc[NEXT] > auc[PAST] + 0.1
    assert auc[NEXT] > 0.75
