"""Metrics of expected counts and amounts: arrays in, arrays out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import xlogy

from wanamaker.base.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

_SMALLEST = 1e-15


class _Rows(NamedTuple):
    """Observed and predicted, of shape (rows,), and weights, of shape (rows, columns)."""

    observed: Floats
    predicted: Floats
    weights: Floats

    def mean(self, errors: Floats) -> Floats:
        """Return the weighted mean of each column; NaN where there is no weight."""
        total = self.weights.sum(axis=0)
        out = np.full(len(total), np.nan)
        return np.asarray(np.divide(errors @ self.weights, total, out=out, where=total > 0))


def mae(observed: ArrayLike, predicted: ArrayLike, weights: ArrayLike | None = None) -> Floats:
    """Return the mean absolute error, of shape (columns of weights,).

    Examples
    --------
    >>> mae([1, 3], [2, 5]).tolist()
    [1.5]
    """
    rows = _rows(observed, predicted, weights)
    return rows.mean(np.abs(rows.predicted - rows.observed))


def rmse(observed: ArrayLike, predicted: ArrayLike, weights: ArrayLike | None = None) -> Floats:
    """Return the root of the mean squared error, of shape (columns of weights,).

    Examples
    --------
    >>> rmse([1, 3], [2, 4]).tolist()
    [1.0]
    """
    rows = _rows(observed, predicted, weights)
    return np.asarray(np.sqrt(rows.mean((rows.predicted - rows.observed) ** 2)))


def poisson_deviance(observed: ArrayLike, predicted: ArrayLike, weights: ArrayLike | None = None) -> Floats:
    """Return the mean of 2 (y ln(y / μ) − y + μ), of shape (columns of weights,).

    Predictions below 1e-15 count as that.

    Raises
    ------
    DataError
        If an observed number is below 0.

    Examples
    --------
    >>> poisson_deviance([0, 2], [1, 2]).tolist()
    [1.0]
    """
    rows = _rows(observed, predicted, weights)
    if (rows.observed < 0.0).any():
        row = int(np.flatnonzero(rows.observed < 0.0)[0])
        message = f"The Poisson deviance needs numbers from 0. Row {row}: {rows.observed[row]}."
        raise DataError(message, hint="Use 'mae' or 'rmse' for amounts that can be below 0.")
    expected = np.maximum(rows.predicted, _SMALLEST)
    return 2.0 * rows.mean(xlogy(rows.observed, rows.observed / expected) - rows.observed + expected)


def bias(observed: ArrayLike, predicted: ArrayLike, weights: ArrayLike | None = None) -> Floats:
    """Return mean predicted minus mean observed, of shape (columns of weights,).

    Examples
    --------
    >>> bias([1, 3], [2, 5]).tolist()
    [1.5]
    """
    rows = _rows(observed, predicted, weights)
    return rows.mean(rows.predicted - rows.observed)


def _rows(observed: ArrayLike, predicted: ArrayLike, weights: ArrayLike | None) -> _Rows:
    seen, expected = (np.asarray(values, dtype=np.float64) for values in (observed, predicted))
    shares = np.ones(len(seen)) if weights is None else np.asarray(weights, dtype=np.float64)
    if not len(seen) == len(expected) == len(shares):
        counts = f"{len(seen)} observed, {len(expected)} predicted, {len(shares)} weights"
        message = f"Observed, predicted and weights must be of the same rows. Got {counts}."
        raise DataError(message, hint="Give arrays over the same rows.")
    for name, values in (("observed number", seen), ("prediction", expected)):
        bad = ~np.isfinite(values)
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            message = f"Each {name} must be finite. Row {row}: {values[row]}."
            raise DataError(message, hint="Rows are counted from 0.")
    return _Rows(seen, expected, shares if shares.ndim > 1 else shares[:, None])
