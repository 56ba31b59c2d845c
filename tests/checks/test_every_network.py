"""The laws that hold for every model of sequences."""

from __future__ import annotations

import warnings

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone

from tests.checks.networks import CASES, Case
from wanamaker.base.errors import UserError
from wanamaker.stats.classification import roc_auc

pytest.importorskip("torch")

_FITTED: dict[str, object] = {}
_READ: dict[str, object] = {}

each = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def read(case: Case):
    """Return the sequences of a case's log; read once, since no law may change them."""
    key = case.read.__name__
    if key not in _READ:
        _READ[key] = case.read(case.log())
    return _READ[key]


def fitted(case: Case):
    """Return the model fitted on the earlier half; fitted once, since no law may change it."""
    if case.name not in _FITTED:
        _FITTED[case.name] = fit(case, read(case))
    return _FITTED[case.name]


def fit(case: Case, sequences):
    half = len(sequences) // 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # small worlds are told to be small
        return case.make().fit(sequences.take(np.arange(half)))


def part(case: Case):
    """Return sequences that the model has not seen."""
    sequences = read(case)
    return sequences.take(np.arange(len(sequences) // 2, len(sequences)))


@each
def test_asking_changes_neither_the_sequences_nor_the_model(case):
    one, asked = fitted(case), part(case)
    before, kept = asked.to_frame(), dict(vars(one))
    first = one.predict(asked)
    assert_array_equal(one.predict(asked), first)
    assert asked.to_frame().equals(before)
    assert all(vars(one)[name] is value for name, value in kept.items())


@each
def test_predictions_are_probabilities_that_tell_something(case):
    one, asked = fitted(case), part(case)
    chances = one.predict(asked)
    assert chances.shape == (len(asked),)
    assert ((chances > 0) & (chances < 1)).all()
    assert_allclose(one.predict_proba(asked)[:, 1], chances)
    assert_allclose(one.predict_proba(asked).sum(axis=1), 1.0)
    labels = asked.labels if hasattr(asked, "labels") else asked.converted
    assert roc_auc(labels, chances)[0] > 0.55


@each
def test_what_is_loaded_says_what_was_saved(case, tmp_path):
    one = fitted(case)
    one.save(tmp_path / "kept")
    loaded = type(one).load(tmp_path / "kept")
    assert_array_equal(loaded.predict(part(case)), one.predict(part(case)))
    assert loaded.get_params() == one.get_params()
    assert {file.suffix for file in (tmp_path / "kept").rglob("*") if file.is_file()} <= {
        ".json",
        ".parquet",
        ".safetensors",
    }


@each
def test_one_sequence_is_told_what_it_is_told_within_a_batch(case):
    one, asked = fitted(case), part(case)
    whole = one.predict(asked)
    for row in (0, 17, len(asked) - 1):
        assert_allclose(one.predict(asked.take([row])), whole[[row]], rtol=1e-6)


@each
def test_the_order_of_sequences_changes_nothing(case):
    one, asked = fitted(case), part(case)
    order = np.random.default_rng(0).permutation(len(asked))
    assert_allclose(one.predict(asked.take(order)), one.predict(asked)[order], rtol=1e-6)


@each
def test_the_kind_of_table_and_the_order_of_its_columns_change_nothing(case):
    one, log = fitted(case), case.log()
    expected = one.predict(read(case))
    for table in (log.select(reversed(log.columns)), log.to_pandas(), log.to_arrow()):
        assert_allclose(one.predict(case.read(table)), expected, rtol=1e-6)


@each
def test_labels_of_the_sequences_that_are_asked_about_are_not_read(case):
    one = fitted(case)
    if case.label == "conversion":  # flags end journeys: other labels are other journeys
        asked = part(case)
        object.__setattr__(asked, "conversions", 1.0 - asked.conversions)
        assert_array_equal(one.predict(asked), one.predict(part(case)))
        return
    flipped = case.log().with_columns(1 - pl.col(case.label))
    assert_array_equal(one.predict(case.read(flipped)), one.predict(read(case)))
    assert_array_equal(one.predict(case.read(flipped.drop(case.label))), one.predict(read(case)))


@each
def test_the_same_seed_gives_the_same_result(case):
    assert_array_equal(fit(case, read(case)).predict(part(case)), fitted(case).predict(part(case)))


@each
def test_parameters_are_kept_as_given_and_cloned(case):
    one = case.make()
    copy = clone(one)
    assert type(copy) is type(one)
    assert copy.get_params() == one.get_params()
    for name, value in one.get_params().items():
        assert copy.set_params(**{name: value}) is copy
    with pytest.raises(ValueError, match=f"Unknown parameter of {type(one).__name__}: 'no_such_thing'"):
        one.set_params(no_such_thing=1)


@each
def test_fitting_leaves_the_parameters_alone(case):
    one = fitted(case)
    assert one.get_params() == case.make().get_params()
    assert all(name.endswith("_") or name.startswith("_") for name in set(vars(one)) - set(one.get_params()))


@each
def test_an_unfitted_one_says_so(case):
    with pytest.raises(ValueError, match="not fitted") as caught:
        case.make().predict(part(case))
    assert isinstance(caught.value, UserError)


@each
def test_no_sequences_give_no_predictions(case):
    assert len(fitted(case).predict(part(case).take(np.arange(0)))) == 0


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES[:2] + CASES[-3:-1], ids=lambda case: case.name)
def test_shuffled_labels_leave_nothing_to_predict(case):
    sequences = read(case)
    order = np.random.default_rng(1).permutation(len(sequences))
    shuffled = sequences.take(np.arange(len(sequences)))
    for name in ("labels", "conversions", "nulls"):
        if hasattr(shuffled, name):
            object.__setattr__(shuffled, name, getattr(shuffled, name)[order])
    rest = np.arange(len(sequences) // 2, len(sequences))
    labels = (shuffled.labels if hasattr(shuffled, "labels") else shuffled.converted)[rest]
    chances = fit(case, shuffled).predict(shuffled.take(rest))
    assert abs(roc_auc(labels, chances)[0] - 0.5) < 0.1
