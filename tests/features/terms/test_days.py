"""Rows as one per term and day: sums, order, the way back, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.features.terms.made import logs, random_log, read
from wanamaker.base.errors import DataError, SchemaError
from wanamaker.features.terms.days import MEASURES, day_number, day_text, term_days, together

few = settings(max_examples=40, deadline=None)
DAY = date(2026, 3, 2)


def one(**columns) -> pl.DataFrame:
    """A table of one row, or of as many as the columns have."""
    return pl.DataFrame({"term": ["a"], "date": [DAY], "clicks": [1.0]} | columns)


@few
@given(logs(least=0))
def test_rows_are_summed_to_one_per_term_and_day_in_order(log):
    days = read(log)
    expected = log.group_by("date", "term").agg(pl.col(MEASURES).sum()).sort("date", "term")
    table = days.table
    assert table.select("date", "term").equals(expected.select("date", "term"))
    np.testing.assert_allclose(table.select(MEASURES).to_numpy(), expected.select(MEASURES).to_numpy())
    assert days.day.tolist() == [day_number(day) for day in table["date"]]
    assert days.terms.to_list() == sorted(set(log["term"]))


@few
@given(logs())
def test_every_row_finds_its_term_and_day_again(log):
    days = read(log)
    assert days.table[days.rows].select("date", "term").equals(log.select("date", "term"))


@few
@given(logs(), st.randoms())
def test_the_order_of_rows_changes_nothing(log, random):
    order = random.sample(range(len(log)), len(log))
    days, other = read(log), read(log[order])
    assert days.table.equals(other.table)
    assert days.rows[order].tolist() == other.rows.tolist()


@few
@given(logs())
def test_the_campaign_with_the_most_impressions_leads_and_of_equals_the_first_by_name(log):
    shown = log.group_by("date", "term", "campaign").agg(pl.col("impressions").sum())
    for row in read(log).table.iter_rows(named=True):
        there = shown.filter(pl.col("date") == row["date"], pl.col("term") == row["term"])
        named = there.drop_nulls().sort("impressions", "campaign", descending=[True, False])
        assert row["campaign"] == (named["campaign"][0] if len(named) else None)


def test_reading_what_was_read_changes_nothing():
    days = read(random_log())
    assert read(days.table).table.equals(days.table)


def test_tables_of_other_kinds_are_read_alike():
    log = random_log().select("term", "date", "clicks")
    expected = term_days(log).table
    frame = pd.DataFrame({"term": log["term"].to_list(), "clicks": log["clicks"].to_list()})
    frame["date"] = pd.to_datetime(log["date"].to_list())
    assert term_days(frame).table.equals(expected)
    assert term_days(log.to_arrow()).table.equals(expected)


@pytest.mark.parametrize(
    "written",
    [
        [DAY],
        ["2026-03-02"],
        [datetime(2026, 3, 2)],
        pl.Series([datetime(2026, 3, 1, 23, tzinfo=UTC)]).dt.convert_time_zone("Europe/Berlin"),
        pl.Series(["2026-03-02"], dtype=pl.Categorical),
    ],
)
def test_dates_may_be_written_in_many_ways(written):
    assert term_days(one(date=written)).dates.to_list() == [DAY]


def test_what_is_absent_or_null_throughout_is_left_out():
    days = term_days(one(conversions=pl.Series([None], dtype=pl.Float64)))
    assert set(days.measures) == {"clicks"}
    assert days.table.columns == ["date", "term", "clicks"]


def test_more_clicks_than_impressions_is_noted_and_kept():
    days = term_days(one(impressions=[0.0]))
    assert days.measures["clicks"].tolist() == [1.0]
    assert days.notes[0].startswith("1 of 1 term days have more clicks than impressions")
    assert read(random_log()).notes == ()


def test_days_without_any_row_are_noted():
    log = one(term=["a", "a"], date=[DAY, date(2026, 3, 5)], clicks=[1.0, 1.0])
    assert term_days(log).notes == (
        "Days from 2026-03-02 to 2026-03-05 without any row: 2, the first is 2026-03-03. "
        "They count as days on which nothing happened.",
    )
    assert term_days(log[:0]).notes == ()


def test_some_rows_are_rows_of_their_own():
    days = read(random_log())
    late = days.take(days.day >= days.day[-1])
    assert late.table.equals(days.table.filter(pl.col("date") == pl.col("date").max()))
    assert late.rows.tolist() == list(range(len(late)))
    assert days.take(np.array([5, 2])).table.equals(days.table[[2, 5]])


def test_no_rows_are_no_days():
    days = read(random_log()[:0])
    assert len(days) == 0
    assert days.table.columns == ["date", "term", "campaign", *MEASURES]
    with pytest.raises(DataError, match="At least one row with a term and a date was expected"):
        _ = days.last_day


@few
@given(logs(), logs())
def test_of_a_term_and_day_in_both_the_first_stands(log, other):
    first, then = read(log), read(other)
    both = together(first, then)
    new = then.table.join(first.table, on=["date", "term"], how="anti", maintain_order="left")
    assert both.table.equals(pl.concat([first.table, new]).sort("date", "term"))


def test_what_only_one_of_them_counts_is_not_known_of_the_other():
    both = together(term_days(one(conversions=[2.0])), term_days(one(term=["b"])))
    assert both.measures["clicks"].tolist() == [1.0, 1.0]
    assert np.array_equal(both.measures["conversions"], [2.0, np.nan], equal_nan=True)


@given(st.dates())
def test_days_are_numbers_of_dates(day):
    assert day_text(day_number(day)) == day.isoformat()
    assert day_number(day_number(day)) == day_number(day)


@pytest.mark.parametrize(
    ("columns", "error", "message"),
    [
        (
            {"clicks": [-1.0]},
            DataError,
            r"Column 'clicks', row 0: -1.0 must not be negative in the clicks column",
        ),
        ({"clicks": [float("nan")]}, DataError, "row 0: nan is no finite number"),
        ({"clicks": ["many"]}, SchemaError, "The clicks column 'clicks' must be numeric. Got type String"),
        ({"term": [None]}, DataError, "(?s)Column 'term', row 0: there is no term. Got None.*Leave out"),
        ({"term": ["  "]}, DataError, "Column 'term', row 0: there is no term. Got '  '"),
        ({"date": [None]}, DataError, "Column 'date', row 0: there is no date. Got None"),
        ({"date": ["02.03.2026"]}, DataError, "row 0: '02.03.2026' cannot be read as a time"),
        (
            {"date": [20260302]},
            SchemaError,
            "(?s)The date column 'date' must hold dates. Got type Int64.*midnight",
        ),
        (
            {"date": [datetime(2026, 3, 2, 7, 30)]},
            DataError,
            r"(?s)row 0: 2026-03-02 07:30:00 is not a whole day.*pl.col\('date'\).dt.date\(\)",
        ),
        ({"date": ["2026-03-02T07:30:00"]}, DataError, "row 0: 2026-03-02T07:30:00 is not a whole day"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_row(columns, error, message):
    with pytest.raises(error, match=message):
        term_days(one(**columns))


def test_a_null_among_counts_is_no_zero():
    log = one(term=["a", "b"], date=[DAY, DAY], clicks=[1.0, None])
    with pytest.raises(DataError, match=r"(?s)'clicks', row 1: there is no clicks. Got None.*Write 0 where"):
        term_days(log)


def test_columns_that_have_to_be_there_are_named():
    with pytest.raises(SchemaError, match=r"(?s)not found in the table: \['conversions'\]"):
        term_days(one(), required=("conversions",))
    with pytest.raises(SchemaError, match=r"A column of cost is needed\. Got cost=None"):
        term_days(one(), cost=None, required=("cost",))
    with pytest.raises(SchemaError, match=r"(?s)\['Suchbegriff'\].*Known names: 'clicks', 'date', 'term'"):
        term_days(one(), term="Suchbegriff")
