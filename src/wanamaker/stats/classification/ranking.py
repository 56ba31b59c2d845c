"""How well predictions order rows: the areas under the ROC and the precision-recall curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wanamaker.stats.classification.ranked import ranked

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from wanamaker.stats.classification.ranked import Piece

    Floats = NDArray[np.float64]


class Ranking:
    """Sums over ranked rows from which both areas follow.

    Parameters
    ----------
    columns
        How many columns of weights there are.
    """

    def __init__(self, columns: int) -> None:
        self.state: Floats = np.zeros((6, columns))

    def add(self, piece: Piece) -> None:
        """Take in the next rows."""
        from wanamaker.stats.classification.kernels import ranking_pass

        ranking_pass(piece.labels, piece.last, piece.weights, self.state)

    def roc_auc(self) -> Floats:
        """Return the area under the ROC curve, of shape (columns,); see `roc_auc`."""
        positives, negatives, *_, won, _ = self.state
        return ratio(won, positives * negatives)

    def pr_auc(self) -> Floats:
        """Return the average precision, of shape (columns,); see `pr_auc`."""
        return ratio(self.state[5], self.state[0])


def roc_auc(labels: ArrayLike, scores: ArrayLike, weights: ArrayLike | None = None) -> Floats:
    """Return the probability that a random positive scores above a random negative, ties counted half.

    The area under the ROC curve (Hanley and McNeil 1982). It tells nothing of whether the scores are
    probabilities, and at few positives it is known less well than it looks: see the interval
    of `binary_metrics`.

    Parameters
    ----------
    labels, scores
        Of shape (rows,).
    weights
        Of shape (rows,) or (rows, columns).

    Returns
    -------
    array
        Of shape (columns,); NaN where a column has no positives or no negatives.

    Examples
    --------
    >>> roc_auc([0, 1, 1], [0.2, 0.2, 0.9]).tolist()
    [0.75]
    """
    return _ranking(labels, scores, weights).roc_auc()


def pr_auc(labels: ArrayLike, scores: ArrayLike, weights: ArrayLike | None = None) -> Floats:
    """Return the average precision, Σ (R_n − R_{n−1}) P_n over the distinct scores from the highest.

    A step function, not the trapezoids that flatter (Davis and Goadrich 2006); rows of one score are
    flagged together. The average precision of a random order is the share of positives, so compare it with
    that and not with a half.

    Parameters
    ----------
    labels, scores
        Of shape (rows,).
    weights
        Of shape (rows,) or (rows, columns).

    Returns
    -------
    array
        Of shape (columns,); NaN where a column has no positives.

    Examples
    --------
    >>> pr_auc([0, 1, 1], [0.3, 0.2, 0.9]).round(3).tolist()
    [0.833]
    """
    return _ranking(labels, scores, weights).pr_auc()


def ratio(numerator: Floats, denominator: Floats, undefined: float = np.nan) -> Floats:
    """Return the quotient, and ``undefined`` where the denominator is not above 0."""
    numerator, denominator = np.broadcast_arrays(numerator, denominator)
    out = np.full(denominator.shape, undefined)
    return np.asarray(np.divide(numerator, denominator, out=out, where=denominator > 0))


def _ranking(labels: ArrayLike, scores: ArrayLike, weights: ArrayLike | None) -> Ranking:
    rows = ranked(labels, scores, weights)
    ranking = Ranking(rows.columns)
    for piece in rows.pieces():
        ranking.add(piece)
    return ranking
