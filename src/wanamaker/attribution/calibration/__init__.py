"""Lift tests: credit anchored to experiments."""

from wanamaker.attribution.calibration.calibrate import (
    CALIBRATED,
    SOURCE,
    calibrated,
    refuse_no_intervals,
    refuse_unfit_tests,
)
from wanamaker.attribution.calibration.lift_tests import LiftTests, read_lift_tests
from wanamaker.attribution.calibration.parts import calibrated_parts

__all__ = [
    "CALIBRATED",
    "SOURCE",
    "LiftTests",
    "calibrated",
    "calibrated_parts",
    "read_lift_tests",
    "refuse_no_intervals",
    "refuse_unfit_tests",
]
