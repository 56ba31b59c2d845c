"""A journey model as files: JSON and safetensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.base.errors import FileReadError
from wanamaker.base.storage import new_directory, read_json, write_json
from wanamaker.models.journeys.counts import NoTouch
from wanamaker.models.journeys.fitted import Fitted
from wanamaker.models.journeys.fitting import new_network
from wanamaker.models.journeys.reader import Reader
from wanamaker.nn.require import require_deep
from wanamaker.nn.training.options import Training
from wanamaker.stats.calibration import calibration_from_state

if TYPE_CHECKING:
    from pathlib import Path

    from wanamaker.models.journeys.journey_model import JourneyModel

_VERSION = 1
_KIND = "journeys"
_FILE = "model.json"
_WEIGHTS = "weights.safetensors"


def save_model(model: JourneyModel, fitted: Fitted, path: Path) -> None:
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
            "calibration": fitted.calibration.to_state(),
            "no_touch": fitted.nothing.to_state(),
            "idle": fitted.idle.tolist(),
            "training": model.training_,
        }
        write_json(folder / _FILE, content)
        save_weights(fitted.network, folder / _WEIGHTS)


def load_model(kind: type[JourneyModel], folder: Path) -> JourneyModel:
    """Return the model of a directory that `save_model` wrote.

    Raises
    ------
    FileReadError
        If it is incomplete, or was written by another release.
    RunError
        If the weights do not fit the touches and settings beside them.
    """
    require_deep("JourneyModel")
    from wanamaker.nn.files import load_weights

    content: dict[str, Any] = read_json(folder / _FILE)
    if content.get("version") != _VERSION or content.get("kind") != _KIND:
        message = f"A journey model of version {_VERSION} was expected in {str(folder)!r}."
        hint = "It was written by another release of wanamaker, or is of another kind."
        raise FileReadError(message, hint=hint)
    parameters = content["parameters"]
    if parameters["training"] is not None:
        parameters["training"] = Training(**parameters["training"])
    model = kind(**parameters)
    reader = Reader.from_state(content["reader"])
    network = new_network(model, reader, seed=0)
    load_weights(network, folder / _WEIGHTS)
    network.eval()
    fitted = Fitted(
        reader,
        network,
        content["shift"],
        calibration_from_state(content["calibration"]),
        NoTouch.from_state(content["no_touch"]),
        np.array(content["idle"], dtype=np.bool_),
        Training(**content["options"]),
    )
    model._keep(fitted, content["training"])
    return model


def _plain_parameters(model: JourneyModel) -> dict[str, Any]:
    """Return a model's parameters as JSON has them."""
    told = model.get_params(deep=False)
    training = None if model.training is None else _plain_options(model.training)
    covariates = model.covariates if model.covariates == "auto" else list(model.covariates)
    return {**told, "covariates": covariates, "training": training}


def _plain_options(options: Training) -> dict[str, Any]:
    """Return options as JSON has them; where a checkpoint lay says nothing of the model."""
    return {**options.values(), "checkpoint": None}
