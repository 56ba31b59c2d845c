"""Attention that fades with time, at a learned rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor

_DAY = 86_400.0
_START = -2.25  # softplus(-2.25) = 0.1 per day


class TimeDecay(torch.nn.Module):
    """What is taken from the score of a step for its age: ``λ × days``, with λ of 0 or more.

    After Li et al. (arXiv 1809.02230). λ starts at 0.1 per day, one for each head.

    **Shape**

    * ages: (B, T) seconds
    * out: (B, heads, T)

    Examples
    --------
    >>> TimeDecay(1)(torch.tensor([[86_400.0]])).item()
    0.10
    """

    def __init__(self, heads: int) -> None:
        super().__init__()
        self.raw = torch.nn.Parameter(torch.full((heads,), _START))

    @property
    def rates(self) -> Tensor:
        """λ of each head, per day."""
        return torch.nn.functional.softplus(self.raw)

    def forward(self, ages: Tensor) -> Tensor:
        """Return what each head takes from each step."""
        return self.rates[:, None] * (ages / _DAY)[:, None]
