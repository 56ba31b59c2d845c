"""One finding of the audit: what, where, how strong, and what to do about it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

Severity = Literal["critical", "warning", "note"]

SEVERITIES: tuple[Severity, ...] = ("critical", "warning", "note")
"""From the worst: a metric on this table means nothing; it may mislead; somebody should have a look."""

DETECTORS = {
    "L1": "the label by arithmetic: a copy, signed sum, difference, ratio or product of columns",
    "L2": "a value or length at which one class is impossible; a label rate that collapses at a cap",
    "L3": "ids, hashes or the order of rows that predict the label",
    "L4": "nulls that equal the label; events and outcomes later than the prediction",
    "L5": "a group on both sides of a split; overlapping times; a gap shorter than the label window",
    "L8": "a mean prediction far from the base rate",
    "L9": "scores and metrics that cannot be told from perfect labels, or that do not fall on shuffled ones",
}
"""Detector to what it looks for; the numbers of leaks that only code can show (L6, L7, L10) are left out."""


@dataclass(frozen=True)
class Finding:
    """One finding of `audit`.

    Parameters
    ----------
    detector
        A key of `DETECTORS`, such as ``"L1"``.
    columns
        The columns concerned, as named in the table; empty for the order of rows.
    severity
        ``"critical"``: what a model learns here, or a metric says, is worthless until this is mended.
        ``"warning"``: it may mislead. ``"note"``: numbers alone cannot decide; somebody who knows where
        the column comes from should.
    message
        What was found, in one or two sentences.
    evidence
        Plain JSON values: the AUC, the log of the p-value, the formula, example rows, …
    advice
        What to do.
    """

    detector: str
    columns: tuple[str, ...]
    severity: Severity
    message: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    advice: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "detector": self.detector,
            "columns": list(self.columns),
            "severity": self.severity,
            "message": self.message,
            "advice": self.advice,
            "evidence": dict(self.evidence),
        }


def plain(value: Any) -> Any:
    """Return a value as JSON knows it: times as ISO 8601, numbers that are not finite as text.

    Examples
    --------
    >>> plain({"at": date(2026, 1, 31), "auc": np.float64(0.5), "ratio": float("inf")})
    {'at': '2026-01-31', 'auc': 0.5, 'ratio': 'inf'}
    """
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date | datetime | time) else _as_text(value)


def _as_text(value: Any) -> Any:
    return value.total_seconds() if isinstance(value, timedelta) else str(value)
