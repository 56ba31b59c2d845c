"""Where a success falls, and where a journey ends for it."""

from __future__ import annotations

import numpy as np

from wanamaker.simulate.exposure import draw_touches
from wanamaker.simulate.outcome import draw_first_success, observed_ends

USERS, LENGTH = 30_000, 4
TOUCHES = draw_touches(np.full((USERS, 1), LENGTH), 1000, np.random.default_rng(0))
STARTS = np.arange(USERS) * LENGTH


def first_success(effect: float, base: float) -> np.ndarray:
    rng = np.random.default_rng(1)
    return draw_first_success(TOUCHES, np.array([effect]), np.full(USERS, base), rng)


def test_an_unprompted_conversion_falls_at_every_touch_alike():
    shares = np.bincount(first_success(effect=0.0, base=1.0) - STARTS, minlength=LENGTH) / USERS
    np.testing.assert_allclose(shares, 1 / LENGTH, atol=0.012)


def test_the_first_success_of_touches_is_geometric():
    first = first_success(effect=0.3, base=0.0)
    won = first >= 0
    shares = np.bincount((first - STARTS)[won], minlength=LENGTH) / USERS
    np.testing.assert_allclose(shares, 0.3 * 0.7 ** np.arange(LENGTH), atol=0.012)


def test_a_full_journey_ends_at_its_last_touch_and_a_stopped_one_at_its_success():
    first = first_success(effect=0.3, base=0.0)
    last = STARTS + LENGTH - 1
    np.testing.assert_array_equal(observed_ends(TOUCHES, first, until_conversion=False), last)
    stopped = observed_ends(TOUCHES, first, until_conversion=True)
    np.testing.assert_array_equal(stopped, np.where(first < 0, last, first))
