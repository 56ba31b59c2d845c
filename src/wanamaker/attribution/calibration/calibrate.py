"""Incremental credit anchored to lift tests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.attribution.calibration.anchor import Anchored, Measured, anchored, error_factor
from wanamaker.attribution.calibration.periods import credited_in_periods
from wanamaker.attribution.calibration.rows import NORMAL_95, Ends, calibrated_rows, with_baseline
from wanamaker.base.errors import ParameterError
from wanamaker.journeys.journeys import BASELINE, UNATTRIBUTED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from wanamaker.attribution.calibration.lift_tests import LiftTests
    from wanamaker.attribution.credit import Credit
    from wanamaker.journeys.journeys import Journeys

    Floats = NDArray[np.float64]

SOURCE = "incremental"
"""The method whose credit is calibrated."""

CALIBRATED = "incremental_calibrated"
"""The name of calibrated credit in tables."""

_LEAST_ERROR = 1e-9
"""Conversions; a test of a smaller standard error is exact, and its inverse square must stay finite."""

_METHOD = {
    "method": CALIBRATED,
    "conserves": "total",
    "parameters": {},
    "summary": (
        "Incremental credit anchored to lift tests: model and tests are averaged by their precision, and the "
        "baseline takes the rest."
    ),
    "misleads": (
        "A lift test measures what is lost without the touch, which is not its share where touches trigger "
        "or replace one another; touches without a test keep the errors of the model."
    ),
}


def calibrated(credit: Credit, tests: LiftTests) -> Credit:
    """Return the credit with the rows of `CALIBRATED` behind those of the model; see `Credit.calibrate`.

    Raises
    ------
    ParameterError
        If the credit has no incremental rows, no intervals, several goals, or is split.
    DataError
        If a test is of another touch or period.
    """
    rows = _source_rows(credit)
    channels = rows.filter(~pl.col("touch").is_in([BASELINE, UNATTRIBUTED]))
    names = channels["touch"].to_list()
    tests = tests.on(names, credit.metadata.get("period") or (None, None))
    before = Ends(*(channels[f"conversions{end}"].to_numpy() for end in ("", "_low", "_high")))
    credited, scales = credited_in_periods(tests, names, before.middle, _daily(credit))
    measured = Measured(
        np.array([names.index(touch) for touch in tests.table["touch"]]),
        scales,
        tests.table["conversions"].to_numpy(),
        np.maximum(tests.table["standard_error"].to_numpy(), _LEAST_ERROR),
    )
    total = float(rows.filter(pl.col("touch") != UNATTRIBUTED)["conversions"].sum())
    errors = (before.high - before.low) / (2 * NORMAL_95)
    factor = error_factor(before.middle, errors, measured)
    found = anchored(before.middle, factor * errors, measured, total)
    after = _with_intervals(before, found, measured, factor)
    conversions = _floored(with_baseline(after, total, float(found.variances.sum())))
    changed = calibrated_rows(rows, CALIBRATED, conversions, found.variances)
    return replace(
        credit,
        frame=behind_source(credit.frame, changed),
        metadata=credit.metadata | {"methods": _with_method(credit.metadata["methods"])},
        calibration=_told(tests, credited, found.weights, factor).hstack(_changes(measured, before, after)),
    )


def refuse_unfit_tests(journeys: Journeys, tests: LiftTests) -> None:
    """Refuse tests that the credit of these journeys could not be anchored to, before it is worked out.

    Raises
    ------
    ParameterError, DataError
        As `calibrated` does.
    """
    if "goal" in journeys.table.columns:
        _refuse_several_goals(journeys.table["goal"])
    tests.on(journeys.names, journeys.observation.period)


def _source_rows(credit: Credit) -> pl.DataFrame:
    """Return the rows of the model that is anchored, refusing credit that cannot be."""
    frame, by = credit.frame, credit.metadata.get("by")
    if by not in (None, "goal"):
        message = f"Lift tests are of the whole log. Got a credit split by {by!r}."
        raise ParameterError(message, hint="Calibrate the credit of attribute(…) without 'by'.")
    if "goal" in frame.columns:
        _refuse_several_goals(frame["goal"])
    rows = frame.filter(pl.col("model") == SOURCE)
    if rows.is_empty():
        reason = credit.metadata.get("left_out", {}).get(SOURCE)
        told = f": {reason}" if reason else ""
        message = f"Lift tests anchor the credit of {SOURCE!r}. The credit has only {credit.models}{told}."
        hint = "Ask for it: attribute(journeys, ['incremental'], bootstrap=200)."
        raise ParameterError(message, hint=hint)
    refuse_no_intervals(200 if "conversions_low" in frame.columns else 0)
    return rows


def _refuse_several_goals(goals: pl.Series) -> None:
    known = goals.unique(maintain_order=True).to_list()
    if len(known) > 1:
        message = f"Lift tests are of one goal. Got a credit of {len(known)} goals: {known}."
        raise ParameterError(message, hint="Build and calibrate the journeys of each goal apart.")


def refuse_no_intervals(bootstrap: int) -> None:
    """Refuse so many replicates where they give no interval.

    Raises
    ------
    ParameterError
        If there are none.
    """
    if bootstrap == 0:
        message = (
            "Lift tests are weighed against the model's error, which its intervals tell. Got bootstrap=0."
        )
        raise ParameterError(message, hint="Attribute with bootstrap=200.")


def _daily(credit: Credit) -> Mapping[str, Any] | None:
    """Return the model's credit by day, if it is known."""
    for details in credit.details.get(SOURCE, {}).values():
        found: Mapping[str, Any] | None = details.get("daily")
        return found
    return None


