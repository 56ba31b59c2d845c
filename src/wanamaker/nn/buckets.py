"""Which rows make up a batch, and in what order: similar lengths together, and fair to every row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = NDArray[np.int64]

BATCHES_PER_POOL = 100
"""Rows are sorted by length within pools of this many batches."""


def shuffled_batches(lengths: Rows, batch_size: int, rng: np.random.Generator) -> list[Rows]:
    """Return the rows of each batch of one epoch, similar lengths together.

    All rows are shuffled and cut into pools; each pool is sorted by length, ties left shuffled, and cut
    into batches; the batches of all pools are shuffled. Every row stands in exactly one batch, whose place
    in the epoch does not depend on the row's length. Rows that make no full batch form a smaller one,
    whose lengths are a matter of chance as well.

    Examples
    --------
    >>> batches = shuffled_batches(np.array([3, 1, 3, 1]), 2, np.random.default_rng(0))
    >>> sorted(sorted(batch.tolist()) for batch in batches)
    [[0, 2], [1, 3]]
    """
    order = rng.permutation(len(lengths))
    pool = batch_size * BATCHES_PER_POOL
    batches: list[Rows] = []
    for start in range(0, len(order), pool):
        rows = order[start : start + pool]
        by_length = rows[np.argsort(lengths[rows], kind="stable")]
        batches += _cut(by_length, batch_size, rng)
    return [batches[place] for place in rng.permutation(len(batches))]


def _cut(rows: Rows, batch_size: int, rng: np.random.Generator) -> list[Rows]:
    """Cut rows into full batches and a smaller one at a random place among them."""
    full, rest = divmod(len(rows), batch_size)
    sizes = np.full(full, batch_size)
    if rest:
        sizes = np.insert(sizes, rng.integers(full + 1), rest)
    return np.split(rows, np.cumsum(sizes)[:-1])


def ordered_batches(lengths: Rows, batch_size: int, budget: int) -> list[Rows]:
    """Return the rows of each batch, from the shortest to the longest, each of at most ``budget`` places.

    A batch has ``rows × longest`` places; one row that alone has more forms a batch of its own.

    Examples
    --------
    >>> [batch.tolist() for batch in ordered_batches(np.array([3, 1, 3, 1]), 3, 6)]
    [[1, 3], [0, 2]]
    """
    order = np.argsort(lengths, kind="stable")
    batches, start = [], 0
    while start < len(order):
        stop = min(start + batch_size, len(order))
        places = lengths[order[start:stop]] * np.arange(1, stop - start + 1)
        size = max(int(np.searchsorted(places, budget, side="right")), 1)
        batches.append(order[start : start + size])
        start += size
    return batches
