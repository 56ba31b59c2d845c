"""Totals that need not sum to all conversions: what touches add to no touch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.attribution.incremental.effects import valued
from wanamaker.attribution.method import MethodCredit
from wanamaker.attribution.outcomes import Outcomes
from wanamaker.base.ragged import lengths_to_offsets, row_numbers
from wanamaker.journeys.journeys import BASELINE, UNATTRIBUTED
from wanamaker.models.journeys.credit.network import NetworkMethod, on_touches

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.journeys.journeys import Journeys
    from wanamaker.models.journeys.fitted import Fitted
    from wanamaker.models.journeys.reading import Reading
    from wanamaker.stats.bootstrap import Resampling

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class NetworkIncremental(NetworkMethod):
    """The network's probability with all touches less that with none, over all journeys, converting or not.

    The difference of a journey is divided among its touches by what each adds in two orders, from the first
    touch to the last and back, and takes the mean: the two orders' additions sum to the difference exactly.
    What the touches do not add is the row ``(baseline)``, so that the rows sum to all conversions. Additions
    below 0 stay below 0.

    The level rests on the probability without any touch, which no journey shows: see
    `wanamaker.models.journeys.counts.NoTouch`. Use it on journeys observed in full.

    Parameters
    ----------
    model
        Fitted.
    """

    name = "network_incremental"
    conserves = "total"
    summary = (
        "What touches add to the network's probability of a conversion, over all journeys; what would have "
        "come without any is the baseline."
    )
    misleads = (
        "No journey is without a touch, so the baseline is what an additive fit leaves to none; what drives "
        "both who is touched and who converts, and is no covariate, is taken for an effect."
    )

    def unmet(self, journeys: Journeys) -> str | None:
        """Return why the model does not apply to these journeys, or None if it does."""
        if self.fitted.nothing.level is None:
            return (
                "the touches of every training journey add up to the same: nothing tells what none is worth"
            )
        return super().unmet(journeys)

    def credit(self, journeys: Journeys, resampling: Resampling) -> MethodCredit:
        """Return what every touch adds, as it is and in every replicate; the baseline takes the rest."""
        reading = self.fitted.reader.read(journeys)
        added = on_touches(additions(self.fitted, reading), reading, journeys)
        outcomes, rows, names = Outcomes(journeys, resampling), journeys.rows, len(journeys.names)
        held = journeys.lengths > 0
        credit = np.zeros((names, 1 + resampling.replicates))
        totals = np.zeros((2, 1 + resampling.replicates))
        for replicate in range(1 + resampling.replicates):
            drawn = outcomes.drawn(replicate)
            times = drawn.conversions + drawn.nulls
            credit[:, replicate] = np.bincount(journeys.touches, added * times[rows], names)
            totals[:, replicate] = drawn.conversions[held].sum(), drawn.conversions[~held].sum()
        baseline = totals[0] - credit.sum(axis=0)
        return MethodCredit(
            (*journeys.names, BASELINE, UNATTRIBUTED),
            np.vstack([credit, baseline, totals[1]]),
            valued(journeys, resampling, credit),
            self._details(journeys, reading, float(baseline[0])),
        )

    def _details(self, journeys: Journeys, reading: Reading, baseline: float) -> dict[str, Any]:
        held = np.flatnonzero(reading.lengths > 0)
        counted = (journeys.conversions + journeys.nulls)[held]
        return {
            **self.told(journeys),
            "baseline": baseline,
            "expected": float(self.fitted.chances(reading.take(held)) @ counted),
            "observed": float(journeys.conversions[held].sum()),
            "no_touch": self.fitted.nothing.level,
        }


def additions(fitted: Fitted, reading: Reading) -> Floats:
    """Return what each touch adds in the order of time and in its reverse, the mean of both; (touches,).

    They sum to the probability with all touches less that with none.
    """
    found = np.zeros(len(reading.codes))
    for reverse in (False, True):
        worth = fitted.chances(_starts(reading, reverse=reverse))
        rows = row_numbers(reading.offsets)
        nothing = fitted.nothing.chances(reading)[rows]
        before = np.roll(worth, 1)
        first = reading.offsets[:-1][reading.lengths > 0]
        before[first] = nothing[first]
        added = worth - before
        found += added[_mirrored(reading)] if reverse else added
    return found / 2


def _mirrored(reading: Reading) -> NDArray[np.int64]:
    """Return for each touch the place of the one that stands as far from the end as it from the start."""
    rows = row_numbers(reading.offsets)
    return reading.offsets[:-1][rows] + reading.offsets[1:][rows] - 1 - np.arange(len(rows))


def _starts(reading: Reading, *, reverse: bool) -> Reading:
    """Return for each touch its sequence up to there: the first ones, or with ``reverse`` the last ones."""
    rows = row_numbers(reading.offsets)
    lengths = np.arange(len(rows)) - reading.offsets[:-1][rows] + 1
    offsets = lengths_to_offsets(lengths)
    starts = reading.offsets[1:][rows] - lengths if reverse else reading.offsets[:-1][rows]
    places = np.arange(offsets[-1]) + np.repeat(starts - offsets[:-1], lengths)
    return reading.made_of(lengths, places, rows)
