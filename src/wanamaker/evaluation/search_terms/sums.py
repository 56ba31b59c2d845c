"""Sums by term, and what they would be with other terms: the bootstrap of count metrics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.stats.bootstrap import Resampling, interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Keys = NDArray[np.uint64]

_AT_ONCE = 20_000


@dataclass(frozen=True, eq=False)
class Terms:
    """The terms of rows, drawn again whole: days of one term are no independent rows.

    Parameters
    ----------
    keys
        One number per row, the same for all rows of a term, of shape (rows,).
    resampling
        How often, and from which seed.
    """

    keys: Keys
    resampling: Resampling

    def sums(self, amounts: Floats) -> Floats:
        """Return sums over all rows, and over those of each replicate's terms.

        Parameters
        ----------
        amounts
            Of shape (rows,) or (rows, columns).

        Returns
        -------
        array
            Of shape (columns, 1 + replicates).
        """
        wide = amounts[:, None] if amounts.ndim == 1 else amounts
        keys, places = np.unique(self.keys, return_inverse=True)
        by_term = np.column_stack(
            [np.bincount(places, wide[:, column], len(keys)) for column in range(wide.shape[1])]
        )
        total = np.zeros((wide.shape[1], 1 + self.resampling.replicates))
        for begin in range(0, len(keys), _AT_ONCE):
            part = slice(begin, begin + _AT_ONCE)
            weights = self.resampling.weights(keys[part], np.ones(len(keys[part])))
            total += by_term[part].T @ weights
        return total

    def take(self, rows: NDArray[np.bool_]) -> Terms:
        """Return the terms of some of the rows."""
        return Terms(self.keys[rows], self.resampling)


def figure(draws: Floats) -> dict[str, Any]:
    """Return value, low and high of a statistic: first over all rows, then over each replicate.

    Examples
    --------
    >>> figure(np.array([2.0])), figure(np.array([np.nan]))["value"]
    ({'value': 2.0, 'low': None, 'high': None}, None)
    """
    value = _known(draws[0])
    if len(draws) == 1 or value is None:
        return {"value": value, "low": None, "high": None}
    low, high = interval(draws[1:])
    return {"value": value, "low": _known(low), "high": _known(high)}


def ratio(above: Floats, below: Floats) -> Floats:
    """Return a ratio, NaN where there is nothing below."""
    return np.asarray(np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0))


def _known(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None
