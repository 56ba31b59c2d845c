"""A click model as files: JSON, parquet, and the trees' own format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.base.errors import FileReadError
from wanamaker.base.storage import new_directory, read_json, write_json
from wanamaker.features.windows.definitions import Window
from wanamaker.models.click_parts import Prepared
from wanamaker.models.click_settings import features_of
from wanamaker.models.examples import Roles
from wanamaker.models.training import CalibratedTrees
from wanamaker.models.trees import read_trees
from wanamaker.stats.calibration import calibration_from_state

if TYPE_CHECKING:
    from pathlib import Path

    from wanamaker.models.click_model import ClickModel

_VERSION = 1
_FILE = "model.json"


def save_model(model: ClickModel, path: Path) -> None:
    """Write a fitted model into a new directory."""
    fitted = model.fitted_
    with new_directory(path) as folder:
        content = {
            "version": _VERSION,
            "kind": "clicks",
            "parameters": plain_parameters(model),
            "unit": model.roles_.unit,
            "shift": fitted.shift,
            "calibration": fitted.calibration.to_state(),
            "training": model.training_,
        }
        write_json(folder / _FILE, content)
        model.features_.save(folder / "features")
        fitted.trees.save(folder / f"trees{fitted.trees.suffix}")


def load_model(kind: type[ClickModel], folder: Path) -> ClickModel:
    """Return the model of a directory that `save_model` wrote.

    Raises
    ------
    FileReadError
        If it is incomplete, or was written by another release.
    """
    content: dict[str, Any] = read_json(folder / _FILE)
    if content.get("version") != _VERSION or content.get("kind") != "clicks":
        message = f"A click model of version {_VERSION} was expected in {str(folder)!r}."
        raise FileReadError(
            message, hint="It was written by another release of wanamaker, or is of another kind."
        )
    model = kind(**content["parameters"])
    features = features_of(model).restore(folder / "features")
    trees = read_trees(model.trees, folder)
    calibration = calibration_from_state(content["calibration"])
    ids = tuple(model.categorical)
    roles = Roles(model.time, model.label, model.label_time, ids, content["unit"])
    model._keep(
        Prepared(features, roles), CalibratedTrees(trees, content["shift"], calibration, content["training"])
    )
    return model


def plain_parameters(model: ClickModel) -> dict[str, Any]:
    """Return a model's parameters as JSON has them."""
    return {name: _plain(value) for name, value in model.get_params(deep=False).items()}


def _plain(value: Any) -> Any:
    from datetime import timedelta

    from wanamaker.base.durations import duration_text

    if isinstance(value, Window):
        return value.as_dict()
    if isinstance(value, timedelta):
        return duration_text(value)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if hasattr(value, "items"):
        return {key: _plain(one) for key, one in value.items()}
    return value.item() if hasattr(value, "item") else value
