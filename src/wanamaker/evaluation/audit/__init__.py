"""The leakage audit: what is in the table that a model will not have."""

from __future__ import annotations

from wanamaker.evaluation.audit.finding import DETECTORS, SEVERITIES, Finding
from wanamaker.evaluation.audit.metric_checks import check_metrics
from wanamaker.evaluation.audit.table_audit import audit

__all__ = ["DETECTORS", "SEVERITIES", "Finding", "audit", "check_metrics"]
