"""Baselines of session networks: what they know, and what they cannot."""

from __future__ import annotations

import numpy as np
import pytest

import wanamaker as wm
from tests.visits import browsing, table, visits
from wanamaker.evaluation.session_baselines import session_baselines
from wanamaker.evaluation.session_questions import questions
from wanamaker.stats.classification import roc_auc

pytest.importorskip("xgboost")

ROLES = {"session": "visit", "time": "at", "event": "did", "label": "bought"}


@pytest.fixture(scope="module")
def parts():
    log = browsing(900)
    sessions = wm.sessions_from_events(log, **ROLES, features=["device"])
    return sessions.take(range(500)), sessions.take(range(500, 650)), sessions.take(range(650, 900))


@pytest.fixture(scope="module")
def fits(parts):
    return session_baselines(*parts, seeds=(0, 1))


def areas(parts, fits):
    labels = questions(parts[2]).labels
    return {fit.name: roc_auc(labels, fit.test)[0] for fit in fits if fit.seed == 0}


def test_what_draws_nothing_at_random_is_fitted_once(fits):
    names = [fit.name for fit in fits]
    assert names == [
        *("base_rate", "logistic_counts", "trees_counts", "trees_counts", "trees_recent", "trees_recent")
    ]


def test_counts_know_nothing_of_the_order_and_last_events_do(parts, fits):
    reached = areas(parts, fits)
    assert abs(reached["trees_counts"] - 0.5) < 0.12
    assert reached["trees_recent"] > 0.75


def test_the_base_rate_is_that_of_training(parts, fits):
    assert set(fits[0].test) == {questions(parts[0]).labels.mean()}


def test_the_base_rate_counts_each_question_the_same():
    sessions = wm.sessions_from_events(
        visits(300), session="visit", time="at", event="did", outcome="buy", horizon=1
    )
    parts = [sessions.take(range(start, start + 100)) for start in (0, 100, 200)]
    assert session_baselines(*parts)[0].test[0] == pytest.approx(questions(parts[0]).labels.mean())


def test_baselines_do_not_look_at_test_answers(parts, fits):
    train, valid, test = parts
    turned = test.take(range(len(test)))
    object.__setattr__(turned, "labels", ~turned.labels)
    for fit, again in zip(fits, session_baselines(train, valid, turned, seeds=(0, 1)), strict=True):
        assert np.array_equal(fit.test, again.test)


def test_features_alone_are_enough_for_a_table():
    sessions = wm.sessions_from_table(table(1_200).drop("month"), label="bought")
    parts = [sessions.take(range(start, stop)) for start, stop in ((0, 700), (700, 900), (900, 1_200))]
    fits = session_baselines(*parts)
    assert [fit.name for fit in fits] == ["base_rate", "logistic_features", "trees_features"]
    labels = questions(parts[2]).labels
    assert min(roc_auc(labels, fit.test)[0] for fit in fits[1:]) > 0.65
