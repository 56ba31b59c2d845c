"""The noisy-or model against enumeration of subsets."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from wanamaker.stats.noisy_or import (
    conversion_probability,
    failure_probability,
    multilinear_shapley,
    removal_effect,
)

failures = st.integers(1, 7).flatmap(
    lambda channels: arrays(np.float64, (2, channels), elements=st.floats(0, 1))
)
bases = arrays(np.float64, (2,), elements=st.floats(0, 1))


def shapley_by_subsets(failure: np.ndarray, base: float) -> np.ndarray:
    """Average marginal contribution over all orders, for one user."""
    channels = len(failure)
    credit = np.zeros(channels)
    for channel in range(channels):
        others = [other for other in range(channels) if other != channel]
        for size in range(channels):
            for subset in combinations(others, size):
                before = (1 - base) * (1 - np.prod(failure[list(subset)]))
                after = (1 - base) * (1 - np.prod(failure[[*subset, channel]]))
                credit[channel] += (after - before) / (channels * comb(channels - 1, size))
    return credit


@settings(max_examples=40, deadline=None)
@given(failure=failures, base=bases)
def test_shapley_of_noisy_or_equals_subset_enumeration(failure, base):
    expected = np.array([shapley_by_subsets(row, b) for row, b in zip(failure, base, strict=True)])
    np.testing.assert_allclose(multilinear_shapley(failure, base), expected, atol=1e-12)


@given(failure=failures, base=bases)
def test_shapley_and_base_sum_to_the_conversion_probability(failure, base):
    total = multilinear_shapley(failure, base).sum(axis=1) + base
    np.testing.assert_allclose(total, conversion_probability(failure, base), atol=1e-12)


@pytest.mark.parametrize("channels", [50, 301])
def test_shapley_stays_exact_with_hundreds_of_channels(channels):
    failure = np.random.default_rng(0).uniform(0.5, 1.0, (3, channels))
    total = multilinear_shapley(failure).sum(axis=1)
    np.testing.assert_allclose(total, conversion_probability(failure, 0.0), atol=1e-12)


def test_channels_that_a_user_did_not_meet_change_nothing():
    rng = np.random.default_rng(0)
    few = rng.uniform(0.0, 1.0, (50, 4))
    many = np.ones((50, 40))
    places = rng.permuted(np.tile(np.arange(40), (50, 1)), axis=1)[:, :4]
    np.put_along_axis(many, places, few, axis=1)
    expected = np.zeros((50, 40))
    np.put_along_axis(expected, places, multilinear_shapley(few, 0.1), axis=1)
    np.testing.assert_allclose(multilinear_shapley(many, 0.1), expected, atol=1e-14)


def test_no_users_or_no_touches_have_no_credit():
    assert multilinear_shapley(np.ones((0, 3))).shape == (0, 3)
    assert multilinear_shapley(np.ones((2, 3))).tolist() == [[0.0] * 3] * 2


def test_equal_channels_get_equal_credit_and_idle_ones_none():
    credit = multilinear_shapley(np.array([[0.3, 0.3, 1.0]]))[0]
    assert credit[0] == pytest.approx(credit[1], abs=1e-15)
    assert credit[2] == 0.0


@given(failure=failures, base=bases)
def test_removal_is_what_the_probability_loses_without_the_channel(failure, base):
    removed = removal_effect(failure, base)
    for channel in range(failure.shape[1]):
        without = failure.copy()
        without[:, channel] = 1.0
        lost = conversion_probability(failure, base) - conversion_probability(without, base)
        np.testing.assert_allclose(removed[:, channel], lost, atol=1e-12)


def test_channels_that_substitute_each_other_lose_less_than_their_credit():
    failure = np.array([[0.2, 0.2]])
    assert removal_effect(failure).sum() < multilinear_shapley(failure).sum()


def test_failure_of_no_touches_is_certain_even_at_full_effect():
    np.testing.assert_array_equal(failure_probability([[0, 1]], [1.0, 1.0]), [[1.0, 0.0]])
