"""One pass over the rows of a regression: likelihood, gradient and curvature; and the losses of a fit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Sparse = tuple[NDArray[np.int64], NDArray[np.int32], Floats]


@njit(cache=True)
def linear_predictor(sparse: Sparse, beta: Floats) -> Floats:
    """Return intercept plus Σ β x of each row; ``beta`` holds the intercept, then one number per column."""
    offsets, columns, values = sparse
    eta = np.empty(len(offsets) - 1)
    for row in range(len(eta)):
        total = beta[0]
        for place in range(offsets[row], offsets[row + 1]):
            total += beta[1 + columns[place]] * values[place]
        eta[row] = total
    return eta


@njit(cache=True)
def regression_pass(
    sparse: Sparse, won: Floats, lost: Floats, beta: Floats, *, logistic: bool
) -> tuple[float, Floats, Floats]:
    """Return the objective, its gradient and its negative Hessian at ``beta``.

    Parameters
    ----------
    sparse
        Offsets of shape (rows + 1,), columns and values of what is not zero.
    won, lost
        Weight of successes and failures of each row, of shape (rows,).
    logistic
        Whether the objective is the log-likelihood of P = 1 / (1 + exp(-η)), else -½ Σ w (y - η)².
    """
    offsets, columns, values = sparse
    size = len(beta)
    gradient, curvature = np.zeros(size), np.zeros((size, size))
    objective = 0.0
    for row in range(len(won)):
        weight = won[row] + lost[row]
        if weight == 0.0:
            continue
        begin, end = offsets[row], offsets[row + 1]
        eta = beta[0]
        for place in range(begin, end):
            eta += beta[1 + columns[place]] * values[place]
        value, residual, spread = _terms(eta, won[row], weight, logistic)
        objective += value
        gradient[0] += residual
        curvature[0, 0] += spread
        for place in range(begin, end):
            column, number = 1 + columns[place], values[place]
            gradient[column] += residual * number
            part = spread * number
            curvature[column, 0] += part
            for other in range(begin, place + 1):
                curvature[column, 1 + columns[other]] += part * values[other]
    _mirror(curvature)
    return objective, gradient, curvature


@njit(cache=True, inline="always")
def _terms(eta: float, won: float, weight: float, logistic: bool) -> tuple[float, float, float]:
    """Return the objective of a row, and its first and negative second derivative in η."""
    if not logistic:
        return won * eta - 0.5 * weight * eta * eta, won - weight * eta, weight
    tail = math.exp(-abs(eta))
    chance = 1.0 / (1.0 + tail) if eta >= 0.0 else tail / (1.0 + tail)
    value = won * eta - weight * (math.log1p(tail) + max(eta, 0.0))
    return value, won - weight * chance, weight * chance * (1.0 - chance)


@njit(cache=True)
def _mirror(matrix: Floats) -> None:
    """Bring what stands on either side of the diagonal to both."""
    for row in range(len(matrix)):
        for column in range(row):
            both = matrix[row, column] + matrix[column, row]
            matrix[row, column] = matrix[column, row] = both
