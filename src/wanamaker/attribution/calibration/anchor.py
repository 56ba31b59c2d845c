"""Credit and experiments in one weighted least squares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


_BY_CHANCE = 0.05
"""How often tests and a model without fault may disagree before its errors are enlarged."""


@dataclass(frozen=True, eq=False)
class Measured:
    """What experiments measured: each array of shape (tests,).

    Parameters
    ----------
    channels
        The channel of each test, as its place among the credits.
    scales
        The part of the channel's credit that fell into the period of the test, a.
    results
        Incremental conversions that the test found, t.
    errors
        Their standard errors, σ; above 0.
    """

    channels: NDArray[np.int64]
    scales: Floats
    results: Floats
    errors: Floats


@dataclass(frozen=True, eq=False)
class Anchored:
    """Credit between model and experiments.

    Parameters
    ----------
    credit, variances
        Of each channel, of shape (channels,). The variance is what remains of model and tests; that a
        bound on the total takes some of it away is left out.
    weights
        Of each test in the credit of its channel, 0 to 1; the rest is the model's.
    """

    credit: Floats
    variances: Floats
    weights: Floats


def error_factor(credit: Floats, errors: Floats, measured: Measured) -> float:
    """Return the factor by which the model's errors are too small to explain what the tests found.

    Bootstrap errors tell how the credit varies from sample to sample. They know nothing of what is left
    out of the model, and shrink to nothing in a large log, where tests would be ignored. As in Birge (1932),
    all of them are therefore multiplied by one factor f ≥ 1: the smallest with which tests and model no
    longer disagree beyond chance, Σ_c (t_c - m_c)² / (τ_c² + f² s_c²) ≤ the upper 5 % point of χ² with one
    degree of freedom for each tested channel, where t_c and τ_c are the tests of channel c combined.
    It is 1, and the errors are those of the bootstrap, wherever the disagreement may be chance.

    Examples
    --------
    >>> test = Measured(np.array([0]), np.array([1.0]), np.array([40.0]), np.array([10.0]))
    >>> error_factor(np.array([100.0, 50.0]), np.array([20.0, 20.0]), test)
    1.447
    """
    from scipy.optimize import brentq
    from scipy.special import chdtri

    precisions = np.bincount(measured.channels, (measured.scales / measured.errors) ** 2, len(credit))
    pulls = measured.scales * measured.results / measured.errors**2
    tested = (precisions > 0) & (errors > 0)
    if not tested.any():
        return 1.0
    found = np.bincount(measured.channels, pulls, len(credit))[tested] / precisions[tested]
    squares, noise, own = (found - credit[tested]) ** 2, 1.0 / precisions[tested], errors[tested] ** 2
    limit = float(chdtri(tested.sum(), _BY_CHANCE))

    def excess(square: float) -> float:
        return float((squares / (noise + square * own)).sum() - limit)

    if excess(1.0) <= 0:
        return 1.0
    return float(np.sqrt(brentq(excess, 1.0, 1.0 + float((squares / own).sum()) / limit)))


def anchored(credit: Floats, errors: Floats, measured: Measured, total: float) -> Anchored:
    """Return the credit θ that is nearest to the model and to the experiments, by their errors.

    Minimises Σ_c (θ_c - m_c)² / s_c² + Σ_k (a_k θ_c(k) - t_k)² / σ_k² subject to Σ_c θ_c ≤ total. Without
    the bound each channel stands alone: θ_c = V_c (m_c / s_c² + Σ_k a_k t_k / σ_k²), where
    1 / V_c = 1 / s_c² + Σ_k a_k² / σ_k². Where these exceed the total, every channel gives way in
    proportion to V_c, which is the exact minimum under the bound.

    Errors of the model are taken as independent between channels, so that a test says nothing of the
    channels next to its own. A model error of 0 is no measured precision (as when no replicate moved the
    credit): such a channel follows its tests alone, and stays where it is without them.

    Parameters
    ----------
    credit, errors
        The model's credit m and its standard errors s, of shape (channels,).
    total
        What the credits may sum to.

    Examples
    --------
    >>> test = Measured(np.array([0]), np.array([1.0]), np.array([40.0]), np.array([10.0]))
    >>> found = anchored(np.array([100.0, 50.0]), np.array([20.0, 20.0]), test, total=400.0)
    >>> found.credit.tolist(), found.weights.tolist()
    ([52.0, 50.0], [0.8])
    """
    precisions = (measured.scales / measured.errors) ** 2
    pulls = measured.scales * measured.results / measured.errors**2
    known = errors > 0
    own = np.zeros(len(credit))
    own[known] = errors[known] ** -2.0
    informed = own + np.bincount(measured.channels, precisions, len(credit))
    variances = np.zeros(len(credit))
    variances[informed > 0] = 1.0 / informed[informed > 0]
    # Written as a move from m, so that what is not tested keeps its number to the last digit.
    moves = np.bincount(measured.channels, pulls - precisions * credit[measured.channels], len(credit))
    found = credit + variances * moves
    excess = found.sum() - total
    if excess > 0 and variances.sum() > 0:
        found = found - variances * (excess / variances.sum())
    return Anchored(found, variances, precisions * variances[measured.channels])
