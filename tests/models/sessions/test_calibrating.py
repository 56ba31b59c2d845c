"""A probability that is said after an event comes true as often as it says, however long the session gets."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.special import expit

import wanamaker as wm
from tests.models.sessions.worlds import log_of, model, sessions_of
from wanamaker.models.sessions.along import Along
from wanamaker.models.sessions.calibrating import rated
from wanamaker.stats.bootstrap import Resampling
from wanamaker.stats.calibration import choose_calibration
from wanamaker.stats.classification import binary_metrics

BANDS = ((1, 1), (2, 3), (4, 8), (9, 30))
WORLDS = {"long sessions buy less": (0.7, 0.15), "long sessions buy more": (0.1, 0.6)}


def visits(short, long, count=2_500, seed=0):
    """Return sessions of 1 to 30 events that tell nothing; how many there will be decides who buys."""
    rng = np.random.default_rng(seed)
    lengths = np.where(rng.random(count) < 0.6, rng.integers(1, 5, count), rng.integers(8, 31, count))
    bought = rng.random(count) < np.where(lengths < 5, short, long)
    log = pl.DataFrame({"visit": np.repeat(np.arange(count), lengths)}).with_columns(
        at=1_700_000_000 + pl.int_range(pl.len()),
        did=pl.Series(rng.choice(["view", "cart"], lengths.sum())),
        bought=pl.Series(np.repeat(bought, lengths)),
    )
    return wm.sessions_from_events(log, session="visit", time="at", event="did", label="bought")


def ratio(sessions, chances, chosen):
    """Return Σp/Σy over events, with its interval when sessions are resampled."""
    labels = np.repeat(sessions.labels, sessions.lengths)[chosen]
    keys = sessions.users[sessions.rows][chosen]
    found = binary_metrics(labels, chances[chosen], resampling=Resampling(200), keys=keys)
    return found["calibration_ratio"]


@pytest.mark.parametrize("planted", WORLDS)
def test_probabilities_hold_by_event_and_after_each_number_of_events(planted):
    sessions = visits(*WORLDS[planted])
    train, valid, test = (sessions.take(part) for part in np.split(np.arange(len(sessions)), [1_000, 1_750]))
    one = model(max_length=30, training={"epochs": 3}).fit(train, valid)
    chances, events = one.predict_prefixes(test), np.arange(len(test.events)) - test.offsets[:-1][test.rows]
    for first, last in ((1, 30), *BANDS):
        told = ratio(test, chances, (events + 1 >= first) & (events + 1 <= last))
        assert told["low"] < 1.0 < told["high"], (first, last)

    # As the network has learned it, with sessions counting once, it is not so.
    learned = one.fitted_.prefix_margins(valid)
    labels, weights = (np.repeat(each, valid.lengths) for each in (valid.labels, 1.0 / valid.lengths))
    by_session = choose_calibration(expit(learned), labels, "platt", weights=weights).map
    told = ratio(test, by_session(expit(one.fitted_.prefix_margins(test))), events >= 0)
    assert not told["low"] < 1.0 < told["high"]


def test_live_and_batch_count_events_beyond_what_is_read():
    sessions = visits(0.9, 0.1, 1_000)
    one = model(max_length=2, training={"epochs": 2}).fit(sessions)
    assert one.fitted_.along != Along()
    longest = sessions.take([int(np.argmax(sessions.lengths))])
    live, times = one.start(), (longest.times // 1_000_000).tolist()
    names = [longest.event_names[code] for code in longest.events]
    told = [live.observe({"event": name, "time": at}) for name, at in zip(names, times, strict=True)]
    assert np.allclose(told, one.predict_prefixes(longest), atol=1e-6, rtol=0)
    assert one.predict(longest)[0] == pytest.approx(told[-1], abs=1e-6)
    assert told[1] - told[-1] > 0.03, "two events are read both times, and how many came before is known"


def test_a_session_without_events_is_told_the_share_of_training():
    sessions = visits(0.9, 0.1, 600)
    train, valid = sessions.take(np.arange(400)), sessions.take(np.arange(400, 600))
    one = model(training={"epochs": 1}).fit(train, valid)
    assert one.start().probability == pytest.approx(train.labels.mean())
    assert one.predict(train.prefix(0))[:3] == pytest.approx(np.full(3, train.labels.mean()))


@pytest.mark.parametrize("kind", ["none", "shift"])
def test_who_asks_for_less_gets_nothing_after_so_many_events(kind):
    one = model(calibration=kind).fit(visits(0.9, 0.1, 400))
    assert one.fitted_.along == Along()
    assert one.calibration_.kind == kind


def test_a_model_of_whole_sessions_is_calibrated_once_for_each():
    sessions = visits(0.9, 0.1, 600)
    one = model(prefixes="last").fit(sessions)
    assert one.fitted_.along == Along()
    found = rated(one.fitted_, sessions, prefixes=False)
    assert found.sessions.tolist() == list(range(600))
    assert found.events.tolist() == sessions.lengths.tolist()
    assert not found.several


def test_every_question_is_rated_once_and_no_other():
    sessions = sessions_of(log_of(200), outcome="cart", horizon=2)
    one = model(calibration="none").fit(sessions)
    found = rated(one.fitted_, sessions, prefixes=True)
    assert len(found.labels) == sessions.at_risk.sum()
    assert found.labels.tolist() == sessions.step_labels[sessions.at_risk].tolist()
    assert expit(found.margins) == pytest.approx(one.predict_prefixes(sessions)[sessions.at_risk])


def test_refitting_keeps_what_was_found_after_so_many_events():
    sessions = visits(0.9, 0.1, 600)
    one = model().fit(sessions)
    assert one.refit(sessions).fitted_.along == one.fitted_.along != Along()
