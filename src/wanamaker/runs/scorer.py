"""What a kind of run has to do to score new rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import polars as pl

    from wanamaker.base.frames import IntoFrame, Native
    from wanamaker.runs.load import Run

PREDICTION = "prediction"
"""The column that predictions are put into."""


@dataclass(frozen=True)
class Scorer:
    """How runs of one kind score new rows.

    Parameters
    ----------
    load
        The directory of a model to the model.
    read
        A run and a table, or its path, to the table as the model is to see it.
    predict
        A run, rows and their history to the rows with a column `PREDICTION`.
    explain
        The same to a table of what moved the predictions.
    unseen
        A run and rows to how many of them have values that training did not have, by column.
    """

    load: Callable[[Path], Any]
    read: Callable[[Run, IntoFrame], Native]
    predict: Callable[[Run, pl.DataFrame, pl.DataFrame | None], pl.DataFrame]
    explain: Callable[[Run, pl.DataFrame, pl.DataFrame | None], pl.DataFrame]
    unseen: Callable[[Run, pl.DataFrame], dict[str, int]]
