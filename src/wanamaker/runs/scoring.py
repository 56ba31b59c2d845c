"""The model of a run, and what it says of new rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.base.errors import RunError, SchemaError
from wanamaker.base.frames import to_kind
from wanamaker.runs import click_scoring, journey_scoring, session_scoring, term_scoring
from wanamaker.runs.scorer import PREDICTION, Scorer

if TYPE_CHECKING:
    import polars as pl

    from wanamaker.base.frames import IntoFrame
    from wanamaker.runs.load import Run

__all__ = ["PREDICTION", "SCORERS", "explained", "model_of", "scored", "unseen_in"]

SCORERS = {
    "attribution": journey_scoring.SCORER,
    "clicks": click_scoring.SCORER,
    "sessions": session_scoring.SCORER,
    "search_terms": term_scoring.SCORER,
}
"""How the runs of each kind of study score; kinds that are not here keep no model that predicts."""


def model_of(run: Run) -> Any:
    """Return the model that a run keeps.

    Raises
    ------
    RunError
        If runs of this kind keep no model that predicts.
    """
    scorer, folder = _scorer(run), run.path / "model"
    if not folder.is_dir():
        raise _no_model(run)
    return scorer.load(folder)


def scored(run: Run, rows: IntoFrame, history: IntoFrame | None) -> Any:
    """Return rows with their predictions, in the caller's kind."""
    scorer = _scorer(run)
    run.model  # noqa: B018 (what is missing is told before any row is read)
    native = scorer.read(run, rows)
    if PREDICTION in native.frame.columns:
        message = f"The rows already have a column {PREDICTION!r}, which is where predictions go."
        raise SchemaError(message, hint="Drop or rename it.")
    return to_kind(scorer.predict(run, native.frame, _past(run, history)), native.kind)


def explained(run: Run, rows: IntoFrame, history: IntoFrame | None) -> Any:
    """Return what moved the prediction of each row, in the caller's kind."""
    scorer = _scorer(run)
    native = scorer.read(run, rows)
    return to_kind(scorer.explain(run, native.frame, _past(run, history)), native.kind)


def unseen_in(run: Run, rows: pl.DataFrame) -> dict[str, int]:
    """Return how many rows have values that training did not have, by column."""
    return _scorer(run).unseen(run, rows)


def _scorer(run: Run) -> Scorer:
    if run.kind not in SCORERS:
        raise _no_model(run)
    return SCORERS[run.kind]


def _no_model(run: Run) -> RunError:
    message = f"The run {str(run.path)!r} (a study of kind {run.kind!r}) keeps no model that predicts."
    return RunError(message, hint=f"Give the run of a study of kind {' or '.join(map(repr, SCORERS))}.")


def _past(run: Run, history: IntoFrame | None) -> pl.DataFrame | None:
    return None if history is None else _scorer(run).read(run, history).frame
