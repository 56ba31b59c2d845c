"""Rows, conversions and time spans of the parts of a log of clicks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.stats.classification import wilson

if TYPE_CHECKING:
    from wanamaker.studies.clicks.parts import Parts

Rows = list[dict[str, Any]]


def part_rows(parts: Parts) -> Rows:
    """Return rows, conversions, rate and time span of the parts."""
    from wanamaker.events.times import iso
    from wanamaker.studies.clicks.parts import PARTS

    told = []
    for part in PARTS:
        labels, times = parts.labels_of(part), parts.times[parts.rows(part)]
        positives, rows = int(labels.sum()), len(labels)
        low, high = wilson(np.array([positives / rows]), np.array([float(rows)]))
        told.append(
            {
                "part": part,
                "rows": rows,
                "positives": positives,
                "rate": positives / rows,
                "rate_low": float(low[0]),
                "rate_high": float(high[0]),
                "start": iso(int(times.min())),
                "end": iso(int(times.max())),
            }
        )
    return told
