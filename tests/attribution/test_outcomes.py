"""Outcomes are drawn replicate by replicate with the weights that all methods share."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wanamaker as wm
from wanamaker.attribution.outcomes import Outcomes
from wanamaker.stats.bootstrap import Resampling


@given(
    keys=st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=20),
    mean=st.sampled_from([0.5, 1.0, 7.0, 29.0, 31.0, 500.0]),
    seed=st.integers(0, 1000),
)
def test_one_replicate_is_its_column_of_all(keys, mean, seed):
    users = np.array(keys, dtype=np.uint64)
    means = np.where(np.arange(len(keys)) % 3 == 0, 1.0, mean)
    resampling = Resampling(4, seed)
    every = resampling.weights(users, means)
    for replicate in (1, 2, 4):
        assert resampling.drawn(users, means, replicate).tolist() == every[:, replicate].tolist()
    plain = resampling.weights(users, np.ones(len(users)))
    assert resampling.drawn(users, None, 2).tolist() == plain[:, 2].tolist()


def test_a_user_has_one_weight_for_all_journeys():
    log = wm.simulate.journeys(50, seed=1).log
    journeys = wm.journeys_from_events(log, observed="full")
    drawn = Outcomes(journeys, Resampling(2, 0)).drawn(1)
    weights = Resampling(2, 0).drawn(journeys.users, None, 1)
    assert (drawn.conversions + drawn.nulls).tolist() == weights.tolist()
    assert drawn.values is None


def test_in_rows_for_many_journeys_both_outcomes_are_drawn_apart():
    rows = 400
    table = {"path": ["a > b"] * rows, "won": [50] * rows, "lost": [50] * rows}
    journeys = wm.journeys_from_paths(table, conversions="won", nulls="lost")
    drawn = Outcomes(journeys, Resampling(1, 0)).drawn(1)
    assert abs(np.corrcoef(drawn.conversions, drawn.nulls)[0, 1]) < 0.15
    assert drawn.nulls.mean() == pytest.approx(50, abs=1.5)
    assert drawn.nulls.std() == pytest.approx(50**0.5, abs=1.0)
