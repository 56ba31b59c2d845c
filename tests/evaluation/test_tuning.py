"""A search keeps its budget, goes on after an interruption, and never judges by its own past."""

from __future__ import annotations

import sys
from threading import Barrier
from time import sleep

import numpy as np
import polars as pl
import pytest

from tests.models.worlds import log_of, model
from wanamaker.base.errors import FileReadError, MissingExtraError, ParameterError
from wanamaker.evaluation.tuning import SPACE, default_space, search, tune
from wanamaker.evaluation.tuning.trial import Folds, Judgement, judged
from wanamaker.models.click_settings import recipe_of
from wanamaker.models.training import grown

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
    calls = []

    def interrupted(*arguments):
        calls.append(1)
        if len(calls) > 3:
            raise KeyboardInterrupt
        return value(*arguments)

    value = search._value
    monkeypatch.setattr(search, "_value", interrupted)
    asked = {"trials": 6, "folds": 2, "space": SPACE_OF_TWO, "storage": file}
    with pytest.raises(KeyboardInterrupt):
        tune(small(), ROWS, **asked)
    monkeypatch.setattr(search, "_value", value)
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
    with pytest.raises(ParameterError, match="is one over another model, other rows, folds, obj"):
        tune(small(), ROWS, trials=2, folds=2, space=SPACE_OF_TWO, storage=file, objective="roc_auc")
    named = tune(small(), ROWS, trials=1, folds=2, storage=file, name="other", objective="roc_auc")
    assert len(named.trials) == 1


def test_a_search_with_another_model_is_not_gone_on_with(tmp_path):
    file = tmp_path / "search.db"
    asked = {"folds": 2, "space": SPACE_OF_TWO, "storage": file}
    tune(small(), ROWS, trials=1, **asked)
    with pytest.raises(ParameterError, match="is one over another model"):
        tune(small(trees="catboost"), ROWS, trials=2, **asked)
    # What is searched anyway and what decides the speed alone are no difference.
    assert len(tune(small(threads=2).set_params(max_depth=9), ROWS, trials=2, **asked).trials) == 2


@pytest.mark.parametrize("trials", [None, 10_000])
def test_a_budget_in_seconds_ends_a_search(trials, monkeypatch):
    def slow(tried, folds, objective):
        sleep(0.2)
        yield Judgement(float(tried.max_depth), 1.0)

    monkeypatch.setattr(search, "judged", slow)
    found = tune(small(), ROWS, trials=trials, seconds=0.5, folds=2, space={"max_depth": [1, 2]})
    assert 1 <= len(found.trials) <= 3


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
def test_trials_that_are_worse_are_given_up_after_some_folds_where_that_is_asked_for(pruner, monkeypatch):
    seen = []

    def by_depth(tried, folds, objective):
        for _ in folds.tables:
            seen.append(tried.max_depth)
            yield Judgement(float(tried.max_depth), 1.0)

    monkeypatch.setattr(search, "judged", by_depth)
    found = tune(
        small(), ROWS, trials=30, folds=3, space={"max_depth": {"low": 1, "high": 16}}, pruner=pruner
    )
    states = found.trials["state"].value_counts().to_dict(as_series=False)
    pruned = dict(zip(states["state"], states["count"], strict=True)).get("pruned", 0)
    assert found.value == found.trials["max_depth"].min()
    if pruner == "none":
        assert (pruned, len(seen)) == (0, 90)
    else:
        assert pruned >= 5
        # Every one of them saved a fold or more.
        assert len(seen) <= 90 - pruned


def test_workers_are_at_work_at_once(monkeypatch, tmp_path):
    both = Barrier(2, timeout=60)

    def together(tried, folds, objective):
        both.wait()
        yield Judgement(float(tried.max_depth), 1.0)

    monkeypatch.setattr(search, "judged", together)
    space = {"max_depth": {"low": 1, "high": 4}}
    found = tune(small(), ROWS, trials=4, folds=2, space=space, workers=2, storage=tmp_path / "search.db")
    assert found.trials["state"].to_list() == ["complete"] * 4


def test_folds_learn_from_the_past_of_what_judges_them():
    folds = Folds.of(small(), ROWS, 3)
    assert len(folds.tables) == 3
    assert all(earlier["at"].max() <= later["at"].min() for earlier, later in folds.tables)
    values = [found.value for found in judged(small(), folds, "log_loss")]
    assert len(values) == 3


def test_settings_are_judged_by_the_rounds_at_which_early_stopping_would_stop():
    one = small(learning_rate=0.9).set_params(n_estimators=40, early_stopping_rounds=20)
    folds = Folds.of(one, ROWS, 1)
    (found,) = judged(one, folds, "log_loss")
    (parts,) = folds.parts(one)
    losses = grown(
        parts.train.matrix, parts.valid.matrix, recipe_of(one, parts.features.families_)
    ).trees.losses
    assert found.rounds == int(np.argmin(losses)) + 1 < len(losses)
    assert found.value == pytest.approx(min(losses), rel=1e-5)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"trials": None}, "needs a budget: 'trials' or 'seconds'. Got neither"),
        ({"objective": "auc"}, "'objective' parameter of tune must be one of 'log_loss', 'roc_auc'"),
        ({"space": {"depth": [1]}}, "'space' names 'depth', which is no parameter of ClickModel"),
        ({"space": {"calibration": ["platt", "beta"]}}, "'space' names 'calibration', .* can be searched"),
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
