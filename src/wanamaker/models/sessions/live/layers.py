"""Layers on plain arrays, of the same numbers as torch's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

if TYPE_CHECKING:
    import torch

Floats: TypeAlias = NDArray[np.float32]

_HALF, _ROOT = np.float32(0.5), np.float32(0.5**0.5)


class Running(Protocol):
    """The states of one session."""

    def step(self, first: Floats, later: Floats) -> Floats:
        """Take a step, and return the state after it.

        Parameters
        ----------
        first
            The step as a vector, as if it were the first one that is read.
        later
            The step as it is behind another.
        """
        ...


@dataclass(frozen=True, eq=False)
class Linear:
    """A linear layer; weights of shape (inputs, outputs)."""

    weights: Floats
    bias: Floats

    @classmethod
    def of(cls, layer: Any) -> Linear:
        """Take the weights of torch's layer."""
        return cls(array(layer.weight).T.copy(), array(layer.bias))

    def __call__(self, values: Floats) -> Floats:
        """Return the values through the layer."""
        return values @ self.weights + self.bias


@dataclass(frozen=True, eq=False)
class Norm:
    """Layer normalisation over the last axis (Ba et al. 2016)."""

    scale: Floats
    bias: Floats
    least: float

    @classmethod
    def of(cls, layer: Any) -> Norm:
        """Take the weights of torch's layer."""
        return cls(array(layer.weight), array(layer.bias), float(layer.eps))

    def __call__(self, values: Floats) -> Floats:
        """Return the values through the layer."""
        centred = values - values.mean(-1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(-1, keepdims=True) + np.float32(self.least))
        return np.asarray(centred / spread * self.scale + self.bias)


def array(tensor: torch.Tensor) -> Floats:
    """Return a tensor's numbers."""
    found: Floats = tensor.detach().numpy()
    return found


def gelu(values: Floats) -> Floats:
    """Return x Φ(x), Φ the normal distribution function (Hendrycks and Gimpel 2016)."""
    return np.asarray(_HALF * values * (np.float32(1.0) + erf(values * _ROOT)))


def sigmoid(values: Floats) -> Floats:
    """Return 1 / (1 + exp(-x))."""
    return np.asarray(_HALF * (np.float32(1.0) + np.tanh(_HALF * values)))
