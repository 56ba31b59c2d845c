"""The states of a session that is under way, by recurrent cells.

A model reads the last N events. Of a longer session, the state after its last event is that of a network
which began N events ago, and no single running state can give it. So every event begins a chain of its own,
the N latest chains are carried on side by side, and the oldest of them answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.models.sessions.live.layers import Floats, Linear, Running, array, sigmoid

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wanamaker.nn.recurrent import Recurrent

    States = tuple[Floats, ...]
    Cell = Callable[["_Layer", Floats, States], States]


@dataclass(frozen=True, eq=False)
class _Layer:
    """One layer of cells: what it makes of a step, and of the state before."""

    step: Linear
    state: Linear

    @property
    def width(self) -> int:
        return len(self.state.weights)


@dataclass(frozen=True, eq=False)
class Recurring:
    """`wanamaker.nn.recurrent.Recurrent` on plain arrays."""

    layers: tuple[_Layer, ...]
    cell: str

    @classmethod
    def of(cls, encoder: Recurrent) -> Recurring:
        """Take the weights of an encoder that looks back only."""
        layers = [
            _Layer(
                Linear(array(one.weight_ih_l0).T.copy(), array(one.bias_ih_l0)),  # type: ignore[arg-type]
                Linear(array(one.weight_hh_l0).T.copy(), array(one.bias_hh_l0)),  # type: ignore[arg-type]
            )
            for one in encoder.ahead
        ]
        return cls(tuple(layers), encoder.cell)

    def running(self, max_length: int) -> Running:
        """Return the states of a new session."""
        return _Chains(self, max_length)

    def stepped(self, layer: _Layer, inputs: Floats, states: States) -> States:
        """Return the states of chains after a step; ``inputs`` are the step's part, of shape (chains, …)."""
        return _CELLS[self.cell](layer, inputs, states)


class _Chains:
    """The latest chains, the oldest first; each layer's states are of shape (chains, width)."""

    def __init__(self, encoder: Recurring, max_length: int) -> None:
        self.encoder, self.longest = encoder, max_length
        parts = 2 if encoder.cell == "lstm" else 1
        self.states: list[States] = [
            tuple(np.empty((0, layer.width), dtype=np.float32) for _ in range(parts))
            for layer in encoder.layers
        ]

    def step(self, first: Floats, later: Floats) -> Floats:
        layer = self.encoder.layers[0]
        older = min(len(self.states[0][0]), self.longest - 1)
        # All older chains see the same step: its part is worked out once.
        inputs = np.repeat(layer.step(np.stack((later, first))), (older, 1), axis=0)
        for place, layer in enumerate(self.encoder.layers):
            if place:
                inputs = layer.step(self.states[place - 1][0])
            before = tuple(_grown(states, older) for states in self.states[place])
            self.states[place] = self.encoder.stepped(layer, inputs, before)
        return np.asarray(self.states[-1][0][0])


def _grown(states: Floats, older: int) -> Floats:
    """Return the states of the latest chains, and of one that begins."""
    grown = np.zeros((older + 1, states.shape[1]), dtype=np.float32)
    grown[:older] = states[len(states) - older :]
    return grown


def _rnn(layer: _Layer, inputs: Floats, states: States) -> States:
    return (np.tanh(inputs + layer.state(states[0])),)


def _gru(layer: _Layer, inputs: Floats, states: States) -> States:
    width, told = layer.width, layer.state(states[0])
    gates = sigmoid(inputs[:, : 2 * width] + told[:, : 2 * width])
    reset, keep = gates[:, :width], gates[:, width:]
    new = np.tanh(inputs[:, 2 * width :] + reset * told[:, 2 * width :])
    return (new + keep * (states[0] - new),)


def _lstm(layer: _Layer, inputs: Floats, states: States) -> States:
    width, told = layer.width, inputs + layer.state(states[0])
    gates = sigmoid(told)
    new = np.tanh(told[:, 2 * width : 3 * width])
    memory = gates[:, width : 2 * width] * states[1] + gates[:, :width] * new
    return gates[:, 3 * width :] * np.tanh(memory), memory


_CELLS: dict[str, Cell] = {"rnn": _rnn, "gru": _gru, "lstm": _lstm}


@dataclass(frozen=True)
class Bagging:
    """`wanamaker.nn.bag.Bag` on plain arrays."""

    def running(self, max_length: int) -> Running:
        """Return the states of a new session."""
        return _Sums(max_length)


class _Sums:
    """The last steps."""

    def __init__(self, max_length: int) -> None:
        self.longest = max_length
        self.steps: Sequence[Floats] = []

    def step(self, first: Floats, later: Floats) -> Floats:  # noqa: ARG002 (a bag reads no gaps)
        self.steps = [*self.steps[-(self.longest - 1) :], later] if self.longest > 1 else [later]
        count = np.float32(len(self.steps))
        return np.append(np.sum(self.steps, axis=0) / count, np.log(count)).astype(np.float32)
