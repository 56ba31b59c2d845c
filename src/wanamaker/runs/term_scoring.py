"""What the model of a search-terms run says of new rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from wanamaker.base.frames import Native
from wanamaker.runs.scorer import PREDICTION, Scorer
from wanamaker.runs.term_tables import canonical, read_terms

if TYPE_CHECKING:
    from pathlib import Path

    from wanamaker.base.frames import IntoFrame
    from wanamaker.models.search_terms.search_term_model import SearchTermModel
    from wanamaker.runs.load import Run


def _load(folder: Path) -> SearchTermModel:
    from wanamaker.models.search_terms.search_term_model import SearchTermModel

    return SearchTermModel.load(folder)


def _read(run: Run, rows: IntoFrame) -> Native:
    """Read an export as it was downloaded, or a table of any kind; rows that name no term stay."""
    found = read_terms(rows, _columns(run), run.study["reading"])
    return Native(found.frame, found.kind)


def _predict(run: Run, rows: pl.DataFrame, history: pl.DataFrame | None) -> pl.DataFrame:
    """Return rows with their expected conversions; null for rows that name no term."""
    asked, past, named = _asked(run, rows, history)
    found = pl.Series(PREDICTION, run.model.predict(asked, past), dtype=pl.Float64)
    if named.all():
        return rows.with_columns(found)
    places = pl.DataFrame({"row": named.arg_true(), PREDICTION: found})
    every = pl.DataFrame({"row": pl.Series(range(len(rows)), dtype=pl.UInt32)})
    whole = every.join(places, on="row", how="left", maintain_order="left")
    return rows.with_columns(whole[PREDICTION])


def _explain(run: Run, rows: pl.DataFrame, history: pl.DataFrame | None) -> pl.DataFrame:
    asked, past, _ = _asked(run, rows, history)
    table: pl.DataFrame = run.model.explain(asked, past)
    return table


def _unseen(run: Run, rows: pl.DataFrame) -> dict[str, int]:
    asked, _, _ = _asked(run, rows, None)
    return {column: held for column, held in run.model.unseen(asked).items() if held}


def _asked(
    run: Run, rows: pl.DataFrame, history: pl.DataFrame | None
) -> tuple[pl.DataFrame, pl.DataFrame | None, pl.Series]:
    """Return rows and history as the model reads them, and which of the rows name their term."""
    whole = canonical(rows, _columns(run))
    named = whole["term"].is_not_null() if "term" in whole.columns else pl.Series([True] * len(whole))
    past = None
    if history is not None:
        held = canonical(history, _columns(run))
        past = held.filter(pl.col("term").is_not_null()) if "term" in held.columns else held
    return whole.filter(named), past, named


def _columns(run: Run) -> dict[str, Any]:
    return dict(run.study.get("columns", {}))


SCORER = Scorer(_load, _read, _predict, _explain, _unseen)
