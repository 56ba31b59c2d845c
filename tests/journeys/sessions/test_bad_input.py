"""Bad logs of sessions are refused with what, where, and what to write instead."""

from __future__ import annotations

import math

import polars as pl
import pytest

import wanamaker as wm
from wanamaker.base.errors import DataError, DataWarning, ParameterError, ParameterTypeError, SchemaError

LOG = pl.DataFrame({"visit": [1, 1, 2], "t": [1, 2, 3], "action": ["a", "b", "a"], "price": [1.0, 2.0, 3.0]})
ROLES = {"session": "visit", "time": "t", "event": "action"}


def read(log=LOG, **options):
    return wm.sessions_from_events(log, **{**ROLES, **options})


def test_an_empty_log_is_refused():
    with pytest.raises(DataError, match=r"A log with at least one row was expected. Got an empty log"):
        read(LOG.clear())


def test_a_missing_column_is_named_with_the_nearest():
    with pytest.raises(
        SchemaError, match=r"not found in the table: \['prize'\].\nHint: Did you mean 'price'"
    ):
        read(numeric=["prize"])


def test_text_among_numbers_is_named_with_row_and_value():
    log = LOG.with_columns(price=pl.Series(["1", "cheap", "dear"]))
    told = r"Column 'price', row 1: 'cheap' is no number in the numeric column \(2 such rows\)"
    with pytest.raises(DataError, match=told):
        read(log, numeric=["price"])


def test_numbers_written_as_text_are_numbers():
    log = LOG.with_columns(price=pl.Series(["1", " 2.5 ", ""]))
    assert str(read(log, numeric=["price"]).numeric["price"].tolist()) == "[1.0, 2.5, nan]"


def test_nan_prices_are_missing_and_counted():
    sessions = read(LOG.with_columns(price=pl.Series([math.nan, None, 3.0])), numeric=["price"])
    note = next(note for note in sessions.notes if note.code == "missing_numbers")
    assert (note.severity, note.count, note.message) == (
        "info", 2, "2 of 3 events have no 'price'; it is missing there."
    )  # fmt: skip
    assert sessions.to_frame()["price"].to_list() == [[None, None], [3.0]]


def test_an_infinite_price_is_refused():
    with pytest.raises(DataError, match=r"row 2: inf is no finite number in the numeric column"):
        read(LOG.with_columns(price=pl.Series([1.0, 2.0, math.inf])), numeric=["price"])


def test_dates_are_no_numbers():
    log = LOG.with_columns(price=pl.col("t").cast(pl.Datetime("us")))
    with pytest.raises(SchemaError, match=r"numeric column 'price' must be numeric. Got type Datetime"):
        read(log, numeric=["price"])


def test_every_event_has_a_time():
    with pytest.raises(DataError, match=r"Column 't', row 1: None is no time, which every event has"):
        read(LOG.with_columns(t=pl.Series([1, None, 3])))


def test_rows_without_session_or_event_are_left_out_and_told():
    log = LOG.with_columns(visit=pl.Series([None, 1, 2]), action=pl.Series(["a", "b", None]))
    with pytest.warns(DataWarning) as warned:
        sessions = read(log)
    told = [str(one.message) for one in warned]
    assert told == [
        "1 rows have no 'visit'; they were left out.",
        "1 rows have no 'action' and are no event; they were left out of the sequences.",
    ]
    assert sessions.lengths.tolist() == [1, 0]
    assert sessions.log_rows.tolist() == [1]
    assert sessions.table["started"].dt.epoch("s").to_list() == [2, None]


def test_a_wrong_row_is_counted_in_the_log_as_given_even_where_rows_were_left_out():
    log = LOG.with_columns(visit=pl.Series([None, 1, 2]), price=pl.Series(["1", "2", "x"]))
    with pytest.raises(DataError, match="row 2: 'x' is no number"):
        read(log, numeric=["price"])


def test_a_log_without_any_session_is_refused():
    with pytest.raises(DataError, match=r"Column 'visit' must name sessions. Every row of it is empty"):
        read(LOG.with_columns(visit=pl.lit(None, pl.Int64)))


