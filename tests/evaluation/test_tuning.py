"""A search keeps its budget, goes on after an interruption, and never judges by its own past."""

from __future__ import annotations

import sys

import numpy as np
import polars as pl
import pytest

from tests.models.worlds import log_of, model
from wanamaker.base.errors import FileReadError, MissingExtraError, ParameterError
from wanamaker.evaluation.tuning import SPACE, default_space, tune
from wanamaker.evaluation.tuning.trial import Folds, judged

ROWS = log_of(1_500, base=0.15).train
SPACE_OF_TWO = {"max_depth": {"low": 1, "high": 4}, "learning_rate": {"low": 0.05, "high": 0.5, "log": True}}


def small(**parameters):
    return model(windows=(), vectors=0, n_estimators=15, early_stopping_rounds=5, **parameters)


def test_the_default_space_is_the_published_one():
    assert SPACE["max_depth"] == {"low": 3, "high": 10}
    assert SPACE["learning_rate"] == {"low": 0.01, "high": 0.2, "log": True}
    assert {"min_child_weight", "reg_alpha"} <= set(SPACE)
    assert not {"min_child_weight", "reg_alpha"} & set(default_space("catboost"))


def test_a_search_keeps_its_budget_and_returns_the_best_of_its_trials():
    found = tune(small(), ROWS, trials=6, folds=2, space=SPACE_OF_TWO)
    assert len(found.trials) == 6
    done = found.trials.filter(pl.col("state") == "complete")
    assert found.value == done["value"].min()
    best = done.sort("value").row(0, named=True)
    assert found.best == {name: best[name] for name in SPACE_OF_TWO}
    assert found.model.get_params() == {**small().get_params(), **found.best}
    assert sum(found.importance.values()) == pytest.approx(1.0)
    assert (done["rounds"] >= 1).all()


def test_the_same_seed_finds_the_same():
    first, again, other = (
        tune(small(), ROWS, trials=3, folds=2, space=SPACE_OF_TWO, seed=seed).trials for seed in (4, 4, 5)
    )
    assert first.drop("seconds").equals(again.drop("seconds"))
    assert not first["learning_rate"].equals(other["learning_rate"])


def test_the_best_auc_is_the_highest_and_is_called_so():
    found = tune(small(), ROWS, trials=4, folds=2, space=SPACE_OF_TWO, objective="roc_auc", pruner="none")
    assert found.objective == "roc_auc"
    assert found.value == found.trials["value"].max()
    assert 0.6 < found.value < 1.0


def test_an_interrupted_search_goes_on_to_the_total_that_was_asked_for(tmp_path, monkeypatch):
    file = tmp_path / "search.db"
    import wanamaker.evaluation.tuning.search as module

    calls = []

    def interrupted(*arguments):
        calls.append(1)
        if len(calls) > 3:
            raise KeyboardInterrupt
        return value(*arguments)

    value = module._value
    monkeypatch.setattr(module, "_value", interrupted)
    asked = {"trials": 6, "folds": 2, "space": SPACE_OF_TWO, "storage": file}
    with pytest.raises(KeyboardInterrupt):
        tune(small(), ROWS, **asked)
    monkeypatch.setattr(module, "_value", value)
    found = tune(small(), ROWS, **asked)
    states = found.trials["state"].to_list()
    assert sum(state in {"complete", "pruned"} for state in states) == 6
    assert states.count("fail") == 1
    drawn = found.trials.filter(pl.col("state") != "fail")["learning_rate"]
    assert drawn.n_unique() == 6
    assert tune(small(), ROWS, **asked).trials.equals(found.trials)


def test_a_search_over_something_else_is_not_gone_on_with(tmp_path):
    file = tmp_path / "search.db"
    tune(small(), ROWS, trials=1, folds=2, space=SPACE_OF_TWO, storage=file)
    with pytest.raises(ParameterError, match="is one over other rows, folds, objective or space"):
        tune(small(), ROWS, trials=2, folds=2, space=SPACE_OF_TWO, storage=file, objective="roc_auc")
    named = tune(small(), ROWS, trials=1, folds=2, storage=file, name="other", objective="roc_auc")
    assert len(named.trials) == 1


def test_a_budget_in_seconds_ends_a_search():
    found = tune(small(), ROWS, trials=None, seconds=1.0, folds=2, space=SPACE_OF_TWO)
    assert 1 <= len(found.trials) < 500


def test_trials_side_by_side_are_as_many_as_asked(tmp_path):
    found = tune(
        small(), ROWS, trials=4, folds=2, space=SPACE_OF_TWO, workers=2, storage=tmp_path / "search.db"
    )
    assert len(found.trials) == 4


def test_features_can_be_searched_too():
    space = {"target_prior": {"choices": [1.0, 1_000.0]}, "max_depth": [1, 2]}
    found = tune(small(), ROWS, trials=3, folds=2, space=space)
    assert set(found.best) == set(space)


@pytest.mark.parametrize("pruner", ["median", "hyperband", "none"])
def test_every_pruner_ends_with_a_finished_trial(pruner):
    found = tune(small(), ROWS, trials=3, folds=2, space=SPACE_OF_TWO, pruner=pruner)
    assert np.isfinite(found.value)


def test_folds_learn_from_the_past_of_what_judges_them():
    folds = Folds.of(small(), ROWS, 3)
    assert len(folds.tables) == 3
    assert all(earlier["at"].max() <= later["at"].min() for earlier, later in folds.tables)
    values = [found.value for found in judged(small(), folds, "log_loss")]
    assert len(values) == 3


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"trials": None}, "needs a budget: 'trials' or 'seconds'. Got neither"),
        ({"objective": "auc"}, "'objective' parameter of tune must be one of 'log_loss', 'roc_auc'"),
        ({"space": {"depth": [1]}}, "'space' names 'depth', which is no parameter of ClickModel"),
        ({"space": {"max_depth": {"low": 5, "high": 2}}}, r"space\['max_depth'\] must have 'low' below"),
        ({"space": {"max_depth": {"lo": 5}}}, r"space\['max_depth'\] has an unknown key: 'lo'"),
        ({"space": {"max_depth": 3}}, r"space\['max_depth'\] must be a range or choices. Got 3"),
        ({"space": {}}, "'space' must map parameters to ranges"),
        ({"folds": 0}, "'folds' parameter of tune must be an integer from 1"),
    ],
    ids=str,
)
def test_an_argument_that_is_not_allowed_is_named(arguments, told):
    with pytest.raises((ParameterError, TypeError), match=told):
        tune(small(), ROWS, **arguments)


def test_a_file_that_is_no_search_is_named(tmp_path):
    (tmp_path / "search.db").write_bytes(b"not a database, but text of some length" * 50)
    with pytest.raises(FileReadError, match=r"search.db' cannot be used as the file of a search"):
        tune(small(), ROWS, trials=1, folds=2, storage=tmp_path / "search.db")


def test_without_its_extra_the_search_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(MissingExtraError, match=r"tune needs the optional part 'tune'"):
        tune(small(), ROWS, trials=1)
