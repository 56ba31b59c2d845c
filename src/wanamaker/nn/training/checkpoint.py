"""Training that was interrupted goes on from the last whole epoch."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from wanamaker.base.errors import RunError
from wanamaker.base.storage import new_directory, read_json, write_json
from wanamaker.nn.files import read_tensors, write_tensors

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

    from wanamaker.nn.sequences import Sequences

_TENSORS, _STATE = "state.safetensors", "state.json"


@dataclass(frozen=True)
class Checkpoint:
    """A directory that holds the state of one training, whole at every moment.

    Parameters
    ----------
    folder
        The directory.
    made_by
        What tells one training from another: its options and digests of what it started from.
    """

    folder: Path
    made_by: dict[str, Any]

    def write(self, tensors: dict[str, Tensor], state: dict[str, Any]) -> None:
        """Replace what the directory holds."""
        with new_directory(self.folder, overwrite=True) as temporary:
            write_tensors(tensors, temporary / _TENSORS)
            write_json(temporary / _STATE, {"made_by": self.made_by, **state})

    def read(self) -> tuple[dict[str, Tensor], dict[str, Any]] | None:
        """Return the tensors and the state that the directory holds; None if there is nothing.

        Raises
        ------
        RunError
            If another training left them; the message shows what differs.
        """
        if not (self.folder / _STATE).exists():
            return None
        state = read_json(self.folder / _STATE)
        lines = [
            f"  {name}: now {value!r}, in the checkpoint {state['made_by'].get(name)!r}"
            for name, value in self.made_by.items()
            if state["made_by"].get(name) != value
        ]
        if lines:
            message = f"The checkpoint in {str(self.folder)!r} is of another training:\n" + "\n".join(lines)
            raise RunError(message, hint="Give another directory, or remove this one to start anew.")
        return read_tensors(self.folder / _TENSORS), state


def optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """Return what an optimiser remembers of each weight, by name."""
    return {
        f"optimizer.{number}.{name}": torch.as_tensor(value)
        for number, values in optimizer.state_dict()["state"].items()
        for name, value in values.items()
    }


def restore_optimizer(optimizer: torch.optim.Optimizer, tensors: dict[str, Tensor]) -> None:
    """Give an optimiser back what it remembered."""
    remembered: dict[int, dict[str, Tensor]] = {}
    for name, value in under("optimizer", tensors).items():
        number, _, key = name.partition(".")
        remembered.setdefault(int(number), {})[key] = value
    optimizer.load_state_dict({**optimizer.state_dict(), "state": remembered})


def under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors whose names start with ``prefix.``, without it."""
    start = f"{prefix}."
    return {name[len(start) :]: value for name, value in tensors.items() if name.startswith(start)}


def digest_of_weights(network: torch.nn.Module) -> str:
    """Return a short text that changes with any weight of a network."""
    found = hashlib.blake2b(digest_size=8)
    for name, value in network.state_dict().items():
        found.update(name.encode() + value.detach().cpu().numpy().tobytes())
    return found.hexdigest()


def digest_of_sequences(sequences: Sequences | None) -> str:
    """Return a short text that changes with any value of the sequences."""
    found = hashlib.blake2b(digest_size=8)
    for one in () if sequences is None else fields(sequences):
        value = getattr(sequences, one.name)
        for name, column in value.items() if isinstance(value, dict) else [("", value)]:
            found.update(f"{one.name} {name} ".encode())
            found.update(np.ascontiguousarray([] if column is None else column).data)
    return found.hexdigest()
