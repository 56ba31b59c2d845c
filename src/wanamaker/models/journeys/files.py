"""A journey model as files: JSON and safetensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.models.journeys.counts import NoTouch
from wanamaker.models.journeys.fitted import Fitted
from wanamaker.models.journeys.fitting import new_network
from wanamaker.models.journeys.reader import Reader
from wanamaker.models.network_files import plain_options, read_network, take_weights, write_network
from wanamaker.nn.require import require_deep
from wanamaker.nn.training.options import Training
from wanamaker.stats.calibration import calibration_from_state

if TYPE_CHECKING:
    from pathlib import Path

    from wanamaker.models.journeys.journey_model import JourneyModel

_KIND = "journeys"


def save_model(model: JourneyModel, fitted: Fitted, path: Path) -> None:
    """Write a fitted model into a new directory."""
    content = {
        "parameters": _plain_parameters(model),
        "options": plain_options(fitted.training),
        "reader": fitted.reader.to_state(),
        "shift": fitted.shift,
        "calibration": fitted.calibration.to_state(),
        "no_touch": fitted.nothing.to_state(),
        "idle": fitted.idle.tolist(),
        "training": model.training_,
    }
    write_network(path, _KIND, content, fitted.network)


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
    content = read_network(folder, _KIND)
    model = kind(**content["parameters"])
    reader = Reader.from_state(content["reader"])
    network = new_network(model, reader, seed=0)
    take_weights(network, folder)
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
    training = plain_options(model.training)
    covariates = model.covariates if model.covariates == "auto" else list(model.covariates)
    return {**told, "covariates": covariates, "training": training}
