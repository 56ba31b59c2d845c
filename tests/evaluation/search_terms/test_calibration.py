"""Expected against happened, from small to large and day by day."""

from __future__ import annotations

import numpy as np
import pytest

from wanamaker.evaluation.search_terms.by_date import dispersion_of, totals_by_date
from wanamaker.evaluation.search_terms.calibration import calibration_bins
from wanamaker.evaluation.search_terms.sums import Terms
from wanamaker.stats.bootstrap import Resampling

RNG = np.random.default_rng(0)
MEANS = RNG.gamma(0.4, 0.5, 4_000)
COUNTS = RNG.poisson(MEANS).astype(float)
KEYS = Terms(RNG.integers(0, 400, 4_000).astype(np.uint64), Resampling(100))


def test_bins_hold_all_rows_and_equal_shares_of_what_is_expected():
    bins = calibration_bins(COUNTS, MEANS, KEYS)
    assert len(bins) == 10
    assert sum(row["rows"] for row in bins) == len(COUNTS)
    assert sum(row["expected"] for row in bins) == pytest.approx(MEANS.sum())
    assert [row["expected"] for row in bins] == pytest.approx([MEANS.sum() / 10] * 10, rel=0.05)
    assert [row["mean"] for row in bins] == sorted(row["mean"] for row in bins)


def test_right_expectations_lie_within_nearly_all_intervals_and_wrong_ones_do_not():
    right = calibration_bins(COUNTS, MEANS, KEYS)
    wrong = calibration_bins(COUNTS, 2 * MEANS, KEYS)
    assert sum(row["ratio"]["low"] <= 1 <= row["ratio"]["high"] for row in right) >= 8
    assert all(row["ratio"]["high"] < 1 for row in wrong)


def test_a_bin_of_one_term_has_no_interval():
    few = Terms(np.zeros(4_000, dtype=np.uint64), Resampling(100))
    assert all(row["ratio"]["low"] is None for row in calibration_bins(COUNTS, MEANS, few))


def test_nothing_expected_gives_no_bins():
    assert calibration_bins(COUNTS, np.zeros(4_000), KEYS) == []


def test_totals_of_days_add_up():
    day = np.arange(4_000) % 25
    rows = totals_by_date(COUNTS, MEANS, day, "test")
    assert sum(row["observed"] for row in rows) == COUNTS.sum()
    assert sum(row["expected"] for row in rows) == pytest.approx(MEANS.sum())
    assert [row["date"] for row in rows][:2] == ["1970-01-01", "1970-01-02"]


@pytest.mark.parametrize("variance", [1.0, 4.0])
def test_the_band_holds_about_95_of_100_days(variance):
    rng = np.random.default_rng(1)
    means = np.full(2_000, 30.0)
    rates = means if variance == 1.0 else rng.gamma(means / (variance - 1), variance - 1)
    counts = rng.poisson(rates).astype(float)
    days = np.arange(2_000)
    spread = dispersion_of(counts[:500], means[:500], days[:500])
    assert spread == pytest.approx(variance, rel=0.25)
    rows = totals_by_date(counts, means, days, "test", spread)
    inside = np.mean([row["low"] <= row["observed"] <= row["high"] for row in rows])
    assert 0.93 < inside < 0.98


def test_a_wrong_level_alone_is_no_dispersion():
    rng = np.random.default_rng(2)
    counts = rng.poisson(20.0, 300).astype(float)
    assert dispersion_of(counts, np.full(300, 40.0), np.arange(300)) < 1.3
    assert dispersion_of(counts[:1], np.ones(1), np.zeros(1, dtype=int)) == 1.0