def _with_intervals(before: Ends, found: Anchored, measured: Measured, factor: float) -> Ends:
    """Return the new credit; channels without a test keep their interval, moved and widened as they were."""
    tested = np.bincount(measured.channels, found.weights, len(found.credit)) > 0
    wider = factor - 1.0
    reach, move = NORMAL_95 * np.sqrt(found.variances), found.credit - before.middle
    return Ends(
        found.credit,
        np.where(tested, found.credit - reach, before.low + move - wider * (before.middle - before.low)),
        np.where(tested, found.credit + reach, before.high + move + wider * (before.high - before.middle)),
    )


def _floored(conversions: Ends) -> Ends:
    """Return conversions with no interval of the baseline below zero, where it is not itself."""
    low = conversions.low.copy()
    low[-1] = max(low[-1], min(conversions.middle[-1], 0.0))
    return replace(conversions, low=low)


def behind_source(frame: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the table with the rows behind those of the model, in place of earlier ones."""
    parts = frame.filter(pl.col("model") != CALIBRATED).partition_by("model", maintain_order=True)
    placed = [[part, rows] if part["model"][0] == SOURCE else [part] for part in parts]
    return pl.concat([part for both in placed for part in both])


def _with_method(methods: Mapping[str, Any]) -> dict[str, Any]:
    """Return the methods with the calibrated one behind its source."""
    told: dict[str, Any] = {}
    for label, method in methods.items():
        if label != CALIBRATED:
            told[label] = method
        if label == SOURCE:
            told[CALIBRATED] = dict(_METHOD)
    return told


def _told(tests: LiftTests, credited: Floats, weights: Floats, factor: float) -> pl.DataFrame:
    """Return one row per test: what it found, beside what the model credits, and its weight."""
    starts, ends = zip(*tests.periods, strict=True)
    days = pl.DataFrame({"start": starts, "end": ends}, schema={"start": pl.Date, "end": pl.Date})
    return tests.table.with_columns(
        *days.cast(pl.String),
        credited=pl.Series(credited),
        weight=pl.Series(weights),
        error_factor=pl.lit(factor),
    )


def _changes(measured: Measured, before: Ends, after: Ends) -> pl.DataFrame:
    """Return the credit of the channel of each test over the whole log, before and after."""
    ends = (("", "middle"), ("_low", "low"), ("_high", "high"))
    return pl.DataFrame(
        {
            f"{name}{end}": getattr(credit, part)[measured.channels]
            for name, credit in (("before", before), ("after", after))
            for end, part in ends
        }
    )
