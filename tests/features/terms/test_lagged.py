"""Features of the past: what they are, and that nothing of the day itself or later is in them."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.features.terms.made import START, logs, random_log, read, slow_features
from wanamaker.base.errors import DataError, ParameterError, ParameterTypeError, SchemaError
from wanamaker.features.terms.days import MEASURES, day_number, term_days, together
from wanamaker.features.terms.delay import DelayCurve
from wanamaker.features.terms.known import report_day
from wanamaker.features.terms.lagged import LaggedFeatures, lagged_features

CURVE = DelayCurve((0.3, 0.6, 0.6, 0.9, 1.0))
SPEC = LaggedFeatures(windows=(1, 3, 7), campaign=True, delay=CURVE, rate_strength=4.0, ctr_strength=10.0)
AS_OF = day_number(START) + 13
few = settings(max_examples=25, deadline=None)


def made(asked: pl.DataFrame, history: pl.DataFrame, spec: LaggedFeatures = SPEC, as_of: int = AS_OF):
    return lagged_features(read(asked), read(history), spec, as_of=as_of)[1]


def same_to_the_bit(one, other) -> bool:
    return one.shape == other.shape and bool((one == other).all())


@few
@given(logs())
def test_values_are_those_of_the_definition(log):
    days = read(log)
    names, values = lagged_features(days, days, SPEC, as_of=AS_OF)
    for row, slow in zip(values, slow_features(days, days, SPEC, AS_OF), strict=True):
        told = dict(zip(names, row.tolist(), strict=True))
        assert {name: told[name] for name in slow} == pytest.approx(slow, rel=1e-9, abs=1e-12)
        assert not [
            name for name in told if name.startswith(("term_", "words_", "all_")) and name not in slow
        ]


@pytest.mark.parametrize("delay", [None, CURVE, DelayCurve.exponential(5.0)])
def test_long_logs_have_the_values_of_the_definition_too(delay):
    days = read(random_log())
    spec = LaggedFeatures(windows=(1, 7, 28), campaign=True, delay=delay)
    as_of = days.last_day + 1
    names, values = lagged_features(days, days, spec)
    slow = pl.DataFrame(slow_features(days, days, spec, as_of))
    found = pl.DataFrame(dict(zip(names, values.T, strict=True))).select(slow.columns)
    np.testing.assert_allclose(found.to_numpy(), slow.to_numpy(), rtol=1e-9, atol=1e-12)


@few
@given(logs(), logs(), st.integers(0, 13))
def test_what_happens_on_a_day_and_later_changes_nothing_of_that_day(log, other, place):
    day = START + timedelta(days=place)
    before = log.filter(pl.col("date") < day)
    asked = log.filter(pl.col("date") <= day)
    changed = pl.concat([before, other.filter(pl.col("date") >= day)])
    assert same_to_the_bit(made(asked, log), made(asked, changed))
    if len(before):
        assert same_to_the_bit(made(asked, log), made(asked, before))


@few
@given(logs())
def test_a_replay_day_by_day_gives_the_values_of_one_batch(log):
    whole = made(log, log)
    parts = [
        made(log.filter(pl.col("date") == day), log.filter(pl.col("date") < day))
        for day in log["date"].unique().sort()
    ]
    assert same_to_the_bit(np.concatenate(parts), whole)


@few
@given(logs(), st.integers(0, 12))
def test_asked_rows_that_follow_on_the_history_have_the_values_of_one_batch(log, place):
    day = START + timedelta(days=place)
    train, asked = read(log.filter(pl.col("date") < day)), read(log.filter(pl.col("date") >= day))
    _, values = lagged_features(asked, together(train, asked), SPEC, as_of=AS_OF)
    assert same_to_the_bit(values, made(log, log)[len(train) :])


@few
@given(logs(), st.randoms())
def test_the_order_of_rows_changes_nothing(log, random):
    order = random.sample(range(len(log)), len(log))
    assert same_to_the_bit(made(log, log), made(log[order], log[order]))


@few
@given(logs())
def test_several_rows_of_a_term_and_day_count_as_their_sum(log):
    days = read(log)
    _, once = lagged_features(days, days, SPEC, as_of=AS_OF)
    again = read(days.table.with_columns(campaign=pl.col("campaign")))
    assert same_to_the_bit(once, lagged_features(again, again, SPEC, as_of=AS_OF)[1])


@few
@given(logs(), st.integers(1, 400))
def test_moving_a_log_in_time_changes_nothing_but_the_calendar(log, by):
    later = log.with_columns(pl.col("date").dt.offset_by(f"{by}d"))
    spec, start = SPEC, 10
    moved = made(later, later, spec, AS_OF + by)
    assert same_to_the_bit(moved[:, start:], made(log, log, spec)[:, start:])


def test_days_without_rows_are_days():
    log = pl.DataFrame({"term": ["a", "a"], "date": [date(2026, 3, 1), date(2026, 3, 9)], "clicks": [4, 0]})
    spec = LaggedFeatures(windows=(7, 8), measures=("clicks",))
    days = read(log.with_columns(campaign=pl.lit("c")))
    names, values = lagged_features(days, days, spec)
    told = dict(zip(names, values[1], strict=True))
    assert told["term_clicks_7d"] == 0
    assert told["term_clicks_8d"] == pytest.approx(np.log(5))
    assert told["term_recency"] == 1 / 8


def test_a_term_never_seen_has_the_rates_of_the_account_and_no_past():
    past = read(random_log())
    asked = read(random_log(1).with_columns(term=pl.lit("never heard of"), date=date(2027, 1, 1)))
    names, values = lagged_features(asked, past, SPEC)
    told = dict(zip(names, values[0], strict=True))
    for kind in ("term", "words"):
        assert told[f"{kind}_rate_ever"] == pytest.approx(told["all_rate_ever"])
        assert told[f"{kind}_ctr_7d"] == pytest.approx(told["all_ctr_ever"])
        assert told[f"{kind}_impressions_ever"] == told[f"{kind}_recency"] == told[f"{kind}_known_for"] == 0


def test_a_new_term_has_the_past_of_its_words():
    log = random_log()
    past = read(log)
    asked = read(log[:1].with_columns(term=pl.lit("shoes"), date=date(2027, 1, 1)))
    new = read(log[:1].with_columns(term=pl.lit("shoes shoes"), date=date(2027, 1, 1)))
    names, one = lagged_features(asked, past, SPEC)
    _, other = lagged_features(new, past, SPEC)
    words = [place for place, name in enumerate(names) if name.startswith("words_")]
    assert (one[:, words] == other[:, words]).all()
    assert other[0, names.index("words_clicks_ever")] > 0


def test_conversions_still_to_come_do_not_lower_the_rate():
    """A constant rate of 0.1, reported with delay, is 0.1 on every day for which anything is known."""
    length = 40
    start, as_of = day_number(date(2026, 1, 1)), day_number(date(2026, 1, 1)) + length
    ages = as_of - np.arange(start, start + length)
    delay = DelayCurve.exponential(4.0)
    log = pl.DataFrame(
        {
            "term": ["a"] * length,
            "date": pl.Series(np.arange(start, start + length), dtype=pl.Int32).cast(pl.Date),
            "clicks": np.full(length, 100.0),
            "conversions": 10.0 * delay.share(ages),
            "campaign": ["c"] * length,
        }
    )
    spec = LaggedFeatures(windows=(1, 7), measures=("clicks", "conversions"), delay=delay)
    names, values = lagged_features(read(log), read(log), spec)
    assert report_day(read(log)) == as_of
    for name in ("term_rate_1d", "term_rate_7d", "all_rate_ever"):
        np.testing.assert_allclose(values[1:, names.index(name)], 0.1)
    known = np.expm1(values[1:, names.index("term_conversions_1d")])
    np.testing.assert_allclose(known, 10.0 * delay.share(1))


def test_days_of_which_no_conversions_are_known_leave_the_rate_alone():
    log = random_log(days=20)
    past = read(log)
    later = random_log(days=20, seed=1).with_columns(pl.col("date").dt.offset_by("20d")).drop("conversions")
    asked = read(log[:1].with_columns(date=date(2027, 1, 1)))
    names, known = lagged_features(asked, past, SPEC)
    _, more = lagged_features(asked, together(past, read(later)), SPEC)
    same = [name for name in names if "_rate_ever" in name or "_conversions_" in name]
    places = [names.index(name) for name in same]
    np.testing.assert_allclose(known[:, places], more[:, places], rtol=1e-12)
    clicks = names.index("all_clicks_ever")
    assert more[0, clicks] > known[0, clicks]


def test_known_ahead_is_of_the_same_day_and_nothing_else_is():
    log = random_log()
    spec = LaggedFeatures(known_ahead=("impressions",), holidays=("2026-03-08",))
    days = read(log)
    names, values = lagged_features(days, days, spec)
    assert np.allclose(values[:, names.index("impressions_ahead")], np.log1p(days.measures["impressions"]))
    flags = values[:, names.index("holiday")]
    assert (flags == (days.dates == date(2026, 3, 8)).to_numpy()).all()
    assert 0 < flags.sum() < len(flags)
    bare = lagged_features(days.take(np.arange(len(days))), days, LaggedFeatures())[1]
    assert (
        np.delete(values, [names.index("impressions_ahead"), names.index("holiday")], axis=1) == bare
    ).all()


@pytest.mark.parametrize(
    "measures", [("clicks",), ("impressions", "conversions"), ("conversions",), MEASURES]
)
def test_names_fit_the_values_whatever_is_counted(measures):
    log = random_log().select("term", "date", "campaign", *measures)
    spec = LaggedFeatures(measures=measures, campaign=True)
    names, values = lagged_features(read(log), read(log), spec)
    assert values.shape == (len(read(log)), len(names))
    assert len(set(names)) == len(names)
    assert np.isfinite(values).all()
    for place, name in enumerate(names):
        if name.startswith("all_") and name.endswith("_ever") and name.split("_")[1] in measures:
            last = np.expm1(values[-1, place])
            days = read(log)
            expected = days.measures[name.split("_")[1]][days.day < days.last_day].sum()
            assert last == pytest.approx(expected)


def test_an_account_without_a_past_and_a_table_without_rows():
    log = random_log(5)
    names, values = lagged_features(read(log), read(log[:0]), SPEC)
    assert values.shape == (len(read(log)), len(names))
    assert (values[:, 10:] == 0).all()
    assert lagged_features(read(log[:0]), read(log), SPEC)[1].shape == (0, len(names))


def test_settings_come_back_from_json_values():
    spec = LaggedFeatures(windows=(7, 1), holidays=[date(2026, 12, 25)], delay=CURVE, known_ahead=["clicks"])
    assert LaggedFeatures.from_dict(spec.as_dict()) == spec
    assert spec.as_dict()["holidays"] == ["2026-12-25"]
    assert spec.windows == (1, 7)
    with pytest.raises(ParameterError, match="Unknown setting of LaggedFeatures: 'window'"):
        LaggedFeatures.from_dict({"window": [1]})


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"windows": (0,)}, ParameterError, r"whole numbers of days, 1 or more. Got \(0,\)"),
        ({"windows": (7, 7)}, ParameterError, "'windows' must be different"),
        ({"windows": "7"}, ParameterTypeError, "'windows' parameter of LaggedFeatures must be a list"),
        ({"measures": ("click",)}, ParameterError, "(?s)Unknown measure in 'measures': 'click'.*'clicks'"),
        ({"known_ahead": ("conversions",)}, ParameterError, "they are what is predicted"),
        ({"holidays": ("25.12.2026",)}, ParameterError, "'holidays' must be dates. Got '25.12.2026'"),
        ({"rate_strength": -1}, ParameterError, "'rate_strength' parameter of LaggedFeatures"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings, error, message):
    with pytest.raises(error, match=message):
        LaggedFeatures(**settings)


def test_what_is_not_there_is_named():
    log = random_log()
    with pytest.raises(SchemaError, match=r"(?s)The features read cost, and the history have no such column"):
        lagged_features(read(log), read(log.drop("cost")), SPEC)
    spec = LaggedFeatures(known_ahead=("impressions",))
    with pytest.raises(SchemaError, match="The features read impressions, and the rows that are asked"):
        lagged_features(read(log.drop("impressions")), read(log), spec)
    with pytest.raises(SchemaError, match="The features read the campaign"):
        lagged_features(read(log), term_days(log), SPEC)
    with pytest.raises(
        DataError, match=r"The report of 2026-02-25 must be of days before. It has conversions of"
    ):
        made(log, log, SPEC, day_number(date(2026, 2, 25)))
