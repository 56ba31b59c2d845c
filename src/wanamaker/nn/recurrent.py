"""Recurrent encoders over padded sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import torch

from wanamaker.base.errors import ParameterError
from wanamaker.nn.masks import blanked, reversed_steps

if TYPE_CHECKING:
    from torch import Tensor

    Memory = list[Tensor | tuple[Tensor, Tensor]]

_CELLS = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}


class Recurrent(torch.nn.Module):
    """Plain, gated or long short-term memory cells, in one or more layers.

    Padding stands at the end, so that the states of real steps do not depend on it; states of padding
    are zero. The backward direction reads each sequence reversed within its own length.

    Parameters
    ----------
    cell
        ``"rnn"`` (Elman, tanh), ``"gru"`` or ``"lstm"``.
    inputs
        Width of the steps.
    width
        Width of a state; of each direction if there are two.
    layers
        Cells on top of each other.
    bidirectional
        Whether sequences are read backwards too: each state then depends on later steps.
    dropout
        Share of the values between two layers that is set to zero while training.

    **Shape**

    * values: (B, T, inputs); mask: (B, T)
    * out: (B, T, width), or (B, T, 2 width) with two directions

    Examples
    --------
    >>> encoder = Recurrent("gru", 3, 4)
    >>> encoder(torch.zeros(2, 5, 3), torch.ones(2, 5, dtype=torch.bool)).shape
    torch.Size([2, 5, 4])
    """

    def __init__(
        self,
        cell: Literal["rnn", "gru", "lstm"],
        inputs: int,
        width: int,
        *,
        layers: int = 1,
        bidirectional: bool = False,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.cell = cell
        self.causal = not bidirectional
        self.width = width * (2 if bidirectional else 1)
        widths = [inputs, *[self.width] * (layers - 1)]
        self.ahead = torch.nn.ModuleList(_new_cell(cell, each, width) for each in widths)
        backward = widths if bidirectional else []
        self.back = torch.nn.ModuleList(_new_cell(cell, each, width) for each in backward)
        self.dropout = torch.nn.Dropout(dropout)

    def forward(self, values: Tensor, mask: Tensor) -> Tensor:
        """Return the state after each step."""
        for layer, ahead in enumerate(self.ahead):
            states = ahead(self.dropout(values) if layer else values)[0]
            if self.back:
                turned = self.back[layer](reversed_steps(values, mask))[0]
                states = torch.cat((states, reversed_steps(turned, mask)), dim=-1)
            values = states
        return blanked(values, mask)

    def step(self, values: Tensor, memory: Memory | None = None) -> tuple[Tensor, Memory]:
        """Return the states after one more step, and what has to be kept for the next.

        Parameters
        ----------
        values
            The step, of shape (B, inputs).
        memory
            What the step before returned; None at the start.

        Raises
        ------
        ParameterError
            If the encoder reads backwards.
        """
        if not self.causal:
            message = "Live scoring needs an encoder that only looks back. This one is bidirectional."
            raise ParameterError(message, hint="bidirectional=False")
        kept: Memory = []
        states = values[:, None]  # (batch, 1, inputs)
        for layer, ahead in enumerate(self.ahead):
            states, memory_of_layer = ahead(states, None if memory is None else memory[layer])
            kept.append(memory_of_layer)
        return states[:, 0], kept


def _new_cell(cell: str, inputs: int, width: int) -> Any:
    """Return a cell that starts orthogonal, its forget gates (if any) open."""
    made: Any = _CELLS[cell](inputs, width, batch_first=True)
    for name, weight in made.named_parameters():
        if "weight_hh" in name:
            for gate in weight.data.split(width):
                torch.nn.init.orthogonal_(gate)
        elif "weight_ih" in name:
            for gate in weight.data.split(width):
                torch.nn.init.xavier_uniform_(gate)
        else:
            torch.nn.init.zeros_(weight.data)
    if cell == "lstm":
        made.bias_ih_l0.data[width : 2 * width] = 1.0
    return made
