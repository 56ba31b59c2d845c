"""Attention pooling: one vector from all steps, and how much each step counted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch

from wanamaker.base.errors import ParameterError
from wanamaker.nn.decay import TimeDecay

if TYPE_CHECKING:
    from torch import Tensor


class AttentionPooling(torch.nn.Module):
    """A weighted mean of the states, by learned additive scores, in one or more heads.

    After Li et al., "Deep neural net with attention for multi-channel multi-touch attribution"
    (arXiv 1809.02230): ``v_t = tanh(W h_t + b)``, ``a_t = softmax(v_t · u - λ T_t)``, ``s = Σ a_t h_t``,
    where T_t is the time from step t to the moment of scoring.

    The weights say where the network looked, not what a step has caused.

    Parameters
    ----------
    width
        Width of the states, a multiple of ``heads``.
    heads
        Each head weighs the steps anew and pools its own part of the states.
    decay
        Whether steps count less with age, at a rate that is learned.

    **Shape**

    * states: (B, T, width); mask: (B, T); ages: (B, T) seconds
    * out: pooled (B, width), zeros without steps; weights (B, heads, T), exactly 0 at padding, of sum 1

    Examples
    --------
    >>> states, mask = torch.ones(1, 2, 4), torch.tensor([[True, False]])
    >>> pooled, weights = AttentionPooling(4)(states, mask)
    >>> pooled.tolist(), weights.tolist()
    ([[1.0, 1.0, 1.0, 1.0]], [[[1.0, 0.0]]])
    """

    def __init__(self, width: int, *, heads: int = 1, decay: bool = False) -> None:
        super().__init__()
        if width % heads:
            message = f"The width of the states must be a multiple of heads ({heads}). Got {width}."
            raise ParameterError(message, hint=f"width={math.ceil(width / heads) * heads}")
        self.heads, self.width = heads, width
        self.hidden = torch.nn.Linear(width, width)
        self.score = torch.nn.Linear(width, heads, bias=False)
        self.decay = TimeDecay(heads) if decay else None

    def forward(self, states: Tensor, mask: Tensor, ages: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return the pooled states and the weights."""
        scores = self.score(torch.tanh(self.hidden(states))).transpose(1, 2)  # (batch, heads, steps)
        if self.decay is not None and ages is not None:
            scores = scores - self.decay(ages)
        weights = masked_softmax(scores, mask[:, None])
        parts = states.reshape(*states.shape[:2], self.heads, -1)  # (batch, steps, heads, width / heads)
        return torch.einsum("bht,bthw->bhw", weights, parts).flatten(1), weights


def masked_softmax(scores: Tensor, mask: Tensor) -> Tensor:
    """Return weights that sum to 1 over the real places and are exactly 0 elsewhere; all 0 if none is real.

    **Shape**: scores (..., T), mask (..., T) -> (..., T)

    Examples
    --------
    >>> masked_softmax(torch.tensor([1.0, 1.0, 9.0]), torch.tensor([True, True, False])).tolist()
    [0.5, 0.5, 0.0]
    """
    low = torch.finfo(scores.dtype).min
    return torch.softmax(scores.masked_fill(~mask, low), dim=-1) * mask
