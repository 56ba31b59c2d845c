"""Times between steps as numbers a network can use."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor

_SCALES = (60.0, 3600.0, 86400.0)


class LogGaps(torch.nn.Module):
    """Seconds on logarithmic scales that are learned: ``log(1 + gap / τ)``.

    The scales τ start at a minute, an hour and a day.

    **Shape**

    * gaps: (B, T) seconds, 0 or more
    * out: (B, T, 3)

    Examples
    --------
    >>> LogGaps()(torch.tensor([[0.0, 3600.0]])).tolist()
    [[[0.0, 0.0, 0.0], [1.03, 0.17, 0.01]]]
    """

    width = len(_SCALES)

    def __init__(self) -> None:
        super().__init__()
        self.scales = torch.nn.Parameter(torch.tensor([math.log(scale) for scale in _SCALES]))

    def forward(self, gaps: Tensor) -> Tensor:
        """Return the gaps on each scale."""
        return torch.log1p(gaps[..., None] * torch.exp(-self.scales)) * 0.25  # a month on the finest: 2.7
