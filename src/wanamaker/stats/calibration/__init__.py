"""Calibration maps: from a model's score to a probability; arrays in, arrays out."""

from __future__ import annotations

from wanamaker.stats.calibration.beta import Beta
from wanamaker.stats.calibration.choose import (
    MAPS,
    Choice,
    calibration_from_state,
    choose_calibration,
    cross_fitted,
)
from wanamaker.stats.calibration.correction import class_weight_correction, prior_correction
from wanamaker.stats.calibration.identity import Identity
from wanamaker.stats.calibration.isotonic import Isotonic
from wanamaker.stats.calibration.map import CalibrationMap
from wanamaker.stats.calibration.platt import Platt
from wanamaker.stats.calibration.shift import Shift

__all__ = [
    "MAPS",
    "Beta",
    "CalibrationMap",
    "Choice",
    "Identity",
    "Isotonic",
    "Platt",
    "Shift",
    "calibration_from_state",
    "choose_calibration",
    "class_weight_correction",
    "cross_fitted",
    "prior_correction",
]
