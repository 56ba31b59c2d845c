"""Log-odds that hold after each event: what is fitted, and when nothing is."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from wanamaker.models.sessions.along import Along

ALONG = Along((1, 4, 16), (0.3, 0.8, 1.2), (-1.0, 0.5, 2.0))


def world(sessions=400, events=64, seed=0, slopes=(0.4, 1.2), levels=(-0.5, 1.0)):
    """Return questions of sessions whose answers follow log-odds that change with log k, from 1 to 64."""
    rng = np.random.default_rng(seed)
    owners = np.repeat(np.arange(sessions), events)
    so_far = np.tile(np.arange(1, events + 1), sessions)
    margins = rng.normal(size=len(owners))
    slope, level = (np.interp(np.log(so_far), np.log([1, 64]), ends) for ends in (slopes, levels))
    return margins, so_far, rng.random(len(owners)) < expit(slope * margins + level), owners


def test_what_was_planted_is_found_at_each_number_of_events():
    margins, events, labels, owners = world()
    along = Along.fit(margins, events, labels, owners)
    assert along.knots == (1, 4, 16, 64)
    assert along.slopes == pytest.approx(np.linspace(0.4, 1.2, 4), abs=0.15)
    assert along.intercepts == pytest.approx(np.linspace(-0.5, 1.0, 4), abs=0.15)


def test_the_probabilities_sum_to_what_came_true_near_each_number_of_events():
    margins, events, labels, owners = world(levels=(1.0, -2.0), seed=1)
    told = expit(Along.fit(margins, events, labels, owners)(margins, events))
    for first, last in ((1, 1), (2, 4), (5, 16), (17, 64)):
        band = (events >= first) & (events <= last)
        assert told[band].sum() / labels[band].sum() == pytest.approx(1.0, abs=0.1)


@given(
    events=st.integers(0, 10_000), margins=st.lists(st.floats(-20, 20), min_size=2, max_size=2, unique=True)
)
def test_after_equally_many_events_the_order_is_kept(events, margins):
    low, high = ALONG(np.array(sorted(margins)), np.array([events, events]))
    assert low <= high


@given(margin=st.floats(-20, 20), knot=st.integers(0, 2))
def test_at_a_knot_its_own_numbers_are_taken(margin, knot):
    told = ALONG(np.array([margin]), np.array([ALONG.knots[knot]]))[0]
    assert told == pytest.approx(ALONG.slopes[knot] * margin + ALONG.intercepts[knot])


def test_beyond_the_last_knot_and_before_the_first_event_nothing_changes():
    told = ALONG(np.full(4, 0.7), np.array([0, 1, 16, 100_000]))
    assert told[0] == told[1]
    assert told[2] == told[3]


@pytest.mark.parametrize("few", [0, 5, 19])
def test_a_handful_of_sessions_with_a_positive_change_nothing(few):
    margins, events, _, owners = world(100)
    along = Along.fit(margins, events, owners < few, owners)
    assert along == Along()
    assert along.reason == ""
    assert along(margins, events).tolist() == margins.tolist()


def test_sessions_count_and_not_their_events():
    margins, events, labels, owners = world(15)
    assert min(labels.sum(), (~labels).sum()) > 100
    assert Along.fit(margins, events, labels, owners) == Along()


def test_a_number_of_events_that_few_sessions_reach_gets_no_numbers_of_its_own():
    margins, events, labels, owners = world(200)
    kept = (events <= 4) | (owners < 10)
    along = Along.fit(margins[kept], events[kept], labels[kept], owners[kept])
    assert along.knots == (1, 4)


def test_log_odds_that_say_nothing_keep_their_slope_and_only_the_level_is_fitted():
    margins, events, labels, owners = world(slopes=(-0.5, -0.5), levels=(1.0, -2.0))
    along = Along.fit(margins, events, labels, owners)
    assert along.slopes == (1.0,) * 4
    told = expit(along(margins, events))
    near = np.interp(np.log(events), np.log(along.knots), [1.0, 0.0, 0.0, 0.0]), np.ones(len(events))
    for share in near:
        assert share @ told == pytest.approx(share @ labels, abs=2.0)


def test_where_they_say_nothing_at_one_number_of_events_all_share_a_slope():
    margins, events, labels, owners = world(slopes=(-0.5, 1.5))
    along = Along.fit(margins, events, labels, owners)
    assert len(set(along.slopes)) == 1
    assert along.slopes[0] > 0
    assert len(set(along.intercepts)) == 4


def test_it_is_kept_as_json():
    state = json.loads(json.dumps(ALONG.to_state()))
    assert Along.from_state(state) == ALONG
