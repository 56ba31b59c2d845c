"""The leakage audit of the numbers that the models read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.evaluation.audit import audit

if TYPE_CHECKING:
    from wanamaker.studies.search_terms.fitted import Fits
    from wanamaker.studies.search_terms.parts import Parts

_PART, _PREDICTION, _LABEL = "(part)", "(prediction)", "(converted)"
_MOST = 20_000
_OF_MANY = ("words_", "campaign_", "all_")


def audited(parts: Parts, fits: Fits) -> list[dict[str, Any]]:
    """Return the findings on a table of numbers; the label is whether the day brought a conversion.

    The table holds what is read of the day and of the term itself. Sums of words, campaigns and the whole
    account are left out: there are many of them, each over many terms, and searching them for formulas
    would take longer than the study.
    """
    tables = [_table(parts, fits, name) for name in ("train", "valid", "test")]
    table = pl.concat(tables).with_columns(pl.col(_PREDICTION).clip(upper_bound=1.0))
    findings = audit(table, _LABEL, split=_PART, prediction=_PREDICTION)
    return [finding.as_dict() for finding in findings]


def _table(parts: Parts, fits: Fits, name: str) -> pl.DataFrame:
    """Return what is audited of a part: numbers, label, and predictions where there are some."""
    model, origin = fits.model, fits.test.origin
    reader = model.fitted_.reader
    rows = parts.part(origin, name)
    kept = np.arange(len(rows))
    if reader.exposure.kind != "expected":  # a day without a click has no conversion, which is no leak
        kept = np.flatnonzero(rows[reader.exposure.unit].to_numpy() > 0)
    kept = kept[:: max(1, -(-len(kept) // _MOST))]
    history = parts.within(origin.first, origin.days(name)[1])
    asked = model.fitted_.asked(rows[kept], history, parts.report_date)
    predicted = {"valid": fits.valid, "test": fits.test}.get(name)
    scores = np.full(len(kept), np.nan)
    if predicted is not None:
        scores = predicted.reported(model.predictor_)[kept]
    values = pl.DataFrame(asked.rows.numbers[asked.days.rows], schema=list(reader.names), nan_to_null=True)
    values = values.select(one for one in reader.names if not one.startswith(_OF_MANY))
    return values.with_columns(
        pl.Series(_LABEL, (rows["conversions"].gather(kept) > 0).cast(pl.Int8)),
        pl.Series(_PART, [name] * len(kept), dtype=pl.String),
        pl.Series(_PREDICTION, scores, nan_to_null=True),
    )
