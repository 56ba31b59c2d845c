"""Metrics of binary predictions, with weights, ties and bootstrap intervals: arrays in, arrays out."""

from __future__ import annotations

from wanamaker.stats.classification.bins import BINS, ReliabilityCurve, ece, reliability_curve, wilson
from wanamaker.stats.classification.budget import GainsCurve, gains_curve, precision_at
from wanamaker.stats.classification.decisions import choose_threshold, f1, precision, recall
from wanamaker.stats.classification.metrics import METRICS, Estimate, binary_metrics, paired_difference
from wanamaker.stats.classification.probability import (
    brier,
    calibration_ratio,
    log_loss,
    normalised_log_loss,
)
from wanamaker.stats.classification.ranking import pr_auc, roc_auc
from wanamaker.stats.classification.thresholds import ThresholdCurve, threshold_curve

__all__ = [
    "BINS",
    "METRICS",
    "Estimate",
    "GainsCurve",
    "ReliabilityCurve",
    "ThresholdCurve",
    "binary_metrics",
    "brier",
    "calibration_ratio",
    "choose_threshold",
    "ece",
    "f1",
    "gains_curve",
    "log_loss",
    "normalised_log_loss",
    "paired_difference",
    "pr_auc",
    "precision",
    "precision_at",
    "recall",
    "reliability_curve",
    "roc_auc",
    "threshold_curve",
    "wilson",
]
