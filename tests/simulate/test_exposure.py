"""Counts and moments of touches."""

from __future__ import annotations

import numpy as np
import pytest

from wanamaker.simulate.exposure import draw_counts, draw_touches


def test_counts_follow_independent_channels_given_one_touch_or_more():
    reach, frequency = np.array([[0.3, 0.6, 0.1]]), np.array([2.0, 1.0, 4.0])
    counts = draw_counts(reach, frequency, 200_000, np.random.default_rng(0))
    met = (counts > 0).mean(axis=0)
    some = 1 - np.prod(1 - reach)
    np.testing.assert_allclose(met, reach[0] / some, atol=0.005)
    both = ((counts[:, 0] > 0) & (counts[:, 1] > 0)).mean()
    assert both == pytest.approx(0.3 * 0.6 / some, abs=0.005)
    mean_if_met = counts.sum(axis=0) / (counts > 0).sum(axis=0)
    np.testing.assert_allclose(mean_if_met, frequency, rtol=0.03)


@pytest.mark.parametrize("reach", [1e-12, 1e-4, 1.0])
def test_every_user_has_a_touch_however_rare_the_channels(reach):
    counts = draw_counts(np.full((1, 3), reach), np.ones(3), 1000, np.random.default_rng(0))
    assert counts.sum(axis=1).min() == 1 if reach < 1 else counts.min() == 1


def test_touches_keep_the_counts_and_stand_in_time_within_each_user():
    counts = draw_counts(np.array([[0.5, 0.5]]), np.array([3.0, 3.0]), 5000, np.random.default_rng(1))
    touches = draw_touches(counts, 1000, np.random.default_rng(2))
    again = np.zeros_like(counts)
    np.add.at(again, (touches.user, touches.channel), 1)
    np.testing.assert_array_equal(again, counts)
    gaps, same_user = np.diff(touches.seconds), np.diff(touches.user) == 0
    assert gaps[same_user].min() >= 0
    assert touches.seconds.min() >= 0
    assert touches.seconds.max() < 1000


def test_touches_within_one_second_stand_in_random_order():
    touches = draw_touches(np.ones((4000, 2), dtype=np.int64), 1, np.random.default_rng(0))
    assert touches.channel[::2].mean() == pytest.approx(0.5, abs=0.05)


def test_ends_are_the_last_touch_of_each_user():
    touches = draw_touches(np.array([[1], [3], [2]]), 10, np.random.default_rng(0))
    assert touches.ends.tolist() == [0, 3, 5]
