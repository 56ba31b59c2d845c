"""The run directory of a search-terms study: written, and its report drawn again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
import tomli_w

from wanamaker.base.storage import new_directory, new_file, read_json, write_json
from wanamaker.reports.search_terms import SearchTermsResults, search_terms_page
from wanamaker.runs.fingerprint import fingerprint
from wanamaker.runs.manifest import rewrite_manifest, write_manifest
from wanamaker.studies.config import without_nulls

if TYPE_CHECKING:
    from pathlib import Path

    from wanamaker.models.search_terms.search_term_model import SearchTermModel
    from wanamaker.runs.load import Run
    from wanamaker.studies.search_terms.explained import Explained
    from wanamaker.studies.search_terms.fitted import Fits
    from wanamaker.studies.search_terms.parts import Parts
    from wanamaker.studies.search_terms.study import SearchTermsStudy

_RESULTS, _REPORT = "results.json", "report.html"


@dataclass(frozen=True, eq=False)
class Left:
    """Everything that is written.

    Parameters
    ----------
    parts, fits, found, results
        What the study read, fitted, explained and measured.
    model
        The model that is kept.
    """

    parts: Parts
    fits: Fits
    found: Explained
    results: SearchTermsResults
    model: SearchTermModel


def write_search_terms_run(
    study: SearchTermsStudy, out: Path, left: Left, timings: dict[str, float], *, overwrite: bool
) -> None:
    """Write everything that a search-terms study leaves; the directory appears whole or not at all.

    Raises
    ------
    OutputError
        If the directory holds something and may not be replaced, or cannot be written.
    """
    with new_directory(out, overwrite=overwrite) as folder:
        left.model.save(folder / "model")
        told = tomli_w.dumps(without_nulls(study.model_dump(mode="json")))
        (folder / "study.toml").write_text(told, encoding="utf-8")
        write_json(folder / "schema.json", _schema(study, left))
        write_json(folder / "metrics.json", _metrics(left.results))
        predictions_of(left.fits).write_parquet(folder / "predictions.parquet")
        left.found.rows.write_parquet(folder / "explanations.parquet")
        left.found.words.write_parquet(folder / "words.parquet")
        left.found.bigrams.write_parquet(folder / "bigrams.parquet")
        if left.found.stop.width:
            left.found.stop.write_parquet(folder / "stop_list.parquet")
            left.found.stop.write_csv(folder / "stop_list.csv")
        write_json(folder / _RESULTS, left.results.as_dict())
        (folder / _REPORT).write_text(search_terms_page(left.results), encoding="utf-8")
        write_manifest(folder, _facts(study, left.results, timings))


def redraw_search_terms_report(run: Run) -> Path:
    """Draw the report of a run again from its results, and return the report's path."""
    page = search_terms_page(SearchTermsResults(**read_json(run.path / _RESULTS)))
    with new_file(run.path / _REPORT) as file:
        file.write_text(page, encoding="utf-8")
    rewrite_manifest(run.path, _REPORT)
    return run.path / _REPORT


def predictions_of(fits: Fits) -> pl.DataFrame:
    """Return the test rows: term and day, what was reported and what is expected in the end.

    ``share`` of ``prediction`` is expected to be in the report: metrics compare ``label`` with their product.
    Further columns hold what each other predictor expects.
    """
    test = fits.test
    kept = fits.model.predictor_
    ids = [name for name in ("date", "term", "campaign") if name in test.rows.columns]
    others = {name: pl.Series(of) for name, of in test.expected.items()}
    return test.rows.select(ids).with_columns(
        label=pl.Series(test.observed),
        prediction=pl.Series(test.expected[kept]),
        share=pl.Series(test.shares),
        exposure=pl.Series(test.exposure),
        **others,
    )


def _schema(study: SearchTermsStudy, left: Left) -> dict[str, Any]:
    named = {name: study.columns.given.get(name, name) for name in left.parts.log.days.columns}
    return {
        "columns": {role: {"name": name} for role, name in named.items()},
        "form": left.parts.log.told["form"],
        "predict": dict(left.model.schema_),
    }


def _metrics(results: SearchTermsResults) -> dict[str, Any]:
    kept = {key: results.facts[key] for key in ("predictor", "why", "loss")}
    return {
        **results.metrics,
        "kept": kept,
        "comparison": results.comparison,
        "calibration": results.calibration,
        "ranking": {key: results.ranking.get(key) for key in ("gini", "best")},
        "shares": results.shares,
        "truth": _without_rows(results.truth),
    }


def _without_rows(truth: dict[str, Any] | None) -> dict[str, Any] | None:
    if truth is None:
        return None
    return {
        kind: None if told is None else {key: value for key, value in told.items() if key != "rows"}
        for kind, told in truth.items()
    }


def _facts(study: SearchTermsStudy, results: SearchTermsResults, timings: dict[str, float]) -> dict[str, Any]:
    paths = study.data.paths
    return {
        "kind": study.kind,
        "seed": study.model.seed,
        "rows": {row["part"]: row["rows"] for row in results.parts},
        "terms": {row["part"]: row["terms"] for row in results.parts},
        "conversions": {row["part"]: row["conversions"] for row in results.parts},
        "period": {row["part"]: [row["start"], row["end"]] for row in results.parts},
        "data": {
            f"path {place + 1}" if len(paths) > 1 else "path": {
                "path": path,
                "fingerprint": fingerprint(path),
            }
            for place, path in enumerate(paths)
        },
        "seconds": {step: round(seconds, 3) for step, seconds in timings.items()},
    }
