"""Empirical Bayes for rates: what is planted is found, and little data is drawn to the mean."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import gamma, poisson

from wanamaker.stats.gamma_poisson import GammaPoisson

PRIOR = GammaPoisson(2.0, 50.0, 0.2)


def drawn(units: int = 3_000, none: float = 0.0, seed: int = 0):
    rng = np.random.default_rng(seed)
    rates = rng.gamma(2.0, 0.02, units) * (rng.random(units) >= none)
    exposure = rng.gamma(0.7, 200.0, units)
    return rates, rng.poisson(rates * exposure).astype(float), exposure


def test_the_planted_prior_is_found() -> None:
    _, counts, exposure = drawn()
    found = GammaPoisson.fit(counts, exposure)
    assert found.shape / found.strength == pytest.approx(0.04, rel=0.1)
    assert found.shape == pytest.approx(2.0, rel=0.2)


def test_the_planted_share_without_any_rate_is_found() -> None:
    _, counts, exposure = drawn(none=0.3)
    found = GammaPoisson.fit(counts, exposure, nothing=True)
    assert found.none == pytest.approx(0.3, abs=0.06)


def test_intervals_hold_as_often_as_they_say() -> None:
    rates, counts, exposure = drawn()
    prior = GammaPoisson.fit(counts, exposure)
    low, high = (prior.quantiles(counts, exposure, share) for share in (0.025, 0.975))
    assert ((low <= rates) & (rates <= high)).mean() == pytest.approx(0.95, abs=0.015)


def test_a_chance_of_none_is_a_probability_that_holds() -> None:
    rates, counts, exposure = drawn(none=0.3)
    chance = GammaPoisson.fit(counts, exposure, nothing=True).chance_of_none(counts, exposure)
    sure = chance > 0.8
    assert (rates[sure] == 0).mean() == pytest.approx(chance[sure].mean(), abs=0.06)
    assert (chance[counts > 0] == 0).all()


@settings(max_examples=15)
@given(count=st.integers(0, 4), exposure=st.floats(1.0, 300.0))
def test_the_posterior_is_what_bayes_gives(count: int, exposure: float) -> None:
    def weight(rate: float) -> float:
        return float(
            gamma.pdf(rate, PRIOR.shape, scale=1 / PRIOR.strength) * poisson.pmf(count, rate * exposure)
        )

    whole = (1 - PRIOR.none) * quad(weight, 0, 1, points=[0.01, 0.05])[0]
    zero = PRIOR.none * (count == 0)
    mean = (1 - PRIOR.none) * quad(lambda rate: rate * weight(rate), 0, 1, points=[0.01, 0.05])[0]
    counts, exposures = np.array([float(count)]), np.array([exposure])
    assert PRIOR.means(counts, exposures)[0] == pytest.approx(mean / (whole + zero), rel=1e-3)
    assert PRIOR.chance_of_none(counts, exposures)[0] == pytest.approx(zero / (whole + zero), abs=1e-4)


@given(count=st.floats(0, 20), exposure=st.floats(0.1, 1e4), share=st.floats(0.01, 0.99))
def test_quantiles_and_probabilities_are_each_other_turned_round(
    count: float, exposure: float, share: float
) -> None:
    counts, exposures = np.array([count]), np.array([exposure])
    rate = PRIOR.quantiles(counts, exposures, share)
    none = PRIOR.chance_of_none(counts, exposures)[0]
    assert PRIOR.below(counts, exposures, rate)[0] == pytest.approx(max(share, none), abs=1e-6)


def test_nothing_known_is_the_mean_of_all() -> None:
    nothing = np.zeros(1)
    assert GammaPoisson(2.0, 50.0).means(nothing, nothing)[0] == pytest.approx(0.04)
