"""How much is reported after how many days: from formulas, reports and snapshots, and back."""

from __future__ import annotations

import json
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wanamaker.base.errors import DataError, ParameterError, SchemaError
from wanamaker.features.terms.delay import DelayCurve

START = date(2026, 1, 1)
few = settings(max_examples=60, deadline=None)
curves = (
    st.lists(st.floats(0.01, 1.0), min_size=1, max_size=20)
    .map(lambda parts: np.cumsum(parts) / np.sum(parts))
    .map(lambda shares: DelayCurve(tuple(shares.tolist())))
)


def snapshots(curve: DelayCurve, sizes: list[float], taken: list[int]) -> pl.DataFrame:
    """Days of so many conversions, as reports on some days tell them without any noise."""
    rows = [
        {
            "date": START + timedelta(days=day),
            "as_of": START + timedelta(days=report),
            "conversions": size * float(curve.share(report - day)),
        }
        for report in taken
        for day, size in enumerate(sizes)
        if report > day
    ]
    return pl.DataFrame(rows)


@few
@given(curves)
def test_shares_rise_to_one_and_stay_there(curve):
    told = curve.share(np.arange(1, len(curve.shares) + 30))
    assert (np.diff(told) >= 0).all()
    assert told[0] > 0
    assert (told[len(curve.shares) - 1 :] == 1).all()


@few
@given(curves)
def test_a_curve_comes_back_from_json(curve):
    assert DelayCurve.from_dict(json.loads(json.dumps(curve.as_dict()))) == curve


@few
@given(curves, st.floats(0.01, 1.0))
def test_the_mature_age_is_the_first_at_which_enough_is_reported(curve, at_least):
    age = curve.mature_age(at_least)
    assert curve.share(age) >= at_least
    assert age == 1 or curve.share(age - 1) < at_least


@few
@given(curves, st.lists(st.floats(1.0, 50.0), min_size=1, max_size=25))
def test_daily_snapshots_give_the_curve_back(curve, sizes):
    """Also where no day but the oldest is seen to the end."""
    taken = list(range(1, len(curve.shares) + 2))
    found = DelayCurve.from_snapshots(snapshots(curve, sizes, taken))
    ages = np.arange(1, len(curve.shares) + 1)
    np.testing.assert_allclose(found.share(ages), curve.share(ages), rtol=1e-9)


def test_snapshots_are_the_chain_ladder_of_daily_reports():
    random = np.random.default_rng(0)
    days, ages = 30, 12
    came = random.poisson(20 * np.exp(-np.arange(ages) / 3.0), (days, ages)).astype(float)
    known = np.cumsum(came, axis=1)
    rows = [
        {
            "date": START + timedelta(day),
            "as_of": START + timedelta(day + age + 1),
            "conversions": known[day, age],
        }
        for day in range(days)
        for age in range(ages)
        if day + age + 1 <= days
    ]
    found = DelayCurve.from_snapshots(pl.DataFrame(rows))
    share, ladder = 1.0, [1.0]
    for age in range(ages - 1, 0, -1):
        both = [day for day in range(days) if day + age + 1 <= days]
        share *= known[both, age - 1].sum() / known[both, age].sum()
        ladder.append(share)
    np.testing.assert_allclose(found.share(np.arange(1, ages + 1)), ladder[::-1], rtol=1e-9)


def test_weekly_snapshots_find_the_curve_of_an_exponential_delay():
    random = np.random.default_rng(1)
    days, mean = 200, 4.0
    rows = []
    for day in range(days):
        delays = random.random(500) + random.exponential(mean, 500)
        for report in (report for report in range(7, days + 1, 7) if report > day):
            counted = int((delays <= report - day).sum())
            rows.append((START + timedelta(day), START + timedelta(report), counted))
    reports = pl.DataFrame(rows, schema=["date", "as_of", "conversions"], orient="row")
    found, expected = DelayCurve.from_snapshots(reports), DelayCurve.exponential(mean)
    ages = np.arange(1, 40)
    np.testing.assert_allclose(found.share(ages), expected.share(ages), atol=0.02)


def test_terms_of_a_day_are_counted_together_and_the_day_itself_not():
    rows = [
        ("a", "2026-03-02", "2026-03-02", 1.0),  # the day was not over
        ("a", "2026-03-02", "2026-03-03", 1.0),
        ("a", "2026-03-02", "2026-03-04", 2.0),
        ("b", "2026-03-02", "2026-03-04", 2.0),
    ]
    told = pl.DataFrame(rows, schema=["term", "date", "as_of", "conversions"], orient="row")
    assert DelayCurve.from_snapshots(told).shares == pytest.approx((0.25, 1.0))


@pytest.mark.parametrize("mean", [0.2, 1.0, 5.0, 30.0])
def test_the_exponential_curve_is_the_mean_over_clicks_of_a_day(mean):
    curve = DelayCurve.exponential(mean)
    ages = np.array([1, 2, 3, 10])
    middle = (np.arange(2_000) + 0.5) / 2_000
    expected = 1 - np.exp(-(ages[:, None] - middle) / mean).mean(axis=1)
    np.testing.assert_allclose(curve.share(ages), expected, atol=1e-5)


