"""What the model of a clicks run says of new rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from wanamaker.events.reading import read_table
from wanamaker.runs.scorer import PREDICTION, Scorer

if TYPE_CHECKING:
    from pathlib import Path

    from wanamaker.base.frames import IntoFrame, Native
    from wanamaker.models.click_model import ClickModel
    from wanamaker.runs.load import Run


def _load(folder: Path) -> ClickModel:
    from wanamaker.models.click_model import ClickModel

    return ClickModel.load(folder)


def _read(run: Run, rows: IntoFrame) -> Native:
    return read_table(rows, ids=run.study["columns"].get("categorical", ()))


def _predict(run: Run, rows: pl.DataFrame, history: pl.DataFrame | None) -> pl.DataFrame:
    found = run.model.predict(rows, history)
    return rows.with_columns(pl.Series(PREDICTION, found, dtype=pl.Float64))


def _explain(run: Run, rows: pl.DataFrame, history: pl.DataFrame | None) -> pl.DataFrame:
    table: pl.DataFrame = run.model.explain(rows, history)
    return table


def _unseen(run: Run, rows: pl.DataFrame) -> dict[str, int]:
    return {column: held for column, held in run.model.unseen(rows).items() if held}


SCORER = Scorer(_load, _read, _predict, _explain, _unseen)
