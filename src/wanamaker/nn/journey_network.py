"""The network of a journey model: touches, an encoder, attention that fades, and the user."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch

from wanamaker.nn.attention import AttentionPooling
from wanamaker.nn.embeddings import Embedding
from wanamaker.nn.encoders import encoder
from wanamaker.nn.masks import last_states
from wanamaker.nn.statics import StaticEncoder
from wanamaker.nn.steps import StepEncoder

if TYPE_CHECKING:
    from torch import Tensor

    from wanamaker.nn.batch import Batch

TOUCH = "touch"
"""The column of touches."""

_STATIC_WIDTH = 4
_STARTING_SPREAD = 0.3


@dataclass(frozen=True, kw_only=True)
class JourneyShape:
    """What a journey network is made of.

    Parameters
    ----------
    touches
        Codes of touches, those of padding and the unknown among them.
    static_sizes
        Covariates that are categories, to how many codes each has.
    static_numbers
        Covariates that are numbers.
    cell, width, layers, dropout
        Of the encoder; ``dropout`` also before the layers on top.
    embedding
        Numbers of a touch's vector.
    attention
        Whether the states of all touches are pooled; else the last one stands for the journey.
    gaps
        Whether the time between touches is read.
    decay
        Whether attention fades with the age of a touch.
    """

    touches: int
    static_sizes: dict[str, int] = field(default_factory=dict)
    static_numbers: list[str] = field(default_factory=list)
    cell: str = "lstm"
    width: int = 16
    layers: int = 1
    dropout: float = 0.0
    embedding: int = 8
    attention: bool = True
    gaps: bool = True
    decay: bool = True


class JourneyNetwork(torch.nn.Module):
    """Log-odds of a conversion after the last touch of a journey.

    After Li et al. (arXiv 1809.02230): embedding, recurrent states h_t, attention with time decay
    ``s = Σ a_t h_t``, and layers on ``s``, the last state and the covariates.

    Parameters
    ----------
    shape
        What it is made of.

    **Shape**

    * batch: B journeys of at most T touches
    * out: (B,)
    """

    def __init__(self, shape: JourneyShape) -> None:
        super().__init__()
        touches = Embedding(shape.touches, shape.embedding)
        self.steps = StepEncoder({TOUCH: touches}, gaps=shape.gaps)
        self.encoder = encoder(
            shape.cell, self.steps.width, shape.width, layers=shape.layers, dropout=shape.dropout
        )
        self.attention = AttentionPooling(shape.width, decay=shape.decay) if shape.attention else None
        sizes = shape.static_sizes.items()
        self.statics = StaticEncoder(
            {name: Embedding(size, min(size, _STATIC_WIDTH)) for name, size in sizes}, shape.static_numbers
        )
        inputs = shape.width * (2 if shape.attention else 1) + self.statics.width
        self.top = torch.nn.Sequential(
            torch.nn.Dropout(shape.dropout),
            torch.nn.Linear(inputs, shape.width),
            torch.nn.ReLU(),
            torch.nn.Linear(shape.width, 1),
        )

    def forward(self, batch: Batch) -> Tensor:
        """Return the log-odds."""
        states = self.encoder(self.steps(batch), batch.mask)
        parts = [last_states(states, batch.lengths), self.statics(batch)]
        if self.attention is not None:
            parts.append(self.attention(states, batch.mask, batch.ages)[0])
        odds: Tensor = self.top(torch.cat(parts, dim=-1))
        return odds[:, 0]

    def start_at(self, odds: float) -> None:
        """Let every journey have these log-odds before anything is learned, but for what the layers add."""
        last = self.top[-1]
        assert isinstance(last, torch.nn.Linear)  # noqa: S101 (for the type checker)
        with torch.no_grad():
            last.bias.fill_(odds)
            last.weight.mul_(_STARTING_SPREAD)


class Weights(torch.nn.Module):
    """The attention of a journey network: what each touch counts in the pooled state.

    **Shape**

    * batch: B journeys of at most T touches
    * out: (B, T), of sum 1 over the touches and exactly 0 at padding
    """

    def __init__(self, network: JourneyNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, batch: Batch) -> Tensor:
        """Return the weights."""
        network = self.network
        assert network.attention is not None  # noqa: S101 (asked for only where there is one)
        states = network.encoder(network.steps(batch), batch.mask)
        weights: Tensor = network.attention(states, batch.mask, batch.ages)[1]
        return weights[:, 0]
