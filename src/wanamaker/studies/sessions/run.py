"""The sessions study, end to end: log, parts, networks, baselines, report, run directory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wanamaker.base.progress import Stopwatch
from wanamaker.base.storage import refuse_occupied
from wanamaker.models.trees.registry import new_trees
from wanamaker.nn.require import require_deep
from wanamaker.studies.sessions.build import effective
from wanamaker.studies.sessions.fitted import fit_candidates
from wanamaker.studies.sessions.measured import measured
from wanamaker.studies.sessions.parts import read_parts
from wanamaker.studies.sessions.truths import read_truth
from wanamaker.studies.sessions.write import write_sessions_run

if TYPE_CHECKING:
    from pathlib import Path

    from wanamaker.models.sessions.session_model import SessionModel
    from wanamaker.reports.sessions import SessionsResults
    from wanamaker.studies.sessions.study import SessionsStudy


@dataclass(frozen=True, eq=False)
class SessionsOutcome:
    """What a sessions study found, and where it was left.

    Parameters
    ----------
    out
        The run directory.
    results
        What the report shows.
    model
        The model that is kept in the run.
    """

    out: Path
    results: SessionsResults
    model: SessionModel


def run_sessions(study: SessionsStudy, out: Path, *, overwrite: bool = False) -> SessionsOutcome:
    """Answer a sessions study and leave a run directory.

    Parameters
    ----------
    study
        The study.
    out
        Where the run directory is to appear, whole or not at all.
    overwrite
        Whether a directory that holds something may be replaced.

    Raises
    ------
    MissingExtraError
        If torch is not installed, or XGBoost where baselines are asked for.
    UserError
        If an option or the log is at fault; nothing is written then.
    """
    clock = Stopwatch()
    refuse_occupied(out, overwrite=overwrite)
    require_deep("A sessions study")
    if study.evaluation.baselines:
        new_trees("xgboost")  # without the library this is where it ends
    filled = effective(study)
    with clock.step("reading", "reading the log"):
        parts = read_parts(study)
        truth = read_truth(study)
    with clock.step("fit"):
        found = fit_candidates(study, parts)
    results, explanations = measured(study, parts, found, truth, clock)
    kept = found.kept
    if study.model.refit:
        with clock.step("refit"):
            kept = kept.refit(parts.all())
    write_sessions_run(
        filled, out, parts, found, results, explanations, kept, clock.seconds, overwrite=overwrite
    )
    return SessionsOutcome(out, results, kept)
