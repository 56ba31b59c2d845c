"""Encoders of sequences by name."""

from __future__ import annotations

from typing import Literal, TypeAlias

from wanamaker.base.errors import ParameterError
from wanamaker.base.parameters import check_known
from wanamaker.nn.recurrent import Recurrent
from wanamaker.nn.transformer import Transformer

Encoder: TypeAlias = Recurrent | Transformer
Cell: TypeAlias = Literal["rnn", "gru", "lstm", "transformer"]

CELLS = ("rnn", "gru", "lstm", "transformer")


def encoder(
    cell: str,
    inputs: int,
    width: int,
    *,
    layers: int = 1,
    dropout: float = 0.0,
    bidirectional: bool = False,
) -> Encoder:
    """Return an encoder: ``encoder(values, mask)`` gives the state after each step, `step` one at a time.

    Parameters
    ----------
    cell
        One of `CELLS`.
    inputs
        Width of the steps.
    width
        Width of the states (of each direction); of a transformer a multiple of 8.
    layers
        Cells or blocks on top of each other.
    dropout
        Share of values set to zero while training, between the layers.
    bidirectional
        Whether sequences are read backwards too; recurrent cells alone.

    Raises
    ------
    ParameterError
        If the cell is not known, or does not go with another option.

    Examples
    --------
    >>> encoder("gru", 16, 40).width, encoder("lstm", 16, 40, bidirectional=True).width
    (40, 80)
    """
    check_known("cell", [cell], CELLS)
    if cell != "transformer":
        return Recurrent(cell, inputs, width, layers=layers, dropout=dropout, bidirectional=bidirectional)  # type: ignore[arg-type]
    if bidirectional:
        message = "A transformer here only looks back. Got bidirectional=True with cell='transformer'."
        raise ParameterError(message, hint="cell='lstm' or 'gru' with bidirectional=True")
    return Transformer(inputs, width, layers=layers, dropout=dropout)
