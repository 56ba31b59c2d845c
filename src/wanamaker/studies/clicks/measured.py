"""Everything that the report shows of a fitted model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.version import version
from wanamaker.evaluation.ablation import ablation
from wanamaker.evaluation.audit import audit
from wanamaker.evaluation.baselines import click_baselines
from wanamaker.evaluation.future import future_columns
from wanamaker.evaluation.learning_curve import learning_curve
from wanamaker.events.codes import stable_hashes
from wanamaker.events.columns import as_flags
from wanamaker.reports.clicks import ClicksResults
from wanamaker.stats.bootstrap import Resampling
from wanamaker.studies.clicks.delays import delay_of
from wanamaker.studies.clicks.explained import example_rows, importances
from wanamaker.studies.clicks.explored import explored, training_features
from wanamaker.studies.clicks.notes import notes_of
from wanamaker.studies.clicks.results import part_rows
from wanamaker.studies.clicks.tables import ablation_rows, honesty_rows, learning_rows
from wanamaker.studies.clicks.truths import truth_of
from wanamaker.studies.clicks.tune import tuning_of
from wanamaker.studies.judged import (
    Judged,
    curves,
    decision_of,
    gains_rows,
    reliability_rows,
    threshold_of,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.base.progress import Stopwatch
    from wanamaker.models.click_model import ClickModel
    from wanamaker.studies.clicks.parts import Parts
    from wanamaker.studies.clicks.predicted import Predicted
    from wanamaker.studies.clicks.study import ClicksStudy


def measured(
    study: ClicksStudy,
    parts: Parts,
    model: ClickModel,
    found: Predicted,
    truth: pl.DataFrame | None,
    clock: Stopwatch,
) -> ClicksResults:
    """Return what the report shows: metrics, baselines, ablation, calibration, and the log itself.

    Parameters
    ----------
    study, parts
        The study, and its log.
    model
        Fitted on train and valid.
    found
        What it predicted.
    truth
        Of a simulated log; else None.
    clock
        Measures the steps.
    """
    judged = judged_of(study, parts, found)
    with clock.step("baselines", "fitting the baselines"):
        others = _baselines(study, parts, model)
    with clock.step("metrics", "measuring"):
        told = _figures(study, parts, model, judged, others)
    with clock.step("explore", "looking at the log"):
        told |= _looked_at(study, parts, model, found)
    told |= _compared(study, parts, model, clock)
    with clock.step("audit", "looking for leaks"):
        told["audit"] = _audited(study, parts, found) if study.evaluation.audit else None
    told["truth"] = None if truth is None else truth_of(truth, parts, judged)
    told |= {"notes": notes_of(study, parts, model, found), "tuning": tuning_of(study)}
    return ClicksResults(title=study.report.title, facts=facts_of(study, parts, model), **told)


def judged_of(study: ClicksStudy, parts: Parts, found: Predicted) -> Judged:
    """Return what figures are taken from; the threshold is chosen by what was known when test began."""
    labels = {part: parts.labels_of(part) for part in ("valid", "test")}
    told = study.columns
    known = as_flags(parts.learnable("valid")[told.label], "label")
    keys = None
    if study.split.column is not None:
        keys = stable_hashes(parts.log[study.split.column][parts.rows("test")])
    return Judged(
        labels,
        {"valid": found.valid, "test": found.test},
        keys,
        Resampling(study.evaluation.bootstrap, study.model.seed),
        threshold_of(study.decision, known, found.valid),
    )


def _baselines(study: ClicksStudy, parts: Parts, model: ClickModel) -> dict[str, NDArray[np.float64]]:
    """Return the predictions of the baselines; the base rate alone where parts are not in order of time."""
    if not study.evaluation.baselines:
        return {}
    if not parts.in_order:
        return {"base_rate": np.full(len(parts.rows("test")), parts.labels_of("train").mean())}
    return click_baselines(model, *_frames(parts))


def _frames(parts: Parts) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    return parts.learnable("train"), parts.learnable("valid"), parts.seen("test")


def _figures(
    study: ClicksStudy,
    parts: Parts,
    model: ClickModel,
    judged: Judged,
    others: dict[str, NDArray[np.float64]],
) -> dict[str, Any]:
    baselines = {name: judged.of(scores) for name, scores in others.items()}
    ranked = {name: scores for name, scores in others.items() if name != "base_rate"}
    training = model.training_
    return {
        "parts": part_rows(parts),
        "metrics": {"test": judged.metrics("test"), "valid": judged.metrics("valid"), "baselines": baselines},
        "comparisons": [{"against": name, **judged.beyond(scores)} for name, scores in ranked.items()],
        "calibration": {
            "method": training["calibration"],
            "why": training["calibration_reason"],
            "bins": reliability_rows(judged),
        },
        "curves": curves(judged.labels["test"], {"model": judged.predictions["test"], **ranked}),
        "gains": gains_rows(judged, study.evaluation.budgets),
        "decision": decision_of(study.decision, judged),
        "delay": delay_of(parts),
    }


def _looked_at(study: ClicksStudy, parts: Parts, model: ClickModel, found: Predicted) -> dict[str, Any]:
    held = importances(model, found.explanation)
    rows = found.explained
    held["examples"] = example_rows(
        found.explanation,
        found.features,
        parts.seen("test")[rows].select(study.columns.categorical),
        found.test[rows],
        parts.labels_of("test")[rows],
    )
    features = training_features(model, parts)
    looks = explored(study, parts, features, [row["feature"] for row in held["features"]])
    return {"importance": held, "explored": looks}


def _compared(study: ClicksStudy, parts: Parts, model: ClickModel, clock: Stopwatch) -> dict[str, Any]:
    """Fit the model again without families, on less history, and with columns from the future."""
    options = study.evaluation
    if not parts.in_order:
        return {}
    drawn: dict[str, Any] = {"replicates": options.bootstrap, "seed": study.model.seed}
    told: dict[str, Any] = {}
    if options.ablation:
        with clock.step("ablation", "leaving out families of features"):
            told["ablation"] = ablation_rows(ablation(model, *_frames(parts), **drawn))
    if options.learning_curve:
        with clock.step("learning curve", "fitting on less history"):
            told["learning"] = learning_rows(learning_curve(model, *_frames(parts), **drawn))
    if options.honesty:
        with clock.step("honesty", "fitting with columns from the future"):
            told["honesty"] = honesty_rows(future_columns(model, *_frames(parts), **drawn))
    return told


def _audited(study: ClicksStudy, parts: Parts, found: Predicted) -> list[dict[str, Any]]:
    """Return the audit's findings on the log, its parts and the predictions for the test rows."""
    told = study.columns
    predictions = np.full(len(parts.log), np.nan)
    predictions[parts.rows("test")] = found.test
    extra = {
        "(part)": parts.split.names(len(parts.log)),
        "(prediction)": pl.Series(predictions, nan_to_null=True),
    }
    table = parts.learned.with_columns(series.alias(name) for name, series in extra.items())
    findings = audit(
        table,
        told.label,
        time=told.time,
        label_time=told.label_time,
        group=study.split.column,
        split="(part)",
        prediction="(prediction)",
    )
    return [finding.as_dict() for finding in findings]


