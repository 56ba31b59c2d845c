"""The lift tests of a study, refused before any work where they cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wanamaker.attribution.calibration import SOURCE, read_lift_tests, refuse_no_intervals, refuse_unfit_tests
from wanamaker.attribution.registry import method_named
from wanamaker.base.errors import ParameterError

if TYPE_CHECKING:
    from wanamaker.attribution.calibration import LiftTests
    from wanamaker.journeys.journeys import Journeys
    from wanamaker.studies.attribution_study import AttributionStudy


def tests_of(study: AttributionStudy) -> LiftTests | None:
    """Return the lift tests of a study, if it has any.

    Raises
    ------
    ParameterError
        If the study asks for no incremental credit, or for no intervals.
    SchemaError, DataError, FileReadError
        If the tests cannot be read or used.
    """
    if study.data.lift_tests is None:
        return None
    models = study.attribution.models
    if models is not None and SOURCE not in models:
        message = f"Lift tests anchor the credit of {SOURCE!r}, which is not among the models {list(models)}."
        raise ParameterError(message, hint=f"Add {SOURCE!r} to the models, or leave out the lift tests.")
    refuse_no_intervals(study.attribution.bootstrap)
    return read_lift_tests(study.data.lift_tests)


def refuse_unfit(study: AttributionStudy, journeys: Journeys, tests: LiftTests) -> None:
    """Refuse tests that do not fit the journeys, and journeys that have no incremental credit.

    Raises
    ------
    ParameterError, DataError
        As `wanamaker.attribution.credit.Credit.calibrate` does.
    """
    refuse_unfit_tests(journeys, tests)
    reason = method_named(SOURCE, study.methods.get(SOURCE)).unmet(journeys)
    if reason is not None:
        message = f"Lift tests anchor the credit of {SOURCE!r}, which does not apply: {reason}."
        raise ParameterError(message, hint="Leave out the lift tests, or mend the log.")
