"""Weights of networks as safetensors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wanamaker.base.errors import FileReadError, RunError
from wanamaker.base.storage import new_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import torch
    from torch import Tensor


def save_weights(network: torch.nn.Module, path: Path) -> None:
    """Write the weights of a network; the file appears whole or not at all."""
    write_tensors(network.state_dict(), path)


def load_weights(network: torch.nn.Module, path: Path) -> None:
    """Read weights into a network of the same shape.

    Raises
    ------
    FileReadError
        If the file is absent or damaged.
    RunError
        If names or shapes differ from those of the network; the message shows the difference.
    """
    found = read_tensors(path)
    refuse_difference(network.state_dict(), found, str(path))
    network.load_state_dict(found)


def write_tensors(tensors: Mapping[str, Tensor], path: Path) -> None:
    """Write tensors by name."""
    from safetensors.torch import save_file

    kept = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    with new_file(path) as temporary:
        save_file(kept, temporary)


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Read tensors by name.

    Raises
    ------
    FileReadError
        If the file is absent or damaged.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        message = f"The weights {str(path)!r} cannot be read: {error}."
        raise FileReadError(message) from error


def refuse_difference(wanted: Mapping[str, Tensor], found: Mapping[str, Tensor], where: str) -> None:
    """Refuse tensors whose names or shapes are not those that are wanted.

    Raises
    ------
    RunError
        With a line for each difference.
    """
    lines = [
        f"  {name}: expected {_shape(wanted.get(name))}, found {_shape(found.get(name))}"
        for name in [*wanted, *(name for name in found if name not in wanted)]
        if _shape(wanted.get(name)) != _shape(found.get(name))
    ]
    if lines:
        message = f"The weights in {where!r} do not fit the network:\n" + "\n".join(lines)
        raise RunError(message, hint="Build the network with the settings it was saved with.")


def _shape(tensor: Tensor | None) -> str:
    return "nothing" if tensor is None else str(tuple(tensor.shape))
