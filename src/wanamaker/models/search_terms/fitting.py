"""Fitting a search-term model: parts, predictors beside each other, and which of them is asked."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.base.errors import DataError, MissingExtraError
from wanamaker.events.codes import mixed
from wanamaker.features.terms.days import day_text
from wanamaker.features.terms.known import report_day
from wanamaker.features.terms.lagged import LaggedFeatures
from wanamaker.models.search_terms.fitted import Fitted
from wanamaker.models.search_terms.judging import judged
from wanamaker.models.search_terms.predictors.glm import Glm
from wanamaker.models.search_terms.predictors.last_week import LastWeek
from wanamaker.models.search_terms.predictors.network import Network
from wanamaker.models.search_terms.predictors.rate import Rate
from wanamaker.models.search_terms.predictors.trees import BoostedTrees
from wanamaker.models.search_terms.reader import Reader
from wanamaker.models.search_terms.settings import (
    PREDICTORS,
    READ_WORDS,
    curve_of,
    exposure_of,
    refuse_unusable,
)
from wanamaker.models.search_terms.tables import Tables, joined, read
from wanamaker.models.search_terms.typical import typical_of
from wanamaker.models.search_terms.vectors import TermVectors

if TYPE_CHECKING:
    from datetime import date

    from wanamaker.features.terms.days import TermDays
    from wanamaker.models.search_terms.examples import Examples
    from wanamaker.models.search_terms.predictors.predictor import Predictor
    from wanamaker.models.search_terms.search_term_model import SearchTermModel

_VALID_SHARE = 0.1
_SEVEN_DAYS = 7

Chosen = dict[str, dict[str, Any]]


@dataclass(frozen=True, eq=False)
class _Parts:
    """The examples of both parts; without a validation part all rows are learned from."""

    train: Examples
    valid: Examples | None
    days: TermDays
    as_of: int
    notes: list[str]


def fit_terms(
    model: SearchTermModel, train: Any, valid: Any, as_of: date | int | None
) -> tuple[Fitted, dict[str, Any]]:
    """Return what a model learns from a log, and how it came about; see `SearchTermModel.fit`."""
    refuse_unusable(model)
    tables, days, later = _read(model, train, valid)
    reader = _reader(model, tables, days)
    parts = _parts(reader, days, later, as_of)
    fitted, seconds, notes = _predictors(model, parts, {})
    assert parts.valid is not None  # noqa: S101 (cut off above)
    scores = {name: judged(one.predict(parts.valid), parts.valid) for name, one in fitted.items()}
    best = min(scores, key=lambda name: _deviance(scores, name))
    winner = best if model.predictor == "auto" else model.predictor
    worded = min((name for name in READ_WORDS if name in scores), key=lambda name: _deviance(scores, name))
    told = {
        **_counts(parts),
        "predictor": winner,
        "predictor_reason": _reason(model, best),
        "predictors": scores,
        "chosen": {name: one.chosen for name, one in fitted.items()},
        **_network(fitted),
        "seconds_of": seconds,
        "notes": [*days.notes, *parts.notes, *notes],
    }
    return Fitted(tables, reader, fitted, winner, typical_of(parts.train, fitted[winner]), worded), told


def refit_terms(model: SearchTermModel, rows: Any, as_of: date | int | None) -> tuple[Fitted, dict[str, Any]]:
    """Return what a fitted model learns from all rows, with what validation has chosen left as it was."""
    kept, old = model.training_, model.fitted_
    days = old.tables.labelled(old.tables.frame(rows), "the rows")
    _refuse_empty(days, "training", model.label)
    reader = _reader(model, old.tables, days)
    parts = _parts(reader, days, None, as_of)
    fitted, seconds, notes = _predictors(model, parts, kept["chosen"])
    told = {
        **kept,
        **_counts(parts),
        **_network(fitted, kept),
        "seconds_of": seconds,
        "notes": [*kept["notes"], *notes],
        "refit": True,
    }
    typical = typical_of(parts.train, fitted[old.winner])
    return Fitted(old.tables, reader, fitted, old.winner, typical, old.worded), told


# --- Parts ----------------------------------------------------------------------------------------


def _read(model: SearchTermModel, train: Any, valid: Any) -> tuple[Tables, TermDays, TermDays]:
    """Return the roles of columns, and both parts by term and day."""
    parts = [read(part, model.term, model.date) for part in (train, valid) if part is not None]
    tables = Tables.of(model, parts[0])
    days = tables.labelled(parts[0], "the training rows")
    if valid is not None:
        later = tables.labelled(parts[1], "the validation rows")
    else:
        days, later = _cut(days)
    _refuse_empty(days, "training", model.label)
    _refuse_empty(later, "validation", model.label)
    return tables, days, later


def _cut(days: TermDays) -> tuple[TermDays, TermDays]:
    """Return the rows up to the last days, which hold about a tenth of them, and these."""
    at = days.day[int(len(days) * (1.0 - _VALID_SHARE))] if len(days) else 0
    if not len(days) or at == days.day[0]:
        found = "no rows" if not len(days) else f"rows of {day_text(days.day[0])} alone"
        message = (
            f"Rows of several days are needed, to learn from the first and judge by the last. Got {found}."
        )
        raise DataError(message, hint="Give a longer log, or a validation part: fit(train, valid).")
    return days.take(days.day < at), days.take(days.day >= at)


def _refuse_empty(days: TermDays, part: str, label: str) -> None:
    total = float(days.measures["conversions"].sum()) if len(days) else 0.0
    if total <= 0.0:
        found = "no rows" if not len(days) else f"{len(days):,} rows with none at all"
        message = f"The {part} part must have conversions in {label!r}. Got {found}."
        hint = "Check that conversions are tracked and in the report, or give a longer part."
        raise DataError(message, hint=hint)


def _reader(model: SearchTermModel, tables: Tables, days: TermDays) -> Reader:
    names = {tables.roles[role]: role for role in tables.measures}
    spec = LaggedFeatures(
        windows=tuple({*model.windows, _SEVEN_DAYS}),
        measures=tables.measures,
        campaign=model.campaign is not None,
        known_ahead=tuple(names.get(name, name) for name in model.known_ahead),
        holidays=tuple(model.holidays),
        delay=None if model.delay is None else curve_of(model.delay),
    )
    return Reader.of(
        days,
        spec,
        min_count=model.min_count,
        max_words=model.max_words,
        within=model.history,
        exposure=exposure_of(model),
        vectors=TermVectors.of(model.vectors, model.term),
    )


def _parts(reader: Reader, train: TermDays, valid: TermDays | None, as_of: date | int | None) -> _Parts:
    """Return the examples of both parts, as they were known on the day of the report."""
    notes = []
    if valid is None:
        when = report_day(train, as_of)
        rows = reader.read(train, train, when, labelled=True)
        return _Parts(rows, None, train, when, _text_notes(reader, train))
    whole, learned = joined(train, valid)
    when = report_day(whole, as_of)
    first, last = whole.take(learned), whole.take(~learned)
    rows = reader.read(first, first, when, labelled=True)
    later = reader.read(last, whole, when, labelled=True)
    notes = _text_notes(reader, train)
    return _Parts(rows, replace(later, texts=rows.texts), whole, when, notes)


def _text_notes(reader: Reader, days: TermDays) -> list[str]:
    told = reader.unseen(days.terms)
    notes = []
    if told["terms_cut"]:
        notes.append(
            f"{told['terms_cut']:,} terms have more than {reader.max_words} words and were cut to them."
        )
    if told.get("vectors"):
        notes.append(f"{told['vectors']:,} of {len(days.terms):,} terms have no vector.")
    return notes


def thinned(rows: Examples, keep: float, seed: int) -> Examples:
    """Return rows with a share of those without conversions, each of which then counts for more.

    Those that are kept stand for all, so that sums of weights, and with them expectations, stay as they were.
    """
    if keep >= 1.0:
        return rows
    drawn = mixed(np.arange(len(rows), dtype=np.uint64) ^ mixed(np.array([seed], dtype=np.uint64)))
    none = rows.known_labels <= 0
    kept = ~none | (drawn / np.float64(2.0**64) < keep)
    share = float((kept & none).sum()) / max(int(none.sum()), 1)
    if share == 0.0:
        message = f"keep_zeros={keep!r} leaves no row without conversions of {int(none.sum())}."
        raise DataError(message, hint="Keep a larger share, or leave it out.")
    return replace(rows, weights=np.where(none, rows.weights / share, rows.weights)).take(kept)


# --- Predictors -----------------------------------------------------------------------------------


def _predictors(
    model: SearchTermModel, parts: _Parts, chosen: Chosen
) -> tuple[dict[str, Predictor], dict[str, float], list[str]]:
    """Return every predictor that can be fitted, how long each took, and what was left out."""
    seed = 0 if model.training is None else model.training.seed
    train = thinned(parts.train, model.keep_zeros, seed)
    found: dict[str, Predictor] = {}
    seconds: dict[str, float] = {}
    notes: list[str] = []
    for name in PREDICTORS:
        began = time.perf_counter()
        try:
            found[name] = _fitted(name, model, train, parts.valid, seed, chosen.get(name))
        except MissingExtraError as error:
            if model.predictor == name:
                raise
            notes.append(f"{error.message} It was left out: {error.hint}.")
        seconds[name] = time.perf_counter() - began
    return found, seconds, notes


def _fitted(
    name: str,
    model: SearchTermModel,
    train: Examples,
    valid: Examples | None,
    seed: int,
    chosen: dict[str, Any] | None,
) -> Predictor:
    if name == "network":
        return Network.fit(
            train,
            valid,
            loss=model.loss,
            width=model.width,
            embedding=model.embedding,
            training=model.training,
            chosen=chosen,
        )
    if name == "glm":
        return Glm.fit(train, valid, chosen)
    if name == "trees":
        return BoostedTrees.fit(train, valid, seed, chosen)
    return Rate.fit(train, chosen) if name == "rate" else LastWeek()


def _network(fitted: dict[str, Predictor], kept: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return what is told of the network; of one that was fitted again, what was told of the first beside."""
    one = fitted.get("network")
    if not isinstance(one, Network):
        return {"loss": None, "losses": None, "curve": []}
    told = {"loss": one.loss, "losses": None, **one.told}
    if kept is not None:
        told |= {name: kept[name] for name in ("losses", "best_epoch") if name in kept}
    return {name: value for name, value in told.items() if name != "notes"}


def _deviance(scores: dict[str, dict[str, float]], name: str) -> float:
    return scores[name]["poisson_deviance"]


def _reason(model: SearchTermModel, best: str) -> str:
    if model.predictor == "auto":
        return f"{best!r} has the lowest Poisson deviance on the validation rows."
    return (
        f"{model.predictor!r} was asked for; {best!r} has the lowest Poisson deviance on the validation rows."
    )


def _counts(parts: _Parts) -> dict[str, Any]:
    found: dict[str, Any] = {"as_of": day_text(parts.as_of)}
    for prefix, part in (("", parts.train), ("valid_", parts.valid)):
        if part is not None:
            found[f"{prefix}rows"] = len(part)
            found[f"{prefix}terms"] = len(np.unique(part.terms))
            found[f"{prefix}conversions"] = float(part.known_labels.sum())
    return found
