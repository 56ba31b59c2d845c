"""A fitted network as files: what it was made from as JSON, its weights as safetensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.base.errors import FileReadError
from wanamaker.base.storage import new_directory, read_json, write_json
from wanamaker.nn.training.options import Training

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import torch

_VERSION = 1
_FILE = "model.json"
_WEIGHTS = "weights.safetensors"


def write_network(path: Path, kind: str, content: Mapping[str, Any], network: torch.nn.Module) -> None:
    """Write a fitted model into a new directory.

    Parameters
    ----------
    path
        The directory.
    kind
        Of model.
    content
        All but the weights; values that JSON knows.
    network
        Whose weights are kept.
    """
    from wanamaker.nn.files import save_weights

    with new_directory(path) as folder:
        write_json(folder / _FILE, {"version": _VERSION, "kind": kind, **content})
        save_weights(network, folder / _WEIGHTS)


def read_network(folder: Path, kind: str) -> dict[str, Any]:
    """Return what `write_network` was given, the parameter ``training`` as an object again.

    Raises
    ------
    FileReadError
        If it is incomplete, was written by another release, or is a model of another kind.
    """
    content: dict[str, Any] = read_json(folder / _FILE)
    if content.get("version") != _VERSION or content.get("kind") != kind:
        message = f"A {kind.removesuffix('s')} model of version {_VERSION} was expected in {str(folder)!r}."
        hint = "It was written by another release of wanamaker, or is of another kind."
        raise FileReadError(message, hint=hint)
    training = content["parameters"]["training"]
    content["parameters"]["training"] = None if training is None else Training(**training)
    return content


def take_weights(network: torch.nn.Module, folder: Path) -> None:
    """Put the weights of a directory into a network.

    Raises
    ------
    RunError
        If they do not fit it; shows the difference.
    """
    from wanamaker.nn.files import load_weights

    load_weights(network, folder / _WEIGHTS)


def plain_options(options: Training | None) -> dict[str, Any] | None:
    """Return options as JSON has them; where a checkpoint lay says nothing of the model."""
    return None if options is None else {**options.values(), "checkpoint": None}
