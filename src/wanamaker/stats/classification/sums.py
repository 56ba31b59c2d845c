"""Sums over stretches of ranked rows: what probability metrics, curves and bins are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.stats.classification.ranked import Piece, Ranked

    Floats = NDArray[np.float64]

CLIP = 1e-15
"""Probabilities nearer than this to 0 or 1 count as this near, so that one sure error costs at most 34.5."""


class Sums:
    """Weighted sums over stretches of ranked rows, for every column of weights.

    Parameters
    ----------
    bounds
        Where each stretch begins, in ranked rows, and where the last ends: of shape (stretches + 1,).
    columns
        How many columns of weights there are.
    threshold
        Predictions from here on are flagged.
    """

    def __init__(self, bounds: NDArray[np.intp], columns: int, threshold: float = 0.5) -> None:
        self.bounds = bounds
        self.threshold = threshold
        self.table: Floats = np.zeros((7, len(bounds) - 1, columns))

    def add(self, piece: Piece) -> None:
        """Take in the next rows."""
        values = _values(piece.labels, piece.predictions, self.threshold)
        stop = piece.start + len(piece.labels)
        first = int(np.searchsorted(self.bounds, piece.start, side="right")) - 1
        for stretch in range(first, len(self.bounds) - 1):
            begin = max(int(self.bounds[stretch]), piece.start) - piece.start
            end = min(int(self.bounds[stretch + 1]), stop) - piece.start
            if begin >= len(piece.labels):
                break
            self.table[:, stretch] += values[:, begin:end] @ piece.weights[begin:end]

    def whole(self) -> Sums:
        """Return the sums over all stretches together, as one stretch."""
        whole = Sums(self.bounds[[0, -1]], self.table.shape[2], self.threshold)
        whole.table = self.table.sum(axis=1, keepdims=True)
        return whole

    @property
    def weight(self) -> Floats:
        """Weight of the rows, of shape (stretches, columns); likewise the others."""
        return np.asarray(self.table[0])

    @property
    def positives(self) -> Floats:
        """Weight of the rows with label 1."""
        return np.asarray(self.table[1])

    @property
    def predicted(self) -> Floats:
        """Sum of the predictions."""
        return np.asarray(self.table[2])

    @property
    def loss(self) -> Floats:
        """Sum of −ln of the probability given to what happened."""
        return np.asarray(self.table[3])

    @property
    def squares(self) -> Floats:
        """Sum of squared errors."""
        return np.asarray(self.table[4])

    @property
    def flagged(self) -> Floats:
        """Weight of the rows at or above the threshold."""
        return np.asarray(self.table[5])

    @property
    def caught(self) -> Floats:
        """Weight of the rows at or above the threshold with label 1."""
        return np.asarray(self.table[6])


def sums_over(rows: Ranked, bounds: NDArray[np.intp] | None = None, threshold: float = 0.5) -> Sums:
    """Return the sums over stretches of ranked rows; over all of them where no bounds are given."""
    found = Sums(np.array([0, len(rows)]) if bounds is None else bounds, rows.columns, threshold)
    for piece in rows.pieces():
        found.add(piece)
    return found


def _values(labels: NDArray[np.bool_], predictions: Floats, threshold: float) -> Floats:
    """Return what is summed, of shape (7, rows), in the order of the properties of `Sums`."""
    values = np.empty((7, len(labels)))
    outcomes, flagged = labels.astype(np.float64), predictions >= threshold
    values[0] = 1.0
    values[1] = outcomes
    values[2] = predictions
    with np.errstate(divide="ignore", invalid="ignore"):  # scores that are no probabilities have no loss
        gained = np.where(labels, np.log(predictions), np.log1p(-predictions))
    values[3] = -np.maximum(gained, np.log(CLIP))
    values[4] = (predictions - outcomes) ** 2
    values[5] = flagged
    values[6] = flagged & labels
    return values
