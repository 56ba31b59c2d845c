"""Both libraries of trees do the same job behind one interface."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest

from wanamaker.base.errors import FileReadError, MissingExtraError, ParameterError
from wanamaker.models.trees import TREES, Matrix, TreeSettings, new_trees, read_trees

SETTINGS = TreeSettings(
    learning_rate=0.2, max_depth=3, n_estimators=60, early_stopping_rounds=10, threads=1, subsample=0.8
)
NAMES = ["a", "b", "c"]


def rows(count: int, seed: int) -> Matrix:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(count, 3)).astype(np.float32)
    labels = rng.random(count) < 1 / (1 + np.exp(1 - 2 * values[:, 0]))
    values[rng.random(count) < 0.1, 1] = np.nan
    return Matrix(values, NAMES, labels)


TRAIN, VALID = rows(1_500, 0), rows(500, 1)
each = pytest.mark.parametrize("library", TREES)


@each
def test_growing_stops_where_the_log_loss_of_later_rows_does(library):
    trees = new_trees(library).fit(TRAIN, VALID, SETTINGS)
    best = int(np.argmin(trees.losses)) + 1
    assert len(trees.losses) == min(best + SETTINGS.early_stopping_rounds, SETTINGS.n_estimators)
    chances = 1 / (1 + np.exp(-trees.margins(VALID, best)))
    loss = -np.mean(np.where(VALID.labels, np.log(chances), np.log1p(-chances)))
    assert loss == pytest.approx(min(trees.losses), abs=1e-5)


@each
def test_cut_trees_say_what_their_first_rounds_said(library):
    trees = new_trees(library).fit(TRAIN, VALID, SETTINGS)
    expected = trees.margins(VALID, 7)
    trees.cut(7)
    assert trees.rounds == 7
    assert np.allclose(trees.margins(VALID), expected, atol=1e-6)


@each
def test_contributions_sum_to_the_log_odds(library):
    trees = new_trees(library).fit(TRAIN, None, SETTINGS)
    told = trees.contributions(VALID)
    assert told.shape == (len(VALID), 4)
    assert np.allclose(told.sum(axis=1), trees.margins(VALID), atol=1e-4)
    assert np.abs(told[:, 0]).mean() > 5 * np.abs(told[:, 1:3]).mean()


@each
def test_kept_trees_say_the_same(library, tmp_path):
    trees = new_trees(library).fit(TRAIN, None, SETTINGS)
    trees.save(tmp_path / f"trees{trees.suffix}")
    again = read_trees(library, tmp_path)
    assert again.rounds == trees.rounds
    assert np.array_equal(again.margins(VALID), trees.margins(VALID))


@each
def test_a_score_never_falls_where_it_may_not(library):
    settings = replace(SETTINGS, monotone={"b": -1})
    trees = new_trees(library).fit(TRAIN, None, settings)
    at = [np.where([False, True, False], value, VALID.values[:50]) for value in (-2.0, 0.0, 2.0)]
    low, mid, high = (trees.margins(Matrix(values, NAMES)) for values in at)
    assert (low >= mid).all()
    assert (mid >= high).all()


@each
def test_weights_count_rows_as_often_as_they_say(library):
    settings = replace(SETTINGS, subsample=1.0, n_estimators=20)
    weights = np.where(TRAIN.labels, 3.0, 1.0)
    weighted = new_trees(library).fit(Matrix(TRAIN.values, NAMES, TRAIN.labels, weights), None, settings)
    chances = 1 / (1 + np.exp(-weighted.margins(TRAIN)))
    assert np.average(chances, weights=weights) == pytest.approx(
        np.average(TRAIN.labels, weights=weights), abs=0.03
    )


@each
def test_a_watcher_may_end_growing(library):
    seen = []

    def stop(round_: int, loss: float) -> bool:
        seen.append((round_, loss))
        return round_ == 4

    trees = new_trees(library).fit(TRAIN, VALID, SETTINGS, stop)
    assert [round_ for round_, _ in seen] == [0, 1, 2, 3, 4]
    assert len(trees.losses) == 5
    assert seen[-1][1] == pytest.approx(trees.losses[-1])


@each
def test_no_rows_have_no_log_odds(library):
    trees = new_trees(library).fit(TRAIN, None, SETTINGS)
    assert trees.margins(VALID.rows(np.empty(0, dtype=np.int64))).shape == (0,)
    assert trees.contributions(VALID.rows(np.empty(0, dtype=np.int64))).shape == (0, 4)


@each
def test_a_damaged_file_is_named(library, tmp_path):
    (tmp_path / f"trees{TREES[library].suffix}").write_bytes(b"{}")
    with pytest.raises(FileReadError, match="cannot be read as trees of"):
        read_trees(library, tmp_path)


@pytest.mark.parametrize(("library", "extra"), [("xgboost", "trees"), ("catboost", "catboost")])
def test_a_library_that_is_not_installed_names_its_extra(library, extra, monkeypatch):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(MissingExtraError, match=rf"trees='{library}' needs .* '{extra}'"):
        new_trees(library).fit(TRAIN, None, SETTINGS)


@pytest.mark.parametrize(
    "setting", [{"min_child_weight": 2.0}, {"reg_alpha": 0.5}, {"interactions": (("a", "b"),)}], ids=str
)
def test_catboost_refuses_what_it_does_not_have(setting):
    with pytest.raises(ParameterError, match="trees='catboost' has no"):
        new_trees("catboost").fit(TRAIN, None, replace(SETTINGS, **setting))
