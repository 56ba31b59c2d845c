"""The commonest paths, and the flow from touch to touch, of random journeys."""

from __future__ import annotations

from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wanamaker as wm
from wanamaker.journeys.flows import STEPS, flows, top_paths

pytestmark = pytest.mark.filterwarnings("ignore::wanamaker.base.errors.DataWarning")

touches = st.lists(st.sampled_from("abcdefghijklmnop"), min_size=1, max_size=7)


@given(st.lists(st.tuples(touches, st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=12))
def test_every_journey_flows_out_of_each_step_that_it_reaches(rows):
    table = {
        "path": [" > ".join(path) for path, _, _ in rows],
        "total_conversions": [conversions for _, conversions, _ in rows],
        "nulls": [nulls for _, _, nulls in rows],
    }
    journeys = wm.journeys_from_paths(pl.DataFrame(table), nulls="nulls")
    moves = flows(journeys)
    weights = journeys.conversions + journeys.nulls
    for step in range(1, STEPS + 1):
        out = sum(move["journeys"] for move in moves if move["step"] == step)
        assert out == weights[journeys.lengths >= step].sum()
    ended = sum(move["journeys"] for move in moves if move["target"] == "(converted)")
    assert ended == journeys.conversions[journeys.lengths <= STEPS].sum()


@given(st.lists(touches, min_size=1, max_size=30))
def test_top_paths_are_the_paths_as_counted_one_by_one(paths):
    table = {"path": [" > ".join(path) for path in paths], "total_conversions": np.ones(len(paths))}
    found = top_paths(wm.journeys_from_paths(pl.DataFrame(table)))
    counts = Counter(tuple(path) for path in paths)
    assert [row["conversions"] for row in found] == sorted(counts.values(), reverse=True)[:25]
    assert all(counts[tuple(row["path"])] == row["conversions"] for row in found)
