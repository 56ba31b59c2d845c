"""Every estimator of the package, found by walking it, with how it is fitted and asked."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

import wanamaker as wm
from tests.models.search_terms.made import log_of as term_log_of
from tests.models.search_terms.made import model as term_model
from tests.models.search_terms.made import parts_of as term_parts_of
from tests.models.worlds import CATEGORICAL, log_of, model
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


def _expected(one: Any, rows: Any, history: pl.DataFrame) -> pl.DataFrame:
    return one.predictions(rows, history)


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
class World:
    """A log: rows to learn from, rows to ask about, and others that follow.

    ``labels`` are the columns that rows need not have to be asked about; ``flipped`` gives them other values,
    ``altered`` other values everywhere, and ``at_once`` one moment after all.
    """

    train: pl.DataFrame
    part: pl.DataFrame
    rest: pl.DataFrame
    labels: tuple[str, ...]
    flipped: Callable[[pl.DataFrame], pl.DataFrame]
    altered: Callable[[pl.DataFrame], pl.DataFrame]
    at_once: Callable[[pl.DataFrame], pl.DataFrame]


@cache
def clicks() -> World:
    """Return a log of clicks."""
    log = log_of(3_000)
    known = pl.col("at").alias("known_at")

    def at_once(rows: pl.DataFrame) -> pl.DataFrame:
        moment: Any = rows["at"].max()
        return rows.with_columns(at=pl.lit(moment + timedelta(seconds=1)))

    return World(
        log.train,
        log.test[:300],
        log.test[300:],
        ("bought", "known_at"),
        lambda rows: rows.with_columns((1 - pl.col("bought")).alias("bought"), known),
        lambda rows: rows.with_columns(pl.col("app") + 100, (1 - pl.col("bought")).alias("bought"), known),
        at_once,
    )


@cache
def terms() -> World:
    """Return a log of search terms."""
    train, test = term_parts_of(term_log_of().drop("expected"))
    more = pl.col("conversions") + 3
    return World(
        train,
        test[:300],
        test[300:],
        ("conversions",),
        lambda rows: rows.with_columns(more),
        lambda rows: rows.with_columns(more, term=pl.lit("green ") + pl.col("term")),
        lambda rows: rows,
    )


@dataclass(frozen=True)
class Case:
    """One estimator with settings.

    ``make`` returns it unfitted; ``ask`` what it says of rows after a history; ``load`` what was saved;
    ``exact`` whether a row alone is told the same to the last bit.
    """

    name: str
    make: Callable[[], Any]
    ask: Callable[[Any, Any, pl.DataFrame], pl.DataFrame]
    load: Callable[[Any, Path], Any] = _load
    columns: tuple[str, ...] = tuple(CATEGORICAL)
    world: Callable[[], World] = clicks
    exact: bool = True

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
    Case(
        "SearchTermModel",
        lambda: term_model(campaign="campaign"),
        _expected,
        columns=("term", "date", "campaign", "clicks"),
        world=terms,
        exact=False,
    ),
    Case(
        "SearchTermModel-sampled",
        lambda: term_model(known_ahead=[], keep_zeros=0.6, loss="zero_inflated", delay="2d"),
        _expected,
        columns=("term", "date"),
        world=terms,
        exact=False,
    ),
)
