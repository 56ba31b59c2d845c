"""The past days of a term as a sequence: which rows, how old, and what was known of them."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.features.terms.made import START, logs, random_log, read
from wanamaker.base.errors import ParameterError
from wanamaker.features.terms.days import MEASURES, day_number, together
from wanamaker.features.terms.delay import DelayCurve
from wanamaker.features.terms.history import histories
from wanamaker.nn.sequences import Sequences

few = settings(max_examples=60, deadline=None)
CURVE = DelayCurve((0.25, 0.5, 1.0))


@few
@given(logs(), logs(least=0), st.integers(1, 10))
def test_steps_are_the_terms_own_rows_of_the_days_before(log, history, within):
    check_steps(read(log), read(history), within)


@pytest.mark.parametrize("within", [1, 3, 28])
def test_steps_of_a_long_log_are_the_terms_own_rows_too(within):
    days = read(random_log())
    check_steps(days, days, within)


def check_steps(asked, past, within):
    found = histories(asked, past, within)
    for row in range(len(asked)):
        term, day = asked.terms[int(asked.codes[row])], asked.day[row]
        expected = [
            place
            for place in range(len(past))
            if past.terms[int(past.codes[place])] == term and day - within <= past.day[place] < day
        ]
        steps = slice(found.offsets[row], found.offsets[row + 1])
        when = past.day[expected]
        assert found.places[steps].tolist() == expected
        assert found.ages[steps].tolist() == (day - when).tolist()
        assert found.gaps[steps].tolist() == np.diff(when, prepend=when[:1]).tolist()


@few
@given(logs(), st.integers(0, 13))
def test_what_happens_on_a_day_and_later_is_no_step(log, place):
    day = START + timedelta(days=place)
    asked = read(log.filter(pl.col("date") <= day))
    before = read(log.filter(pl.col("date") < day))
    found, less = histories(asked, read(log)), histories(asked, before)
    assert found.offsets.tolist() == less.offsets.tolist()
    assert found.places.tolist() == less.places.tolist()  # rows come by day, so that places stay


@few
@given(logs(), st.integers(0, 12))
def test_asked_rows_that_follow_on_the_history_have_the_steps_of_one_batch(log, place):
    day = START + timedelta(days=place)
    train, asked = read(log.filter(pl.col("date") < day)), read(log.filter(pl.col("date") >= day))
    whole, parts = histories(read(log), read(log)), histories(asked, together(train, asked))
    rows = slice(whole.offsets[len(train)], None)
    assert parts.places.tolist() == whole.places[rows].tolist()
    assert parts.ages.tolist() == whole.ages[rows].tolist()


@few
@given(logs())
def test_numbers_are_as_they_were_known(log):
    days = read(log)
    found = histories(days, days)
    as_of = day_number(START) + 13
    numbers = found.numbers(days, delay=CURVE, as_of=as_of)
    rows = np.repeat(np.arange(len(days)), np.diff(found.offsets))
    for step, (row, place) in enumerate(zip(rows, found.places, strict=True)):
        seen = float(CURVE.share(days.day[row] - days.day[place]))
        final = days.measures["conversions"][place] / float(CURVE.share(as_of - days.day[place]))
        assert numbers["conversions"][step] == pytest.approx(np.log1p(final * seen), rel=1e-6)
    for name in ("impressions", "clicks", "cost"):
        assert numbers[name] == pytest.approx(np.log1p(days.measures[name][found.places]), rel=1e-6)


def test_without_a_delay_conversions_are_as_reported():
    days = read(random_log())
    found = histories(days, days)
    numbers = found.numbers(days)
    assert numbers["conversions"] == pytest.approx(np.log1p(days.measures["conversions"][found.places]))


def test_networks_take_the_columns_as_they_are():
    days = read(random_log())
    later = read(random_log(seed=1).drop("conversions").with_columns(pl.col("date").dt.offset_by("30d")))
    past = together(days, later)
    found = histories(later, past)
    numbers = found.numbers(past, delay=CURVE)
    made = Sequences(offsets=found.offsets, numbers=numbers, gaps=found.gaps, ages=found.ages)
    assert len(made) == len(later) == len(found)
    assert set(made.numbers) == set(MEASURES)


def test_history_reaches_back_at_least_a_day():
    days = read(random_log(5))
    with pytest.raises(
        ParameterError, match="'within' parameter of histories must be an integer of 1 or more"
    ):
        histories(days, days, within=0)
