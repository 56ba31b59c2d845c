"""The distinct touches of journeys, and groups of equal hashes."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wanamaker as wm
from wanamaker.events.codes import hash_groups


@pytest.mark.filterwarnings("ignore::wanamaker.base.errors.DataWarning")
@given(paths=st.lists(st.lists(st.sampled_from("abcdefg"), max_size=80), min_size=1, max_size=8))
def test_sets_hold_every_distinct_touch_once_with_its_count(paths):
    journeys = wm.journeys_from_paths(
        {"path": [" > ".join(path) for path in paths], "total_conversions": [1] * len(paths)}
    )
    sets = journeys.sets
    for row, path in enumerate(paths):
        place = slice(sets.offsets[row], sets.offsets[row + 1])
        found = dict(zip(sets.members[place].tolist(), sets.counts[place].tolist(), strict=True))
        assert {journeys.names[code]: count for code, count in found.items()} == Counter(path)
        assert list(found) == sorted(found)
    same = {frozenset(path) for path in paths}
    assert len(set(sets.hashes.tolist())) == len(same)


@given(numbers=st.lists(st.integers(0, 5), max_size=50))
def test_groups_are_numbered_in_order_of_first_appearance(numbers):
    codes, firsts = hash_groups(np.array(numbers, dtype=np.uint64))
    order = list(dict.fromkeys(numbers))
    assert codes.tolist() == [order.index(number) for number in numbers]
    assert [numbers[row] for row in firsts] == order


@pytest.mark.filterwarnings("ignore::wanamaker.base.errors.DataWarning")
def test_long_journeys_are_sorted_too():
    names = [f"t{number:03}" for number in range(500)]
    order = np.random.default_rng(0).permutation(500)
    path = " > ".join(names[place] for place in order)
    sets = wm.journeys_from_paths({"path": [path, path], "total_conversions": [1, 0]}).sets
    assert sets.members.tolist() == [*range(500), *range(500)]
