"""Regression on counts of touches: what a network is compared with, and what it is worth without a touch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtri

from wanamaker.attribution.identified import refuse_no_level
from wanamaker.base.errors import DataError
from wanamaker.base.ragged import lengths_to_offsets, row_numbers
from wanamaker.stats.regression import Rows, fit_binary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from wanamaker.models.journeys.reading import Reading

    Floats = NDArray[np.float64]

_BINS = 10
_INNER = ndtri(np.arange(1, _BINS) / _BINS)
_MOST_TOUCHES = 300
"""Rarer touches than the first so many are counted together: a regression has a square of its columns."""

_RIDGE = 1e-6


@dataclass(frozen=True, eq=False, kw_only=True)
class Columns:
    """Which columns counts and covariates are laid out in.

    Parameters
    ----------
    of_touch
        The column of each code of a touch, of shape (codes,).
    exposures
        How many columns are counts.
    sizes
        Covariates that are categories, to how many codes each has.
    numbers
        Covariates that are numbers: normal scores, cut into ten bins of equal size.
    """

    of_touch: NDArray[np.int64]
    exposures: int
    sizes: dict[str, int]
    numbers: tuple[str, ...]

    @classmethod
    def of(cls, reading: Reading, codes: int, sizes: Mapping[str, int]) -> Columns:
        """Give the frequent touches a column each, and the others one together."""
        counts = np.bincount(reading.codes, minlength=codes)
        ranks = np.argsort(np.argsort(-counts, kind="stable"), kind="stable")
        columns = np.minimum(ranks, _MOST_TOUCHES)
        return cls(
            of_touch=columns,
            exposures=int(columns.max()) + 1,
            sizes=dict(sizes),
            numbers=tuple(reading.static_numbers),
        )

    @property
    def width(self) -> int:
        """Columns in all."""
        return self.exposures + sum(self.sizes.values()) + _BINS * len(self.numbers)

    def statics(self, reading: Reading) -> NDArray[np.int64]:
        """Return the column of each covariate of each sequence, of shape (sequences, covariates)."""
        found, first = [], self.exposures
        for name, size in self.sizes.items():
            found.append(first + reading.static_codes[name][reading.owners].astype(np.int64))
            first += size
        for name in self.numbers:
            bins = np.searchsorted(_INNER, reading.static_numbers[name], side="right")
            found.append(first + bins[reading.owners])
            first += _BINS
        return np.stack(found, axis=1) if found else np.zeros((len(reading), 0), dtype=np.int64)

    def rows(self, reading: Reading) -> Rows:
        """Return counts and covariates of each sequence as rows of a regression."""
        width = np.int64(self.width)
        touched = row_numbers(reading.offsets) * width + self.of_touch[reading.codes]
        statics = self.statics(reading)
        told = (np.arange(len(reading))[:, None] * width + statics).ravel()
        keys, counts = np.unique(np.concatenate([touched, told]), return_counts=True)
        lengths = np.bincount(keys // width, minlength=len(reading))
        return Rows(
            lengths_to_offsets(lengths),
            (keys % width).astype(np.int32),
            counts.astype(np.float64),
            int(width),
        )


def counted_chances(
    columns: Columns, train: Reading, labels: Floats, weights: Floats, asked: Reading
) -> Floats:
    """Return the probability of each asked sequence by logistic regression on counts and covariates.

    Parameters
    ----------
    train, labels, weights
        What is learned from.
    asked
        What is predicted.
    """
    from wanamaker.stats.regression.kernels import linear_predictor

    fit = fit_binary(columns.rows(train), labels * weights, (1.0 - labels) * weights)
    odds = linear_predictor(columns.rows(asked).sparse, fit.beta)
    return np.asarray(1.0 / (1.0 + np.exp(-odds)))


@dataclass(frozen=True, eq=False)
class NoTouch:
    """The probability of a conversion without any touch, which no journey shows.

    It is what an additive fit of the network's own predictions leaves to the intercept and the covariates:
    P = b(x) + Σ e_touch × count, by least squares over the training journeys. The network itself, asked about
    no touch, would go on from one touch to none by whatever curve its layers have.

    Parameters
    ----------
    level
        The intercept; None where the touches of every journey add up to the same, so that nothing tells.
    added
        What each column of a covariate adds.
    columns
        How covariates are laid out.
    """

    level: float | None
    added: Floats
    columns: Columns

    @classmethod
    def of(cls, columns: Columns, reading: Reading, chances: Floats, weights: Floats) -> NoTouch:
        """Fit the network's predictions for journeys that have a touch."""
        rows = columns.rows(reading)
        try:
            refuse_no_level(rows, weights, columns.exposures)
        except DataError:
            return cls(None, np.zeros(columns.width - columns.exposures), columns)
        fit = fit_binary(rows, chances * weights, (1.0 - chances) * weights, link="linear", penalty=_RIDGE)
        return cls(float(fit.beta[0]), fit.beta[1 + columns.exposures :], columns)

    def chances(self, reading: Reading) -> Floats:
        """Return the probability of each sequence's owner without a touch, of shape (sequences,)."""
        statics = self.columns.statics(reading) - self.columns.exposures
        found = (self.level or 0.0) + self.added[statics].sum(axis=1)
        return np.asarray(np.clip(found, 0.0, 1.0))

    def to_state(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        columns = self.columns
        return {
            "level": self.level,
            "added": self.added.tolist(),
            "of_touch": columns.of_touch.tolist(),
            "exposures": columns.exposures,
            "sizes": columns.sizes,
            "numbers": list(columns.numbers),
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> NoTouch:
        """Return what `to_state` described."""
        columns = Columns(
            of_touch=np.array(state["of_touch"], dtype=np.int64),
            exposures=state["exposures"],
            sizes=dict(state["sizes"]),
            numbers=tuple(state["numbers"]),
        )
        return cls(state["level"], np.array(state["added"], dtype=np.float64), columns)
