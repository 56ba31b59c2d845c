"""The attribution study, end to end: log, journeys, credit, report, run directory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wanamaker.attribution.attribute import attribute
from wanamaker.attribution.registry import METHODS, chosen_methods, method_named
from wanamaker.base.errors import ParameterError, nearest
from wanamaker.base.parameters import check_known
from wanamaker.base.progress import Stopwatch
from wanamaker.base.storage import refuse_occupied
from wanamaker.evaluation.channel_free import channel_free_baseline
from wanamaker.evaluation.credit_truth import evaluate_credit
from wanamaker.events.reading import read_table
from wanamaker.journeys.from_events import journeys_from_events
from wanamaker.journeys.from_paths import journeys_from_paths
from wanamaker.journeys.summary import summarise
from wanamaker.reports.attribution import AttributionResults
from wanamaker.studies.attribution_run import write_attribution_run

if TYPE_CHECKING:
    from pathlib import Path

    from wanamaker.attribution.credit import Credit
    from wanamaker.attribution.method import Method
    from wanamaker.journeys.journeys import Journeys
    from wanamaker.studies.attribution_study import AttributionStudy


@dataclass(frozen=True, eq=False)
class AttributionOutcome:
    """What an attribution study found, and where it was left.

    Parameters
    ----------
    out
        The run directory.
    journeys, credit
        What was credited, and the credit.
    results
        What the report shows.
    """

    out: Path
    journeys: Journeys
    credit: Credit
    results: AttributionResults


def run_attribution(study: AttributionStudy, out: Path, *, overwrite: bool = False) -> AttributionOutcome:
    """Answer an attribution study and leave a run directory.

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
    check_known("attribution method", study.methods, METHODS)
    options = study.attribution
    with clock.step("journeys", "building journeys"):
        truth = None if study.data.truth is None else read_table(study.data.truth).frame
        journeys = build_journeys(study)
        methods = _methods(study, journeys)
    with clock.step("credit"):
        credit = attribute(journeys, methods, options.bootstrap, options.seed)
        breakdowns = {
            by: attribute(journeys, methods, options.bootstrap, options.seed, by=by).frame
            for by in options.by
        }
    with clock.step("baseline", "measuring the channel-free baseline"):
        baseline = channel_free_baseline(journeys, options.seed)
    with clock.step("summary", "summing up"):
        results = AttributionResults(
            title=study.report.title,
            credit=credit.frame,
            metadata=credit.metadata,
            summary=summarise(journeys).as_dict(),
            notes=[note.as_dict() for note in credit.notes],
            baseline=baseline.as_dict(),
            truth=None if truth is None else evaluate_credit(credit, truth).to_dicts(),
            breakdowns=breakdowns,
        )
    write_attribution_run(study, out, journeys, results, clock.seconds, overwrite=overwrite)
    return AttributionOutcome(out, journeys, credit, results)


def build_journeys(study: AttributionStudy) -> Journeys:
    """Build the journeys of a study from its log, or from its paths."""
    columns, options = study.columns, study.journeys
    if columns.path is not None:
        _refuse_log_options(study)
        return journeys_from_paths(
            study.data.path,
            path=columns.path,
            conversions=columns.conversions or "total_conversions",
            value=columns.value,
            nulls=columns.nulls,
            sep=options.separator,
        )
    for name in ("conversions", "nulls"):
        if getattr(columns, name) is not None:
            message = f"'columns.{name}' is for paths, but no column of paths is given."
            raise ParameterError(
                message, hint="Name the column of paths too (--path COLUMN), or leave it out."
            )
    roles = columns.model_dump(exclude={"path", "conversions", "nulls"})
    return journeys_from_events(study.data.path, **roles, **options.model_dump(exclude={"separator"}))


def _refuse_log_options(study: AttributionStudy) -> None:
    allowed = {"path", "conversions", "nulls", "value"}
    log_only = [f"columns.{name}" for name in study.columns.model_fields_set - allowed]
    log_only += [f"journeys.{name}" for name in study.journeys.model_fields_set - {"separator"}]
    if log_only:
        message = f"These options do not apply to paths: {sorted(log_only)}."
        raise ParameterError(message, hint="Paths have no users, times or costs; leave the options out.")


def _methods(study: AttributionStudy, journeys: Journeys) -> list[Method] | None:
    names = study.attribution.models
    if names is None:
        if not study.methods:
            return None
        names = tuple(method.name for method in chosen_methods(None, journeys)[0])
    for name in names:
        method_named(name)
    idle = sorted(set(study.methods) - set(names))
    if idle:
        message = f"Parameters are given for {idle[0]!r}, which is not among the models."
        raise ParameterError(message, hint=nearest(idle[0], names))
    return [method_named(name, study.methods.get(name)) for name in names]
