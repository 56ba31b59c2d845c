"""What the regression found: effects in every replicate, and the credit that follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.attribution.incremental.daily import daily_credit
from wanamaker.attribution.method import MethodCredit
from wanamaker.attribution.outcomes import Outcomes
from wanamaker.journeys.journeys import BASELINE, UNATTRIBUTED
from wanamaker.stats.bootstrap import interval

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from wanamaker.attribution.incremental.design import Design
    from wanamaker.journeys.journeys import Journeys
    from wanamaker.stats.bootstrap import Resampling
    from wanamaker.stats.regression import Link

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Effects:
    """Effects of touches, learned from all journeys of one goal.

    Parameters
    ----------
    learned_from
        The journeys, and their design.
    designed
        Makes the design of other journeys.
    betas
        Coefficients as estimated and in every replicate, of shape (1 + replicates, columns + 1).
    link
        The link of the regression.
    told
        What is to be told of the regression, as plain values.
    """

    learned_from: tuple[Journeys, Design]
    designed: Callable[[Journeys], Design]
    betas: Floats
    link: Link
    told: dict[str, Any]

    def credit(self, journeys: Journeys, resampling: Resampling) -> MethodCredit:
        """Return credit along the path from no touch to all; the baseline takes the rest.

        Over all journeys the rest is Σ p₀, the conversions expected without any touch.
        """
        known, design = self.learned_from
        design = design if journeys is known else self.designed(journeys)
        conversions, removal, baseline, lonely = self._summed(journeys, design, resampling)
        rows = (*journeys.names, BASELINE, UNATTRIBUTED)
        value = valued(journeys, resampling, conversions)
        details = self._details(conversions, removal, baseline)
        if journeys is known:  # details are told of all journeys, not of parts
            daily = daily_credit(journeys, design, self.betas[0], logistic=self.link == "logistic")
            details |= {} if daily is None else {"daily": daily}
        return MethodCredit(rows, np.vstack([conversions, baseline, lonely]), value, details)

    def _summed(
        self, journeys: Journeys, design: Design, resampling: Resampling
    ) -> tuple[Floats, Floats, Floats, Floats]:
        """Return credit and removal effects of shape (touches, 1 + replicates), baseline, unattributed."""
        from wanamaker.attribution.incremental.kernels import path_credit

        outcomes, names = Outcomes(journeys, resampling), len(journeys.names)
        held = journeys.lengths > 0
        credit, removal = np.zeros((2, names, len(self.betas)))
        totals = np.zeros((2, len(self.betas)))
        for replicate, beta in enumerate(self.betas):
            drawn = outcomes.drawn(replicate)
            won, lost = design.weights(drawn)
            credit[:, replicate], removal[:, replicate] = path_credit(
                design.rows.sparse,
                won + lost,
                beta,
                names,
                design.exposures,
                logistic=self.link == "logistic",
            )
            totals[:, replicate] = drawn.conversions[held].sum(), drawn.conversions[~held].sum()
        return credit, removal, totals[0] - credit.sum(axis=0), totals[1]

    def _details(self, conversions: Floats, removal: Floats, baseline: Floats) -> dict[str, Any]:
        effects = [dict(effect) for effect in self.told["effects"]]
        bounds = interval(removal[:, 1:]) if removal.shape[1] > 1 else None
        for place, effect in enumerate(effects):
            effect["conversions"] = float(conversions[place, 0])
            effect["negative"] = bool(conversions[place, 0] < 0)
            effect["removal"] = float(removal[place, 0])
            if bounds is not None:
                effect["removal_low"], effect["removal_high"] = (float(end[place]) for end in bounds)
        return {**self.told, "effects": effects, "baseline": float(baseline[0])}


def normalised(plain: MethodCredit, journeys: Journeys, resampling: Resampling) -> MethodCredit:
    """Return effects as shares of the conversions of journeys with a touch: no baseline, nothing below 0."""
    total = plain.conversions[:-1].sum(axis=0)
    shares = _filled(np.maximum(plain.conversions[: len(journeys.names)], 0.0), journeys) * total
    value = None
    if plain.value is not None:
        value = _to_total(shares, _mean_values(journeys, resampling), plain.value[:-1].sum(axis=0))
        value = np.vstack([value, plain.value[-1]])
    return MethodCredit((*journeys.names, UNATTRIBUTED), np.vstack([shares, plain.conversions[-1]]), value)


def _filled(credit: Floats, journeys: Journeys) -> Floats:
    """Return shares; where no touch has a positive effect, by how often converting journeys hold each."""
    chosen = journeys.converting
    counts = np.bincount(chosen.touches, np.repeat(chosen.conversions, chosen.lengths), len(journeys.names))
    sums = credit.sum(axis=0)
    plain = (counts / max(counts.sum(), 1e-300))[:, None]
    return np.where(sums > 0, credit / np.where(sums > 0, sums, 1.0), plain)


def valued(journeys: Journeys, resampling: Resampling, conversions: Floats) -> Floats | None:
    """Return credited value: conversions at the mean value of those with the touch; the rest is baseline."""
    if journeys.values is None:
        return None
    values = conversions * _mean_values(journeys, resampling)
    outcomes, held = Outcomes(journeys, resampling), journeys.lengths > 0
    totals = np.zeros((2, conversions.shape[1]))
    for replicate in range(conversions.shape[1]):
        drawn = outcomes.drawn(replicate).values
        if drawn is not None:
            totals[:, replicate] = drawn[held].sum(), drawn[~held].sum()
    return np.vstack([values, totals[0] - values.sum(axis=0), totals[1]])


def _to_total(conversions: Floats, means: Floats, total: Floats) -> Floats:
    """Return values that sum to the total: at the touch's mean value, the difference spread evenly."""
    values = conversions * means
    credited = conversions.sum(axis=0)
    missing: Floats = (total - values.sum(axis=0)) / np.where(credited > 0, credited, 1.0)
    return values + conversions * missing


def _mean_values(journeys: Journeys, resampling: Resampling) -> Floats:
    """Return the mean value of the conversions behind each touch, of shape (touches, 1 + replicates)."""
    chosen = journeys.converting
    names, owners = len(chosen.names), chosen.rows
    means = np.zeros((names, 1 + resampling.replicates))
    outcomes = Outcomes(chosen, resampling)
    for replicate in range(1 + resampling.replicates):
        drawn = outcomes.drawn(replicate)
        if drawn.values is None:
            continue
        counts = np.bincount(chosen.touches, drawn.conversions[owners], names)
        sums = np.bincount(chosen.touches, drawn.values[owners], names)
        overall = drawn.values.sum() / max(drawn.conversions.sum(), 1e-300)
        means[:, replicate] = np.where(counts > 0, sums / np.where(counts > 0, counts, 1.0), overall)
    return means
