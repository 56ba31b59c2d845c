"""Credit by Shapley values over the touches of each journey."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.base.parameters import Boolean, IntegerIn, check
from wanamaker.base.ragged import row_numbers, sums_by
from wanamaker.models.journeys.credit.network import NetworkJourneyMethod, on_touches, shares_of
from wanamaker.models.journeys.credit.sampling import sampled_values
from wanamaker.models.journeys.credit.subsets import chunks, rows_by_length, subsets
from wanamaker.models.journeys.losses import without_idle
from wanamaker.stats.shapley import shapley_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from wanamaker.attribution.method import MethodCredit
    from wanamaker.base.parameters import Constraint
    from wanamaker.journeys.journeys import Journeys
    from wanamaker.models.journeys.fitted import Fitted
    from wanamaker.models.journeys.reading import Reading
    from wanamaker.stats.bootstrap import Resampling

    Floats = NDArray[np.float64]

_AT_ONCE = 4_000_000
_WIDEST = 0.5
"""No share, which lies from 0 to 1, has a larger standard error."""

_CONSTRAINTS: Mapping[str, Constraint] = {
    "exact_up_to": IntegerIn(1, 16),
    "samples": IntegerIn(2, 100_000),
    "seed": IntegerIn(0, 2**63 - 1),
    "keep_idle": Boolean(),
}


@dataclass(frozen=True)
class NetworkShapley(NetworkJourneyMethod):
    """Shapley values of the network's probability over the touches of each journey, each touch a player.

    A set of touches is worth the probability of the journey that has these touches alone, in their order and
    at their times; no touch is worth what `JourneyModel.predict` says of none. Exact up to ten touches;
    beyond, orders are drawn in pairs, each with its reverse. Values below 0 count as 0, the rest is divided
    by the sum; where none is above 0, all share alike.

    Use it where touches work together or stand in for each other, and time allows: a journey of ten touches
    takes 1,024 sequences, where `Counterfactual` takes ten. Touches of idle kinds are as in `Counterfactual`.

    Parameters
    ----------
    model
        Fitted.
    exact_up_to
        Touches up to which all subsets are asked about.
    samples
        Orders drawn for longer journeys; an odd number is raised by one.
    seed
        Of the orders; those of a journey depend on its touches and the seed alone.
    keep_idle
        Whether touches of idle kinds keep their value in a journey.
    """

    exact_up_to: int = 10
    samples: int = 32
    seed: int = 0
    keep_idle: bool = False

    name = "network_shapley"
    summary = "Shapley values of the network's probability over the touches of each journey."
    misleads = (
        "It asks the network about parts of journeys that nobody had; what drives both who is touched and "
        "who converts, and is no covariate, is taken for an effect."
    )

    def __post_init__(self) -> None:
        check("credit_method('shapley')", vars(self), _CONSTRAINTS)

    def touch_weights(self, journeys: Journeys) -> Floats:
        """Return each touch's Shapley value over the sum of its journey."""
        reading = self.fitted.reader.read(journeys)
        values, _ = self.values(reading)
        values = values if self.keep_idle else without_idle(self.fitted, values, reading)
        return on_touches(shares_of(values, reading), reading, journeys)

    def credit(self, journeys: Journeys, resampling: Resampling) -> MethodCredit:
        """Return the credit of every touch, with the standard error of what was sampled."""
        found = super().credit(journeys, resampling)
        chosen = journeys.converting
        sampled = self.fitted.reader.read(chosen).lengths > self.exact_up_to
        details: dict[str, Any] = {"sampled_journeys": int(sampled.sum())}
        if sampled.any():
            details["standard_errors"] = self._errors(chosen.take(np.flatnonzero(sampled)))
        return replace(found, details={**found.details, **details})

    def values(self, reading: Reading) -> tuple[Floats, Floats]:
        """Return the Shapley value of each touch and its standard error, 0 where it is exact.

        A sequence of one touch is not asked about: its touch has the whole conversion.
        """
        values, errors = np.ones(len(reading.codes)), np.zeros(len(reading.codes))
        for length, rows in rows_by_length(reading):
            if length == 1:
                continue
            exact = length <= self.exact_up_to
            asked = 2**length if exact else self.samples * length
            for some in chunks(rows, asked * length / 2, _AT_ONCE):
                places = reading.offsets[:-1][some][:, None] + np.arange(length)
                if exact:
                    values[places] = _exact(self.fitted, reading, some, length)
                else:
                    pairs = (self.samples + 1) // 2
                    found = sampled_values(self.fitted, reading, some, pairs=pairs, seed=self.seed)
                    values[places], errors[places] = found
        return values, errors

    def _errors(self, chosen: Journeys) -> list[dict[str, Any]]:
        """Return the standard error of each touch's conversions that comes from sampling."""
        reading = self.fitted.reader.read(chosen)
        values, errors = self.values(reading)
        if not self.keep_idle:
            values, errors = (without_idle(self.fitted, one, reading) for one in (values, errors))
        rows = row_numbers(reading.offsets)
        sums = sums_by(rows, np.maximum(values, 0.0), len(reading))[rows]
        shares = np.divide(errors, sums, out=np.zeros(len(errors)), where=sums > 0)
        shares = np.minimum(shares, _WIDEST)
        spread = on_touches((shares * chosen.conversions[rows]) ** 2, reading, chosen)
        squares = sums_by(chosen.touches, spread, len(chosen.names))
        return [
            {"touch": name, "conversions": float(np.sqrt(square))}
            for name, square in zip(chosen.names, squares, strict=True)
        ]


def _exact(fitted: Fitted, reading: Reading, rows: NDArray[np.int64], length: int) -> Floats:
    """Return Shapley values of sequences of one length by all of their subsets, of shape (rows, length)."""
    numbers = np.arange(2**length)
    masks = (numbers[:, None] >> np.arange(length)) & 1 == 1
    owners = np.repeat(rows, len(masks))
    asked = subsets(reading, owners, np.tile(masks, (len(rows), 1)))
    worth = fitted.chances(asked).reshape(len(rows), len(masks))
    return shapley_values(np.ascontiguousarray(worth.T)).T
