"""L5: groups on both sides of a split, overlapping times, a gap shorter than the label window."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.evaluation.audit.finding import Finding, plain
from wanamaker.evaluation.audit.parts import parts_of
from wanamaker.events.times import epoch_micros, exact_iso

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from wanamaker.evaluation.audit.examined import Examined
    from wanamaker.evaluation.audit.parts import Part

CRITICAL_SHARE = 0.01
"""Rows of the later part whose group the earlier part has seen, from which on metrics are moved by it."""

_EXAMPLES = 5


def find_overlaps(examined: Examined) -> list[Finding]:
    """Find what two parts of a split have in common, on all rows."""
    if examined.split is None:
        return []
    times = None
    if examined.time is not None:
        times = epoch_micros(examined.whole[examined.time]).cast(pl.Float64).to_numpy().astype(np.float64)
    parts = parts_of(examined, times)
    in_time = times is not None and all(
        _mixed(first, second, times) == 0 for first, second in combinations(parts, 2)
    )
    findings = list(_groups(examined, parts, in_time=in_time))
    if times is not None:
        findings += _times(examined, parts, times)
        findings += _gaps(examined, parts, times)
    return findings


def _groups(examined: Examined, parts: list[Part], *, in_time: bool) -> Iterator[Finding]:
    for group in examined.groups:
        ids = examined.whole[group]
        pairs = []
        for first, second in combinations(parts, 2):
            seen = ids.filter(pl.Series(first.rows)).drop_nulls().unique()
            again = ids.filter(pl.Series(second.rows))
            shared = again.is_in(seen.implode()).fill_null(value=False)
            if shared.any():
                both = again.filter(shared).unique(maintain_order=True)
                pairs.append(
                    {
                        "parts": [first.name, second.name],
                        "shared": len(both),
                        "rows": int(shared.sum()),
                        "share_of_rows": round(int(shared.sum()) / len(shared), 6),
                        "examples": plain(both.head(_EXAMPLES).to_list()),
                    }
                )
        if pairs:
            yield _group_finding(group, pairs, in_time=in_time)


def _group_finding(group: str, pairs: list[dict[str, Any]], *, in_time: bool) -> Finding:
    worst = max(pairs, key=lambda pair: pair["share_of_rows"])
    first, second = worst["parts"]
    message = (
        f"{worst['shared']:,} values of {group} are in both {first} and {second}: {worst['rows']:,} rows of "
        f"{second} ({worst['share_of_rows']:.1%}) belong to one that {first} has seen."
    )
    advice = (
        f"Split by {group}, so that each value is in one part, or split by time and say that {group} returns."
    )
    if in_time:
        advice = (
            f"The parts follow each other in time, so this is what the model will meet; but a metric for new "
            f"values of {group} needs a split by {group}, or rows of unseen ones alone."
        )
    heavy = worst["share_of_rows"] >= CRITICAL_SHARE and not in_time
    return Finding("L5", (group,), "critical" if heavy else "warning", message, {"pairs": pairs}, advice)


def _bounds(part: Part, times: NDArray[np.float64]) -> tuple[float, float] | None:
    held = times[part.rows]
    held = held[~np.isnan(held)]
    return (float(held.min()), float(held.max())) if len(held) else None


def _mixed(first: Part, second: Part, times: NDArray[np.float64]) -> int:
    """Return the rows of the first part that lie after the second has begun."""
    begun = _bounds(second, times)
    if begun is None:
        return 0
    with np.errstate(invalid="ignore"):
        return int((times[first.rows] > begun[0]).sum())


def _times(examined: Examined, parts: list[Part], times: NDArray[np.float64]) -> list[Finding]:
    pairs: list[dict[str, Any]] = []
    for first, second in combinations(parts, 2):
        rows = _mixed(first, second, times)
        begun, ended = _bounds(second, times), _bounds(first, times)
        if rows == 0 or begun is None or ended is None:
            continue
        pairs.append(
            {
                "parts": [first.name, second.name],
                "rows": rows,
                "share_of_rows": round(rows / max(int(first.rows.sum()), 1), 6),
                "first_ends": exact_iso(int(ended[1])),
                "second_begins": exact_iso(int(begun[0])),
            }
        )
    if not pairs:
        return []
    return [_times_finding(examined, pairs)]


def _times_finding(examined: Examined, pairs: list[dict[str, Any]]) -> Finding:
    worst = max(pairs, key=lambda pair: float(pair["share_of_rows"]))
    first, second = worst["parts"]
    message = (
        f"{first} and {second} overlap in time: {worst['rows']:,} rows of {first} lie after {second} begins "
        f"({worst['second_begins']})."
    )
    advice = (
        "Split by time, so that every row learned from is older than every row judged; a split by group is "
        "no substitute where the world changes with time."
    )
    columns = (str(examined.time), str(examined.split))
    heavy = worst["share_of_rows"] >= CRITICAL_SHARE and not examined.groups
    return Finding("L5", columns, "critical" if heavy else "warning", message, {"pairs": pairs}, advice)


def _gaps(examined: Examined, parts: list[Part], times: NDArray[np.float64]) -> list[Finding]:
    """Find labels of a part that were known only after the next part had begun."""
    if examined.label_time is None or examined.time is None:
        return []
    known = np.full(len(examined.whole), np.nan)
    micros = epoch_micros(examined.frame[examined.label_time]).cast(pl.Float64).to_numpy()
    known[examined.positions] = np.where(examined.labels, micros, np.nan)
    window = _window(known - times)
    found = []
    for first, second in combinations(parts, 2):
        begun, ended = _bounds(second, times), _bounds(first, times)
        if begun is None or ended is None or ended[1] > begun[0]:
            continue
        with np.errstate(invalid="ignore"):
            late = first.rows & (known >= begun[0])
        if late.any():
            found.append((first, second, late, (begun[0] - ended[1]) / 1e6))
    return [_gap_finding(examined, window, *each) for each in found]


def _window(delays: NDArray[np.float64]) -> float:
    """Return the longest time from a row to its label, in seconds."""
    held = delays[~np.isnan(delays)]
    return float(held.max()) / 1e6 if len(held) else 0.0


def _gap_finding(
    examined: Examined, window: float, first: Part, second: Part, late: NDArray[np.bool_], gap: float
) -> Finding:
    message = (
        f"{int(late.sum()):,} positives of {first.name} became known only after {second.name} had begun: the "
        f"gap of {gap:,.0f} s is shorter than the label window of up to {window:,.0f} s."
    )
    columns = (str(examined.time), str(examined.label_time))
    evidence = {
        "parts": [first.name, second.name],
        "rows": int(late.sum()),
        "gap_seconds": gap,
        "label_window_seconds": window,
        "examples": examined.examples(columns, late[examined.positions]),
    }
    advice = (
        f"Leave a gap of the label window between the parts, or count a row of {first.name} as positive only "
        f"if its label was known when {second.name} began."
    )
    return Finding("L5", columns, "warning", message, evidence, advice)
