"""From numbers of any spread to numbers that a network reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr, ndtri

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_KNOTS = 200


@dataclass(frozen=True, eq=False)
class Scale:
    """Numbers as normal scores of their rank among training rows, straight between knots and flat beyond.

    Prices and durations have long tails; ranks have none, whatever the unit. Numbers beyond those of
    training count as its smallest or largest.

    Parameters
    ----------
    knots, scores
        Numbers, rising, and what each is read as, of shape (knots,).
    missing
        Whether training rows had missing numbers; a second number then says which.

    Examples
    --------
    >>> scale = Scale.of(np.array([1.0, 10.0, 100.0, np.nan]))
    >>> scale.read(np.array([10.0, 1e9, np.nan])).round(2).tolist(), scale.missing
    ([0.0, 0.97, 0.0], True)
    """

    knots: Floats
    scores: Floats
    missing: bool

    @classmethod
    def of(cls, values: Floats) -> Scale:
        """Return the scale of training rows, NaN where a number is missing."""
        there = values[~np.isnan(values)]
        if not len(there):
            return cls(np.zeros(1), np.zeros(1), bool(len(values)))
        knots, counts = np.unique(there, return_counts=True)
        ranks = (np.cumsum(counts) - 0.5 * counts) / len(there)
        if len(knots) > _KNOTS:
            lowest, highest = ndtri(ranks[[0, -1]]).tolist()
            wanted = ndtr(np.linspace(lowest, highest, _KNOTS))
            chosen = np.unique(np.append(np.searchsorted(ranks, wanted[:-1]), len(ranks) - 1))
            knots, ranks = knots[chosen], ranks[chosen]
        return cls(knots, ndtri(ranks), len(there) < len(values))

    def read(self, values: Floats) -> NDArray[np.float32]:
        """Return each number's score, 0 where it is missing, of the same shape."""
        scores = np.interp(np.where(np.isnan(values), self.knots[0], values), self.knots, self.scores)
        return np.where(np.isnan(values), 0.0, scores).astype(np.float32)

    @property
    def middle(self) -> float:
        """The number whose score is 0: the median of training rows."""
        return float(np.interp(0.0, self.scores, self.knots))

    def score(self, value: float) -> float:
        """Return one number's score, as `read` does."""
        return float(self.read(np.array([value]))[0])

    def to_state(self) -> dict[str, Any]:
        """Return the scale as JSON has it."""
        return {"knots": self.knots.tolist(), "scores": self.scores.tolist(), "missing": self.missing}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Scale:
        """Return the scale that `to_state` described."""
        return cls(np.array(state["knots"]), np.array(state["scores"]), bool(state["missing"]))
