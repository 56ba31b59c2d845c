"""The model of a run, and what it says of new rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from wanamaker.base.errors import RunError, SchemaError
from wanamaker.base.frames import Native, to_kind
from wanamaker.events.reading import read_table

if TYPE_CHECKING:
    from wanamaker.base.frames import IntoFrame
    from wanamaker.models.click_model import ClickModel
    from wanamaker.runs.load import Run

PREDICTION = "prediction"
"""The column that predictions are put into."""


def model_of(run: Run) -> ClickModel:
    """Return the model that a run keeps.

    Raises
    ------
    RunError
        If runs of this kind keep no model that predicts.
    """
    if run.kind != "clicks":
        message = f"The run {str(run.path)!r} (a study of kind {run.kind!r}) keeps no model that predicts."
        raise RunError(message, hint="Give the run of a study of kind 'clicks'.")
    from wanamaker.models.click_model import ClickModel

    return ClickModel.load(run.path / "model")


def scored(run: Run, rows: IntoFrame, history: IntoFrame | None) -> Any:
    """Return rows with their predictions, in the caller's kind."""
    model, native = run.model, _read(run, rows)
    if PREDICTION in native.frame.columns:
        message = f"The rows already have a column {PREDICTION!r}, which is where predictions go."
        raise SchemaError(message, hint="Drop or rename it.")
    found = model.predict(native.frame, _past(run, history))
    return to_kind(native.frame.with_columns(pl.Series(PREDICTION, found, dtype=pl.Float64)), native.kind)


def explained(run: Run, rows: IntoFrame, history: IntoFrame | None) -> Any:
    """Return what each feature contributed to each row, in the caller's kind."""
    model, native = run.model, _read(run, rows)
    return to_kind(model.explain(native.frame, _past(run, history)), native.kind)


def _read(run: Run, rows: IntoFrame) -> Native:
    return read_table(rows, ids=run.study["columns"].get("categorical", ()))


def _past(run: Run, history: IntoFrame | None) -> pl.DataFrame | None:
    return None if history is None else _read(run, history).frame
