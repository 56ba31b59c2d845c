"""The run directory of a clicks study: written, and its report drawn again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import tomli_w

from wanamaker.base.storage import new_directory, new_file, read_json, write_json
from wanamaker.reports.clicks import ClicksResults, clicks_page
from wanamaker.runs.fingerprint import fingerprint
from wanamaker.runs.manifest import rewrite_manifest, write_manifest
from wanamaker.studies.config import without_nulls

if TYPE_CHECKING:
    from pathlib import Path

    from wanamaker.models.click_model import ClickModel
    from wanamaker.runs.load import Run
    from wanamaker.studies.clicks.parts import Parts
    from wanamaker.studies.clicks.predicted import Predicted
    from wanamaker.studies.clicks.study import ClicksStudy

_RESULTS, _REPORT = "results.json", "report.html"


def write_clicks_run(
    study: ClicksStudy,
    out: Path,
    parts: Parts,
    found: Predicted,
    results: ClicksResults,
    model: ClickModel,
    timings: dict[str, float],
    *,
    overwrite: bool,
) -> None:
    """Write everything that a clicks study leaves; the directory appears whole or not at all.

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
        _predictions(study, parts, found).write_parquet(folder / "predictions.parquet")
        _explanations(study, parts, found).write_parquet(folder / "explanations.parquet")
        write_json(folder / _RESULTS, results.as_dict())
        (folder / _REPORT).write_text(clicks_page(results), encoding="utf-8")
        write_manifest(folder, _facts(study, results, timings))


def redraw_clicks_report(run: Run) -> Path:
    """Draw the report of a run again from its results, and return the report's path."""
    page = clicks_page(ClicksResults(**read_json(run.path / _RESULTS)))
    with new_file(run.path / _REPORT) as file:
        file.write_text(page, encoding="utf-8")
    rewrite_manifest(run.path, _REPORT)
    return run.path / _REPORT


def _schema(study: ClicksStudy, parts: Parts, model: ClickModel) -> dict[str, Any]:
    told = study.columns.model_dump(exclude={"time_unit"})
    roles: dict[str, str] = {}
    for role, names in told.items():
        if isinstance(names, str):
            roles[role] = names
        else:
            roles |= {f"{role} {name}": name for name in names or ()}
    types = parts.log.schema
    return {
        "columns": {role: {"name": name, "type": str(types[name])} for role, name in roles.items()},
        "time_unit": study.columns.time_unit,
        "predict": dict(model.schema_),
    }


def _metrics(results: ClicksResults) -> dict[str, Any]:
    decision = {key: results.decision[key] for key in ("rule", "threshold")}
    return {
        **results.metrics,
        "budgets": [row for row in results.gains if row["budget"]],
        "ablation": results.ablation,
        "learning_curve": results.learning,
        "honesty": results.honesty,
        "comparisons": results.comparisons,
        "decision": decision,
    }


def _ids(study: ClicksStudy, parts: Parts, rows: np.ndarray[Any, np.dtype[np.int64]]) -> pl.DataFrame:
    """Return what tells rows apart: their place in the log, its ids, the time."""
    names = list(dict.fromkeys([*study.columns.id, study.columns.time]))
    place = "row" if "row" not in names else "(row)"
    return parts.log[rows].select(names).insert_column(0, pl.Series(place, rows))


def _predictions(study: ClicksStudy, parts: Parts, found: Predicted) -> pl.DataFrame:
    labels = pl.Series("label", parts.labels_of("test").astype(np.int8))
    held = _ids(study, parts, parts.rows("test"))
    held = held.select(name for name in held.columns if name not in ("label", "prediction"))
    return held.with_columns(labels, pl.Series("prediction", found.test))


def _explanations(study: ClicksStudy, parts: Parts, found: Predicted) -> pl.DataFrame:
    held = _ids(study, parts, parts.rows("test")[found.explained])
    taken = [name for name in held.columns if name in found.explanation.columns]
    return pl.concat([held.drop(taken), found.explanation], how="horizontal")


def _facts(study: ClicksStudy, results: ClicksResults, timings: dict[str, float]) -> dict[str, Any]:
    logs = study.data.logs
    return {
        "kind": study.kind,
        "seed": study.model.seed,
        "rows": {row["part"]: row["rows"] for row in results.parts},
        "positives": {row["part"]: row["positives"] for row in results.parts},
        "period": {row["part"]: [row["start"], row["end"]] for row in results.parts},
        "data": {role: {"path": path, "fingerprint": fingerprint(path)} for role, path in logs.items()},
        "seconds": {step: round(seconds, 3) for step, seconds in timings.items()},
    }
