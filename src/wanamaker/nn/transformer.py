"""A small transformer over padded sequences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch.nn.functional import scaled_dot_product_attention

from wanamaker.base.errors import ParameterError
from wanamaker.nn.masks import blanked

if TYPE_CHECKING:
    from torch import Tensor

    Memory = list[tuple[Tensor, Tensor]]


class Transformer(torch.nn.Module):
    """Self-attention in one or more layers (Vaswani et al., arXiv 1706.03762), normalised before each part.

    Each step sees itself and the steps before it, so that padding at the end changes nothing.
    Positions are sines and cosines, so that there is no longest sequence.

    Parameters
    ----------
    inputs
        Width of the steps.
    width
        Width of a state, a multiple of ``heads``.
    layers
        Blocks on top of each other.
    heads
        Attentions side by side in each block.
    dropout
        Share of the values of each part that is set to zero while training.

    **Shape**

    * values: (B, T, inputs); mask: (B, T)
    * out: (B, T, width), zeros at padding

    Examples
    --------
    >>> encoder = Transformer(3, 8, heads=2)
    >>> encoder(torch.zeros(2, 5, 3), torch.ones(2, 5, dtype=torch.bool)).shape
    torch.Size([2, 5, 8])
    """

    causal = True

    def __init__(
        self, inputs: int, width: int, *, layers: int = 1, heads: int = 4, dropout: float = 0.0
    ) -> None:
        super().__init__()
        if width % (2 * heads):
            message = (
                f"The width of a transformer must be a multiple of 2 × heads ({2 * heads}). Got {width}."
            )
            raise ParameterError(message, hint=f"width={-(-width // (2 * heads)) * 2 * heads}")
        self.width = width
        self.entry = torch.nn.Linear(inputs, width)
        self.blocks = torch.nn.ModuleList(_Block(width, heads, dropout) for _ in range(layers))
        self.norm = torch.nn.LayerNorm(width)

    def forward(self, values: Tensor, mask: Tensor) -> Tensor:
        """Return the state after each step."""
        states = self.entry(values) + _positions(0, values.shape[1], self.width, values)
        for block in self.blocks:
            states, _ = block(states)
        return blanked(self.norm(states), mask)

    def step(self, values: Tensor, memory: Memory | None = None) -> tuple[Tensor, Memory]:
        """Return the states after one more step, and what has to be kept for the next.

        Parameters
        ----------
        values
            The step, of shape (B, inputs).
        memory
            What the step before returned; None at the start.
        """
        before = 0 if memory is None else memory[0][0].shape[2]
        states = self.entry(values[:, None]) + _positions(before, 1, self.width, values)
        kept = []
        for layer, block in enumerate(self.blocks):
            states, memory_of_layer = block(states, None if memory is None else memory[layer])
            kept.append(memory_of_layer)
        return self.norm(states)[:, 0], kept


class _Block(torch.nn.Module):
    """Attention to earlier steps, then a layer per step; each added to what came in."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.norm, self.last_norm = torch.nn.LayerNorm(width), torch.nn.LayerNorm(width)
        self.entry, self.exit = torch.nn.Linear(width, 3 * width), torch.nn.Linear(width, width)
        self.wide, self.narrow = torch.nn.Linear(width, 2 * width), torch.nn.Linear(2 * width, width)
        self.dropout = torch.nn.Dropout(dropout)

    def forward(
        self, values: Tensor, memory: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        split = self.entry(self.norm(values)).unflatten(-1, (3, self.heads, -1))
        query, key, value = split.permute(2, 0, 3, 1, 4)  # each (batch, heads, steps, width / heads)
        if memory is not None:
            key, value = torch.cat((memory[0], key), dim=2), torch.cat((memory[1], value), dim=2)
        seen = scaled_dot_product_attention(query, key, value, is_causal=memory is None)
        states = values + self.dropout(self.exit(seen.transpose(1, 2).flatten(2)))
        inner = torch.nn.functional.gelu(self.wide(self.last_norm(states)))
        return states + self.dropout(self.narrow(inner)), (key, value)


def _positions(start: int, count: int, width: int, like: Tensor) -> Tensor:
    """Return sines and cosines of the positions from ``start`` on, of shape (count, width)."""
    places = torch.arange(start, start + count, device=like.device, dtype=torch.float32)
    rates = torch.exp(torch.arange(0, width, 2, device=like.device) * (-math.log(10_000.0) / width))
    angles = places[:, None] * rates
    return torch.cat((angles.sin(), angles.cos()), dim=-1)
