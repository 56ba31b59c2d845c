"""Everything that the report shows of the models that were fitted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wanamaker.base.version import version
from wanamaker.evaluation.session_baselines import session_baselines
from wanamaker.evaluation.session_comparison import compared_fits
from wanamaker.reports.sessions.results import SessionsResults
from wanamaker.stats.bootstrap import Resampling
from wanamaker.studies.judged import (
    Judged,
    curves,
    decision_of,
    gains_rows,
    reliability_rows,
    threshold_of,
)
from wanamaker.studies.sessions.audited import audited
from wanamaker.studies.sessions.courses import courses_of
from wanamaker.studies.sessions.explained import explained_sessions
from wanamaker.studies.sessions.notes import notes_of
from wanamaker.studies.sessions.rows import part_rows, split_facts
from wanamaker.studies.sessions.split import PARTS
from wanamaker.studies.sessions.truths import truth_of

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from wanamaker.base.progress import Stopwatch
    from wanamaker.evaluation.session_comparison import Fit
    from wanamaker.studies.sessions.fitted import Candidates
    from wanamaker.studies.sessions.parts import Parts
    from wanamaker.studies.sessions.study import SessionsStudy

    Floats = NDArray[np.float64]

Rows = list[dict[str, Any]]


def measured(
    study: SessionsStudy,
    parts: Parts,
    found: Candidates,
    truth: pl.DataFrame | None,
    clock: Stopwatch,
) -> tuple[SessionsResults, pl.DataFrame]:
    """Return what the report shows, and the explanations of test sessions.

    Parameters
    ----------
    study, parts
        The study, and its sessions.
    found
        The networks that were fitted.
    truth
        Of a simulated log; else None.
    clock
        Measures the steps.
    """
    with clock.step("baselines", "fitting the baselines"):
        others = _baselines(study, parts)
    with clock.step("metrics", "measuring"):
        judged = judged_of(study, parts, found)
        told = _figures(study, parts, found, judged, others)
    with clock.step("course", "looking at sessions on their way"):
        told["prefixes"] = courses_of(study, parts, found, others, judged)
    with clock.step("explain", "explaining test sessions"):
        shown, table = explained_sessions(study, parts, found)
    with clock.step("audit", "looking for leaks"):
        told["audit"] = audited(study, parts, found) if study.evaluation.audit else None
    told["truth"] = None if truth is None else truth_of(truth, parts, judged)
    facts = facts_of(study, parts, found)
    notes = notes_of(study, parts, found)
    return SessionsResults(study.report.title, facts, explained=shown, notes=notes, **told), table


def judged_of(study: SessionsStudy, parts: Parts, found: Candidates) -> Judged:
    """Return what figures are taken from: each question counts the same, users are resampled."""
    asked = {part: parts.questions(part) for part in ("valid", "test")}
    valid = asked["valid"]
    return Judged(
        {part: held.labels for part, held in asked.items()},
        {"valid": found.fit.valid, "test": found.fit.test},
        asked["test"].keys,
        Resampling(study.evaluation.bootstrap, study.model.seed),
        threshold_of(study.decision, valid.labels, found.fit.valid),
    )


def _baselines(study: SessionsStudy, parts: Parts) -> list[Fit]:
    seeds = range(study.model.seed, study.model.seed + study.model.seeds)
    if not study.evaluation.baselines:
        return []
    return session_baselines(*(parts.of(part) for part in PARTS), seeds=seeds)


def first_fits(others: list[Fit]) -> dict[str, Fit]:
    """Return the first fit of each baseline."""
    held: dict[str, Fit] = {}
    for fit in others:
        held.setdefault(fit.name, fit)
    return held


def _figures(
    study: SessionsStudy, parts: Parts, found: Candidates, judged: Judged, others: list[Fit]
) -> dict[str, Any]:
    first = {name: fit.test for name, fit in first_fits(others).items()}
    ranked = {name: scores for name, scores in first.items() if name != "base_rate"}
    training = found.kept.training_
    return {
        "parts": part_rows(parts),
        "metrics": _metrics(judged, first, parts.questions("test").by_session),
        "comparisons": [{"against": name, **judged.beyond(scores)} for name, scores in ranked.items()],
        "candidates": _candidates(parts, found, others),
        "losses": found.losses,
        "calibration": {
            "method": training["calibration"],
            "why": training["calibration_reason"],
            "bins": reliability_rows(judged),
        },
        "curves": curves(judged.labels["test"], {"model": judged.predictions["test"], **ranked}),
        "gains": gains_rows(judged, study.evaluation.budgets),
        "decision": decision_of(study.decision, judged),
    }


def _metrics(judged: Judged, first: dict[str, Any], by_session: Floats | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "test": judged.metrics("test"),
        "valid": judged.metrics("valid"),
        "baselines": {name: judged.of(scores) for name, scores in first.items()},
    }
    if by_session is not None:
        told["test_by_session"] = replace(judged, weights={"test": by_session}).metrics("test")
    return told


def _candidates(parts: Parts, found: Candidates, others: list[Fit]) -> Rows:
    valid, test = parts.questions("valid"), parts.questions("test")
    networks = compared_fits(found.fits, valid, test)
    shown = [fit for fit in others if fit.name != "base_rate"]
    return [
        *({**row, "network": True} for row in networks),
        *({**row, "network": False} for row in compared_fits(shown, valid, test)),
    ]


def facts_of(study: SessionsStudy, parts: Parts, found: Candidates) -> dict[str, Any]:
    """Return how the numbers came about."""
    held = found.kept.get_params(deep=False)
    named = ("width", "layers", "bidirectional", "max_length", "dropout", "class_weight", "keep_negatives")
    training = held["training"].values()
    told = ("epochs", "batch_size", "learning_rate", "weight_decay", "patience")
    columns = study.columns
    return {
        "version": version(),
        "model": found.fit.name,
        "model_seed": found.fit.seed,
        "why": found.why,
        "cells": list(study.cells) if columns.has_events else [found.fit.name],
        "seeds": study.model.seeds,
        "columns": columns.model_dump(mode="json", exclude={"time_unit", "outcome", "horizon"}),
        "question": question_of(study),
        "per_event": columns.outcome is not None,
        "has_events": columns.has_events,
        "outcome": columns.outcome,
        "horizon": columns.horizon,
        "split": split_facts(study, parts),
        "bootstrap": study.evaluation.bootstrap,
        "refit": study.model.refit,
        "parameters": {name: held[name] for name in named} | {name: training[name] for name in told},
    }


def question_of(study: SessionsStudy) -> str:
    """Return what is asked, as a sentence takes it after "whether"."""
    told = study.columns
    if told.outcome is None:
        return f"{told.label!r} is true of a session"
    if told.horizon is None:
        return f"{told.outcome!r} still follows, after each event"
    steps = "the next event is" if told.horizon == 1 else f"one of the next {told.horizon} events is"
    return f"{steps} {told.outcome!r}, after each event"
