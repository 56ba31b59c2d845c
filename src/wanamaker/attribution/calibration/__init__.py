"""Lift tests: credit anchored to experiments."""

from wanamaker.attribution.calibration.calibrate import CALIBRATED, calibrated, refuse_unfit_journeys
from wanamaker.attribution.calibration.lift_tests import LiftTests, read_lift_tests

__all__ = ["CALIBRATED", "LiftTests", "calibrated", "read_lift_tests", "refuse_unfit_journeys"]