@few
@given(st.lists(st.floats(0.0, 9.0), min_size=1, max_size=15), st.floats(0.1, 1.0))
def test_buckets_of_days_give_cumulative_shares(counts, same_day):
    counts[0] += 1.0
    buckets = ["<1 day", *(f"{day}-{day + 1} days" for day in range(1, len(counts)))]
    told = pl.DataFrame({"days_to_conversion": buckets, "conversions": counts})
    curve = DelayCurve.from_days_to_conversion(told, same_day=same_day)
    whole = np.concatenate(([0.0], np.cumsum(counts) / np.sum(counts)))
    ages = np.arange(1, len(counts) + 1)
    np.testing.assert_allclose(curve.share(ages), whole[:-1] + same_day * np.diff(whole), atol=1e-12)
    numbered = told.with_columns(days_to_conversion=pl.int_range(len(counts)))
    assert DelayCurve.from_days_to_conversion(numbered, same_day=same_day) == curve
    assert DelayCurve.from_days_to_conversion(told.reverse(), same_day=same_day) == curve


def test_buckets_may_be_written_in_another_language():
    english = pl.DataFrame({"d": ["<1 day", "1-2 days", "2-4 days"], "n": [4, 2, 2]})
    german = english.with_columns(d=pl.Series(["<1 Tag", "1-2 Tage", "2 bis 4 Tage"]))
    curve = DelayCurve.from_days_to_conversion(english, bucket="d", conversions="n")
    assert DelayCurve.from_days_to_conversion(german, bucket="d", conversions="n") == curve


def test_wide_buckets_are_spread_over_their_days():
    told = pl.DataFrame({"bucket": ["< 1 day", "1–2 days", "2 to 4 days", "90+ days"], "n": [4, 2, 2, 0]})
    curve = DelayCurve.from_days_to_conversion(told, bucket="bucket", conversions="n", same_day=1.0)
    assert curve.shares == (0.5, 0.75, 0.875, 1.0)


@pytest.mark.parametrize(
    ("shares", "message"),
    [
        ((), "'shares' must be a list of 1 to 3650 numbers"),
        ((0.5, 0.4, 1.0), r"must lie in \(0, 1\] and never fall. Got 0.4 at an age of 2 days"),
        ((0.0, 1.0), "Got 0 at an age of 1 days"),
        ((0.5, 1.2), "Got 1.2 at an age of 2 days"),
        ((0.5, float("nan")), "Got nan at an age of 2 days"),
        ((0.5, 0.9), "(?s)The last share of a delay curve must be 1. Got 0.9.*Divide the shares"),
    ],
)
def test_curves_that_make_no_sense_are_refused(shares, message):
    with pytest.raises(ParameterError, match=message):
        DelayCurve(shares)


@pytest.mark.parametrize(
    ("table", "error", "message"),
    [
        ({"days_to_conversion": ["soon"], "conversions": [1]}, DataError, "row 0: 'soon' is no bucket"),
        ({"days_to_conversion": [1.5], "conversions": [1]}, SchemaError, "row 0: 1.5 is no bucket"),
        ({"days_to_conversion": ["3-2 days"], "conversions": [1]}, DataError, "'3-2 days' is no bucket"),
        (
            {"days_to_conversion": ["1-3 days", "2-4 days"], "conversions": [1, 1]},
            DataError,
            "buckets must not overlap. Got 1-3 and 2-4 days",
        ),
        ({"days_to_conversion": ["<1 day"], "conversions": [0]}, DataError, "All buckets are empty"),
        (
            {"days_to_conversion": ["<1 day"], "conversions": [-1]},
            DataError,
            "row 0: -1 must not be negative",
        ),
        (
            {"days_to_conversion": ["1-2 days"], "conversions": [1]},
            DataError,
            "Nothing is reported at an age of 1",
        ),
        ({"days": ["<1 day"], "conversions": [1]}, SchemaError, r"\['days_to_conversion'\]"),
    ],
)
def test_reports_that_cannot_be_read_are_refused(table, error, message):
    with pytest.raises(error, match=message):
        DelayCurve.from_days_to_conversion(pl.DataFrame(table))


def test_snapshots_that_tell_nothing_are_refused():
    told = {"date": ["2026-03-02"], "as_of": ["2026-03-03"], "conversions": [1.0]}
    with pytest.raises(
        DataError, match=r"(?s)in two reports was expected. Got none.*Download the same days again"
    ):
        DelayCurve.from_snapshots(pl.DataFrame(told))
    with pytest.raises(
        DataError, match=r"row 0: a report must be taken after its day\. Got 2026-03-01 for 2026-03-02"
    ):
        DelayCurve.from_snapshots(pl.DataFrame(told | {"as_of": ["2026-03-01"]}))


def test_ages_of_days_that_are_not_over_are_refused():
    with pytest.raises(DataError, match=r"The age of a reported day must be 1 or more days. Got 0"):
        DelayCurve.none().share(np.array([3, 0]))
    with pytest.raises(ParameterError, match=r"'mean' parameter of DelayCurve.exponential"):
        DelayCurve.exponential(0.0)
    with pytest.raises(ParameterError, match="A delay curve is kept as"):
        DelayCurve.from_dict({"curve": [1.0]})
