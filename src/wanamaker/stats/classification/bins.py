"""Calibration in bins of equal mass: the expected calibration error and the reliability curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.base.errors import ParameterError
from wanamaker.stats.bootstrap import LEVEL, interval
from wanamaker.stats.classification.ranked import as_probabilities, ranked
from wanamaker.stats.classification.ranking import ratio
from wanamaker.stats.classification.sums import sums_over

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from wanamaker.stats.bootstrap import Resampling
    from wanamaker.stats.classification.ranked import Ranked
    from wanamaker.stats.classification.sums import Sums

    Floats = NDArray[np.float64]

BINS = 10


@dataclass(frozen=True, eq=False)
class ReliabilityCurve:
    """Predicted against observed, from the lowest predictions to the highest; one entry per bin.

    Parameters
    ----------
    prediction
        Mean prediction.
    rate
        Share of positives.
    low, high
        95 % interval of the share.
    weight, positives
        Weight of the rows and of the positives.
    """

    prediction: Floats
    rate: Floats
    low: Floats
    high: Floats
    weight: Floats
    positives: Floats

    def rows(self) -> list[dict[str, float | None]]:
        """Return one dictionary per bin, as plain numbers."""
        return rows_of(self)


def ece(
    labels: ArrayLike, predictions: ArrayLike, weights: ArrayLike | None = None, bins: int = BINS
) -> Floats:
    """Return the expected calibration error: |mean prediction − share of positives|, averaged over bins.

    Bins hold equal mass of the first column of weights (Nguyen and O'Connor 2015); rows of one prediction
    stay in one bin, so there may be fewer. The error is biased upwards, by about the standard error of a
    bin's share (Roelofs et al. 2022), and so is its interval: with rare positives judge by
    `calibration_ratio` and `normalised_log_loss`.

    Parameters
    ----------
    labels, predictions
        Of shape (rows,).
    weights
        Of shape (rows,) or (rows, columns).
    bins
        How many, from 1.

    Returns
    -------
    array
        Of shape (columns,).

    Examples
    --------
    >>> ece([0, 0, 1, 1], [0.1, 0.1, 0.8, 0.8], bins=2).round(3).tolist()
    [0.15]
    """
    rows = ranked(labels, as_probabilities(predictions), weights)
    return calibration_error(sums_over(rows, equal_mass_bounds(rows, bins)))


def reliability_curve(
    labels: ArrayLike,
    predictions: ArrayLike,
    *,
    bins: int = BINS,
    weights: ArrayLike | None = None,
    resampling: Resampling | None = None,
    keys: NDArray[np.uint64] | None = None,
) -> ReliabilityCurve:
    """Return the share of positives against the mean prediction, in bins of equal mass.

    Parameters
    ----------
    labels, predictions, weights
        Of shape (rows,).
    bins
        How many, from 1; ties stay in one bin.
    resampling
        None for Wilson's interval (1927) on the effective number of rows, (Σw)² / Σw²; else the interval
        comes from the bootstrap, as it must where the rows of one user hang together (``keys``).
    keys
        What is resampled together.

    Examples
    --------
    >>> curve = reliability_curve([0, 0, 1, 1], [0.1, 0.1, 0.8, 0.8], bins=2)
    >>> curve.rate.tolist(), curve.low.round(2).tolist()
    ([0.0, 1.0], [0.0, 0.34])
    """
    rows = ranked(labels, as_probabilities(predictions), weights, resampling=resampling, keys=keys)
    bounds = equal_mass_bounds(rows, bins)
    sums = sums_over(rows, bounds)
    rate = ratio(sums.positives, sums.weight)
    if rows.columns > 1:
        low, high = interval(rate[:, 1:])
    else:
        squares = np.add.reduceat(rows.sample_weights**2, bounds[:-1]) if len(rows) else np.empty(0)
        low, high = wilson(rate[:, 0], ratio(sums.weight[:, 0] ** 2, squares))
    parts = (ratio(sums.predicted, sums.weight)[:, 0], rate[:, 0], low, high)
    weight, positives = sums.weight[:, 0], sums.positives[:, 0]
    return ReliabilityCurve(*(np.asarray(part[::-1]) for part in (*parts, weight, positives)))


def wilson(share: Floats, count: Floats, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Return Wilson's interval (1927) of a share that was seen in ``count`` rows.

    Examples
    --------
    >>> low, high = wilson(np.array([0.0]), np.array([100.0]))
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.0], [0.037])
    """
    from scipy.special import ndtri

    z = float(ndtri((1 + level) / 2))
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z / (1 + z**2 / count) * np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    return np.clip(middle - half, 0.0, 1.0), np.clip(middle + half, 0.0, 1.0)


def calibration_error(sums: Sums) -> Floats:
    """Return the expected calibration error of sums over bins; of shape (columns,)."""
    return ratio(np.abs(sums.predicted - sums.positives).sum(axis=0), sums.weight.sum(axis=0))


def equal_mass_bounds(rows: Ranked, bins: int) -> NDArray[np.intp]:
    """Return where bins of equal mass begin, in ranked rows, and where the last ends.

    Rows of one prediction go whole to the bin in which the middle of their mass lies.

    Raises
    ------
    ParameterError
        If there is to be less than one bin.
    """
    if bins < 1:
        message = f"'bins' must be a whole number from 1. Got {bins!r}."
        raise ParameterError(message, hint="10 is usual.")
    starts = rows.tie_starts()
    mass = np.concatenate([[0.0], np.cumsum(rows.sample_weights)])[starts]
    if mass[-1] <= 0.0:
        return np.array([0, len(rows)], dtype=np.intp)
    middle = (mass[:-1] + mass[1:]) / (2.0 * mass[-1])
    bin_of = np.minimum((middle * bins).astype(np.int64), bins - 1)
    first = np.flatnonzero(np.diff(bin_of, prepend=-1))
    return np.append(starts[:-1][first], len(rows)).astype(np.intp)


def rows_of(curve: Any) -> list[dict[str, float | None]]:
    """Return a curve, a frozen dataclass of arrays, as one dictionary per point; NaN becomes None."""
    names = list(curve.__dataclass_fields__)
    columns = [getattr(curve, name).tolist() for name in names]
    plain = [[None if np.isnan(value) else value for value in column] for column in columns]
    return [dict(zip(names, point, strict=True)) for point in zip(*plain, strict=True)]
