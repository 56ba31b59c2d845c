"""Encoders of categories by brute force, from their definitions: dicts and loops, rows of plain values."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

Row = dict[str, Any]
Key = tuple[str, ...]


def key_of(row: Row, key: Key) -> tuple[Any, ...] | None:
    """Return the values of a key, or None where one is null."""
    values = tuple(row[name] for name in key)
    return None if any(value is None for value in values) else values


def time_ordered_means(
    asked: Sequence[Row], told: Sequence[Row], key: Key, *, label_time: bool, prior: float, mean: float
) -> list[float]:
    """Return each asked row's smoothed share: look at every told row, and take what was known before.

    Rows have ``time``, ``label`` and ``known`` (when a positive label became known, or None).
    """
    found = []
    for row in asked:
        peers = [
            other for other in told if key_of(row, key) is not None and key_of(other, key) == key_of(row, key)
        ]
        events = sum(other["time"] < row["time"] for other in peers)
        conversions = sum(
            other["label"] == 1 and (other["known"] if label_time else other["time"]) < row["time"]
            for other in peers
        )
        found.append((conversions + prior * mean) / (events + prior))
    return found


def out_of_fold_means(rows: Sequence[Row], folds: Sequence[int], key: Key, *, prior: float) -> list[float]:
    """Return each row's smoothed share over the rows of the other folds."""
    mean = sum(row["label"] for row in rows) / len(rows)
    found = []
    for row, fold in zip(rows, folds, strict=True):
        others = [
            other["label"]
            for other, its in zip(rows, folds, strict=True)
            if its != fold and key_of(row, key) is not None and key_of(other, key) == key_of(row, key)
        ]
        found.append((sum(others) + prior * mean) / (len(others) + prior))
    return found


def frequencies(asked: Sequence[Row], told: Sequence[Row], key: Key) -> list[int]:
    """Return how many told rows have each asked row's key."""
    counts = Counter(key_of(row, key) for row in told)
    return [0 if key_of(row, key) is None else counts[key_of(row, key)] for row in asked]


def information(
    rows: Sequence[Row], name: str, columns: Sequence[str], *, min_count: int, shift: float, smoothing: float
) -> dict[tuple[Any, str, Any], float]:
    """Return the shifted positive information of a column's values about those of every other column."""
    often = {
        column: {value for value, count in Counter(row[column] for row in rows).items() if count >= min_count}
        - {None}
        for column in columns
    }
    told = {}
    for other in columns:
        if other == name:
            continue
        pairs = Counter(
            (row[name], row[other]) for row in rows if row[name] in often[name] and row[other] in often[other]
        )
        mine, theirs = Counter[Any](), Counter[Any]()
        for (value, context), count in pairs.items():
            mine[value] += count
            theirs[context] += count
        whole = sum(count**smoothing for count in theirs.values())
        for (value, context), count in pairs.items():
            chance = theirs[context] ** smoothing / whole
            told[value, other, context] = max(0.0, math.log(count / mine[value] / chance) - math.log(shift))
    return told
