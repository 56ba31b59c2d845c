"""A search-term model as files: JSON, parquet, UBJSON and safetensors."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from wanamaker.base.durations import duration_text
from wanamaker.base.errors import FileReadError
from wanamaker.base.storage import new_directory, read_json, write_json
from wanamaker.features.terms.delay import DelayCurve
from wanamaker.models.columns import Columns
from wanamaker.models.network_files import plain_options
from wanamaker.models.search_terms.fitted import Fitted
from wanamaker.models.search_terms.predictors.glm import Glm
from wanamaker.models.search_terms.predictors.last_week import LastWeek
from wanamaker.models.search_terms.predictors.network import Network
from wanamaker.models.search_terms.predictors.rate import Rate
from wanamaker.models.search_terms.predictors.trees import BoostedTrees
from wanamaker.models.search_terms.reader import Reader
from wanamaker.models.search_terms.tables import Tables
from wanamaker.models.search_terms.typical import from_state, to_state
from wanamaker.models.search_terms.vectors import TermVectors
from wanamaker.nn.training.options import Training

if TYPE_CHECKING:
    from pathlib import Path

    from wanamaker.models.search_terms.predictors.predictor import Predictor
    from wanamaker.models.search_terms.search_term_model import SearchTermModel

_VERSION, _KIND, _FILE = 1, "search_terms", "model.json"
_KINDS: dict[str, type[Predictor]] = {one.name: one for one in (Network, Glm, BoostedTrees, Rate, LastWeek)}


def save_model(model: SearchTermModel, fitted: Fitted, path: Path) -> None:
    """Write a fitted model into a new directory, each predictor into a folder of its own."""
    with new_directory(path) as folder:
        content = {
            "version": _VERSION,
            "kind": _KIND,
            "parameters": _plain_parameters(model),
            "roles": fitted.tables.roles,
            "reader": fitted.reader.to_state(),
            "vectors": fitted.reader.vectors is not None,
            "predictors": list(fitted.predictors),
            "winner": fitted.winner,
            "worded": fitted.worded,
            "typical": to_state(fitted.typical),
            "training": model.training_,
        }
        write_json(folder / _FILE, content)
        fitted.tables.columns.save(folder)
        if fitted.reader.vectors is not None:
            fitted.reader.vectors.save(folder)
        for name, one in fitted.predictors.items():
            (folder / name).mkdir()
            one.save(folder / name)


def load_model(kind: type[SearchTermModel], folder: Path) -> SearchTermModel:
    """Return the model of a directory that `save_model` wrote.

    Raises
    ------
    FileReadError
        If it is incomplete, or was written by another release.
    RunError
        If weights do not fit what stands beside them.
    """
    content: dict[str, Any] = read_json(folder / _FILE)
    if content.get("version") != _VERSION or content.get("kind") != _KIND:
        message = f"A search-term model of version {_VERSION} was expected in {str(folder)!r}."
        raise FileReadError(
            message, hint="It was written by another release of wanamaker, or is of another kind."
        )
    vectors = TermVectors.load(folder) if content["vectors"] else None
    model = kind(**_parameters(content["parameters"], vectors))
    tables = Tables(content["roles"], Columns.load(folder))
    predictors = {name: _KINDS[name].load(folder / name) for name in content["predictors"]}
    reader = Reader.from_state(content["reader"], vectors)
    typical = from_state(content["typical"])
    winner, worded = content["winner"], content["worded"]
    fitted = Fitted(tables, reader, predictors, winner, typical, worded)
    model._keep(fitted, content["training"])
    return model


def _plain_parameters(model: SearchTermModel) -> dict[str, Any]:
    told = model.get_params(deep=False)
    delay: Any = model.delay
    if isinstance(delay, DelayCurve):
        delay = delay.as_dict()
    elif delay is not None:
        delay = duration_text(delay)
    lists = {name: list(told[name]) for name in ("known_ahead", "windows")}
    days = [one.isoformat() if isinstance(one, date) else str(one) for one in model.holidays]
    kept = {"delay": delay, "holidays": days, "training": plain_options(model.training), "vectors": None}
    return {**told, **lists, **kept}


def _parameters(told: dict[str, Any], vectors: TermVectors | None) -> dict[str, Any]:
    """Return parameters from JSON as they were given."""
    delay, training = told["delay"], told["training"]
    lists = {name: tuple(told[name]) for name in ("known_ahead", "windows")}
    return {
        **told,
        **lists,
        "holidays": tuple(date.fromisoformat(one) for one in told["holidays"]),
        "delay": DelayCurve.from_dict(delay) if isinstance(delay, dict) else delay,
        "training": None if training is None else Training(**training),
        "vectors": None if vectors is None else vectors.table,
    }
