"""A log summed up by term: what it cost, what it brought, and what that is to be compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.base.ragged import sums_by
from wanamaker.features.terms.known import report_day

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from wanamaker.features.terms.days import TermDays
    from wanamaker.features.terms.tokens import Tokens
    from wanamaker.models.search_terms.fitted import Fitted

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LogSums:
    """Sums of a log by term.

    Parameters
    ----------
    days
        The log.
    words
        The words of each term that are read.
    measures
        Sums by name, each of shape (terms,).
    exposure
        Clicks (or impressions) as far as their conversions are reported, of shape (terms,).
    dispersion
        The variance of a day's conversions over what it would be if they were Poisson, 1 or more.
    campaign
        A campaign of each term, -1 for none, or None.
    as_of
        When the log was reported.
    """

    days: TermDays
    words: Tokens
    measures: dict[str, Floats]
    exposure: Floats
    dispersion: float
    campaign: NDArray[np.int32] | None
    as_of: int

    @classmethod
    def of(cls, fitted: Fitted, log: Any, as_of: date | int | None) -> LogSums:
        """Return the sums of a table with all columns of training."""
        table = fitted.tables.frame(log)
        days = fitted.tables.labelled(table, "the log")
        when = report_day(days, as_of)
        count, unit = len(days.terms), fitted.reader.exposure.unit
        shares = fitted.reader.delay.share(when - days.day.astype(np.int64))
        counted = days.measures[unit] * shares
        measures = {name: sums_by(days.codes, of, count) for name, of in days.measures.items()}
        exposure = sums_by(days.codes, counted, count)
        rates = measures["conversions"] / np.maximum(exposure, 1e-12)
        campaign = None
        if days.campaign is not None:
            campaign = np.full(count, -1, dtype=np.int32)
            campaign[days.codes] = days.campaign
        return cls(
            days=days,
            words=fitted.reader.words(days.terms),
            measures=measures,
            exposure=exposure,
            dispersion=_dispersion(
                days.measures["conversions"],
                rates[days.codes] * counted,
                np.divide(counted, exposure[days.codes], out=np.ones(len(counted)), where=counted > 0),
            ),
            campaign=campaign,
            as_of=when,
        )

    @property
    def conversions(self) -> Floats:
        """Reported conversions of each term."""
        return self.measures["conversions"]

    @property
    def rate(self) -> float:
        """Conversions per exposure of the whole log."""
        return float(self.conversions.sum()) / max(float(self.exposure.sum()), 1e-12)

    def over(self, tokens: Tokens, amounts: Floats) -> Floats:
        """Return the sum of amounts over the terms that have each word, of shape (words,)."""
        distinct = tokens.distinct()
        owners = np.repeat(np.arange(len(distinct)), distinct.lengths)
        return sums_by(distinct.codes, amounts[owners], len(tokens.names))


def _dispersion(counts: Floats, means: Floats, parts: Floats) -> float:
    """Return Σ (y − μ)² / Σ μ (1 − e), at least 1: how much wider than Poisson days are around their rate.

    A day has a part e in the rate that it is held against: a term of one day lies on its rate, and tells
    nothing.

    Parameters
    ----------
    counts, means
        Conversions of each day, and what its term's rate lets expect.
    parts
        The day's share of its term's exposure.
    """
    free = float((means * (1.0 - parts)).sum())
    return max(float(((counts - means) ** 2).sum()) / free, 1.0) if free > 0 else 1.0
