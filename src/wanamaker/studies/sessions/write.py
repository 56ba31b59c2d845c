"""The run directory of a sessions study: written, and its report drawn again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import tomli_w

from wanamaker.base.storage import new_directory, new_file, read_json, write_json
from wanamaker.reports.sessions import SessionsResults, sessions_page
from wanamaker.runs.fingerprint import fingerprint
from wanamaker.runs.manifest import rewrite_manifest, write_manifest
from wanamaker.studies.config import without_nulls

if TYPE_CHECKING:
    from pathlib import Path

    from wanamaker.models.sessions.session_model import SessionModel
    from wanamaker.runs.load import Run
    from wanamaker.studies.sessions.fitted import Candidates
    from wanamaker.studies.sessions.parts import Parts
    from wanamaker.studies.sessions.study import SessionsStudy

_RESULTS, _REPORT = "results.json", "report.html"


def write_sessions_run(
    study: SessionsStudy,
    out: Path,
    parts: Parts,
    found: Candidates,
    results: SessionsResults,
    explanations: pl.DataFrame,
    model: SessionModel,
    timings: dict[str, float],
    *,
    overwrite: bool,
) -> None:
    """Write everything that a sessions study leaves; the directory appears whole or not at all.

    Raises
    ------
    OutputError
        If the directory holds something and may not be replaced, or cannot be written.
    """
    with new_directory(out, overwrite=overwrite) as folder:
        model.save(folder / "model")
        told = tomli_w.dumps(without_nulls(study.model_dump(mode="json")))
        (folder / "study.toml").write_text(told, encoding="utf-8")
        write_json(folder / "schema.json", _schema(study, parts, model))
        write_json(folder / "metrics.json", _metrics(results))
        predictions_of(parts, found).write_parquet(folder / "predictions.parquet")
        explanations.write_parquet(folder / "explanations.parquet")
        write_json(folder / _RESULTS, results.as_dict())
        (folder / _REPORT).write_text(sessions_page(results), encoding="utf-8")
        write_manifest(folder, _facts(study, results, timings))


def redraw_sessions_report(run: Run) -> Path:
    """Draw the report of a run again from its results, and return the report's path."""
    page = sessions_page(SessionsResults(**read_json(run.path / _RESULTS)))
    with new_file(run.path / _REPORT) as file:
        file.write_text(page, encoding="utf-8")
    rewrite_manifest(run.path, _REPORT)
    return run.path / _REPORT


def predictions_of(parts: Parts, found: Candidates) -> pl.DataFrame:
    """Return the test rows: what tells them apart, label and prediction, and ``weight``.

    Under the weight the questions of one session count 1 together; it is there where there are several.
    """
    test, asked = parts.of("test"), parts.questions("test")
    ids = [name for name in ("session", "user", "started") if name in test.table.columns]
    table = test.table.select(ids)[asked.sessions]
    if asked.places is not None and test.times is not None:
        moments = pl.Series(test.times[asked.places]).cast(pl.Datetime("us", "UTC"))
        table = table.with_columns(
            events=pl.Series(asked.events), time=moments, weight=pl.Series(asked.by_session)
        )
    label = pl.Series(asked.labels).cast(pl.Int8)
    return table.with_columns(label=label, prediction=pl.Series(found.fit.test))


def _schema(study: SessionsStudy, parts: Parts, model: SessionModel) -> dict[str, Any]:
    told = study.columns.model_dump(exclude={"time_unit", "outcome", "horizon"})
    roles: dict[str, str] = {}
    for role, names in told.items():
        if isinstance(names, str):
            roles[role] = names
        else:
            roles |= {f"{role} {name}": name for name in names or ()}
    return {
        "columns": {role: {"name": name} for role, name in roles.items()},
        "time_unit": study.columns.time_unit,
        "outcome": study.columns.outcome,
        "horizon": study.columns.horizon,
        "events": list(parts.sessions.event_names),
        "predict": dict(model.schema_),
    }


def _metrics(results: SessionsResults) -> dict[str, Any]:
    decision = {key: results.decision[key] for key in ("rule", "threshold")}
    kept = {key: results.facts[key] for key in ("model", "model_seed", "why")}
    return {
        **results.metrics,
        "comparison": results.candidates,
        "kept": kept,
        "prefixes": results.prefixes,
        "budgets": [row for row in results.gains if row["budget"]],
        "comparisons": results.comparisons,
        "decision": decision,
    }


def _facts(study: SessionsStudy, results: SessionsResults, timings: dict[str, float]) -> dict[str, Any]:
    logs = study.data.logs
    return {
        "kind": study.kind,
        "seed": study.model.seed,
        "rows": {row["part"]: row["rows"] for row in results.parts},
        "sessions": {row["part"]: row["sessions"] for row in results.parts},
        "positives": {row["part"]: row["positives"] for row in results.parts},
        "period": {row["part"]: [row["start"], row["end"]] for row in results.parts},
        "data": {role: {"path": path, "fingerprint": fingerprint(path)} for role, path in logs.items()},
        "seconds": {step: round(seconds, 3) for step, seconds in timings.items()},
    }
