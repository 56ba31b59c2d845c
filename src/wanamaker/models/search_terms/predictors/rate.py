"""The term's own past rate, as far as it can be believed, times exposure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from scipy.special import xlogy

from wanamaker.base.storage import read_json, write_json

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from wanamaker.models.search_terms.examples import Examples

    Floats = NDArray[np.float64]

_FILE = "rate.json"
_PRIORS = tuple(float(prior) for prior in np.geomspace(0.1, 1000.0, 17))
_MOST_ROWS = 200_000
_ALL, _CAMPAIGN, _TERM = 2, 1, 0


@dataclass(frozen=True)
class Rate:
    """Empirical Bayes on Poisson counts: the term's rate is drawn to its campaign's, and that to all.

    ``rate = (conversions + prior × rate above) / (exposure + prior)``: the posterior mean of a gamma prior
    that is worth ``prior`` of exposure. Training rows choose the priors, each row predicted from its past.

    Parameters
    ----------
    prior
        Exposure, in conversions that it is expected to bring, at which a term is believed as much as its
        campaign.
    above
        The same of a campaign and all terms.
    mean
        The rate where nothing is known at all.
    """

    name: ClassVar[str] = "rate"

    prior: float
    above: float
    mean: float

    @classmethod
    def fit(cls, train: Examples, chosen: dict[str, Any] | None = None) -> Self:
        """Choose the priors that predict training rows best, by Poisson likelihood."""
        if chosen is not None:
            return cls(float(chosen["prior"]), float(chosen["above"]), train.rate)
        some = (
            train
            if len(train) <= _MOST_ROWS
            else train.take(np.arange(0, len(train), len(train) // _MOST_ROWS))
        )
        tried = (cls(prior, above, train.rate) for above in _PRIORS[::4] for prior in _PRIORS)
        return min(tried, key=lambda one: one._loss(some))

    def rates(self, rows: Examples) -> Floats:
        """Return the rate of each row, of shape (rows,)."""
        sums, found = rows.sums, np.full(len(rows), self.mean)
        for level, worth in ((_ALL, 1.0), (_CAMPAIGN, self.above), (_TERM, self.prior)):
            weight = worth / self.mean
            found = (sums.conversions[:, level] + weight * found) / (sums.exposure[:, level] + weight)
        return found

    def predict(self, rows: Examples) -> Floats:
        """Return the expected conversions of each row, of shape (rows,)."""
        return self.rates(rows) * rows.exposure

    def _loss(self, rows: Examples) -> float:
        means = self.rates(rows) * rows.counted
        return float((means - xlogy(rows.known_labels, np.maximum(means, 1e-300))) @ rows.weights)

    @property
    def chosen(self) -> dict[str, Any]:
        """The priors."""
        return {"prior": self.prior, "above": self.above}

    def save(self, folder: Path) -> None:
        """Write the priors and the mean."""
        write_json(folder / _FILE, {"prior": self.prior, "above": self.above, "mean": self.mean})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Return what `save` wrote."""
        return cls(**read_json(folder / _FILE))
