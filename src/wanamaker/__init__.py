"""Wanamaker: model the response to advertising.

Predictions, credit that adds up to what happened, and proof that both can be trusted. Names are
loaded when they are first used, so that importing the package is quick and needs no optional part.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wanamaker import attribution, simulate
    from wanamaker.attribution.attribute import attribute
    from wanamaker.attribution.credit import Credit
    from wanamaker.base.errors import (
        DataError,
        DataWarning,
        FileReadError,
        InternalError,
        MissingExtraError,
        OutOfMemoryError,
        OutputError,
        ParameterError,
        ParameterTypeError,
        RunError,
        SchemaError,
        UserError,
        WanamakerError,
    )
    from wanamaker.base.version import version
    from wanamaker.evaluation.audit import Finding, audit
    from wanamaker.evaluation.credit_truth import evaluate_credit
    from wanamaker.events.exports.read import read_search_terms
    from wanamaker.events.exports.report import SearchTermReport
    from wanamaker.features.categories.cat2vec import Cat2Vec
    from wanamaker.features.categories.frequency import FrequencyEncoder
    from wanamaker.features.categories.hashed import HashedEncoder
    from wanamaker.features.categories.pair_vectors import PairVectors
    from wanamaker.features.categories.registry import load_encoder
    from wanamaker.features.categories.target import TargetEncoder
    from wanamaker.features.categories.time_ordered import TimeOrderedTargetEncoder
    from wanamaker.features.window_features import WindowFeatures
    from wanamaker.features.windows.definitions import (
        count,
        distinct,
        mean,
        rate,
        since_first,
        since_last,
        total,
    )
    from wanamaker.journeys.from_events import journeys_from_events
    from wanamaker.journeys.from_paths import journeys_from_paths
    from wanamaker.journeys.journeys import Journeys
    from wanamaker.journeys.sessions.from_events import sessions_from_events
    from wanamaker.journeys.sessions.from_table import sessions_from_table
    from wanamaker.journeys.sessions.sessions import Sessions
    from wanamaker.models.click_model import ClickModel
    from wanamaker.models.journeys.journey_model import JourneyModel
    from wanamaker.models.search_terms.search_term_model import SearchTermModel
    from wanamaker.models.sessions.session_model import SessionModel
    from wanamaker.nn.training.options import Training
    from wanamaker.runs.load import Run, load_run

__all__ = [
    "Cat2Vec",
    "ClickModel",
    "Credit",
    "DataError",
    "DataWarning",
    "FileReadError",
    "Finding",
    "FrequencyEncoder",
    "HashedEncoder",
    "InternalError",
    "JourneyModel",
    "Journeys",
    "MissingExtraError",
    "OutOfMemoryError",
    "OutputError",
    "PairVectors",
    "ParameterError",
    "ParameterTypeError",
    "Run",
    "RunError",
    "SchemaError",
    "SearchTermModel",
    "SearchTermReport",
    "SessionModel",
    "Sessions",
    "TargetEncoder",
    "TimeOrderedTargetEncoder",
    "Training",
    "UserError",
    "WanamakerError",
    "WindowFeatures",
    "attribute",
    "attribution",
    "audit",
    "count",
    "distinct",
    "evaluate_credit",
    "journeys_from_events",
    "journeys_from_paths",
    "load_encoder",
    "load_run",
    "mean",
    "rate",
    "read_search_terms",
    "sessions_from_events",
    "sessions_from_table",
    "simulate",
    "since_first",
    "since_last",
    "total",
    "version",
]

_HOMES = {
    "Cat2Vec": "wanamaker.features.categories.cat2vec",
    "ClickModel": "wanamaker.models.click_model",
    "Credit": "wanamaker.attribution.credit",
    "Finding": "wanamaker.evaluation.audit",
    "FrequencyEncoder": "wanamaker.features.categories.frequency",
    "HashedEncoder": "wanamaker.features.categories.hashed",
    "JourneyModel": "wanamaker.models.journeys.journey_model",
    "Journeys": "wanamaker.journeys.journeys",
    "PairVectors": "wanamaker.features.categories.pair_vectors",
    "Run": "wanamaker.runs.load",
    "SearchTermModel": "wanamaker.models.search_terms.search_term_model",
    "SearchTermReport": "wanamaker.events.exports.report",
    "SessionModel": "wanamaker.models.sessions.session_model",
    "Sessions": "wanamaker.journeys.sessions.sessions",
    "TargetEncoder": "wanamaker.features.categories.target",
    "TimeOrderedTargetEncoder": "wanamaker.features.categories.time_ordered",
    "Training": "wanamaker.nn.training.options",
    "WindowFeatures": "wanamaker.features.window_features",
    "attribute": "wanamaker.attribution.attribute",
    "audit": "wanamaker.evaluation.audit",
    "count": "wanamaker.features.windows.definitions",
    "distinct": "wanamaker.features.windows.definitions",
    "evaluate_credit": "wanamaker.evaluation.credit_truth",
    "journeys_from_events": "wanamaker.journeys.from_events",
    "journeys_from_paths": "wanamaker.journeys.from_paths",
    "load_encoder": "wanamaker.features.categories.registry",
    "load_run": "wanamaker.runs.load",
    "mean": "wanamaker.features.windows.definitions",
    "rate": "wanamaker.features.windows.definitions",
    "read_search_terms": "wanamaker.events.exports.read",
    "sessions_from_events": "wanamaker.journeys.sessions.from_events",
    "sessions_from_table": "wanamaker.journeys.sessions.from_table",
    "since_first": "wanamaker.features.windows.definitions",
    "since_last": "wanamaker.features.windows.definitions",
    "total": "wanamaker.features.windows.definitions",
    "version": "wanamaker.base.version",
}
_ERRORS = {name for name in __all__ if name.endswith(("Error", "Warning"))}
_PACKAGES = ("attribution", "simulate")


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("wanamaker.base.version").version()
    if name in _PACKAGES:
        return import_module(f"wanamaker.{name}")
    if name in _ERRORS:
        return getattr(import_module("wanamaker.base.errors"), name)
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    message = f"module 'wanamaker' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
