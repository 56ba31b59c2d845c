"""Every estimator of the package, found by walking it, with how it is fitted and asked."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

import wanamaker as wm
from tests.models.worlds import CATEGORICAL, model
from wanamaker.base.estimator import Estimator
from wanamaker.models.click_features import ClickFeatures

_BASES = {"Encoder"}


def found() -> dict[str, type[Estimator]]:
    """Return every estimator that a module of the package defines, but those that are bases of others."""
    classes = {}
    for module in pkgutil.walk_packages(wm.__path__, "wanamaker."):
        if module.name.endswith("__main__"):
            continue
        for one in vars(importlib.import_module(module.name)).values():
            if isinstance(one, type) and issubclass(one, Estimator) and one.__module__ == module.name:
                classes[one.__name__] = one
    return {name: one for name, one in classes.items() if name not in {"Estimator", *_BASES}}


def _predict(one: Any, rows: Any, history: pl.DataFrame) -> pl.DataFrame:
    return pl.DataFrame({"prediction": one.predict(rows, history)})


def _features(one: Any, rows: Any, history: pl.DataFrame) -> pl.DataFrame:
    return one.features(rows)


def _transformed(one: Any, rows: Any, history: pl.DataFrame) -> pl.DataFrame:
    return one.transform(rows, history)


def _windows(one: Any, rows: Any, history: pl.DataFrame) -> pl.DataFrame:
    return one.transform(rows, history).select(one.names)


def _load(one: Any, path: Path) -> Any:
    return type(one).load(path)


def _load_windows(one: Any, path: Path) -> Any:
    return type(one).from_spec(path)


def _load_features(one: Any, path: Path) -> Any:
    return type(one)(**one.get_params()).restore(path)


@dataclass(frozen=True)
class Case:
    """One estimator with settings.

    ``make`` returns it unfitted; ``ask`` what it says of rows after a history; ``load`` what was saved.
    """

    name: str
    make: Callable[[], Any]
    ask: Callable[[Any, Any, pl.DataFrame], pl.DataFrame]
    load: Callable[[Any, Path], Any] = _load
    columns: tuple[str, ...] = tuple(CATEGORICAL)

    @property
    def predicts(self) -> bool:
        """Whether it returns probabilities."""
        return self.ask is _predict


_NAMES = list(CATEGORICAL)
_ENCODED = Case("", lambda: None, _features)
_TARGET = {"columns": [*_NAMES, ["app", "channel"]], "label": "bought"}
_ROLES = {"time": "at", "label": "bought", "label_time": "known_at"}

CASES: tuple[Case, ...] = (
    Case("ClickModel", model, _predict),
    Case("ClickModel-catboost", lambda: model(trees="catboost"), _predict),
    Case("ClickModel-sampled", lambda: model(keep_negatives=0.5, class_weight="balanced"), _predict),
    Case(
        "ClickFeatures",
        lambda: ClickFeatures(
            **_ROLES,
            categorical=_NAMES,
            numeric=["price"],
            vectors=2,
            frequencies="auto",
            windows=[wm.count(by="app", within="1h")],
        ),
        _transformed,
        _load_features,
    ),
    Case(
        "WindowFeatures",
        lambda: wm.WindowFeatures(
            [wm.count(by="app", within="1h"), wm.rate(by=["app", "channel"], within="1d")], **_ROLES
        ),
        _windows,
        _load_windows,
        columns=("app", "channel"),
    ),
    replace(_ENCODED, name="Cat2Vec", make=lambda: wm.Cat2Vec(columns=_NAMES, dims=2)),
    replace(_ENCODED, name="FrequencyEncoder", make=lambda: wm.FrequencyEncoder(columns=_NAMES)),
    replace(_ENCODED, name="HashedEncoder", make=lambda: wm.HashedEncoder(columns=_NAMES, buckets=16)),
    replace(
        _ENCODED,
        name="PairVectors",
        columns=("app", "channel"),
        make=lambda: wm.PairVectors(pairs=[("app", "channel")], dims=2, time="at"),
    ),
    replace(_ENCODED, name="TargetEncoder", make=lambda: wm.TargetEncoder(**_TARGET)),
    replace(
        _ENCODED,
        name="TimeOrderedTargetEncoder",
        make=lambda: wm.TimeOrderedTargetEncoder(**_TARGET, time="at", label_time="known_at"),
    ),
)
