"""How near predictions come to the planted probabilities of a simulated log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError
from wanamaker.base.frames import require_columns
from wanamaker.events.reading import read_table
from wanamaker.stats.classification import binary_metrics

if TYPE_CHECKING:
    from wanamaker.studies.clicks.parts import Parts
    from wanamaker.studies.clicks.study import ClicksStudy
    from wanamaker.studies.judged import Judged

_KINDS = ("bot", "injected")


def read_truth(study: ClicksStudy, rows: int) -> pl.DataFrame | None:
    """Return the truth of a simulated log, one row for each of the log's; None where there is none.

    Raises
    ------
    SchemaError
        If it has no column ``probability``.
    DataError
        If it has another number of rows than the log.
    """
    if study.data.truth is None:
        return None
    truth = read_table(study.data.truth).frame
    require_columns(["probability"], truth.columns, "the truth")
    if len(truth) != rows:
        message = f"The truth must have a row for each of the log's {rows:,}. It has {len(truth):,}."
        raise DataError(message, hint="Give the truth.parquet that was written beside the log.")
    return truth


def truth_of(truth: pl.DataFrame, parts: Parts, judged: Judged) -> dict[str, Any]:
    """Return the AUC that the true probabilities reach, and predictions beside them by kind of click."""
    held = truth[parts.rows("test")]
    chances = held["probability"].cast(pl.Float64).to_numpy()
    labels, predictions = judged.labels["test"], judged.predictions["test"]
    found = binary_metrics(labels, chances, resampling=judged.resampling)
    kinds = pl.lit("others")
    for name in _KINDS:
        if name in held.columns:
            kinds = pl.when(pl.col(name)).then(pl.lit(name)).otherwise(kinds)
    table = pl.DataFrame({"truth": chances, "prediction": predictions, "rate": labels.astype(np.float64)})
    table = table.with_columns(held.select(kinds.alias("kind")).to_series())
    # Means by numpy: those of polars add up in an order that differs from run to run.
    grouped = [
        {"kind": kind, "rows": len(part)}
        | {name: float(part[name].to_numpy().mean()) for name in ("truth", "prediction", "rate")}
        for (kind,), part in table.group_by("kind", maintain_order=True)
    ]
    correlation = table.select(pl.corr("truth", "prediction", method="spearman")).item()
    return {
        "roc_auc": dict(found["roc_auc"]),
        "rank_correlation": None if not np.isfinite(correlation) else float(correlation),
        "kinds": sorted(grouped, key=lambda told: -told["rows"]),
    }
