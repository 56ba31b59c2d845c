"""Session-level features, from columns of the log or from a table of their own; tables without events."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import polars as pl
import pytest

import wanamaker as wm
from wanamaker.base.errors import DataError, DataWarning, ParameterError, SchemaError

LOG = pl.DataFrame(
    {
        "visit": [7, 7, 3],
        "t": [2, 1, 3],
        "action": ["a", "b", "a"],
        "device": [" phone", "phone", None],
        "age": [None, 30, 20],
        "price": [1.0, 2.0, 3.0],
    }
)
ROLES = {"session": "visit", "time": "t", "event": "action"}
TABLE = pl.DataFrame({"visit": [3, 7], "visits": [1, 4], "member": [True, None], "source": ["ad", "mail"]})


def read(log=LOG, **options):
    return wm.sessions_from_events(log, **{**ROLES, **options})


def codes(sessions):
    return [note.code for note in sessions.notes]


def test_columns_of_the_log_are_features_and_nulls_beside_a_value_are_taken_for_it():
    sessions = read(features=["device", "age"], numeric=["price"])
    assert sessions.table.select("session", "device", "age").rows() == [(7, "phone", 30.0), (3, None, 20.0)]
    assert (sessions.numeric_features, sessions.categorical_features) == (("age",), ("device",))
    assert list(sessions.numeric) == ["price"]


def test_a_feature_that_is_also_named_as_a_category_is_one():
    sessions = read(features=["age"], categorical=["age"])
    assert sessions.categorical_features == ("age",)
    assert sessions.table["age"].to_list() == ["30", "20"]
    assert sessions.categorical == {}


def test_two_values_of_a_feature_in_one_session_are_an_error_that_names_both():
    with pytest.raises(DataError, match=r"feature column 'price' .* Session 7 has 1.0 and 2.0"):
        read(features=["price"])


def test_a_table_of_features_is_joined_by_the_session_whatever_its_order():
    for table in (TABLE, TABLE.reverse(), TABLE.to_arrow(), TABLE.to_pandas()):
        sessions = read(features=table)
        assert sessions.table["visits"].to_list() == [4.0, 1.0]
        assert sessions.table["source"].to_list() == ["mail", "ad"]
        assert sessions.table["member"].to_list() == [None, 1.0]
    assert (sessions.numeric_features, sessions.categorical_features) == (("visits", "member"), ("source",))


def test_sessions_without_features_and_features_without_a_session_are_told():
    table = pl.DataFrame({"visit": [7, 7, 99], "visits": [4, 4, 1]})
    with pytest.warns(DataWarning, match="1 of 2 sessions have no row in the table of features"):
        sessions = read(features=table)
    assert sessions.table["visits"].to_list() == [4.0, None]
    assert {"missing_features", "repeated_features", "idle_features"} <= set(codes(sessions))


def test_rows_of_features_that_contradict_each_other_are_refused():
    table = pl.DataFrame({"visit": [7, 7, 3], "visits": [4, 5, 1]})
    with pytest.raises(DataError, match=r"feature column 'visits' .* Session 7 has 4.0 and 5.0"):
        read(features=table)


def test_sessions_named_differently_in_log_and_features_are_refused():
    with pytest.raises(
        SchemaError, match="Sessions are of type Int64 in the log and String in the table of features"
    ):
        read(features=TABLE.cast({"visit": pl.String}))
    assert read(features=TABLE.cast({"visit": pl.Int32})).table["visits"].to_list() == [4.0, 1.0]


def test_a_table_of_features_without_the_session_is_refused():
    with pytest.raises(SchemaError, match=r"not found in the table of features: \['visit'\]"):
        read(features=TABLE.rename({"visit": "id"}))


def test_a_feature_must_not_have_the_name_of_a_column_of_the_events():
    with pytest.raises(
        ParameterError, match="'price' was given as 'numeric or categorical' and as 'features'"
    ):
        read(numeric=["price"], features=TABLE.with_columns(price=1.0))


def test_dates_are_no_features():
    with pytest.raises(SchemaError, match=r"feature column 'day' must hold numbers or text. Got type Date"):
        read(features=TABLE.with_columns(day=dt.date(2025, 1, 1)))


# --- Tables with one row per session ------------------------------------------------------------

VISITS = pl.DataFrame(
    {
        "id": ["b", "a"],
        "day": [20, 10],
        "pages": [3, None],
        "region": [1, 2],
        "kind": ["new", ""],
        "won": [1, 0],
    }
)


def test_a_row_is_a_session_without_events_in_the_order_of_the_table():
    sessions = wm.sessions_from_table(VISITS, label="won", session="id", time="day")
    assert sessions.lengths.tolist() == [0, 0]
    assert sessions.labels.tolist() == [True, False]
    assert sessions.table.columns == ["session", "started", "label", "pages", "region", "kind"]
    assert sessions.table["session"].to_list() == ["b", "a"]
    assert sessions.started.tolist() == [20_000_000, 10_000_000]
    assert (sessions.numeric_features, sessions.categorical_features) == (("pages", "region"), ("kind",))
    assert sessions.take([1]).labels.tolist() == [False]
    assert sessions.asked.all()
    assert sessions.prefix(3).to_frame()["events"].to_list() == [[], []]


def test_missing_values_of_a_table_are_told_and_kept():
    sessions = wm.sessions_from_table(VISITS, label="won", session="id")
    assert [(note.message, note.severity) for note in sessions.notes] == [
        ("1 of 2 sessions have no 'pages'; it is missing there.", "info"),
        ("1 of 2 sessions have no 'kind'; it is missing there.", "info"),
    ]
    assert sessions.table["pages"].to_list() == [3.0, None]
    assert sessions.table["kind"].to_list() == ["new", None]
    assert sessions.started is None


def test_named_columns_alone_are_read_and_numbers_may_be_categories():
    sessions = wm.sessions_from_table(VISITS, label="won", categorical=["region"])
    assert sessions.categorical_features == ("region",)
    assert sessions.numeric_features == ()
    assert sessions.table.columns == ["session", "label", "region"]
    assert sessions.table["session"].to_list() == [0, 1]


def test_rows_that_repeat_another_are_counted_and_kept():
    table = pl.concat([VISITS.drop("id")] * 3)
    sessions = wm.sessions_from_table(table, label="won")
    note = next(note for note in sessions.notes if note.code == "repeated_rows")
    assert (len(sessions), note.count) == (6, 4)


def test_the_kind_of_table_comes_back():
    frame = VISITS.to_pandas()
    assert isinstance(wm.sessions_from_table(frame, label="won").to_frame(), pd.DataFrame)
    assert isinstance(read(LOG.to_pandas()).to_frame(), pd.DataFrame)


@pytest.mark.parametrize(
    ("table", "options", "error", "told"),
    [
        (VISITS.clear(), {}, DataError, "A table with at least one session was expected"),
        (
            VISITS.vstack(VISITS),
            {"session": "id"},
            DataError,
            "row 2: 'b' is a session that stands in an earlier",
        ),
        (
            VISITS.with_columns(id=pl.Series(["b", None])),
            {"session": "id"},
            DataError,
            "row 1: None is no session",
        ),
        (VISITS.with_columns(day=pl.Series([1, None])), {"time": "day"}, DataError, "row 1: None is no time"),
        (
            VISITS.with_columns(won=pl.Series([1, None])),
            {"label": "won"},
            DataError,
            "session 1 has no label",
        ),
        (VISITS.with_columns(won=pl.Series([1, 2])), {"label": "won"}, DataError, "row 1: 2 must be 0 or 1"),
        (
            VISITS.select("id", "won"),
            {"label": "won", "session": "id"},
            ParameterError,
            "At least one feature",
        ),
        (
            VISITS,
            {"label": "won", "numeric": ["won"]},
            ParameterError,
            "The label must not be among what is known",
        ),
        (VISITS, {"label": "wan"}, SchemaError, "Did you mean 'won'"),
        (
            VISITS.rename({"pages": "user"}),
            {},
            ParameterError,
            "must not be named like a column of the result",
        ),
    ],
)
def test_bad_tables_are_refused(table, options, error, told):
    with pytest.raises(error, match=told):
        wm.sessions_from_table(table, **options)
