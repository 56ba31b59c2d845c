"""What is asked of sessions, and how much each question counts."""

from __future__ import annotations

import numpy as np
import pytest

import wanamaker as wm
from tests.visits import browsing, table, visits
from wanamaker.evaluation.session_questions import prefix_questions, questions

ROLES = {"session": "visit", "time": "at", "event": "did"}


@pytest.fixture(scope="module")
def log():
    return visits(40)


def test_a_label_is_asked_once_per_session_and_an_outcome_after_every_event(log):
    labelled = wm.sessions_from_events(browsing(40), **ROLES, label="bought")
    awaited = wm.sessions_from_events(log, **ROLES, outcome="buy", horizon=2)
    assert len(questions(labelled)) == 40
    assert questions(labelled).places is None
    assert len(questions(awaited)) == len(log)
    assert questions(awaited).places.tolist() == list(range(len(log)))


def test_by_session_the_questions_of_one_weigh_one_together(log):
    asked = questions(wm.sessions_from_events(log, **ROLES, outcome="buy", horizon=2))
    assert np.allclose(np.bincount(asked.sessions, asked.by_session), 1.0)


def test_a_single_question_per_session_has_no_weight():
    assert questions(wm.sessions_from_events(browsing(40), **ROLES, label="bought")).by_session is None


def test_events_are_counted_up_to_the_question(log):
    asked = questions(wm.sessions_from_events(log, **ROLES, outcome="buy", horizon=2))
    for session in range(40):
        events = asked.events[asked.sessions == session]
        assert events.tolist() == list(range(1, len(events) + 1))


def test_what_was_asked_within_a_horizon_is_what_came_within_it(log):
    asked = questions(wm.sessions_from_events(log, **ROLES, outcome="buy", horizon=2))
    for visit, rows in log.group_by("visit", maintain_order=True):
        did = rows["did"].to_list()
        expected = ["buy" in did[place + 1 : place + 3] for place in range(len(did))]
        assert asked.labels[asked.sessions == visit[0]].tolist() == expected


def test_a_label_is_asked_at_every_prefix_too():
    log = browsing(40)
    sessions = wm.sessions_from_events(log, **ROLES, label="bought")
    asked = prefix_questions(sessions)
    assert len(asked) == len(log)
    assert asked.labels.tolist() == sessions.labels[asked.sessions].tolist()


def test_sessions_of_one_user_have_one_key():
    log = browsing(40, users=5)
    asked = questions(wm.sessions_from_events(log, **ROLES, user="who", label="bought"))
    assert len(np.unique(asked.keys)) == log["who"].n_unique()


def test_a_table_of_sessions_is_asked_once_per_row():
    asked = questions(wm.sessions_from_table(table(30).drop("month"), label="bought"))
    assert len(asked) == 30
    assert asked.events.tolist() == [0] * 30
