"""The network of a session model: an encoder over steps, what is known of the session, a layer on top."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch

from wanamaker.nn.bag import Bag
from wanamaker.nn.embeddings import Embedding
from wanamaker.nn.encoders import Encoder, encoder
from wanamaker.nn.masks import last_states
from wanamaker.nn.statics import StaticEncoder
from wanamaker.nn.steps import StepEncoder

if TYPE_CHECKING:
    from torch import Tensor

    from wanamaker.nn.batch import Batch

BAG = "bag"
"""The cell that does not see order; see `wanamaker.nn.bag.Bag`."""

_WIDEST = 16


@dataclass(frozen=True, kw_only=True)
class SessionShape:
    """What a session network is made of.

    Parameters
    ----------
    step_sizes, static_sizes
        Columns of categories, of steps and of sessions, to how many codes each has.
    step_numbers, static_numbers
        Columns of numbers.
    gaps
        Whether the time between steps is read.
    cell
        One of `wanamaker.nn.encoders.CELLS`, or ``"bag"``.
    width, layers, bidirectional, dropout
        Of the encoder; the layer on top is as wide.
    """

    step_sizes: dict[str, int] = field(default_factory=dict)
    step_numbers: list[str] = field(default_factory=list)
    static_sizes: dict[str, int] = field(default_factory=dict)
    static_numbers: list[str] = field(default_factory=list)
    gaps: bool = False
    cell: str = "gru"
    width: int = 32
    layers: int = 1
    bidirectional: bool = False
    dropout: float = 0.0


class SessionNetwork(torch.nn.Module):
    """Log-odds after every step of a session; of the whole session where the encoder looks ahead.

    Without columns of steps it is a perceptron on what is known of the session.

    Parameters
    ----------
    shape
        What it is made of.

    **Shape**

    * batch: B sessions of at most T steps
    * out: (B, T), or (B,) with two directions
    """

    def __init__(self, shape: SessionShape) -> None:
        super().__init__()
        self.steps = StepEncoder(
            _embeddings(shape.step_sizes), shape.step_numbers, gaps=shape.gaps and shape.cell != BAG
        )
        self.statics = StaticEncoder(_embeddings(shape.static_sizes), shape.static_numbers)
        self.encoder = _encoder(shape, self.steps.width) if shape.step_sizes else None
        self.causal = not shape.bidirectional
        inputs = 0 if self.encoder is None else int(self.encoder.width)
        self.profile = _layer(self.statics.width, shape) if self.statics.width else None
        inputs += shape.width if self.statics.width else 0
        self.top = torch.nn.Sequential(_layer(inputs, shape), torch.nn.Linear(shape.width, 1))

    def forward(self, batch: Batch) -> Tensor:
        """Return the log-odds."""
        return self.judged(self.encoded(batch), batch)

    def encoded(self, batch: Batch) -> Tensor:
        """Return the steps as vectors, of shape (B, T, inputs)."""
        if self.encoder is None:
            return torch.zeros(*batch.mask.shape, 0, device=batch.device)
        values: Tensor = self.steps(batch)
        return values

    def judged(self, values: Tensor, batch: Batch) -> Tensor:
        """Return the log-odds of steps that are given as vectors."""
        states = values if self.encoder is None else self.encoder(values, batch.mask)
        if self.causal:
            return self.answered(states, self.known(batch)[:, None])
        ahead, back = states.chunk(2, dim=-1)
        whole = torch.cat((last_states(ahead, batch.lengths), back[:, 0]), dim=-1)  # (batch, 2 width)
        return self.answered(whole, self.known(batch))

    def known(self, batch: Batch) -> Tensor:
        """Return what is known of each session as a vector, of shape (B, width), or (B, 0) for nothing."""
        found: Tensor = self.statics(batch)
        return found if self.profile is None else self.profile(found)

    def answered(self, states: Tensor, known: Tensor) -> Tensor:
        """Return the log-odds of states, of shape (…, width) to (…,)."""
        known = known.expand(*states.shape[:-1], known.shape[-1])
        odds: Tensor = self.top(torch.cat((states, known), dim=-1))
        return odds[..., 0]


def _embeddings(sizes: dict[str, int]) -> dict[str, Embedding]:
    """Return an embedding per column, wider the more categories there are."""
    return {name: Embedding(size, min(_WIDEST, 2 + int(1.6 * size**0.56))) for name, size in sizes.items()}


def _layer(inputs: int, shape: SessionShape) -> torch.nn.Sequential:
    """Return a layer as wide as the network, with dropout."""
    return torch.nn.Sequential(
        torch.nn.Linear(inputs, shape.width), torch.nn.GELU(), torch.nn.Dropout(shape.dropout)
    )


def _encoder(shape: SessionShape, inputs: int) -> Bag | Encoder:
    if shape.cell == BAG:
        return Bag(inputs)
    return encoder(
        shape.cell,
        inputs,
        shape.width,
        layers=shape.layers,
        dropout=shape.dropout,
        bidirectional=shape.bidirectional,
    )
