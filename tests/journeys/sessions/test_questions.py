"""What is asked of a session: a label, whether an event follows ever, or within so many events."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import wanamaker as wm
from wanamaker.base.errors import DataError, DataWarning, ParameterError, ParameterTypeError

LOG = pl.DataFrame(
    {
        "visit": [1, 1, 1, 1, 2, 2, 3],
        "t": [10, 20, 30, 40, 5, 6, 7],
        "action": ["view", "cart", "buy", "view", "view", "view", "buy"],
        "bought": [True, True, True, True, False, False, True],
    }
)
ROLES = {"session": "visit", "time": "t", "event": "action"}


def read(log=LOG, **options):
    return wm.sessions_from_events(log, **{**ROLES, **options})


def code_of(notes):
    return [note.code for note in notes]


def test_the_outcome_and_all_after_it_leave_and_the_label_is_whether_it_came():
    sessions = read(outcome="buy")
    assert sessions.to_frame()["events"].to_list() == [["view", "cart"], ["view", "view"], []]
    assert sessions.labels.tolist() == [True, False, True]
    assert sessions.step_labels.tolist() == [True, True, False, False]
    assert sessions.at_risk.all()
    assert (sessions.outcome, sessions.horizon) == ("buy", None)


def test_a_session_that_begins_with_the_outcome_stays_empty_is_counted_and_is_not_asked():
    sessions = read(outcome="buy")
    assert sessions.asked.tolist() == [True, True, False]
    note = next(note for note in sessions.notes if note.code == "outcome_at_once")
    assert note.count == 1
    assert "1 sessions begin with the outcome 'buy'" in note.message
    assert sessions.table["started"].dt.epoch("s").to_list() == [10, 5, 7]
    asked = sessions.take(sessions.asked)
    assert (asked.lengths > 0).all()


def test_within_a_horizon_every_event_stays_and_the_end_of_the_session_is_a_no():
    one = read(outcome="buy", horizon=1)
    assert one.lengths.tolist() == [4, 2, 1]
    assert one.step_labels.tolist() == [False, True, False, False, False, False, False]
    assert read(outcome="buy", horizon=2).step_labels.tolist() == [
        True,
        True,
        False,
        False,
        False,
        False,
        False,
    ]
    assert one.labels is None
    assert "label" not in one.table.columns
    assert one.at_risk.all()
    assert one.asked.all()


def test_labels_do_not_change_with_what_is_shown_of_a_session():
    sessions = read(outcome="buy")
    assert sessions.prefix(1).labels.tolist() == sessions.labels.tolist()
    assert sessions.prefix(1).step_labels.tolist() == [True, False]
    assert sessions.prefix(0).lengths.tolist() == [0, 0, 0]
    assert sessions.last(1).to_frame()["events"].to_list() == [["cart"], ["view"], []]
    assert sessions.last(0).lengths.tolist() == [0, 0, 0]


def test_without_a_question_nothing_is_answered():
    sessions = read()
    assert sessions.labels is None
    assert sessions.step_labels is None
    assert sessions.at_risk is None
    assert sessions.asked.all()


def test_a_label_may_stand_on_one_row_of_its_session_only():
    log = LOG.filter(pl.col("action") != "buy").with_columns(bought=pl.Series([None, 1, None, 0, None]))
    assert read(log, label="bought").labels.tolist() == [True, False]
    assert read(log, label="bought").step_labels is None


def test_a_label_as_text_is_read_and_a_blank_one_is_missing():
    log = pl.DataFrame({"visit": [1, 2], "t": [1, 2], "action": ["a", "b"], "bought": ["True", "0"]})
    assert read(log, label="bought").labels.tolist() == [True, False]
    blank = log.with_columns(bought=pl.Series(["True", " "]))
    with pytest.raises(DataError, match=r"session 2 has no label \(1 of 2 sessions have none\)"):
        read(blank, label="bought")


def test_two_labels_in_one_session_are_an_error_that_names_both():
    log = LOG.with_columns(bought=pl.Series([True, True, False, True, False, True, True]))
    told = r"label column 'bought' .* Session 1 has True and False \(2 such sessions\)"
    with pytest.raises(DataError, match=told):
        read(log, label="bought")


def test_an_event_that_is_the_label_is_told():
    many = pl.concat([LOG.with_columns(pl.col("visit") + 3 * copy) for copy in range(10)])
    told = r"The event 'buy' is in every session with the label.*outcome='buy'"
    with pytest.warns(DataWarning, match=told):
        sessions = read(many, label="bought")
    assert "event_tells_label" in code_of(sessions.notes)
    assert "event_tells_label" not in code_of(read(label="bought").notes)


def test_an_outcome_that_is_no_event_is_told_with_the_nearest():
    with pytest.warns(DataWarning, match="The outcome 'bay' is no event of this log. Did you mean 'buy'"):
        sessions = read(outcome="bay")
    assert not sessions.labels.any()
    assert not sessions.step_labels.any()


def test_an_outcome_may_be_a_number():
    log = LOG.with_columns(action=pl.Series([7, 8, 9, 7, 7, 7, 9]))
    assert read(log, outcome=9).labels.tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"label": "bought", "outcome": "buy"}, "'label' and 'outcome' were both given"),
        ({"horizon": 3}, "'horizon' says within how many steps the outcome follows. Got 3, no outcome"),
        ({"outcome": "buy", "horizon": 0}, "'horizon' parameter .* an integer of 1 or more, or None. Got 0"),
        ({"label": "t"}, "'t' was given as 'time' and as 'label'"),
    ],
)
def test_questions_that_make_no_sense_are_refused(options, told):
    with pytest.raises(ParameterError, match=told):
        read(**options)


def test_a_horizon_of_the_wrong_type_is_refused():
    with pytest.raises(ParameterTypeError, match="'horizon'"):
        read(outcome="buy", horizon="3")


def test_users_are_one_key_each_and_sessions_without_a_user_their_own():
    log = LOG.with_columns(who=pl.Series(["u", None, "u", "u", "u", "u", None]))
    sessions = read(log, outcome="buy", user="who")
    assert sessions.table["user"].to_list() == ["u", "u", None]
    assert sessions.users[0] == sessions.users[1] != sessions.users[2]
    assert len(np.unique(read(outcome="buy").users)) == 3


def test_gaps_are_seconds_since_the_event_before_and_0_for_a_first():
    sessions = read()
    assert sessions.gaps.tolist() == [0, 10, 10, 10, 0, 1, 0]
    assert sessions.take([2, 0]).gaps.tolist() == [0, 0, 10, 10, 10]
