"""The attribution study, end to end: log, journeys, credit, report, run directory."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl

from wanamaker.attribution.attribute import attribute
from wanamaker.attribution.calibration import CALIBRATED, calibrated, calibrated_parts
from wanamaker.attribution.registry import METHODS, method_named
from wanamaker.attribution.segments import PERIODS
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
from wanamaker.studies.attribution_audit import audited
from wanamaker.studies.attribution_run import write_attribution_run
from wanamaker.studies.attribution_study import Columns, JourneyOptions
from wanamaker.studies.journeys.build import check_network
from wanamaker.studies.journeys.credit import beside, with_network
from wanamaker.studies.lift_tests import refuse_unfit, tests_of

if TYPE_CHECKING:
    from pathlib import Path

    from wanamaker.attribution.calibration.lift_tests import LiftTests
    from wanamaker.attribution.credit import Credit
    from wanamaker.attribution.method import Method
    from wanamaker.events.splits import Split
    from wanamaker.journeys.journeys import Journeys
    from wanamaker.studies.attribution_study import AttributionStudy
    from wanamaker.studies.journeys.network import NetworkFound


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
    _check(study)
    tests = tests_of(study)
    with clock.step("journeys", "building journeys"):
        truth = None if study.data.truth is None else read_table(study.data.truth).frame
        journeys = build_journeys(study)
        if tests is not None:
            refuse_unfit(study, journeys, tests)
    split = _split(study, journeys)
    network = _network(study, journeys, split, clock)
    with clock.step("credit"):
        credit, breakdowns = _credited(study, journeys, tests)
        filled = effective(study, journeys, credit)
        if network is not None:
            credit, breakdowns = _with_network(study, journeys, network, credit, breakdowns)
    with clock.step("baseline", "measuring the channel-free baseline"):
        baseline = channel_free_baseline(journeys, study.attribution.seed)
    with clock.step("replay", "replaying budgets"):
        replay = _replayed(study, journeys, split, network)
    with clock.step("summary", "summing up"):
        results = _results(study, journeys, credit, truth)
        results = replace(results, baseline=baseline.as_dict(), breakdowns=breakdowns, replay=replay)
        results = results if network is None else with_network(results, network)
    with clock.step("audit", "looking for leaks"):
        results = replace(results, audit=audited(study))
    write_attribution_run(
        filled, out, journeys, results, clock.seconds, network=network, split=split, overwrite=overwrite
    )
    return AttributionOutcome(out, journeys, credit, results)


def _credited(
    study: AttributionStudy, journeys: Journeys, tests: LiftTests | None
) -> tuple[Credit, dict[str, pl.DataFrame]]:
    """Return the credit of the methods that need no network, whole and by part."""
    options = study.attribution
    credited = partial(
        attribute, journeys, options.models, options.bootstrap, options.seed, parameters=study.methods
    )
    credit, breakdowns = credited(), {by: credited(by=by).frame for by in options.by}
    if tests is None:
        return credit, breakdowns
    credit = calibrated(credit, tests)
    return credit, {by: calibrated_parts(part, by, credit.frame) for by, part in breakdowns.items()}


def _with_network(
    study: AttributionStudy,
    journeys: Journeys,
    network: NetworkFound,
    credit: Credit,
    breakdowns: dict[str, pl.DataFrame],
) -> tuple[Credit, dict[str, pl.DataFrame]]:
    """Return the credit with that of the network beside it."""
    methods: list[Method] = network.methods(study)
    if not methods:
        return credit, breakdowns
    options = study.attribution
    credited = partial(attribute, journeys, methods, options.bootstrap, options.seed)
    parts = {by: pl.concat([table, credited(by=by).frame]) for by, table in breakdowns.items()}
    return beside(credit, credited()), parts


def _split(study: AttributionStudy, journeys: Journeys) -> Split | None:
    if study.network is None and study.replays is None:
        return None
    from wanamaker.studies.journeys.network import parts_of

    return parts_of(study, journeys)


def _network(
    study: AttributionStudy, journeys: Journeys, split: Split | None, clock: Stopwatch
) -> NetworkFound | None:
    if study.network is None or split is None:
        return None
    from wanamaker.studies.journeys.network import find_network

    return find_network(study, journeys, split, clock)


def _replayed(
    study: AttributionStudy, journeys: Journeys, split: Split | None, network: NetworkFound | None
) -> dict[str, Any] | None:
    if split is None or study.replays is None:
        return None
    from wanamaker.studies.journeys.replayed import replayed

    return replayed(study, journeys, split, [] if network is None else network.methods(study, earlier=True))


def _results(
    study: AttributionStudy, journeys: Journeys, credit: Credit, truth: pl.DataFrame | None
) -> AttributionResults:
    """Return what the report shows of the credit."""
    return AttributionResults(
        title=study.report.title,
        credit=credit.frame,
        metadata=credit.metadata,
        summary=summarise(journeys).as_dict(),
        notes=[note.as_dict() for note in credit.notes],
        truth=None if truth is None else evaluate_credit(credit, truth).to_dicts(),
        details=credit.details,
        calibration=None if credit.calibration is None else credit.calibration.to_dicts(),
    )


def build_journeys(study: AttributionStudy) -> Journeys:
    """Build the journeys of a study from its log, or from its paths."""
    columns, options = study.columns, study.journeys
    if columns.path is not None:
        return journeys_from_paths(
            study.data.path,
            path=columns.path,
            conversions=columns.conversions or "total_conversions",
            value=columns.value,
            nulls=columns.nulls,
            sep=options.separator,
            observed=options.observed or "until_conversion",
        )
    lookback: Any = options.lookback
    roles = columns.model_dump(exclude={"path", "conversions", "nulls"})
    built = options.model_dump(exclude={"separator", "lookback"})
    return journeys_from_events(study.data.path, **roles, **built, lookback=lookback)


def _check(study: AttributionStudy) -> None:
    """Refuse what can be seen to be wrong before anything is read."""
    _check_methods(study)
    _check_form(study)
    check_network(study)
    check_known("part to split by", study.attribution.by, [*PERIODS, *study.columns.covariates, "goal"])


def _check_form(study: AttributionStudy) -> None:
    """Refuse options of a log where paths are given, and of paths where a log is."""
    if study.columns.path is None:
        _refuse_path_options(study)
    else:
        _refuse_log_options(study)


def _refuse_path_options(study: AttributionStudy) -> None:
    given = {f"columns.{name}": getattr(study.columns, name) for name in ("conversions", "nulls")}
    given["journeys.separator"] = None if study.journeys.separator == ">" else study.journeys.separator
    for key, value in given.items():
        if value is not None:
            message = f"{key!r} is for paths, but no column of paths is given."
            raise ParameterError(
                message, hint="Name the column of paths too (--path COLUMN), or leave it out."
            )


def _refuse_log_options(study: AttributionStudy) -> None:
    """Refuse options of a log where paths are given; what stands at its default was not asked for."""
    allowed = {"path", "conversions", "nulls", "value", "separator", "observed"}
    idle = []
    for section, given, default in (
        ("columns", study.columns, Columns()),
        ("journeys", study.journeys, JourneyOptions()),
    ):
        changed = {key for key, value in given if value != getattr(default, key)}
        idle += [f"{section}.{key}" for key in sorted(changed - allowed)]
    if idle:
        message = f"These options do not apply to paths: {idle}."
        raise ParameterError(message, hint="Paths have no users, times or costs; leave the options out.")


def effective(study: AttributionStudy, journeys: Journeys, credit: Credit) -> AttributionStudy:
    """Return the study with everything filled in that was left to its default, to be run again as it is."""
    methods = {label: told for label, told in credit.metadata["methods"].items() if label != CALIBRATED}
    options = study.attribution.model_copy(update={"models": tuple(methods)})
    told = {label: told["parameters"] for label, told in methods.items() if told["parameters"]}
    update: dict[str, Any] = {"attribution": options, "methods": told, "data": study.data.resolved()}
    update["replay"] = study.replays
    if study.columns.path is None:
        columns = study.columns
        flags = columns.event is None
        update["columns"] = columns.model_copy(
            update={
                "user": columns.user or ("uid" if columns.journey is None else None),
                "converted": columns.converted or ("conversion" if flags else None),
            }
        )
    observed = journeys.observation.observed
    update["journeys"] = study.journeys.model_copy(update={"observed": observed})
    return study.model_copy(update=update)


def _check_methods(study: AttributionStudy) -> None:
    """Refuse unknown methods and parameters before any work is done."""
    check_known("attribution method", study.methods, METHODS)
    names = study.attribution.models
    for name in names or study.methods:
        method_named(name, study.methods.get(name))
    idle = sorted(set(study.methods) - set(names or METHODS))
    if idle:
        message = f"Parameters are given for {idle[0]!r}, which is not among the models."
        raise ParameterError(message, hint=nearest(idle[0], names or METHODS))
