"""A session model as files: JSON and safetensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.models.network_files import plain_options, read_network, take_weights, write_network
from wanamaker.models.sessions.along import Along
from wanamaker.models.sessions.fitted import Fitted
from wanamaker.models.sessions.fitting import at_rest, new_network, shape_of
from wanamaker.models.sessions.reader import Reader
from wanamaker.nn.require import require_deep
from wanamaker.nn.training.options import Training
from wanamaker.stats.calibration import calibration_from_state

if TYPE_CHECKING:
    from pathlib import Path

    from wanamaker.models.sessions.session_model import SessionModel

_KIND = "sessions"


def save_model(model: SessionModel, fitted: Fitted, path: Path) -> None:
    """Write a fitted model into a new directory."""
    content = {
        "parameters": _plain_parameters(model),
        "options": plain_options(fitted.training),
        "reader": fitted.reader.to_state(),
        "shift": fitted.shift,
        "empty": fitted.empty,
        "along": fitted.along.to_state(),
        "calibration": fitted.calibration.to_state(),
        "training": model.training_,
    }
    write_network(path, _KIND, content, fitted.network)


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
    content = read_network(folder, _KIND)
    model = kind(**content["parameters"])
    reader = Reader.from_state(content["reader"])
    network = new_network(shape_of(model, reader), seed=0)
    take_weights(network, folder)
    at_rest(network)
    along, calibration = Along.from_state(content["along"]), calibration_from_state(content["calibration"])
    options = Training(**content["options"])
    shift, empty = content["shift"], content["empty"]
    fitted = Fitted(reader, network, model.max_length, shift, along, calibration, empty, options)
    model._keep(fitted, content["training"])
    return model


def _plain_parameters(model: SessionModel) -> dict[str, Any]:
    """Return a model's parameters as JSON has them."""
    told = model.get_params(deep=False)
    hashed = None if model.hashed is None else {name: int(count) for name, count in model.hashed.items()}
    training = plain_options(model.training)
    return {**told, "hashed": hashed, "training": training}
