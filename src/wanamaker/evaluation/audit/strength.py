"""How strongly something predicts the label, and how sure that is: arrays in, numbers out."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import log_ndtr

from wanamaker.stats.classification import roc_auc

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDS = 5
"""Level means are learned on four fifths of the rows and judged on the rest: rare levels gain nothing."""

PRIOR_ROWS = 1.0
"""Rows of the overall rate that are added to every level: enough to order unseen levels in the middle."""


def auc(labels: NDArray[np.bool_], scores: NDArray[np.float64]) -> float:
    """Return the area under the ROC curve, ties counted half; NaN with one class.

    Examples
    --------
    >>> auc(np.array([False, True, True]), np.array([0.2, 0.2, 0.9]))
    0.75
    """
    return float(roc_auc(labels, scores)[0])


def auc_error(value: float, positives: int, negatives: int) -> float:
    """Return the standard error of an AUC (Hanley and McNeil 1982, equation 1).

    Examples
    --------
    >>> round(auc_error(0.9, 50, 50), 3)
    0.032
    """
    one = value / (2 - value)
    two = 2 * value**2 / (1 + value)
    square = value**2
    spread = value * (1 - value) + (positives - 1) * (one - square) + (negatives - 1) * (two - square)
    return math.sqrt(max(spread, 0.0) / (positives * negatives))


def log_p_above(value: float, honest: float, positives: int, negatives: int) -> float:
    """Return the natural logarithm of the probability of an AUC this high if the true one is ``honest``.

    The error is that of the honest value, so that an AUC of exactly 1 does not count as certain.
    """
    error = auc_error(honest, positives, negatives)
    return float(log_ndtr(-(value - honest) / error)) if error > 0 else 0.0


def level_scores(codes: NDArray[np.int64], labels: NDArray[np.bool_], seed: int = 0) -> NDArray[np.float64]:
    """Return each row's mean label of its level, learned on the other folds alone.

    Parameters
    ----------
    codes
        The level of each row, 0, 1, …, of shape (rows,).
    labels
        Of shape (rows,).
    seed
        Of the folds.
    """
    levels = int(codes.max()) + 1 if len(codes) else 0
    fold = _folds(len(codes), seed)
    cell = codes * FOLDS + fold
    rows = np.bincount(cell, minlength=levels * FOLDS).reshape(levels, FOLDS)
    positive = np.bincount(cell, weights=labels, minlength=levels * FOLDS).reshape(levels, FOLDS)
    others, of_them = rows.sum(axis=1, keepdims=True) - rows, positive.sum(axis=1, keepdims=True) - positive
    rate = of_them.sum(axis=0) / np.maximum(others.sum(axis=0), 1)
    means = (of_them + PRIOR_ROWS * rate) / (others + PRIOR_ROWS)
    # A fold whose others have a low rate has a high one itself: without this, chance AUC is below 0.5.
    return np.asarray((means - rate)[codes, fold])


@lru_cache(maxsize=8)
def _folds(rows: int, seed: int) -> NDArray[np.int64]:
    """Return the fold of each row; the columns of a table share theirs."""
    return np.random.default_rng(seed).permutation(rows) % FOLDS


def level_auc(codes: NDArray[np.int64], labels: NDArray[np.bool_]) -> float:
    """Return the AUC of the level means, out of fold; about 0.5 for levels that say nothing."""
    return auc(labels, level_scores(codes, labels))


def mutual_bits(one_hit: float, one_missed: float, zero_hit: float, zero_missed: float) -> float:
    """Return the information of a two by two table in bits, summed over its rows.

    Examples
    --------
    >>> mutual_bits(8, 0, 0, 8)
    16.0
    """
    table = np.array([[one_hit, one_missed], [zero_hit, zero_missed]], dtype=np.float64)
    total = table.sum()
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / max(total, 1.0)
    seen = table > 0
    return float((table[seen] * np.log2(table[seen] / expected[seen])).sum())
