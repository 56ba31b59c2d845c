"""Losses of counts and amounts, by what a network says of their distribution.

Counts may be fractional, as conversions are that several clicks share: factorials are gamma functions, and
the likelihoods then are quasi-likelihoods, whose mean is still estimated without bias.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch.nn.functional import logsigmoid, softplus

if TYPE_CHECKING:
    from torch import Tensor

    from wanamaker.nn.training.loss import Loss

POWER = 1.5
"""Of the Tweedie deviance: the variance grows with this power of the mean."""

_LOWEST, _HIGHEST = -30.0, 20.0


def poisson(told: Tensor, counts: Tensor) -> Tensor:
    """Return the negative log-likelihood of a Poisson distribution of mean exp(η).

    **Shape**: told (B, 1) with η, counts (B,) -> (B,)

    Examples
    --------
    >>> poisson(torch.tensor([[0.0]]), torch.tensor([1.0])).item()
    1.0
    """
    logs = _logs(told)
    return logs.exp() - counts * logs + torch.lgamma(counts + 1.0)


def negative_binomial(told: Tensor, counts: Tensor) -> Tensor:
    """Return the negative log-likelihood of a distribution of mean μ = exp(η) and variance μ + α μ².

    Known as NB2 (Cameron and Trivedi 1998), with α = softplus(δ) shared by all rows.

    **Shape**: told (B, 2) with η and δ, counts (B,) -> (B,)

    Examples
    --------
    >>> negative_binomial(torch.tensor([[0.0, 0.5413]]), torch.tensor([1.0])).item()  # α = 1: P(1) = 1/4
    1.386
    """
    logs = _logs(told)
    inverse = 1.0 / softplus(told[:, 1]).clamp(min=1e-4)
    both = torch.logaddexp(inverse.log(), logs)  # log (1/α + μ)
    chances = torch.lgamma(counts + inverse) - torch.lgamma(inverse) - torch.lgamma(counts + 1.0)
    return -chances - inverse * (inverse.log() - both) - counts * (logs - both)


def tweedie(told: Tensor, counts: Tensor) -> Tensor:
    """Return half the Tweedie deviance of power 1.5: zeros, and amounts above zero.

    **Shape**: told (B, 1) with η, counts (B,) -> (B,)

    Examples
    --------
    >>> tweedie(torch.tensor([[0.0]]), torch.tensor([1.0])).item()
    0.0
    """
    logs = _logs(told)
    rise, fall = 2.0 - POWER, 1.0 - POWER
    least = counts.pow(rise) / (fall * rise)
    return least - counts * (fall * logs).exp() / fall + (rise * logs).exp() / rise


def zero_inflated(told: Tensor, counts: Tensor) -> Tensor:
    """Return the negative log-likelihood of a Poisson count that is 0 by rule with chance π.

    π = sigmoid(g) of each row (Lambert 1992); the expected count is (1 - π) exp(η).

    **Shape**: told (B, 2) with η and g, counts (B,) -> (B,)

    Examples
    --------
    >>> zero_inflated(torch.tensor([[0.0, 0.0]]), torch.tensor([0.0])).item()  # 1/2 + 1/2 exp(-1)
    0.379
    """
    logs, gate = _logs(told), told[:, 1]
    means = logs.exp()
    none = -torch.logaddexp(logsigmoid(gate), logsigmoid(-gate) - means)
    some = means - counts * logs + torch.lgamma(counts + 1.0) - logsigmoid(-gate)
    return torch.where(counts > 0, some, none)


def _logs(told: Tensor) -> Tensor:
    return told[:, 0].clamp(_LOWEST, _HIGHEST)


@dataclass(frozen=True)
class CountLoss:
    """A loss, and what it needs beside the mean; see `wanamaker.nn.term_network.TermShape`."""

    loss: Loss
    extra: str


COUNT_LOSSES = {
    "poisson": CountLoss(poisson, "none"),
    "negative_binomial": CountLoss(negative_binomial, "dispersion"),
    "tweedie": CountLoss(tweedie, "none"),
    "zero_inflated": CountLoss(zero_inflated, "gate"),
}
