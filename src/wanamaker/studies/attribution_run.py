"""The run directory of an attribution study: written, and its report drawn again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import polars as pl
import tomli_w

from wanamaker.base.storage import new_directory, new_file, read_json, write_json
from wanamaker.events.reading import scan_path
from wanamaker.events.times import exact_iso
from wanamaker.reports.attribution import AttributionResults, attribution_page
from wanamaker.runs.fingerprint import fingerprint
from wanamaker.runs.manifest import rewrite_manifest, write_manifest
from wanamaker.studies.config import without_nulls

if TYPE_CHECKING:
    from pathlib import Path

    from wanamaker.events.splits import Split
    from wanamaker.journeys.journeys import Journeys
    from wanamaker.runs.load import Run
    from wanamaker.studies.attribution_study import AttributionStudy
    from wanamaker.studies.journeys.network import NetworkFound

NETWORK_FOLDER = "model/network"
"""Where a run keeps the network of its study."""

_RESULTS = "results.json"
_REPORT = "report.html"


def write_attribution_run(
    study: AttributionStudy,
    out: Path,
    journeys: Journeys,
    results: AttributionResults,
    timings: dict[str, float],
    *,
    network: NetworkFound | None = None,
    split: Split | None = None,
    overwrite: bool,
) -> None:
    """Write everything that an attribution study leaves; the directory appears whole or not at all.

    Parameters
    ----------
    network, split
        The network and the parts it was judged on, where there are.

    Raises
    ------
    OutputError
        If the directory holds something and may not be replaced, or cannot be written.
    """
    with new_directory(out, overwrite=overwrite) as folder:
        (folder / "model").mkdir()
        write_json(folder / "model" / "methods.json", results.metadata["methods"])
        (folder / "study.toml").write_text(
            tomli_w.dumps(without_nulls(study.model_dump(mode="json"))), encoding="utf-8"
        )
        write_json(folder / "schema.json", _schema(study))
        write_json(folder / "metrics.json", _metrics(results) | _judged(results, network))
        if network is not None:
            network.model.save(folder / NETWORK_FOLDER)
            network.predictions.write_parquet(folder / "predictions.parquet")
        _write_credit(folder / "credit.parquet", results.credit, results.metadata)
        for by, table in results.breakdowns.items():
            _write_credit(folder / _breakdown_file(by), table, {**results.metadata, "by": by})
        write_json(folder / _RESULTS, _kept(results))
        (folder / _REPORT).write_text(attribution_page(results), encoding="utf-8")
        write_manifest(folder, _facts(study, journeys, timings) | _parts(split))


def redraw_attribution_report(run: Run) -> Path:
    """Draw the report of a run again from its results, and return the report's path."""
    kept = read_json(run.path / _RESULTS)
    tables = {by: run.frame(_breakdown_file(by)) for by in kept.pop("breakdowns")}
    page = attribution_page(AttributionResults(credit=run.credit, breakdowns=tables, **kept))
    with new_file(run.path / _REPORT) as file:
        file.write_text(page, encoding="utf-8")
    rewrite_manifest(run.path, _REPORT)
    return run.path / _REPORT


def _kept(results: AttributionResults) -> dict[str, Any]:
    return {
        "title": results.title,
        "metadata": results.metadata,
        "summary": results.summary,
        "notes": results.notes,
        "baseline": results.baseline,
        "truth": results.truth,
        "details": results.details,
        "calibration": results.calibration,
        "breakdowns": list(results.breakdowns),
        "audit": results.audit,
        "network": results.network,
        "replay": results.replay,
    }


def _breakdown_file(by: str) -> str:
    """Return a file name that every file system takes and no other column has."""
    return f"credit_by_{quote(by, safe='')}.parquet"


def _write_credit(path: Path, credit: pl.DataFrame, metadata: dict[str, Any]) -> None:
    """Write a credit table with its metadata in the file, so that no number goes without it."""
    credit.write_parquet(path, metadata={"wanamaker": json.dumps(metadata, ensure_ascii=False)})


def _schema(study: AttributionStudy) -> dict[str, Any]:
    lazy, _ = scan_path(study.data.path)
    types = lazy.collect_schema()
    told = study.columns.model_dump()
    roles = {role: name for role, name in told.items() if isinstance(name, str) and name in types}
    covariates = {f"covariate {name}": name for name in study.columns.covariates}
    return {
        "columns": {
            role: {"name": name, "type": str(types[name])} for role, name in {**roles, **covariates}.items()
        }
    }


def _metrics(results: AttributionResults) -> dict[str, Any]:
    total = results.summary["headline"]["conversions"]
    sums = results.credit.group_by("model", maintain_order=True).agg(pl.col("conversions").sum())
    metrics = {
        "conversions": total,
        "credit": {
            model: {"conversions": credited, "difference": credited - total}
            for model, credited in sums.iter_rows()
        },
        "baselines": {"channel_free": results.baseline},
    }
    return metrics if results.truth is None else {**metrics, "truth": results.truth}


def _judged(results: AttributionResults, network: NetworkFound | None) -> dict[str, Any]:
    """Return the metrics of the network, whose baselines stand in the place of the one without channels."""
    if network is None:
        return {}
    baselines = network.metrics["baselines"] or {"channel_free": results.baseline}
    return {**network.metrics, "baselines": baselines, "channel_free_by_user": results.baseline}


def _parts(split: Split | None) -> dict[str, Any]:
    if split is None:
        return {}
    rows = {name: len(part) for name, part in split.parts().items()}
    boundaries = [exact_iso(moment) for moment in split.boundaries]
    return {"parts": rows, "boundaries": boundaries}


def _facts(study: AttributionStudy, journeys: Journeys, timings: dict[str, float]) -> dict[str, Any]:
    return {
        "kind": study.kind,
        "seed": study.attribution.seed,
        "rows": {"journeys": len(journeys), "touches": len(journeys.touches)},
        "period": journeys.observation.period,
        "data": {"path": study.data.path, "fingerprint": fingerprint(study.data.path)},
        "seconds": {step: round(seconds, 3) for step, seconds in timings.items()},
    }
