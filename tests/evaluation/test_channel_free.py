"""What lengths and gaps alone say about conversion."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import wanamaker as wm
from wanamaker.evaluation.channel_free import channel_free_baseline, timing_features


def journeys_of(lengths, converts, gap=60):
    rows = [
        (user, step * gap, "a" if step % 2 else "b", int(converts[user] and step == length - 1))
        for user, length in enumerate(lengths)
        for step in range(length)
    ]
    log = pl.DataFrame(rows, schema=["uid", "timestamp", "campaign", "conversion"], orient="row")
    return wm.journeys_from_events(log)


def test_journeys_whose_length_decides_conversion_are_found_out():
    rng = np.random.default_rng(0)
    lengths = rng.integers(1, 7, 3_000)
    baseline = channel_free_baseline(journeys_of(lengths, lengths <= 2))
    assert baseline.roc_auc["value"] > 0.99


def test_journeys_whose_length_says_nothing_score_a_coin_toss():
    rng = np.random.default_rng(1)
    baseline = channel_free_baseline(journeys_of(rng.integers(1, 7, 6_000), rng.random(6_000) < 0.3))
    assert abs(baseline.roc_auc["value"] - 0.5) < 0.06
    assert baseline.roc_auc["low"] < 0.5 < baseline.roc_auc["high"]


def test_channels_have_no_say():
    rng = np.random.default_rng(2)
    lengths, converts = rng.integers(2, 5, 2_000), rng.random(2_000) < 0.4
    journeys = journeys_of(lengths, converts)
    renamed = journeys_of(lengths, converts)
    renamed.touches[:] = rng.integers(0, 2, len(renamed.touches))
    assert channel_free_baseline(journeys) == channel_free_baseline(renamed)


def test_no_user_is_on_both_sides_and_all_are_used():
    rng = np.random.default_rng(3)
    journeys = journeys_of(rng.integers(1, 5, 2_000), rng.random(2_000) < 0.4)
    baseline = channel_free_baseline(journeys)
    assert baseline.train_journeys + baseline.test_journeys == len(journeys)
    assert 0.15 < baseline.test_journeys / len(journeys) < 0.25


def test_features_are_lengths_and_gaps():
    log = pl.DataFrame(
        {"uid": [1, 1, 1, 2], "timestamp": [0, 10, 40, 5], "campaign": ["a"] * 4, "conversion": [0, 0, 1, 0]}
    )
    with pytest.warns(wm.DataWarning, match="only one touch"):
        journeys = wm.journeys_from_events(log)
    features = timing_features(journeys)
    assert features[0].tolist() == [3, 40, 30, 10, 20]
    assert features[1, :2].tolist() == [1, 0]
    assert np.isnan(features[1, 2:]).all()


def test_without_the_other_outcome_there_is_a_reason_instead_of_a_figure():
    journeys = journeys_of([2] * 50, [True] * 50)
    assert channel_free_baseline(journeys).reason == "no journey without a conversion was observed"
    few = journeys_of([2] * 50, [True] + [False] * 49)
    assert "fewer than 30" in channel_free_baseline(few).reason
    paths = wm.journeys_from_paths(pl.DataFrame({"path": ["a > b", "b"], "total_conversions": [1, 2]}))
    assert "no times" in channel_free_baseline(paths).reason
