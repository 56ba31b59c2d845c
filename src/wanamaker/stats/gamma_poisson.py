"""Rates of many units from few counts each: what one counts for itself, and what all tell of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, gammainc, gammaincinv, gammaln, logit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_SHAPES = (0.05, 0.2, 1.0, 5.0)
_SPREADS = (-12.0, 12.0)


@dataclass(frozen=True)
class GammaPoisson:
    """Empirical Bayes for rates: gamma-distributed among units, of which a share may have a rate of 0.

    Counts are Poisson with mean rate × exposure (Robbins 1956; Efron and Morris 1973). What is known of a
    unit is the prior, which all units tell, times the likelihood of its own count: a unit with little
    exposure is drawn to the mean of all. Counts may be fractional.

    Parameters
    ----------
    shape, strength
        Of the gamma distribution: mean ``shape / strength``; ``strength`` is worth so much exposure.
    none
        The share of units whose rate is 0.

    Examples
    --------
    >>> prior = GammaPoisson(2.0, 100.0)
    >>> prior.means(np.array([0.0, 30.0]), np.array([0.0, 1000.0])).round(3).tolist()
    [0.02, 0.029]
    """

    shape: float
    strength: float
    none: float = 0.0

    @classmethod
    def fit(cls, counts: Floats, exposure: Floats, *, nothing: bool = False) -> Self:
        """Return the prior of greatest marginal likelihood.

        Parameters
        ----------
        counts, exposure
            Of each unit, of shape (units,); those without exposure tell nothing.
        nothing
            Whether a share of units may have a rate of 0.
        """
        seen = exposure > 0
        counts, exposure = counts[seen], exposure[seen]
        mean = max(float(counts.sum()), 0.5) / max(float(exposure.sum()), 1e-12)

        def at(point: Floats) -> float:
            return -float(cls._of(point, nothing=nothing)._likelihood(counts, exposure).sum())

        starts = [np.array([np.log(shape), np.log(shape / mean), -2.0][: 2 + nothing]) for shape in _SHAPES]
        bounds = [(-5.0, 8.0), (np.log(1.0 / mean) - 5.0, np.log(1.0 / mean) + 8.0), _SPREADS][: 2 + nothing]
        found = [minimize(at, start, method="L-BFGS-B", bounds=bounds) for start in starts]
        best = min(found, key=lambda one: float(one.fun))
        return cls._of(np.asarray(best.x), nothing=nothing)

    @classmethod
    def _of(cls, point: Floats, *, nothing: bool) -> Self:
        none = float(expit(point[2])) if nothing else 0.0
        return cls(float(np.exp(point[0])), float(np.exp(point[1])), none)

    def _likelihood(self, counts: Floats, exposure: Floats) -> Floats:
        """Return the log marginal likelihood of each unit."""
        whole = self.strength + exposure
        told = gammaln(self.shape + counts) - gammaln(self.shape) - gammaln(counts + 1.0)
        told = told + self.shape * np.log(self.strength / whole) + counts * np.log(exposure / whole)
        if self.none <= 0.0:
            return np.asarray(told)
        some = np.log1p(-self.none) + told
        return np.asarray(np.where(counts > 0, some, np.logaddexp(np.log(self.none), some)))

    def chance_of_none(self, counts: Floats, exposure: Floats) -> Floats:
        """Return how likely it is that a unit's rate is 0, of shape (units,)."""
        if self.none <= 0.0:
            return np.zeros(len(counts))
        zero = self.shape * np.log(self.strength / (self.strength + exposure))
        return np.where(counts > 0, 0.0, expit(logit(self.none) - zero))

    def means(self, counts: Floats, exposure: Floats) -> Floats:
        """Return the mean of each unit's posterior, of shape (units,)."""
        some = 1.0 - self.chance_of_none(counts, exposure)
        return np.asarray(some * (self.shape + counts) / (self.strength + exposure))

    def quantiles(self, counts: Floats, exposure: Floats, share: float) -> Floats:
        """Return the rate below which a unit's own lies with a probability, of shape (units,)."""
        none = self.chance_of_none(counts, exposure)
        inner = np.clip((share - none) / np.maximum(1.0 - none, 1e-300), 0.0, 1.0)
        return np.asarray(gammaincinv(self.shape + counts, inner) / (self.strength + exposure))

    def below(self, counts: Floats, exposure: Floats, rates: Floats) -> Floats:
        """Return the probability that a unit's rate lies below another, of shape (units,)."""
        none = self.chance_of_none(counts, exposure)
        told = gammainc(self.shape + counts, (self.strength + exposure) * rates)
        return np.asarray(none + (1.0 - none) * told)
