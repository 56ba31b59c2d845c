"""Sampling, pooling and stopping."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanamaker.base.errors import ParameterError
from wanamaker.models.columns import Columns
from wanamaker.models.examples import cut_in_time
from wanamaker.models.sampling import sampled
from wanamaker.models.training import Part, Recipe, grown, train, train_again
from wanamaker.models.trees import Matrix, TreeSettings
from wanamaker.stats.calibration import Identity

SETTINGS = TreeSettings(learning_rate=0.2, max_depth=2, n_estimators=40, early_stopping_rounds=8, threads=1)
MINUTE = 60_000_000


def part(
    count: int, start: int, seed: int, *, base: float = 0.1, names: tuple[str, ...] = ("a", "b")
) -> Part:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(count, len(names))).astype(np.float32)
    labels = rng.random(count) < 1 / (1 + np.exp(np.log(1 / base - 1) - 1.5 * values[:, 0]))
    return Part(Matrix(values, list(names), labels), (start + np.arange(count)) * MINUTE)


TRAIN, VALID = part(3_000, 0, 0), part(800, 3_000, 1)


# --- Sampling -------------------------------------------------------------------------------------


@given(
    st.integers(1, 50), st.integers(20, 400), st.floats(0.2, 1.0), st.sampled_from([None, "balanced", 3.0])
)
def test_the_shift_undoes_what_sampling_does_to_the_odds(positives, negatives, share, weight):
    labels = np.arange(positives + negatives) < positives
    sample = sampled(labels, keep_negatives=share, class_weight=weight)
    assert sample.kept[labels].all()
    kept = labels[sample.kept]
    weights = np.ones(len(kept)) if sample.weights is None else sample.weights
    odds = weights[kept].sum() / weights[~kept].sum()
    assert np.log(odds) + sample.shift == pytest.approx(np.log(positives / negatives))


def test_the_same_seed_keeps_the_same_rows():
    labels = np.zeros(1_000, dtype=bool)
    labels[:10] = True
    first, again, other = (sampled(labels, keep_negatives=0.3, seed=seed).kept for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert abs(first[10:].mean() - 0.3) < 0.05


def test_a_share_that_leaves_no_negative_is_refused():
    with pytest.raises(ParameterError, match="leaves no negative of 3"):
        sampled(np.array([True, False, False, False]), keep_negatives=1e-9)


# --- When to stop ---------------------------------------------------------------------------------


@pytest.mark.parametrize("library", ["xgboost", "catboost"])
def test_pooled_folds_decide_where_positives_are_few(library):
    recipe = Recipe(library=library, settings=SETTINGS, folds=3)
    found = train(TRAIN, VALID, recipe)
    assert found.told["pooled_folds"] == 3
    # Four stretches of 750 rows: three judge, and the validation part does.
    assert found.told["calibration_rows"] == 3 * 750 + 800
    alone = train(TRAIN, VALID, Recipe(library=library, settings=SETTINGS, folds=0))
    assert alone.told["calibration_rows"] == 800
    assert alone.told["pooled_folds"] == 0


def test_labels_that_came_after_a_fold_began_are_not_learned_in_it():
    never = pl.Series(np.full(len(TRAIN.labels), 10**15))
    late = Part(TRAIN.matrix, TRAIN.moments, never)
    found = train(late, VALID, Recipe(library="xgboost", settings=SETTINGS, folds=3))
    assert found.told["pooled_folds"] == 0


def test_rounds_are_those_of_the_least_loss():
    found = train(TRAIN, VALID, Recipe(library="xgboost", settings=SETTINGS, folds=0))
    losses = found.trees.losses
    assert found.trees.rounds == int(np.argmin(losses)) + 1
    assert found.told["best_log_loss"] == pytest.approx(min(losses))


def test_trees_grow_on_where_the_folds_want_more_rounds_than_the_validation_part_did():
    noise = Part(
        replace(
            VALID.matrix, labels=np.random.default_rng(0).random(len(VALID.labels)) < VALID.labels.mean()
        ),
        VALID.moments,
    )
    recipe = Recipe(library="xgboost", settings=SETTINGS, folds=3)
    alone = grown(TRAIN.matrix, noise.matrix, recipe)
    found = train(TRAIN, noise, recipe)
    assert found.trees.rounds == found.told["rounds"] > alone.trees.rounds
    settings = replace(SETTINGS, n_estimators=found.trees.rounds)
    expected = train_again(TRAIN, replace(recipe, settings=settings), found.trees.rounds)
    assert np.allclose(found.trees.margins(VALID.matrix), expected.trees.margins(VALID.matrix))


def test_training_again_gives_as_many_rounds_as_asked_and_keeps_the_calibration():
    recipe = Recipe(library="xgboost", settings=SETTINGS)
    found = train_again(TRAIN, recipe, 11, Identity())
    assert found.trees.rounds == 11
    assert np.allclose(found.predict(VALID.matrix), 1 / (1 + np.exp(-found.margins(VALID.matrix))))


def test_a_recipe_without_a_feature_names_it_nowhere():
    settings = TreeSettings(
        learning_rate=0.1,
        max_depth=2,
        n_estimators=5,
        threads=1,
        monotone={"a": 1, "b": 1},
        interactions=(("a", "b"), ("b",)),
    )
    found = Recipe(library="xgboost", settings=settings).without({"b"}).settings
    assert (found.monotone, found.interactions) == ({"a": 1}, (("a",),))


# --- Tables ---------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 30), min_size=2, max_size=60), st.floats(0.05, 0.95))
def test_a_cut_in_time_keeps_moments_together_and_later_rows_later(times, share):
    moments = np.array(times)
    later = cut_in_time(moments, share)
    assert later.any()
    if not later.all():
        assert moments[~later].max() < moments[later].min()
    assert later.mean() >= share - 1 / len(moments)


def test_kept_columns_are_read_back_with_their_types(tmp_path):
    frame = pl.DataFrame({"a": [1], "b": ["x"], "y": [0]})
    columns = Columns.of(frame, ["a", "b"], ["y"])
    columns.save(tmp_path)
    again = Columns.load(tmp_path)
    assert again.types() == {"a": "Int64", "b": "String"}
    assert (again.read, again.labels) == (["a", "b"], ("y",))


@pytest.mark.parametrize(
    ("dtype", "fits"), [(pl.Int8, True), (pl.UInt64, True), (pl.Float64, True), (pl.String, False)]
)
def test_numbers_of_any_width_are_of_one_kind(dtype, fits):
    columns = Columns.of(pl.DataFrame({"a": [1]}), ["a"])
    table = pl.DataFrame({"a": pl.Series([1], dtype=pl.Int64).cast(dtype)})
    if fits:
        columns.require(table, "the rows")
    else:
        with pytest.raises(ValueError, match=r"Of another type: a \(Int64 in training, now String\)"):
            columns.require(table, "the rows")
