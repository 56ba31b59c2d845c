"""The commonest paths, and the flow from touch to touch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.journeys.kernels import hash_journeys

if TYPE_CHECKING:
    from wanamaker.journeys.journeys import Journeys

STEPS = 4
"""How many touches of a journey the flow shows."""

TOUCHES_PER_STEP = 10
"""How many touches each step names; the others are put together."""

OTHER = "(other)"
CONVERTED = "(converted)"
NOT_CONVERTED = "(not converted)"
LONGER = "(further touches)"

_TOP = 25


def top_paths(journeys: Journeys) -> list[dict[str, Any]]:
    """Return the paths with most conversions, with how often they convert.

    Journeys are put together by a 64-bit hash of their touches; two of a million different paths
    share a hash with probability 3e-8.
    """
    held = np.flatnonzero(journeys.lengths > 0)
    frame = pl.DataFrame(
        {
            "path": hash_journeys(journeys.offsets, journeys.touches)[held],
            "example": held,
            "conversions": journeys.conversions[held],
            "nulls": journeys.nulls[held],
            "value": np.zeros(len(held)) if journeys.values is None else journeys.values[held],
        }
    )
    grouped = frame.group_by("path").agg(
        pl.col("example").min(), pl.col("conversions", "nulls", "value").sum()
    )
    best = grouped.filter(pl.col("conversions") > 0).sort(
        ["conversions", "nulls", "example"], descending=[True, False, False]
    )
    return [_path(journeys, row) for row in best.head(_TOP).iter_rows(named=True)]


def flows(journeys: Journeys) -> list[dict[str, Any]]:
    """Return how many journeys move from each touch to the next, and how they end.

    Nodes are the first `STEPS` touches, each by name; after the last shown touch a journey is
    converted, not converted, or has further touches.
    """
    counted = journeys.conversions + journeys.nulls
    labels = [_labels(journeys, step) for step in range(STEPS)]
    rows: list[dict[str, Any]] = []
    for step in range(STEPS):
        here = np.flatnonzero(journeys.lengths > step)
        following = np.flatnonzero(journeys.lengths > step + 1)
        if step + 1 < STEPS:
            rows += _moves(step, labels[step], labels[step + 1], following, counted)
        else:
            rows += _moves(
                step, labels[step], np.full(len(journeys), LONGER, dtype=object), following, counted
            )
        ended = np.setdiff1d(here, following, assume_unique=True)
        rows += _moves(
            step, labels[step], np.full(len(journeys), CONVERTED, dtype=object), ended, journeys.conversions
        )
        rows += _moves(
            step, labels[step], np.full(len(journeys), NOT_CONVERTED, dtype=object), ended, journeys.nulls
        )
    return rows


def _path(journeys: Journeys, row: dict[str, Any]) -> dict[str, Any]:
    example = row["example"]
    codes = journeys.touches[journeys.offsets[example] : journeys.offsets[example + 1]]
    total = row["conversions"] + row["nulls"]
    return {
        "path": [journeys.names[code] for code in codes],
        "conversions": row["conversions"],
        "journeys": total,
        "rate": row["conversions"] / total,
        "value": None if journeys.values is None else row["value"],
    }


def _labels(journeys: Journeys, step: int) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Return each journey's touch at a step, the rarer ones as other."""
    here = np.flatnonzero(journeys.lengths > step)
    codes = journeys.touches[journeys.offsets[:-1][here] + step]
    counts = np.bincount(codes, minlength=len(journeys.names))
    named = np.argsort(-counts, kind="stable")[:TOUCHES_PER_STEP]
    names = np.full(len(journeys.names), OTHER, dtype=object)
    names[named] = np.array(journeys.names, dtype=object)[named]
    labels = np.full(len(journeys), "", dtype=object)
    labels[here] = names[codes]
    return labels


def _moves(
    step: int,
    sources: np.ndarray[tuple[int], np.dtype[np.object_]],
    targets: np.ndarray[tuple[int], np.dtype[np.object_]],
    rows: np.ndarray[tuple[int], np.dtype[np.int64]],
    weights: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> list[dict[str, Any]]:
    frame = pl.DataFrame(
        {"source": sources[rows].astype(str), "target": targets[rows].astype(str), "journeys": weights[rows]}
    )
    grouped = frame.group_by("source", "target").agg(pl.col("journeys").sum()).filter(pl.col("journeys") > 0)
    return [{"step": step + 1, **row} for row in grouped.sort("source", "target").iter_rows(named=True)]
