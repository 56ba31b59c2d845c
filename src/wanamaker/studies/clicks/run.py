"""The clicks study, end to end: log, parts, model, evaluation, report, run directory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wanamaker.base.progress import Stopwatch
from wanamaker.base.storage import refuse_occupied
from wanamaker.studies.clicks.build import click_model, columns_of, effective
from wanamaker.studies.clicks.measured import measured
from wanamaker.studies.clicks.parts import read_parts
from wanamaker.studies.clicks.predicted import fit, predicted
from wanamaker.studies.clicks.truths import read_truth
from wanamaker.studies.clicks.write import write_clicks_run

if TYPE_CHECKING:
    from pathlib import Path

    from wanamaker.models.click_model import ClickModel
    from wanamaker.reports.clicks import ClicksResults
    from wanamaker.studies.clicks.study import ClicksStudy


@dataclass(frozen=True, eq=False)
class ClicksOutcome:
    """What a clicks study found, and where it was left.

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
    results: ClicksResults
    model: ClickModel


def run_clicks(study: ClicksStudy, out: Path, *, overwrite: bool = False) -> ClicksOutcome:
    """Answer a clicks study and leave a run directory.

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
    UserError
        If an option or the log is at fault; nothing is written then.
    """
    clock = Stopwatch()
    refuse_occupied(out, overwrite=overwrite)
    model = click_model(study)
    with clock.step("reading", "reading the log"):
        parts = read_parts(study, columns_of(study))
        truth = read_truth(study, len(parts.log))
    with clock.step("fit", "fitting the model"):
        fit(model, parts)
    with clock.step("predict", "predicting the test rows"):
        found = predicted(model, parts, study.evaluation.explained)
    results = measured(study, parts, model, found, truth, clock)
    kept = model
    if study.model.refit:
        with clock.step("refit", "fitting on all rows"):
            kept = model.refit(parts.matured(study.split.maturity))
    write_clicks_run(
        effective(study, model), out, parts, found, results, kept, clock.seconds, overwrite=overwrite
    )
    return ClicksOutcome(out, results, kept)
