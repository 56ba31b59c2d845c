"""Losses of counts against scipy's distributions, and what they have in common."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

from wanamaker.nn.counts import COUNT_LOSSES, POWER

COUNTS = torch.tensor([0.0, 1.0, 2.0, 7.0])
LOGS = torch.tensor([-2.0, 0.0, 0.5, 1.5])
each = pytest.mark.parametrize("name", list(COUNT_LOSSES))


def told(name: str, logs: torch.Tensor, second: float = 0.3) -> torch.Tensor:
    columns = [logs, torch.full_like(logs, second)]
    return torch.stack(columns[: 1 if COUNT_LOSSES[name].extra == "none" else 2], dim=1)


def test_poisson_is_the_log_likelihood() -> None:
    found = COUNT_LOSSES["poisson"].loss(told("poisson", LOGS), COUNTS)
    assert found.numpy() == pytest.approx(-poisson.logpmf(COUNTS.numpy(), np.exp(LOGS.numpy())), rel=1e-5)


def test_negative_binomial_is_the_log_likelihood() -> None:
    found = COUNT_LOSSES["negative_binomial"].loss(told("negative_binomial", LOGS), COUNTS)
    number = 1.0 / np.log1p(np.exp(0.3))
    wanted = -nbinom.logpmf(COUNTS.numpy(), number, number / (number + np.exp(LOGS.numpy())))
    assert found.numpy() == pytest.approx(wanted, rel=1e-4)


def test_zero_inflated_is_the_log_likelihood() -> None:
    found = COUNT_LOSSES["zero_inflated"].loss(told("zero_inflated", LOGS), COUNTS)
    none = 1.0 / (1.0 + np.exp(-0.3))
    chances = (1 - none) * poisson.pmf(COUNTS.numpy(), np.exp(LOGS.numpy())) + none * (COUNTS.numpy() == 0)
    assert found.numpy() == pytest.approx(-np.log(chances), rel=1e-4)


def test_tweedie_is_half_its_deviance() -> None:
    from sklearn.metrics import mean_tweedie_deviance

    found = COUNT_LOSSES["tweedie"].loss(told("tweedie", LOGS), COUNTS)
    wanted = [
        mean_tweedie_deviance([count], [mean], power=POWER) / 2
        for count, mean in zip(COUNTS.tolist(), LOGS.exp().tolist(), strict=True)
    ]
    assert found.numpy() == pytest.approx(wanted, rel=1e-4)


@each
@given(mean=st.floats(0.2, 5.0), part=st.floats(0.0, 1.0))
def test_the_mean_of_fractional_counts_is_best(name: str, mean: float, part: float) -> None:
    if COUNT_LOSSES[name].extra == "gate":
        return  # there a zero is another thing than a small count
    counts = torch.tensor([mean * part, mean * (2 - part)], dtype=torch.float64)
    at = [
        float(
            COUNT_LOSSES[name]
            .loss(told(name, torch.log(torch.full((2,), mean * by, dtype=torch.float64))), counts)
            .sum()
        )
        for by in (1.0, 0.9, 1.1)
    ]
    assert at[0] <= min(at[1:])


@each
def test_gradients_are_finite_far_out(name: str) -> None:
    logs = torch.tensor([-200.0, -30.0, 19.0, 200.0], requires_grad=True)
    loss = COUNT_LOSSES[name].loss(told(name, logs), torch.tensor([0.0, 3.0, 0.0, 2.0]))
    loss.sum().backward()
    assert torch.isfinite(loss).all()
    assert logs.grad is not None
    assert torch.isfinite(logs.grad).all()
