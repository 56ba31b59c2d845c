"""Predictions of a run for a file of new rows."""

from __future__ import annotations

import warnings
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from wanamaker.base.errors import DataWarning
from wanamaker.events.reading import read_table
from wanamaker.events.writing import refuse_unwritable, write_table
from wanamaker.runs.load import load_run
from wanamaker.runs.scoring import PREDICTION

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
        Rows by categorical column whose value was not seen in training.
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
        told += [
            f"{column}: {rows:,} rows have a value not seen in training"
            for column, rows in self.unseen.items()
        ]
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
    if history is None and model.needs_history:
        message = "No history is given, so the windows of the first rows are empty. Hint: --history LOG."
        warnings.warn(message, DataWarning, stacklevel=2)
    rows = read_table(source, ids=loaded.study["columns"].get("categorical", ())).frame
    scored = loaded.predict(rows, history)
    write_table(scored, out)
    unseen = {column: held for column, held in model.unseen(rows).items() if held}
    mean = float(scored[PREDICTION].to_numpy().mean()) if len(scored) else None
    return Scored(str(out), len(scored), mean, unseen)
