"""Sessions as rows of counts, against a slow reference."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wanamaker as wm
from tests.visits import browsing, table, visits
from wanamaker.evaluation.session_counts import SessionCounts
from wanamaker.evaluation.session_questions import prefix_questions, questions

ROLES = {"session": "visit", "time": "at", "event": "did", "numeric": ["price"]}


def sessions_of(n=60, seed=0):
    return wm.sessions_from_events(
        visits(n, seed), **ROLES, categorical=["device"], outcome="buy", horizon=2, features=None
    )


@given(seed=st.integers(0, 50))
def test_counts_after_an_event_are_of_the_events_up_to_it(seed):
    sessions = sessions_of(30, seed)
    asked = questions(sessions)
    matrix = SessionCounts(sessions).matrix(sessions, asked)
    held = dict(zip(matrix.names, matrix.values.T, strict=True))
    for row in range(0, len(asked), 7):
        start = sessions.offsets[asked.sessions[row]]
        here = slice(start, start + asked.events[row])
        names = [sessions.event_names[code] for code in sessions.events[here]]
        assert held["events so far"][row] == len(names)
        for event in ("view", "cart", "page", "buy"):
            if f"count {event}" in held:
                assert held[f"count {event}"][row] == names.count(event)
        prices = sessions.numeric["price"][here]
        known = prices[~np.isnan(prices)]
        mean = held["mean price"][row]
        assert np.isnan(mean) if not len(known) else mean == pytest.approx(known.mean(), rel=1e-5)
        seconds = (sessions.times[here][-1] - sessions.times[start]) / 1e6
        assert held["seconds so far"][row] == pytest.approx(seconds, rel=1e-5)


def test_later_events_change_no_row():
    sessions = sessions_of()
    counts = SessionCounts(sessions, recent=True)
    whole = counts.matrix(sessions, prefix_questions(sessions)).values
    asked = prefix_questions(sessions)
    cut = sessions.prefix(3)
    early = counts.matrix(cut, prefix_questions(cut)).values
    assert np.array_equal(whole[asked.events <= 3], early, equal_nan=True)


def test_columns_come_from_training_sessions_alone():
    train, other = sessions_of(seed=0), sessions_of(seed=1)
    counts = SessionCounts(train, recent=True)
    names = counts.matrix(train, questions(train)).names
    assert counts.matrix(other, questions(other)).names == names


def test_values_that_are_rare_in_training_get_no_column():
    log = browsing(60)
    few = log.with_columns(did=log["did"].set(log["visit"] == 3, "odd"))
    sessions = wm.sessions_from_events(few, **ROLES, label="bought")
    assert sessions.lengths[3] < 10
    names = SessionCounts(sessions).matrix(sessions, questions(sessions)).names
    assert "count odd" not in names
    assert "count view" in names


def test_the_order_of_events_shows_only_where_it_is_asked_for():
    log = browsing(80)
    sessions = wm.sessions_from_events(log, **ROLES, label="bought")
    plain = SessionCounts(sessions).matrix(sessions, questions(sessions))
    recent = SessionCounts(sessions, recent=True).matrix(sessions, questions(sessions))
    assert not [name for name in plain.names if "back is" in name]
    last = recent.values[:, recent.names.index("1 back is page")]
    assert last.tolist() == [
        float(rows["did"][-1] == "page") for _, rows in log.group_by("visit", maintain_order=True)
    ]


def test_a_table_of_sessions_gives_its_numbers_and_its_values():
    frame = table(60).drop("month")
    sessions = wm.sessions_from_table(frame, label="bought")
    matrix = SessionCounts(sessions).matrix(sessions, questions(sessions))
    assert matrix.names == ["pages", "duration", "device=desktop", "device=phone"]
    assert matrix.values[:, 0].tolist() == frame["pages"].to_list()
    assert matrix.values[:, 3].tolist() == (frame["device"] == "phone").cast(int).to_list()
