"""Rows as a Poisson regression reads them, and the fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from wanamaker.models.search_terms.examples import Examples
    from wanamaker.models.search_terms.scales import Scales

    Floats = NDArray[np.float64]
    Singles = NDArray[np.float32]

_HIGHEST = 15.0
_MOST_STEPS = 300


@dataclass(frozen=True, eq=False)
class Design:
    """Numbers of each row, and words of each term: a sum over a row's words is one over its term's.

    Parameters
    ----------
    numbers
        Scaled, of shape (rows, numbers).
    words
        Which words each term has, of shape (terms, words).
    terms
        The term of each row, of shape (rows,).
    labels, logs, weights
        Counts, log exposures and weights of the rows.
    """

    numbers: Singles
    words: csr_matrix
    terms: NDArray[np.int32]
    labels: Floats
    logs: Floats
    weights: Floats

    @classmethod
    def of(cls, rows: Examples, scales: Scales) -> Design:
        """Return labelled rows as they are read."""
        logs = np.log(rows.counted)
        return cls(
            scales.read(rows.numbers), rows.texts.present, rows.terms, rows.known_labels, logs, rows.weights
        )

    def fitted(self, spread: float, start: Floats | None = None) -> Floats:
        """Return the intercept, the coefficients of numbers and those of words.

        They make ``Σ w (μ − y ln μ) + Σ β² / (2 spread²)`` least, the intercept being free, by L-BFGS (Liu
        and Nocedal 1989).

        Parameters
        ----------
        spread
            The standard deviation that coefficients are expected to have.
        start
            Coefficients to start from.
        """
        if start is None:
            start = np.zeros(1 + self.numbers.shape[1] + self.words.shape[1])
            known = float(self.labels @ self.weights) / float(np.exp(self.logs) @ self.weights)
            start[0] = np.log(max(known, 1e-12))
        penalty = np.full(len(start), spread**-2)
        penalty[0] = 0.0
        scale = max(float(self.labels @ self.weights), 1.0)
        options = {"maxiter": _MOST_STEPS, "maxcor": 20, "ftol": 1e-9, "gtol": 1e-6}
        found = minimize(
            self._objective, start, (penalty, scale), jac=True, method="L-BFGS-B", options=options
        )
        return np.asarray(found.x)

    def _objective(self, point: Floats, penalty: Floats, scale: float) -> tuple[float, Floats]:
        columns = self.numbers.shape[1]
        numbers, words = point[1 : columns + 1].astype(np.float32), point[columns + 1 :]
        logs = point[0] + (self.numbers @ numbers) + (self.words @ words)[self.terms] + self.logs
        means = np.exp(np.minimum(logs, _HIGHEST)) * self.weights
        total = float(means.sum() - (self.weights * self.labels) @ logs)
        errors = means - self.weights * self.labels
        by_term = np.bincount(self.terms, errors, self.words.shape[0])
        slope = np.concatenate(
            [[errors.sum()], errors.astype(np.float32) @ self.numbers, self.words.T @ by_term]
        )
        return (total + 0.5 * float(penalty @ point**2)) / scale, (slope + penalty * point) / scale
