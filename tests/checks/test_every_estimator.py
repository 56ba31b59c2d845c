"""The laws that hold for every estimator of the package."""

from __future__ import annotations

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
_FITTED: dict[str, object] = {}


def fitted(case: Case):
    """Return the estimator fitted on the training part; fitted once, since no law may change it."""
    if case.name not in _FITTED:
        _FITTED[case.name] = case.make().fit(case.world().train)
    return _FITTED[case.name]


each = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
each_predictor = pytest.mark.parametrize(
    "case", [case for case in CASES if case.predicts], ids=lambda case: case.name
)


def test_every_estimator_of_the_package_stands_in_the_checks():
    assert set(found()) == {case.name.partition("-")[0] for case in (*CASES, *NETWORKS)}


@each
def test_asking_changes_neither_the_rows_nor_the_estimator(case):
    one, world = fitted(case), case.world()
    rows, history, before = world.part.clone(), world.train.clone(), dict(vars(one))
    first = case.ask(one, rows, history)
    assert_frame_equal(case.ask(one, rows, history), first)
    assert_frame_equal(rows, world.part)
    assert_frame_equal(history, world.train)
    assert vars(one).keys() == before.keys()
    assert all(vars(one)[name] is value for name, value in before.items())


@each
def test_what_is_loaded_says_what_was_saved(case, tmp_path):
    one, world = fitted(case), case.world()
    one.save(tmp_path / "kept")
    loaded = case.load(one, tmp_path / "kept")
    told = case.ask(loaded, world.part, world.train)
    assert_frame_equal(told, case.ask(one, world.part, world.train), check_exact=True)


@each
def test_nothing_is_pickled(case, tmp_path):
    fitted(case).save(tmp_path / "kept")
    place = tmp_path / "kept"
    files = [file for file in place.rglob("*") if file.is_file()] if place.is_dir() else []
    assert {file.suffix for file in files} <= {".json", ".parquet", ".ubj", ".cbm", ".safetensors"}


@each
def test_one_row_is_told_what_it_is_told_within_a_batch(case):
    one, world = fitted(case), case.world()
    batch = world.at_once(world.part[:40])
    whole = case.ask(one, batch, world.train)
    for row in (0, 17, 39):
        alone = case.ask(one, batch[row], world.train)
        assert_frame_equal(alone, whole[row], check_exact=case.exact, rel_tol=1e-5)


@each
def test_the_order_of_rows_changes_nothing(case):
    one, world = fitted(case), case.world()
    order = np.random.default_rng(0).permutation(len(world.part))
    turned = case.ask(one, world.part[order], world.train)
    assert_frame_equal(turned, case.ask(one, world.part, world.train)[order], check_exact=True)


@each
def test_the_order_of_columns_and_further_columns_change_nothing(case):
    one, world = fitted(case), case.world()
    other = world.part.select(reversed(world.part.columns)).with_columns(more=pl.lit("x"))
    assert_frame_equal(
        case.ask(one, other, world.train.select(reversed(world.part.columns))),
        case.ask(one, world.part, world.train),
        check_exact=True,
    )


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.name != "ClickFeatures"],  # reads Polars: ClickModel is its boundary
    ids=lambda case: case.name,
)
def test_the_kind_of_table_changes_nothing(case):
    one, world = fitted(case), case.world()
    expected = case.ask(one, world.part, world.train)
    for table in (world.part.to_pandas(), world.part.to_arrow()):
        if case.name == "WindowFeatures":  # gives back the caller's kind
            got = pl.DataFrame(one.transform(table, world.train)).select(one.names)
        else:
            got = case.ask(one, table, world.train)
        assert_frame_equal(got, expected, check_dtypes=False)


@each
def test_the_same_seed_gives_the_same_result(case):
    world = case.world()
    again = case.make().fit(world.train)
    told = case.ask(again, world.part, world.train)
    assert_frame_equal(told, case.ask(fitted(case), world.part, world.train), check_exact=True)


@each
def test_other_test_rows_change_nothing_that_was_fitted(case):
    world = case.world()
    one = case.make().fit(world.train)
    expected = case.ask(one, world.part, world.train)
    case.ask(one, world.altered(world.rest), world.train)
    assert_frame_equal(case.ask(one, world.part, world.train), expected, check_exact=True)


@each
def test_labels_of_the_rows_that_are_asked_about_are_not_read(case):
    one, world = fitted(case), case.world()
    expected = case.ask(one, world.part, world.train)
    for rows in (world.flipped(world.part), world.part.drop(world.labels)):
        assert_frame_equal(case.ask(one, rows, world.train), expected, check_exact=True)


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
    one.fit(case.world().train)
    assert one.get_params() == before
    assert all(name.endswith("_") or name.startswith("_") for name in set(vars(one)) - set(before))


@each
def test_an_unfitted_one_says_so(case):
    with pytest.raises(ValueError, match="not fitted"):
        case.ask(case.make(), case.world().part, case.world().train)


@each
def test_a_missing_column_is_named(case):
    one, world = fitted(case), case.world()
    name = case.columns[0]
    with pytest.raises(ValueError, match=name) as caught:
        case.ask(one, world.part.drop(name), world.train)
    assert isinstance(caught.value, UserError)


@each
def test_no_rows_give_no_rows(case):
    world = case.world()
    assert len(case.ask(fitted(case), world.part.clear(), world.train)) == 0


@each_predictor
def test_predictions_are_probabilities(case):
    world = case.world()
    found_ = case.ask(fitted(case), world.part, world.train)["prediction"].to_numpy()
    assert found_.shape == (len(world.part),)
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
