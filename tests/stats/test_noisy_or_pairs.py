"""The noisy-or model with pairs of channels against enumeration of all coalitions."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wanamaker.stats.noisy_or import multilinear_shapley, removal_effect
from wanamaker.stats.noisy_or_pairs import linked_groups, pair_removal_effect, pair_shapley

NO_PAIRS = np.zeros((0, 2), dtype=np.int64)
tenths = st.integers(0, 10).map(lambda tenth: Fraction(tenth, 10))


@st.composite
def games(draw: st.DrawFn) -> tuple[list[Fraction], list[tuple[int, int]], list[Fraction], Fraction]:
    """One user: failures of up to six channels, pairs among them, failures of the pairs, base."""
    channels = draw(st.integers(1, 6))
    every = list(combinations(range(channels), 2))
    pairs = draw(st.lists(st.sampled_from(every), max_size=6)) if every else []
    pairs = [pair if draw(st.booleans()) else pair[::-1] for pair in pairs]
    failure = draw(st.lists(tenths, min_size=channels, max_size=channels))
    pair_failure = draw(st.lists(tenths, min_size=len(pairs), max_size=len(pairs)))
    return failure, pairs, pair_failure, draw(tenths)


def converts(game, coalition: set[int]) -> Fraction:
    """Return P(S), written from the definition."""
    failure, pairs, pair_failure, base = game
    fails = 1 - base
    for channel in coalition:
        fails *= failure[channel]
    for pair, fail in zip(pairs, pair_failure, strict=True):
        if set(pair) <= coalition:
            fails *= fail
    return 1 - fails


def shapley_by_coalitions(game) -> list[Fraction]:
    """Average marginal contribution over all orders, exactly."""
    channels = range(len(game[0]))
    credit = []
    for channel in channels:
        others = [other for other in channels if other != channel]
        total = Fraction(0)
        for size in range(len(others) + 1):
            for chosen in combinations(others, size):
                gain = converts(game, {*chosen, channel}) - converts(game, set(chosen))
                total += gain / (len(channels) * comb(len(others), size))
        credit.append(total)
    return credit


def as_arrays(game) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    failure, pairs, pair_failure, base = game
    return (
        np.array([failure], dtype=np.float64),
        np.array(pairs, dtype=np.int64).reshape(-1, 2),
        np.array([pair_failure], dtype=np.float64).reshape(1, -1),
        float(base),
    )


@settings(max_examples=150, deadline=None)
@given(game=games())
def test_shapley_with_pairs_equals_enumeration_of_coalitions(game):
    expected = np.array([shapley_by_coalitions(game)], dtype=np.float64)
    np.testing.assert_allclose(pair_shapley(*as_arrays(game)), expected, rtol=0, atol=1e-13)


@given(game=games())
def test_shapley_with_pairs_and_base_sum_to_the_conversion_probability(game):
    everyone = float(converts(game, set(range(len(game[0])))))
    total = pair_shapley(*as_arrays(game)).sum() + float(game[-1])
    assert total == pytest.approx(everyone, abs=1e-13)


@given(game=games())
def test_removal_takes_the_channel_and_its_pairs_away(game):
    everyone = set(range(len(game[0])))
    expected = [
        float(converts(game, everyone) - converts(game, everyone - {channel})) for channel in everyone
    ]
    np.testing.assert_allclose(pair_removal_effect(*as_arrays(game))[0], expected, rtol=0, atol=1e-14)


@pytest.mark.parametrize("channels", [1, 4, 9, 40])
def test_without_pairs_nothing_differs_from_the_plain_model(channels):
    rng = np.random.default_rng(0)
    failure, base = rng.uniform(0.0, 1.0, (20, channels)), rng.random(20)
    failure[rng.random(failure.shape) < 0.4] = 1.0
    none = np.ones((20, 0))
    shapley, removal = multilinear_shapley(failure, base), removal_effect(failure, base)
    np.testing.assert_allclose(pair_shapley(failure, NO_PAIRS, none, base), shapley, atol=1e-14)
    np.testing.assert_allclose(pair_removal_effect(failure, NO_PAIRS, none, base), removal, atol=1e-14)


def test_pairs_that_never_convert_change_nothing():
    failure = np.random.default_rng(1).uniform(0.0, 1.0, (30, 6))
    pairs, idle = np.array([[0, 1], [1, 2], [5, 4]]), np.ones((30, 3))
    np.testing.assert_allclose(pair_shapley(failure, pairs, idle), multilinear_shapley(failure), atol=1e-14)


def test_one_user_is_scored_as_within_many_users():
    rng = np.random.default_rng(2)
    failure, pair_failure, base = rng.random((50, 5)), rng.random((50, 2)), rng.random(50)
    failure[::2, :2], pair_failure[::3] = 1.0, 1.0
    pairs = np.array([[0, 1], [3, 1]])
    together = pair_shapley(failure, pairs, pair_failure, base)
    alone = [pair_shapley(failure[[u]], pairs, pair_failure[[u]], base[[u]])[0] for u in range(50)]
    np.testing.assert_allclose(together, alone, atol=1e-14)


def test_a_chain_of_eight_channels_sums_to_its_conversions():
    rng = np.random.default_rng(3)
    failure, pair_failure = rng.random((10, 12)), rng.random((10, 7))
    pairs = np.column_stack([np.arange(7), np.arange(1, 8)])
    total = pair_shapley(failure, pairs, pair_failure).sum(axis=1)
    np.testing.assert_allclose(total, 1 - failure.prod(axis=1) * pair_failure.prod(axis=1), atol=1e-13)


def test_a_channel_outside_all_that_converts_gets_exactly_nothing():
    failure = np.array([[0.4, 0.7, 1.0, 1.0]])
    credit = pair_shapley(failure, np.array([[0, 1], [2, 1]]), np.array([[0.3, 1.0]]))
    assert credit[0, 2:].tolist() == [0.0, 0.0]


def test_no_users_have_no_credit():
    assert pair_shapley(np.ones((0, 3)), np.array([[0, 1]]), np.ones((0, 1))).shape == (0, 3)


def test_groups_are_what_pairs_link_in_any_direction():
    groups = linked_groups(7, np.array([[5, 3], [3, 1], [6, 0]]))
    assert [group.tolist() for group in groups] == [[0, 6], [1, 3, 5], [2], [4]]
