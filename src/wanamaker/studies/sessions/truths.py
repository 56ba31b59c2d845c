"""How near predictions come to the planted probabilities of a simulated log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError
from wanamaker.events.reading import read_table
from wanamaker.stats.classification import binary_metrics

if TYPE_CHECKING:
    from wanamaker.studies.judged import Judged
    from wanamaker.studies.sessions.parts import Parts
    from wanamaker.studies.sessions.study import SessionsStudy

_STEP = "step"


def read_truth(study: SessionsStudy) -> pl.DataFrame | None:
    """Return the true probability of each question of a simulated log; None where there is none.

    Columns: ``session``, ``step`` where it is asked after every event, and ``truth``.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    if study.data.truth is None:
        return None
    session, per_event = str(study.columns.session), study.columns.outcome is not None
    chance = "probability" if per_event else "session_probability"
    frame = read_table(study.data.truth, [session, *([_STEP] if per_event else []), chance]).frame
    frame = frame.rename({session: "session", chance: "truth"})
    return frame if per_event else frame.group_by("session", maintain_order=True).first()


def truth_of(truth: pl.DataFrame, parts: Parts, judged: Judged) -> dict[str, Any]:
    """Return the AUC that the true probabilities reach, and their rank correlation with the predictions.

    Raises
    ------
    DataError
        If a test question has no true probability.
    """
    test, asked = parts.of("test"), parts.questions("test")
    keys = test.table.select("session")[asked.sessions].with_columns(pl.Series(_STEP, asked.events))
    names = ["session", _STEP] if _STEP in truth.columns else ["session"]
    truth = truth.cast({name: keys.schema[name] for name in names})
    chances = keys.join(truth, on=names, how="left", maintain_order="left")["truth"]
    if chances.null_count():
        message = f"The truth must have a probability for every question. {chances.null_count():,} have none."
        raise DataError(message, hint="Give the truth.parquet that was written beside the log.")
    found = binary_metrics(
        judged.labels["test"],
        chances.to_numpy(),
        resampling=judged.resampling,
        keys=judged.keys,
    )
    told = pl.DataFrame({"truth": chances, "prediction": judged.predictions["test"]})
    correlation = told.select(pl.corr("truth", "prediction", method="spearman")).item()
    return {
        "roc_auc": dict(found["roc_auc"]),
        "rank_correlation": float(correlation) if np.isfinite(correlation) else None,
    }
