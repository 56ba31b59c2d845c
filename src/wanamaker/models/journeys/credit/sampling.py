"""Shapley values of long journeys by orders drawn at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wanamaker.events.codes import mixed
from wanamaker.models.journeys.credit.subsets import subsets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.models.journeys.fitted import Fitted
    from wanamaker.models.journeys.reading import Reading

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


def sampled_values(
    fitted: Fitted, reading: Reading, rows: Ints, *, pairs: int, seed: int
) -> tuple[Floats, Floats]:
    """Return Shapley values of sequences of one length and their standard errors: (rows, length) each.

    A touch's value is the mean of what it adds to those before it, over orders that are drawn in pairs: an
    order and its reverse, whose errors cancel in part (Mitchell et al. 2022). The standard error is that of
    the mean over pairs, which are drawn independently.

    Parameters
    ----------
    rows
        Sequences of the same length.
    pairs
        Pairs of orders of each sequence.
    seed
        With the touches of a sequence it decides its orders; other sequences do not.
    """
    length = int(reading.lengths[rows[0]])
    ranks = _ranks(reading, rows, pairs, length, seed)  # (rows, orders, length)
    orders = ranks.shape[1]
    sizes = np.arange(1, length)
    masks = (ranks[:, :, None, :] < sizes[:, None]).reshape(-1, length)
    owners = np.repeat(rows, orders * len(sizes))
    worth = np.empty((len(rows), orders, length + 1))
    worth[:, :, 1:-1] = fitted.chances(subsets(reading, owners, masks)).reshape(len(rows), orders, -1)
    nothing, whole = np.zeros((len(rows), length), dtype=np.bool_), reading.take(rows)
    worth[:, :, 0] = fitted.chances(subsets(reading, rows, nothing))[:, None]
    worth[:, :, -1] = fitted.chances(whole)[:, None]
    added = np.take_along_axis(np.diff(worth, axis=2), ranks, axis=2)
    of_pairs = (added[:, :pairs] + added[:, pairs:]) / 2
    values = of_pairs.mean(axis=1)
    if pairs == 1:
        return values, np.full(values.shape, np.nan)
    return values, of_pairs.std(axis=1, ddof=1) / np.sqrt(pairs)


def _ranks(reading: Reading, rows: Ints, pairs: int, length: int, seed: int) -> Ints:
    """Return the rank of each touch in orders, those of the second half the reverse of the first's."""
    keys = _keys(reading, rows, length) ^ mixed(np.array([seed], dtype=np.uint64))
    numbers = mixed(np.arange(pairs * length, dtype=np.uint64)).reshape(pairs, length)
    drawn = mixed(keys[:, None, None] ^ numbers)
    ranks = np.argsort(np.argsort(drawn, axis=2, kind="stable"), axis=2, kind="stable")
    return np.concatenate([ranks, length - 1 - ranks], axis=1)


def _keys(reading: Reading, rows: Ints, length: int) -> NDArray[np.uint64]:
    """Return a hash of the touches of each sequence, and of their times where they are read."""
    places = reading.offsets[:-1][rows][:, None] + np.arange(length)
    hashed = mixed(reading.codes[places].astype(np.uint64))
    if reading.times is not None:
        hashed = mixed(hashed ^ reading.times[places].view(np.uint64))
    keys = np.zeros(len(rows), dtype=np.uint64)
    for position in range(length):
        keys = mixed(keys ^ hashed[:, position])
    return keys
