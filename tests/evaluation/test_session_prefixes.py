"""Quality in the course of a session, against slow references."""

from __future__ import annotations

import numpy as np
import pytest

import wanamaker as wm
from tests.visits import browsing, visits
from wanamaker.evaluation.session_prefixes import by_events, by_wait, earliest, seconds_until, threshold_for
from wanamaker.evaluation.session_questions import Questions, questions
from wanamaker.stats.bootstrap import Resampling
from wanamaker.stats.classification import roc_auc

ROLES = {"session": "visit", "time": "at", "event": "did"}
NONE = Resampling(0)


def asked_of(labels, events, sessions=None):
    labels, events = np.asarray(labels, dtype=bool), np.asarray(events)
    owners = np.arange(len(labels)) if sessions is None else np.asarray(sessions)
    return Questions(labels, owners, np.arange(len(labels)), events, owners.astype(np.uint64))


@pytest.fixture(scope="module")
def awaited():
    return wm.sessions_from_events(visits(300), **ROLES, outcome="buy", horizon=3)


def test_an_area_after_k_events_is_of_those_that_had_come_so_far(awaited):
    asked = questions(awaited)
    scores = np.random.default_rng(0).random(len(asked))
    rows = {row["events"]: row for row in by_events(asked, {"m": scores}, threshold=0.5, resampling=NONE)}
    for k in (1, 2, 4):
        here = asked.events == k
        assert rows[k]["rows"] == int((awaited.lengths >= k).sum())
        assert rows[k]["roc_auc"]["value"] == pytest.approx(roc_auc(asked.labels[here], scores[here])[0])
        assert rows[k]["predicted"] == pytest.approx(scores[here].mean())


def test_telling_long_sessions_from_short_ones_earns_nothing_at_equal_k():
    rng = np.random.default_rng(1)
    lengths = rng.integers(1, 8, 400)
    events = np.concatenate([np.arange(1, length + 1) for length in lengths])
    owners = np.repeat(np.arange(400), lengths)
    labels = rng.random(len(owners)) < 0.05 + 0.1 * events  # later events are positive more often
    asked = asked_of(labels, events, owners)
    told = by_events(asked, {"place": events / 10.0}, threshold=0.5, resampling=NONE)
    assert roc_auc(labels, events / 10.0)[0] > 0.6
    assert {row["roc_auc"]["value"] for row in told} <= {0.5, None}
    assert told[2]["roc_auc"]["value"] == 0.5


def test_no_area_is_told_of_few_answers():
    asked = asked_of([True] * 5 + [False] * 60, [1] * 65)
    (row,) = by_events(asked, {"m": np.linspace(0, 1, 65)}, threshold=0.5, resampling=NONE)
    assert row["roc_auc"]["value"] is None
    assert row["positives"] == 5


def test_others_stand_beside_with_a_paired_gain():
    rng = np.random.default_rng(2)
    labels = rng.random(200) < 0.5
    good, bad = labels * 0.5 + rng.random(200) * 0.5, rng.random(200)
    asked = asked_of(labels, [1] * 200)
    (row,) = by_events(asked, {"good": good, "bad": bad}, threshold=0.5, resampling=Resampling(50))
    gain = row["others"]["bad"]["gain"]
    assert gain["value"] == pytest.approx(roc_auc(labels, good)[0] - roc_auc(labels, bad)[0])
    assert gain["low"] > 0


def test_the_wait_is_the_time_to_the_next_outcome(awaited):
    asked = questions(awaited)
    waits = seconds_until(awaited, asked)
    names = np.array(awaited.event_names)[awaited.events]
    for row in np.flatnonzero(asked.labels)[::9]:
        place = asked.places[row]
        stop = awaited.offsets[asked.sessions[row] + 1]
        following = next(later for later in range(place + 1, stop) if names[later] == "buy")
        assert waits[row] == (awaited.times[following] - awaited.times[place]) / 1e6
    assert np.isnan(waits[~asked.labels]).all()


def test_a_label_has_no_wait():
    sessions = wm.sessions_from_events(browsing(20), **ROLES, label="bought")
    assert seconds_until(sessions, questions(sessions)) is None


def test_areas_by_wait_set_a_band_of_positives_against_all_negatives():
    labels = np.array([True] * 20 + [False] * 20)
    waits = np.array([5.0] * 10 + [100.0] * 10 + [np.nan] * 20)
    scores = np.array([0.9] * 10 + [0.1] * 10 + [0.5] * 20)
    told = by_wait(
        asked_of(labels, [1] * 40), waits, {"m": scores}, bounds=(0.0, 60.0, np.inf), resampling=NONE
    )
    assert [(row["from"], row["to"], row["positives"]) for row in told] == [(0.0, 60.0, 10), (60.0, None, 10)]
    assert [row["roc_auc"]["m"]["value"] for row in told] == [1.0, 0.0]


def test_the_earliest_event_is_the_first_whose_flagged_are_right_often_enough():
    events = np.repeat([1, 2, 3], 100)
    right = {1: 0.3, 2: 0.5, 3: 0.9}
    labels = np.concatenate([np.arange(100) < 100 * right[k] for k in (1, 2, 3)])
    asked = asked_of(labels, events, np.tile(np.arange(100), 3))
    told = earliest(asked, np.full(300, 0.8), threshold=0.7, precision=0.7, resampling=Resampling(100))
    assert (told["events"], told["sure"], told["flagged"]) == (3, 3, 100)
    assert told["precision"] == pytest.approx(0.9)
    assert (told["low"], told["high"], told["reached"]) == (3, 3, 1.0)


def test_a_precision_that_is_never_reached_has_no_event():
    asked = asked_of([True, False] * 50, [1] * 100)
    told = earliest(asked, np.full(100, 0.8), threshold=0.5, precision=0.9, resampling=NONE)
    assert (told["events"], told["sure"], told["low"]) == (None, None, None)


def test_few_flagged_reach_no_precision():
    asked = asked_of([True] * 10 + [False] * 90, [1] * 100)
    scores = np.where(np.arange(100) < 10, 0.9, 0.1)
    assert earliest(asked, scores, threshold=0.5, precision=0.9, resampling=NONE)["events"] is None


def test_the_threshold_for_a_precision_is_the_lowest_that_reaches_it():
    labels = np.repeat([False, True, False, True], [30, 10, 10, 30])
    scores = np.repeat([0.2, 0.4, 0.6, 0.8], [30, 10, 10, 30])
    assert threshold_for(labels, scores, 0.74) == 0.4
    assert threshold_for(labels, scores, 0.99) == 0.8
    assert threshold_for(~labels, scores, 0.99) is None
