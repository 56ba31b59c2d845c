"""Laws of the ground floor: durations, ragged arrays, parameters, frames."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanamaker.base.durations import positive_micros, to_micros
from wanamaker.base.errors import ParameterError, ParameterTypeError, SchemaError
from wanamaker.base.frames import from_native, require_columns, to_kind
from wanamaker.base.parameters import Boolean, IntegerIn, OneOf, Optional, RealIn, check, check_known
from wanamaker.base.progress import track
from wanamaker.base.ragged import lengths_to_offsets, row_numbers, take_rows

ROWS = st.lists(st.lists(st.integers(0, 99), max_size=4), max_size=6)

# --- Durations ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("1us", 1),
        ("1ms", 1_000),
        ("1s", 10**6),
        ("1m", 60 * 10**6),
        ("1h", 3_600 * 10**6),
        ("1d", 86_400 * 10**6),
        ("1w", 604_800 * 10**6),
        ("1h30m", 5_400 * 10**6),
        ("0.5s", 500_000),
        (" 30d ", 30 * 86_400 * 10**6),
        ("0s", 0),
        (timedelta(days=1, microseconds=1), 86_400 * 10**6 + 1),
    ],
)
def test_durations_are_exact_microseconds(text, micros):
    assert to_micros(text) == micros


@pytest.mark.parametrize("text", ["", "30", "d", "30 d", "30D", "1d,", "-1d", "1e3s", "1mo", "1.s", "d30"])
def test_text_that_is_no_duration_is_refused(text):
    with pytest.raises(ParameterError, match=r"'within' must be a duration. Got"):
        to_micros(text, "within")


@pytest.mark.parametrize("thing", [30, 1.5, None, ["1d"], True])
def test_a_thing_that_is_no_duration_is_refused(thing):
    with pytest.raises(ParameterTypeError, match=r"'within' must be a duration. Got"):
        to_micros(thing, "within")


@pytest.mark.parametrize("duration", ["0s", timedelta(0), timedelta(days=-1)])
def test_a_duration_of_nothing_is_refused_where_it_must_be_positive(duration):
    with pytest.raises(ParameterError, match=r"'within' must be longer than zero. Got"):
        positive_micros(duration, "within")


# --- Ragged arrays --------------------------------------------------------------------------------


@given(rows=ROWS, choice=st.data())
def test_taking_rows_of_a_ragged_array_is_taking_lists(rows, choice):
    numbers = choice.draw(st.lists(st.integers(0, len(rows) - 1), max_size=8)) if rows else []
    flat = np.array([value for row in rows for value in row], dtype=np.int64)
    offsets = lengths_to_offsets(np.array([len(row) for row in rows], dtype=np.int64))
    taken, places = take_rows(offsets, np.array(numbers, dtype=np.int64))
    found = [flat[places][start:stop].tolist() for start, stop in pairwise(taken)]
    assert found == [rows[number] for number in numbers]
    assert row_numbers(offsets).tolist() == [number for number, row in enumerate(rows) for _ in row]


# --- Parameters -----------------------------------------------------------------------------------

RULES = {
    "rate": RealIn(0, 1, open_at=("low",)),
    "count": IntegerIn(1, 9),
    "mode": OneOf(("fast", "slow")),
    "quiet": Boolean(),
    "limit": Optional(IntegerIn(0)),
}


@pytest.mark.parametrize(
    "values",
    [
        {"rate": 1},
        {"rate": np.float32(0.5)},
        {"count": np.int8(9)},
        {"mode": "slow"},
        {"limit": None},
        {"other": 5},
    ],
)
def test_values_in_their_range_pass(values):
    check("Thing", values, RULES)


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        (
            {"rate": 0.0},
            ParameterError,
            r"The 'rate' parameter of Thing must be a number in the range \(0, 1\]. Got 0.0 \(float\)",
        ),
        ({"rate": float("nan")}, ParameterError, "Got nan"),
        ({"rate": True}, ParameterTypeError, r"Got True \(bool\)"),
        ({"count": 10}, ParameterError, "must be an integer from 1 to 9. Got 10"),
        ({"count": 5.0}, ParameterTypeError, r"Got 5.0 \(float\)"),
        (
            {"mode": "fats"},
            ParameterError,
            r"must be one of 'fast', 'slow'. Got 'fats'(.|\n)*Did you mean 'fast'",
        ),
        ({"mode": 5}, ParameterTypeError, "Got 5"),
        ({"quiet": 1}, ParameterTypeError, "must be true or false. Got 1"),
        ({"limit": -1}, ParameterError, "must be an integer of 0 or more, or None. Got -1"),
    ],
)
def test_values_out_of_range_are_refused_in_words(values, error, message):
    with pytest.raises(error, match=message):
        check("Thing", values, RULES)


def test_unknown_names_are_refused_with_the_nearest():
    check_known("model", ["a"], ["a", "b"])
    with pytest.raises(ParameterError, match=r"Unknown model: 'lst'.(.|\n)*Did you mean 'last'"):
        check_known("model", ["last", "lst"], ["first", "last"])


# --- Frames ---------------------------------------------------------------------------------------


def test_a_table_comes_back_as_the_kind_it_was():
    frame = pl.DataFrame({"a": [1, None], "b": [["x"], []]})
    for table, kind in (
        (frame, pl.DataFrame),
        (frame.to_pandas(), pd.DataFrame),
        (frame.to_arrow(), pa.Table),
    ):
        native = from_native(table)
        assert native.frame["b"].to_list() == [["x"], []]
        assert isinstance(to_kind(native.frame, native.kind), kind)


def test_a_record_batch_is_a_table():
    batch = pa.RecordBatch.from_pydict({"a": [1, 2]})
    assert from_native(batch).frame["a"].to_list() == [1, 2]


def test_missing_columns_are_all_named():
    with pytest.raises(SchemaError, match=r"not found in the log: \['x', 'y'\]"):
        require_columns(["x", "a", "y"], ["a"], "the log")
    require_columns(["a"], ["a", "b"])


# --- Progress -------------------------------------------------------------------------------------


def test_progress_is_silent_where_there_is_no_terminal(capsys):
    assert list(track([1, 2, 3], "working", name=str)) == [1, 2, 3]
    assert capsys.readouterr() == ("", "")


def test_progress_on_a_terminal_gives_every_step_and_writes_to_stderr_only(capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert list(track([1, 2, 3], "working", name=str)) == [1, 2, 3]
    assert capsys.readouterr().out == ""
