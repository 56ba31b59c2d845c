"""The area under the ROC curve, with ties, weights and bootstrap replicates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def weighted_auc(
    labels: NDArray[np.bool_], scores: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the AUC under each column of weights.

    The probability that a random positive scores above a random negative, ties counted half
    (Hanley and McNeil 1982); NaN where a column has no positives or no negatives.

    Parameters
    ----------
    labels, scores
        Of shape (rows,).
    weights
        Of shape (rows, columns).

    Returns
    -------
    array
        Of shape (columns,).

    Examples
    --------
    >>> labels, scores = np.array([False, True, True]), np.array([0.2, 0.2, 0.9])
    >>> weighted_auc(labels, scores, np.ones((3, 1))).tolist()
    [0.75]
    """
    order = np.argsort(scores, kind="stable")
    starts = np.flatnonzero(np.diff(scores[order], prepend=-np.inf) != 0)
    positive = np.add.reduceat(weights[order] * labels[order][:, None], starts, axis=0)
    negative = np.add.reduceat(weights[order] * ~labels[order][:, None], starts, axis=0)
    below = np.cumsum(negative, axis=0) - negative
    pairs = positive.sum(axis=0) * negative.sum(axis=0)
    won = (positive * (below + negative / 2)).sum(axis=0)
    return np.asarray(np.divide(won, pairs, out=np.full(len(pairs), np.nan), where=pairs > 0))
