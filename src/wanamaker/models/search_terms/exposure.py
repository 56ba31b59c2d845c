"""What a rate is multiplied with: clicks or impressions of the day, known or expected."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import xlogy

from wanamaker.base.ragged import row_numbers, sums_by
from wanamaker.features.terms.history import histories

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from wanamaker.features.terms.days import TermDays
    from wanamaker.features.terms.history import Histories

    Floats = NDArray[np.float64]

_PRIORS = (0.1, 0.3, 1.0, 3.0, 10.0)
_LEAST, _MOST = 1e-3, 1.0
_FEW = 0.5


@dataclass(frozen=True)
class Exposure:
    """The exposure of each row, above 0.

    Known: the day's own clicks (or impressions), and ``floor`` where there are none, since a conversion may
    be counted on a day without a click. Expected: the mean clicks of the days within reach on which the
    term was shown, drawn to the mean of training rows: ``(clicks + prior × mean) / (days + prior)``.

    Parameters
    ----------
    kind
        ``"clicks"``, ``"impressions"`` or ``"expected"``.
    unit
        What is counted: ``"clicks"`` or ``"impressions"``.
    floor
        The exposure of a row without any: as many as bring the conversions that such training rows have.
    mean, prior
        Of the expectation.
    """

    kind: str
    unit: str
    floor: float
    mean: float
    prior: float

    @classmethod
    def of(cls, train: TermDays, kind: str, within: int) -> Exposure:
        """Return the exposure as training rows have it."""
        unit = "impressions" if kind == "impressions" or "clicks" not in train.measures else "clicks"
        amounts = train.measures[unit]
        mean = max(float(amounts.mean()) if len(amounts) else 0.0, _LEAST)
        labels = train.measures["conversions"]
        none = amounts <= 0
        rate = max(float(labels.sum()) / max(float(amounts.sum()), _LEAST), 1e-12)
        floor = (float(labels[none].sum()) + _FEW * rate) / ((int(none.sum()) + _FEW) * rate)
        plain = cls(kind, unit, float(np.clip(floor, _LEAST, _MOST)), mean, _PRIORS[2])
        if kind != "expected":
            return plain
        found = histories(train, train, within)
        tried = [cls(kind, unit, plain.floor, mean, prior) for prior in _PRIORS]
        return min(tried, key=lambda one: one._loss(train, found))

    def read(self, asked: TermDays, past: TermDays, found: Histories) -> Floats:
        """Return the exposure of each row, of shape (rows,).

        Parameters
        ----------
        asked
            The rows.
        past, found
            What is known, and which rows of it are the past days of each asked row.
        """
        if self.kind != "expected":
            return np.where(asked.measures[self.unit] > 0, asked.measures[self.unit], self.floor)
        amounts = past.measures[self.unit][found.places]
        known, owners = np.isfinite(amounts), row_numbers(found.offsets)
        days = sums_by(owners[known], np.ones(int(known.sum())), len(asked))
        total = sums_by(owners[known], amounts[known], len(asked))
        return np.maximum((total + self.prior * self.mean) / (days + self.prior), _LEAST)

    def _loss(self, train: TermDays, found: Histories) -> float:
        expected = self.read(train, train, found)
        return float((expected - xlogy(train.measures[self.unit], expected)).sum())

    def to_state(self) -> dict[str, Any]:
        """Return the exposure as JSON has it."""
        return asdict(self)

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Exposure:
        """Return the exposure that `to_state` described."""
        return cls(**state)
