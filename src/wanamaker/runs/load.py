"""Loading a run directory."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from wanamaker.base.errors import ParameterTypeError, RunError
from wanamaker.base.storage import read_json
from wanamaker.runs.manifest import verify_manifest
from wanamaker.runs.scoring import explained, model_of, scored

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Run:
    """What a study left, verified against its manifest.

    Parameters
    ----------
    path
        The run directory.
    manifest
        What is in it and what made it.
    """

    path: Path
    manifest: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """The kind of study."""
        return str(self.study["kind"])

    @cached_property
    def study(self) -> dict[str, Any]:
        """The study with all its defaults filled in."""
        return tomllib.loads((self.path / "study.toml").read_text(encoding="utf-8"))

    @cached_property
    def schema(self) -> dict[str, Any]:
        """Which column plays which role, and its type."""
        return dict(read_json(self.path / "schema.json"))

    @cached_property
    def metrics(self) -> dict[str, Any]:
        """The metrics of the run."""
        return dict(read_json(self.path / "metrics.json"))

    @cached_property
    def model(self) -> Any:
        """The model that the run keeps.

        Raises
        ------
        RunError
            If the run keeps no model that predicts, as one of kind ``attribution``.
        """
        return model_of(self)

    def predict(self, rows: Any, history: Any = None) -> Any:
        """Return rows with a column ``prediction``: the probability of each, calibrated.

        Rows, their order and their other columns stay. Labels among the rows are not read. The prediction at
        an event of a session is the one after it, from all that came before it in the session; null where
        the row is no event, or the question is no longer asked. Of search terms it is the expected number of
        conversions, once all of them are reported; null where the row names no term.

        Parameters
        ----------
        rows
            A table of any kind, or its path.
        history
            The events before them, with their labels, from which windows and means go on. Without it
            the windows begin empty, as on a service's first day. Sessions have none.

        Returns
        -------
        table
            Of the caller's kind; polars for a path.

        Raises
        ------
        RunError
            If the run keeps no model that predicts.
        SchemaError
            If columns that the model reads are missing, or of another type.
        DataError
            If history does not end before the rows begin.
        """
        return scored(self, rows, history)

    def explain(self, rows: Any, history: Any = None) -> Any:
        """Return what moved the log-odds of each row before calibration.

        Parameters and errors are those of `predict`.

        Returns
        -------
        table
            Of the caller's kind. Of clicks: SHAP values, one column per feature, and ``(base)``. Of sessions
            with events: one row per event and per feature of a session, with its effect by removal and by
            integrated gradients; without events: one column per feature, its effect by removal. Of search
            terms: one row per row, with the effects of its text and of its numbers on the log rate.
        """
        return explained(self, rows, history)

    @cached_property
    def credit(self) -> pl.DataFrame:
        """The credit table of an attribution run.

        Raises
        ------
        RunError
            If the run is of another kind.
        """
        return self.frame("credit.parquet")

    def frame(self, name: str) -> pl.DataFrame:
        """Return a table of the run by its file name.

        Raises
        ------
        RunError
            If the run has no such table.
        """
        if name not in self.manifest["files"]:
            message = f"The run {str(self.path)!r} (a {self.kind} study) has no {name}."
            raise RunError(message, hint=f"It has: {', '.join(self.manifest['files'])}.")
        return pl.read_parquet(self.path / name)


def load_run(path: str | os.PathLike[str]) -> Run:
    """Load a run directory, after checking that nothing in it was changed.

    Nothing in a run is executed by loading it.

    Raises
    ------
    RunError
        If it is no run directory, or a file of it is missing, changed or added.
    """
    if not isinstance(path, str | os.PathLike):
        message = f"'path' must be the path of a run directory. Got {type(path).__name__}."
        raise ParameterTypeError(message)
    folder = Path(path)
    return Run(folder, verify_manifest(folder))