def facts_of(study: ClicksStudy, parts: Parts, model: ClickModel) -> dict[str, Any]:
    """Return how the numbers came about."""
    held = model.get_params(deep=False)
    columns = study.columns.model_dump(mode="json", exclude={"time_unit"})
    families = list(model.families_.values())
    named = ("learning_rate", "max_depth", "min_child_weight", "reg_alpha", "reg_lambda", "subsample")
    return {
        "version": version(),
        "model": held["trees"],
        "columns": columns,
        "split": _split_facts(study, parts),
        "seed": study.model.seed,
        "bootstrap": study.evaluation.bootstrap,
        "time_zone": study.features.time_zone,
        "refit": study.model.refit,
        "features": len(model.feature_names_),
        "windows": families.count("windows"),
        "trees": int(model.n_trees_),
        "parameters": {
            name: held[name] for name in (*named, "colsample_bytree", "keep_negatives", "class_weight")
        },
    }


def _split_facts(study: ClicksStudy, parts: Parts) -> dict[str, Any]:
    from wanamaker.base.durations import to_micros

    options, split = study.split, parts.split
    by_time = split.by == "time"
    maturity = to_micros(options.maturity, "maturity") / 1e6 if by_time and options.maturity else None
    return {
        "by": split.by,
        "column": options.column,
        "gap_seconds": to_micros(options.gap, "gap") / 1e6 if by_time else 0.0,
        "maturity_seconds": maturity,
        "unmatured": len(split.immature),
        "hidden": len(split.late),
    }
