"""Two daily series, one of them shifted."""

from __future__ import annotations

import numpy as np
import pytest

from wanamaker.evaluation.search_terms.shifts import shifted_correlations


def test_a_planted_shift_is_found_beyond_chance():
    rng = np.random.default_rng(0)
    first = rng.normal(size=120)
    second = np.roll(first, 4) + 0.3 * rng.normal(size=120)
    rows = shifted_correlations(first, second)
    best = max(rows, key=lambda row: row["correlation"])
    assert best["shift"] == 4
    assert best["correlation"] > best["widest"] > best["high"]


def test_what_follows_the_week_and_grows_alone_is_not_called_related():
    rng = np.random.default_rng(1)
    days = np.arange(140)
    both = [5.0 + 2.0 * (days % 7 >= 5) + 0.05 * days + 0.3 * rng.normal(size=140) for _ in range(2)]
    plain = np.corrcoef(*both)[0, 1]
    rows = shifted_correlations(*both)
    assert plain > 0.8
    assert max(abs(row["correlation"]) for row in rows) < 0.45


def test_chance_stays_within_its_band_about_as_often_as_told():
    outside = []
    for seed in range(25):
        rng = np.random.default_rng(seed)
        rows = shifted_correlations(rng.normal(size=60), rng.normal(size=60), permutations=60, seed=seed)
        outside.append(max(abs(row["correlation"]) for row in rows) > rows[0]["widest"])
    assert np.mean(outside) < 0.2


def test_the_same_seed_gives_the_same_band():
    rng = np.random.default_rng(3)
    series = rng.normal(size=(2, 50))
    assert shifted_correlations(*series, seed=5) == shifted_correlations(*series, seed=5)


@pytest.mark.parametrize("first", [np.arange(9.0), np.ones(40), np.tile(np.arange(7.0), 6)])
def test_short_constant_or_purely_weekly_series_say_nothing(first):
    second = np.random.default_rng(0).normal(size=len(first))
    assert shifted_correlations(first, second) == []
