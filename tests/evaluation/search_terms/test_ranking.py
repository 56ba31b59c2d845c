"""Term days in the order of expected conversions per cost."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from wanamaker.evaluation.search_terms.ranking import ranked_days
from wanamaker.evaluation.search_terms.sums import Terms
from wanamaker.stats.bootstrap import Resampling


def terms(count, replicates=0):
    return Terms(np.arange(count, dtype=np.uint64), Resampling(replicates))


def reference(observed, expected, cost):
    """The area by the trapezoids of the definition."""
    order = sorted(range(len(cost)), key=lambda one: -expected[one] / cost[one])
    area, gained, total, paid = 0.0, 0.0, sum(observed), sum(cost)
    for one in order:
        after = gained + observed[one]
        area += (gained + after) / 2 / total * cost[one] / paid
        gained = after
    return 2 * area - 1


def test_gini_is_that_of_the_definition():
    rng = np.random.default_rng(0)
    observed, expected, cost = rng.poisson(2, 30) + 0.0, rng.random(30), rng.random(30) + 0.1
    told = ranked_days(observed, expected, cost, terms(30))
    assert told["gini"]["value"] == pytest.approx(reference(observed, expected, cost))


def test_the_order_of_what_happened_is_the_best_there_is():
    rng = np.random.default_rng(1)
    observed, cost = rng.poisson(2, 40) + 0.0, rng.random(40) + 0.1
    best = ranked_days(observed, observed, cost, terms(40))
    worst = ranked_days(observed, -observed, cost, terms(40))
    assert best["gini"]["value"] == best["best"]
    assert worst["gini"]["value"] == pytest.approx(-best["best"], abs=0.05)


def test_the_curve_rises_from_nothing_to_all():
    rng = np.random.default_rng(2)
    told = ranked_days(rng.poisson(2, 40) + 0.0, rng.random(40), rng.random(40) + 0.1, terms(40, 50))
    heights = [row["conversions"] for row in told["curve"]]
    assert (heights[0], heights[-1]) == (0.0, 1.0)
    assert all(after >= before for before, after in itertools.pairwise(heights))
    assert told["gini"]["low"] < told["gini"]["value"] < told["gini"]["high"]


def test_an_order_of_equals_knows_nothing_whichever_row_stands_first():
    rng = np.random.default_rng(3)
    observed, cost = rng.poisson(2, 40) + 0.0, rng.random(40) + 0.1
    assert ranked_days(observed, cost, cost, terms(40))["gini"]["value"] == pytest.approx(0.0)
    halves = np.where(np.arange(40) % 2, 2.0, 1.0) * cost
    one = ranked_days(observed, halves, cost, terms(40))["gini"]["value"]
    order = rng.permutation(40)
    two = ranked_days(observed[order], halves[order], cost[order], terms(40))["gini"]["value"]
    assert one == pytest.approx(two)


def test_days_of_one_term_are_drawn_together():
    rng = np.random.default_rng(4)
    observed, expected, cost = rng.poisson(2, 40) + 0.0, rng.random(40), rng.random(40) + 0.1
    few = Terms(np.repeat(np.arange(4), 10).astype(np.uint64), Resampling(200))
    one, two = (ranked_days(observed, expected, cost, keys)["gini"] for keys in (few, terms(40, 200)))
    assert one["value"] == two["value"]
    assert (one["low"], one["high"]) != (two["low"], two["high"])


def test_without_conversions_or_costs_nothing_is_ranked():
    nothing = ranked_days(np.zeros(3), np.ones(3), np.ones(3), terms(3))
    free = ranked_days(np.ones(3), np.ones(3), np.zeros(3), terms(3))
    assert nothing["gini"]["value"] is free["gini"]["value"] is None