def test_lists_of_unequal_lengths_are_named_with_row_session_and_lengths():
    log = pl.DataFrame(
        {"visit": ["x", "y"], "t": [[1], [1, 2]], "action": [["a"], ["a", "b"]], "price": [[1.0], [1.0]]}
    )
    told = (
        "Row 1, session 'y': the lists of one session must be of one length. "
        "Got 'action' 2, 't' 2, 'price' 1.\nHint: Give one value per event"
    )
    with pytest.raises(DataError) as caught:
        read(log, numeric=["price"])
    assert told in str(caught.value)


def test_an_empty_list_is_a_session_without_events():
    log = pl.DataFrame(
        {"visit": [1, 2], "t": [[], [5]], "action": [[], ["a"]]},
        schema_overrides={"t": pl.List(pl.Int64), "action": pl.List(pl.String)},
    )
    sessions = read(log)
    assert sessions.lengths.tolist() == [0, 1]
    assert [note.code for note in sessions.notes] == ["empty_sessions"]


def test_lists_of_some_columns_but_not_of_events_are_refused():
    log = pl.DataFrame({"visit": [1], "t": [[1, 2]], "action": ["a"]})
    with pytest.raises(SchemaError, match="Column 't' holds lists, the event column 'action' does not"):
        read(log)


def test_a_price_in_a_list_is_named_with_the_row_of_the_table():
    log = pl.DataFrame({"visit": [1, 2], "t": [[1, 2], [3]], "action": [["a", "b"], ["a"]]})
    log = log.with_columns(price=pl.Series([["1", "2"], ["x"]]))
    with pytest.raises(DataError, match="Column 'price', row 1: 'x' is no number"):
        read(log, numeric=["price"])


def test_two_users_in_one_session_are_an_error_that_names_both():
    log = LOG.with_columns(who=pl.Series(["ann", "bob", "ann"]))
    with pytest.raises(DataError, match=r"user column 'who' .* Session 1 has 'ann' and 'bob'"):
        read(log, user="who")


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        (
            {"numeric": "price"},
            ParameterError,
            r"'numeric' must be a list of names. Got 'price'.\nHint: Write ",
        ),
        ({"numeric": 3}, ParameterTypeError, "'numeric' must be a list of names. Got 3"),
        ({"categorical": [3]}, ParameterTypeError, "'categorical' must name a column. Got 3"),
        ({"numeric": ["price", "price"]}, ParameterError, "'numeric' names 'price' more than once"),
        ({"numeric": ["t"]}, ParameterError, "'t' was given as 'time' and as 'numeric'"),
        (
            {"numeric": ["price"], "categorical": ["price"]},
            ParameterError,
            "as 'numeric' and as 'categorical'",
        ),
        (
            {"label": "price", "features": ["price"]},
            ParameterError,
            "The label must not be among what is known",
        ),
        ({"session": None}, ParameterTypeError, "'session' must name a column. Got None"),
        ({"categorical": ["label"]}, ParameterError, "must not be named like a column of the result"),
        ({"time_unit": "h"}, ParameterError, "'time_unit'"),
    ],
)
def test_roles_that_make_no_sense_are_refused(options, error, told):
    with pytest.raises(error, match=told):
        read(**options)


def test_takes_outside_the_sessions_are_refused():
    sessions = read()
    with pytest.raises(DataError, match=r"Session numbers must lie from 0 to 1. Got 0 to 2"):
        sessions.take([0, 2])
    with pytest.raises(DataError, match=r"A mask must have one value per session \(2\). Got 3"):
        sessions.take(pl.Series([True, False, True]).to_numpy())
    with pytest.raises(ParameterTypeError, match=r"whole numbers or a mask. Got float64"):
        sessions.take([0.5])
    with pytest.raises(ParameterError, match=r"'events' parameter of Sessions.prefix .* Got -1"):
        sessions.prefix(-1)
    with pytest.raises(ParameterError, match=r"'events' parameter of Sessions.last .* Got -1"):
        sessions.last(-1)
