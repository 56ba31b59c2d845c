"""Predictions of a run of any kind for a file of new rows."""

from __future__ import annotations

import warnings
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from wanamaker.base.errors import DataWarning
from wanamaker.events.writing import refuse_unwritable, write_table
from wanamaker.runs.load import load_run
from wanamaker.runs.scoring import PREDICTION, SCORERS, unseen_in

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Scored:
    """What was predicted.

    Parameters
    ----------
    predictions
        The file.
    rows
        How many rows it has.
    mean
        Mean prediction; None without rows.
    unseen
        How many values were not seen in training, by column.
    """

    predictions: str
    rows: int
    mean: float | None
    unseen: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)

    def sentences(self) -> list[str]:
        """Say what was predicted, and which values the model does not know."""
        told = [f"{self.rows:,} rows" + ("" if self.mean is None else f", mean prediction {self.mean:.6g}")]
        told += [f"{column}: {rows:,} values not seen in training" for column, rows in self.unseen.items()]
        return told


def predict_file(
    run: Path, source: str, out: Path, history: str | None = None, *, overwrite: bool = False
) -> Scored:
    """Predict the rows of a file with the model of a run, and write them with their predictions.

    Parameters
    ----------
    run
        The run directory.
    source
        The rows.
    out
        The file to write; its suffix names the format.
    history
        The events before the rows.
    overwrite
        Whether a file that is there may be replaced.

    Raises
    ------
    RunError, SchemaError, DataError, FileReadError, OutputError
        If the run, the rows, the history or the file to write cannot be used; nothing is written then.
    """
    refuse_unwritable(out, overwrite=overwrite)
    loaded = load_run(run)
    model = loaded.model
    if history is None and getattr(model, "needs_history", False):
        message = "No history is given, so the windows of the first rows are empty. Hint: --history LOG."
        warnings.warn(message, DataWarning, stacklevel=2)
    rows = SCORERS[loaded.kind].read(loaded, source).frame
    scored = loaded.predict(rows, history)
    write_table(scored, out)
    told = scored[PREDICTION].drop_nulls().to_numpy()
    mean = float(told.mean()) if len(told) else None
    return Scored(str(out), len(scored), mean, unseen_in(loaded, rows))
