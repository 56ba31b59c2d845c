"""Sums of rows by term and day, and the leading name of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Codes = NDArray[np.int32]
    Amounts = NDArray[np.float64]


class Summed(NamedTuple):
    """One row per term and day, by day, then term; ``rows`` says where each row that was read went."""

    codes: Codes
    day: Codes
    measures: dict[str, Amounts]
    rows: NDArray[np.int64]


def sums_of(codes: Codes, day: Codes, measures: Mapping[str, Amounts]) -> Summed:
    """Return the measures summed by term and day.

    Amounts of one term and day are added in the order of their size, so that the order of the rows
    changes not even the last bit of a sum.

    Examples
    --------
    >>> one, other = np.array([1, 0, 1], dtype=np.int32), np.array([5, 5, 5], dtype=np.int32)
    >>> summed = sums_of(one, other, {"clicks": np.array([1.0, 2.0, 3.0])})
    >>> summed.codes.tolist(), summed.measures["clicks"].tolist(), summed.rows.tolist()
    ([0, 1], [2.0, 4.0], [1, 0, 1])
    """
    first = int(day.min()) if len(day) else 0
    count = int(codes.max()) + 1 if len(codes) else 1
    keys = (day.astype(np.int64) - first) * count + codes
    order = np.argsort(keys, kind="stable")
    begins, groups = _groups(keys[order])
    rows = np.empty(len(keys), dtype=np.int64)
    rows[order] = groups
    chosen = order[begins]
    summed = {name: _added(keys, of, order, begins) for name, of in measures.items()}
    return Summed(codes[chosen], day[chosen], summed, rows)


def leading_names(rows: NDArray[np.int64], names: Codes, weights: Amounts | None, count: int) -> Codes:
    """Return for each of ``count`` groups the name with the most weight, of equals the lowest code.

    Parameters
    ----------
    rows
        The group of each row.
    names
        The name of each row as a code, -1 for none, which leads only where there is nothing else.
    weights
        What each row counts for; 1 if left out.

    Examples
    --------
    >>> rows, names = np.array([0, 0, 0, 1]), np.array([1, 0, 1, -1], dtype=np.int32)
    >>> leading_names(rows, names, np.array([2.0, 3.0, 2.0, 9.0]), 2).tolist()
    [1, -1]
    """
    if len(rows) == count:  # one row each
        found = np.empty(count, dtype=np.int32)
        found[rows] = names
        return found
    most = int(names.max()) + 1
    ranked = np.where(names < 0, most, names)
    keys = rows * (most + 1) + ranked
    order = np.argsort(keys, kind="stable")
    begins, _ = _groups(keys[order])
    summed = _added(keys, np.ones(len(rows)) if weights is None else weights, order, begins)
    group, name = np.divmod(keys[order][begins], most + 1)
    best = np.lexsort((name, -summed, name == most, group))
    chosen = best[_groups(group[best])[0]]
    return np.where(name[chosen] == most, -1, name[chosen]).astype(np.int32)


def _groups(ordered: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where each run of equal keys begins, and the run of each key."""
    new = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return np.flatnonzero(new), np.cumsum(new) - 1


def _added(
    keys: NDArray[np.int64], amounts: Amounts, order: NDArray[np.int64], begins: NDArray[np.int64]
) -> Amounts:
    if len(begins) == len(order):
        return amounts[order]
    by_size = np.lexsort((amounts, keys))
    return np.add.reduceat(amounts[by_size], begins)
