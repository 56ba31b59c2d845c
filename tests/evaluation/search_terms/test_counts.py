"""Metrics of counts against the plain definitions, with intervals over whole terms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanamaker.evaluation.search_terms.comparison import by_origin, compared
from wanamaker.evaluation.search_terms.counts import count_metrics, deviance_difference
from wanamaker.evaluation.search_terms.sums import Terms
from wanamaker.stats.bootstrap import Resampling
from wanamaker.stats.regression_metrics import bias, mae, poisson_deviance, rmse


def made(rows=400, terms=50, seed=0, replicates=100):
    rng = np.random.default_rng(seed)
    rates = rng.gamma(0.5, 1.0, terms)
    which = rng.integers(0, terms, rows)
    observed = rng.poisson(rates[which]).astype(float)
    keys = Terms(which.astype(np.uint64), Resampling(replicates))
    return observed, rates[which], np.full(rows, observed.mean()), keys


def test_values_are_those_of_the_definitions():
    observed, expected, blind, keys = made()
    told = count_metrics(observed, expected, blind, keys)
    for name, measure in (
        ("mae", mae),
        ("rmse", rmse),
        ("poisson_deviance", poisson_deviance),
        ("bias", bias),
    ):
        assert told[name]["value"] == pytest.approx(measure(observed, expected)[0], rel=1e-6, abs=1e-9)
    before = poisson_deviance(observed, blind)[0]
    lost = poisson_deviance(observed, expected)[0]
    assert told["explained"]["value"] == pytest.approx(1 - lost / before, abs=1e-5)
    assert told["calibration_ratio"]["value"] == pytest.approx(expected.sum() / observed.sum())


def test_more_rows_of_the_same_terms_make_no_interval_narrower():
    observed, expected, blind, keys = made()
    together = count_metrics(observed, expected, blind, keys)["calibration_ratio"]
    assert together["low"] < together["value"] < together["high"]
    repeated = count_metrics(
        np.repeat(observed, 9),
        np.repeat(expected, 9),
        np.repeat(blind, 9),
        Terms(np.repeat(keys.keys, 9), keys.resampling),
    )
    assert repeated["calibration_ratio"]["low"] == pytest.approx(together["low"])


def test_without_replicates_there_is_no_interval():
    told = count_metrics(*made(replicates=0))
    assert told["mae"]["low"] is None


@given(st.integers(0, 50))
def test_order_of_rows_changes_no_figure(seed):
    observed, expected, blind, keys = made(rows=60, terms=9, replicates=10)
    order = np.random.default_rng(seed).permutation(60)
    moved = Terms(keys.keys[order], keys.resampling)
    one, two = (
        count_metrics(observed, expected, blind, keys),
        count_metrics(observed[order], expected[order], blind[order], moved),
    )
    for name in one:
        assert [one[name][end] for end in ("value", "low", "high")] == pytest.approx(
            [two[name][end] for end in ("value", "low", "high")]
        )


def test_the_truth_beats_a_blind_rate_for_sure_and_itself_not_at_all():
    observed, expected, blind, keys = made()
    gap = deviance_difference(observed, expected, blind, keys)
    assert gap["certain"]
    assert gap["high"] < 0
    same = deviance_difference(observed, expected, expected, keys)
    assert (same["value"], same["certain"]) == (0.0, False)


def test_each_predictor_stands_against_the_best_baseline_that_is_not_itself():
    observed, expected, blind, keys = made()
    told = {"network": expected, "glm": blind, "rate": blind * 3}
    rows = {row["name"]: row for row in compared(observed, told, blind, np.ones(len(observed)), keys)}
    assert rows["network"]["against"] == rows["rate"]["against"] == "glm"
    assert rows["glm"]["against"] == "rate"
    assert rows["network"]["difference"]["value"] < 0 < rows["rate"]["difference"]["value"]
    assert rows["network"]["gini"]["value"] > 0.2
    assert rows["glm"]["explained"]["value"] == pytest.approx(0.0)


def test_without_costs_there_is_no_ranking():
    observed, expected, blind, keys = made(replicates=0)
    assert "gini" not in compared(observed, {"network": expected}, blind, None, keys)[0]


def test_origins_are_told_one_by_one():
    observed, expected, blind, _ = made(replicates=0)
    rows = by_origin(
        [("a", observed, {"network": expected}, blind), ("b", observed, {"network": blind}, blind)]
    )
    assert [row["origin"] for row in rows] == ["a", "b"]
    assert rows[0]["explained"] > 0
    assert rows[1]["explained"] == pytest.approx(0.0)
