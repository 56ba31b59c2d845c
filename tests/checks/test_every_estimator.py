"""The laws that hold for every estimator of the package."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from sklearn.base import clone

from tests.checks.estimators import CASES, Case, found
from tests.checks.networks import CASES as NETWORKS
from tests.models.worlds import log_of
from wanamaker.base.errors import UserError
from wanamaker.stats.classification import roc_auc

LOG = log_of(3_000)
PART = LOG.test[:300]
_FITTED: dict[str, object] = {}


def fitted(case: Case):
    """Return the estimator fitted on the training part; fitted once, since no law may change it."""
    if case.name not in _FITTED:
        _FITTED[case.name] = case.make().fit(LOG.train)
    return _FITTED[case.name]


each = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
each_predictor = pytest.mark.parametrize(
    "case", [case for case in CASES if case.predicts], ids=lambda case: case.name
)


def test_every_estimator_of_the_package_stands_in_the_checks():
    assert set(found()) == {case.name.partition("-")[0] for case in (*CASES, *NETWORKS)}


@each
def test_asking_changes_neither_the_rows_nor_the_estimator(case):
    one = fitted(case)
    rows, history, before = PART.clone(), LOG.train.clone(), dict(vars(one))
    first = case.ask(one, rows, history)
    assert_frame_equal(case.ask(one, rows, history), first)
    assert_frame_equal(rows, PART)
    assert_frame_equal(history, LOG.train)
    assert vars(one).keys() == before.keys()
    assert all(vars(one)[name] is value for name, value in before.items())


@each
def test_what_is_loaded_says_what_was_saved(case, tmp_path):
    one = fitted(case)
    one.save(tmp_path / "kept")
    loaded = case.load(one, tmp_path / "kept")
    assert_frame_equal(case.ask(loaded, PART, LOG.train), case.ask(one, PART, LOG.train), check_exact=True)


@each
def test_nothing_is_pickled(case, tmp_path):
    fitted(case).save(tmp_path / "kept")
    place = tmp_path / "kept"
    files = [file for file in place.rglob("*") if file.is_file()] if place.is_dir() else []
    assert {file.suffix for file in files} <= {".json", ".parquet", ".ubj", ".cbm"}


@each
def test_one_row_is_told_what_it_is_told_within_a_batch(case):
    one = fitted(case)
    moment = PART["at"].max()
    batch = PART[:40].with_columns(at=pl.lit(moment + timedelta(seconds=1)))
    whole = case.ask(one, batch, LOG.train)
    for row in (0, 17, 39):
        assert_frame_equal(case.ask(one, batch[row], LOG.train), whole[row], check_exact=True)


@each
def test_the_order_of_rows_changes_nothing(case):
    one = fitted(case)
    order = np.random.default_rng(0).permutation(len(PART))
    assert_frame_equal(
        case.ask(one, PART[order], LOG.train), case.ask(one, PART, LOG.train)[order], check_exact=True
    )


@each
def test_the_order_of_columns_and_further_columns_change_nothing(case):
    one = fitted(case)
    other = PART.select(reversed(PART.columns)).with_columns(more=pl.lit("x"))
    assert_frame_equal(
        case.ask(one, other, LOG.train.select(reversed(PART.columns))),
        case.ask(one, PART, LOG.train),
        check_exact=True,
    )


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.name != "ClickFeatures"],  # reads Polars: ClickModel is its boundary
    ids=lambda case: case.name,
)
def test_the_kind_of_table_changes_nothing(case):
    one = fitted(case)
    expected = case.ask(one, PART, LOG.train)
    for table in (PART.to_pandas(), PART.to_arrow()):
        if case.name == "WindowFeatures":  # gives back the caller's kind
            got = pl.DataFrame(one.transform(table, LOG.train)).select(one.names)
        else:
            got = case.ask(one, table, LOG.train)
        assert_frame_equal(got, expected, check_dtypes=False)


@each
def test_the_same_seed_gives_the_same_result(case):
    again = case.make().fit(LOG.train)
    assert_frame_equal(
        case.ask(again, PART, LOG.train), case.ask(fitted(case), PART, LOG.train), check_exact=True
    )


@each
def test_other_test_rows_change_nothing_that_was_fitted(case):
    one = case.make().fit(LOG.train)
    expected = case.ask(one, PART, LOG.train)
    altered = LOG.test[300:].with_columns(
        pl.col("app") + 100, (1 - pl.col("bought")).alias("bought"), pl.col("at").alias("known_at")
    )
    case.ask(one, altered, LOG.train)
    assert_frame_equal(case.ask(one, PART, LOG.train), expected, check_exact=True)


@each
def test_labels_of_the_rows_that_are_asked_about_are_not_read(case):
    one = fitted(case)
    flipped = PART.with_columns((1 - pl.col("bought")).alias("bought"), pl.col("at").alias("known_at"))
    expected = case.ask(one, PART, LOG.train)
    assert_frame_equal(case.ask(one, flipped, LOG.train), expected, check_exact=True)
    assert_frame_equal(case.ask(one, PART.drop("bought", "known_at"), LOG.train), expected, check_exact=True)


@each
def test_parameters_are_kept_as_given_and_cloned(case):
    one = case.make()
    copy = clone(one)
    assert type(copy) is type(one)
    assert copy is not one
    assert copy.get_params() == one.get_params()
    for name, value in one.get_params().items():
        assert copy.set_params(**{name: value}) is copy
    with pytest.raises(ValueError, match=f"Unknown parameter of {type(one).__name__}: 'no_such_thing'"):
        one.set_params(no_such_thing=1)


@each
def test_fitting_leaves_the_parameters_alone(case):
    one = case.make()
    before = one.get_params()
    one.fit(LOG.train)
    assert one.get_params() == before
    assert all(name.endswith("_") or name.startswith("_") for name in set(vars(one)) - set(before))


@each
def test_an_unfitted_one_says_so(case):
    with pytest.raises(ValueError, match="not fitted"):
        case.ask(case.make(), PART, LOG.train)


@each
def test_a_missing_column_is_named(case):
    one = fitted(case)
    name = case.columns[0]
    with pytest.raises(ValueError, match=name) as caught:
        case.ask(one, PART.drop(name), LOG.train)
    assert isinstance(caught.value, UserError)


@each
def test_no_rows_give_no_rows(case):
    assert len(case.ask(fitted(case), PART.clear(), LOG.train)) == 0


@each_predictor
def test_predictions_are_probabilities(case):
    found_ = case.ask(fitted(case), PART, LOG.train)["prediction"].to_numpy()
    assert found_.shape == (len(PART),)
    assert ((found_ > 0) & (found_ < 1)).all()


@each_predictor
def test_shuffled_labels_leave_nothing_to_predict(case):
    whole = pl.concat([LOG.train, LOG.valid, LOG.test])
    order = np.random.default_rng(1).permutation(len(whole))
    shuffled = whole.with_columns(bought=whole["bought"][order]).with_columns(
        known_at=pl.when(pl.col("bought") == 1).then(pl.col("at"))
    )
    count = len(LOG.train)
    train, rest = shuffled[:count], shuffled[count:]
    chances = case.ask(case.make().fit(train), rest, train)["prediction"].to_numpy()
    assert abs(roc_auc(rest["bought"].to_numpy(), chances)[0] - 0.5) < 0.1
