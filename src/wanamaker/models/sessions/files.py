"""A session model as files: JSON and safetensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.base.errors import FileReadError
from wanamaker.base.storage import new_directory, read_json, write_json
from wanamaker.models.sessions.fitted import Fitted
from wanamaker.models.sessions.fitting import at_rest, new_network, shape_of
from wanamaker.models.sessions.reader import Reader
from wanamaker.nn.require import require_deep
from wanamaker.nn.training.options import Training
from wanamaker.stats.calibration import calibration_from_state

if TYPE_CHECKING:
    from pathlib import Path

    from wanamaker.models.sessions.session_model import SessionModel

_VERSION = 1
_KIND = "sessions"
_FILE = "model.json"
_WEIGHTS = "weights.safetensors"


def save_model(model: SessionModel, fitted: Fitted, path: Path) -> None:
    """Write a fitted model into a new directory."""
    from wanamaker.nn.files import save_weights

    with new_directory(path) as folder:
        content = {
            "version": _VERSION,
            "kind": _KIND,
            "parameters": _plain_parameters(model),
            "options": _plain_options(fitted.training),
            "reader": fitted.reader.to_state(),
            "shift": fitted.shift,
            "empty": fitted.empty,
            "calibration": fitted.calibration.to_state(),
            "training": model.training_,
        }
        write_json(folder / _FILE, content)
        save_weights(fitted.network, folder / _WEIGHTS)


def load_model(kind: type[SessionModel], folder: Path) -> SessionModel:
    """Return the model of a directory that `save_model` wrote.

    Raises
    ------
    FileReadError
        If it is incomplete, or was written by another release.
    RunError
        If the weights do not fit the columns and settings beside them.
    """
    require_deep("SessionModel")
    from wanamaker.nn.files import load_weights

    content: dict[str, Any] = read_json(folder / _FILE)
    if content.get("version") != _VERSION or content.get("kind") != _KIND:
        message = f"A session model of version {_VERSION} was expected in {str(folder)!r}."
        hint = "It was written by another release of wanamaker, or is of another kind."
        raise FileReadError(message, hint=hint)
    parameters = content["parameters"]
    if parameters["training"] is not None:
        parameters["training"] = Training(**parameters["training"])
    model = kind(**parameters)
    reader = Reader.from_state(content["reader"])
    network = new_network(shape_of(model, reader), seed=0)
    load_weights(network, folder / _WEIGHTS)
    at_rest(network)
    calibration = calibration_from_state(content["calibration"])
    options = Training(**content["options"])
    shift, empty = content["shift"], content["empty"]
    model._keep(
        Fitted(reader, network, model.max_length, shift, calibration, empty, options), content["training"]
    )
    return model


def _plain_parameters(model: SessionModel) -> dict[str, Any]:
    """Return a model's parameters as JSON has them."""
    told = model.get_params(deep=False)
    hashed = None if model.hashed is None else {name: int(count) for name, count in model.hashed.items()}
    training = None if model.training is None else _plain_options(model.training)
    return {**told, "hashed": hashed, "training": training}


def _plain_options(options: Training) -> dict[str, Any]:
    """Return options as JSON has them; where a checkpoint lay says nothing of the model."""
    return {**options.values(), "checkpoint": None}
