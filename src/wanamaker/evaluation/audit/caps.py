"""L2: the label rate collapses at the largest value of a column."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import binom

from wanamaker.evaluation.audit.cells import Cells, ordered_cells, trend, unevenness
from wanamaker.evaluation.audit.finding import Finding
from wanamaker.evaluation.audit.impossible import ALPHA, LEAST_ROWS, LEAST_SHARE

if TYPE_CHECKING:
    from wanamaker.evaluation.audit.examined import Examined
    from wanamaker.evaluation.audit.impossible import Quantity

COLLAPSE_ODDS = 2.0
"""Factor of the odds by which the rate at a cap may honestly lie below the line of the values before."""

SUDDEN_ODDS = 5.0
"""The same where rows do not pile up at the largest value, which is then no cap to be seen."""

PILE = 1.5
"""Rows at the largest value to rows at the one before, from which on it is a cap."""

_LEAST_CELLS = 4
_NEIGHBOURS = 8
"""Values that the line is drawn from: more than for single values, as it is drawn on by many steps."""


def find_caps(examined: Examined, looked_at: list[Quantity]) -> list[Finding]:
    """Find columns at whose largest value the label rate falls off.

    Journeys cut to their first touches *before* the label was set lose the conversions of the long ones: at
    the cap, the rate collapses. A value that gathers all larger ones may honestly continue the line, so the
    line is drawn on by as many steps as rows pile up.
    """
    findings = []
    for quantity in looked_at:
        known = ~np.isnan(quantity.values)
        if not quantity.ordered or not known.any():
            continue
        clusters = None if examined.clusters is None else examined.clusters[known]
        cells = ordered_cells(quantity.values[known], examined.y[known], clusters)
        found = _collapse(cells)
        if found is not None and found[0] <= math.log(ALPHA / len(looked_at)):
            findings.append(_finding(examined, quantity, cells, *found))
    return findings


def _collapse(cells: Cells) -> tuple[float, float] | None:
    """Return the logarithm of the chance of so low a rate at the last cell, and the rate expected there."""
    last = len(cells) - 1
    if len(cells) < _LEAST_CELLS or cells.low[last] != cells.high[last]:
        return None
    rows = cells.rows[last]
    if rows < max(LEAST_ROWS, LEAST_SHARE * cells.rows.sum()):
        return None
    line = trend(cells, np.arange(last - 1, -1, -1), _NEIGHBOURS)
    if line is None:
        return None
    pile = rows / max(cells.rows[last - 1], 1.0)
    steps = np.array([max(pile - 1, 0.0)])
    least = COLLAPSE_ODDS if pile >= PILE else SUDDEN_ODDS
    odds = max(least, unevenness(cells, np.arange(len(cells)) == last))
    honest = float(line.lowered(steps, odds)[0])
    return float(binom.logcdf(cells.positives[last], rows, honest)), float(line.lowered(steps, 1.0)[0])


def _finding(examined: Examined, quantity: Quantity, cells: Cells, log_p: float, expected: float) -> Finding:
    before = slice(-_LEAST_CELLS, -1)
    cap, rate = cells.high[-1], cells.positives[-1] / cells.rows[-1]
    rate_before = cells.positives[before].sum() / cells.rows[before].sum()
    message = (
        f"The rate of {examined.label} falls to {rate:.2%} at the largest value of {quantity.title}, "
        f"{cap:.6g}; it is {rate_before:.2%} at the values before."
    )
    evidence = {
        "cap": float(cap),
        "rows": int(cells.rows[-1]),
        "rate": round(float(rate), 6),
        "rate_before": round(float(rate_before), 6),
        "rate_expected_at_least": round(expected, 6),
        "log_p": round(log_p, 3),
        "last_values": [
            {"from": float(low), "to": float(high), "rows": int(rows), "rate": round(float(ones / rows), 6)}
            for low, high, rows, ones in zip(
                cells.low[-5:], cells.high[-5:], cells.rows[-5:], cells.positives[-5:], strict=True
            )
            if rows
        ],
    }
    advice = (
        "Set the label before sequences are cut, keep the last steps and not the first, or raise the cap "
        "until the rate no longer falls there."
    )
    return Finding("L2", quantity.columns, "critical", message, evidence, advice)
