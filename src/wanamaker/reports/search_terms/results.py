"""What the search-terms report is made from."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

Rows = list[dict[str, Any]]


@dataclass(frozen=True, eq=False)
class SearchTermsResults:
    """Everything that the search-terms report shows, as values that JSON knows.

    A *figure* is a dictionary of ``value``, ``low`` and ``high``; the ends are None where there is no
    interval.

    Parameters
    ----------
    title
        What was studied.
    facts
        How the numbers came about: ``version``, ``predictor`` (that `predict` asks), ``why``,
        ``explained_by``, ``loss``,
        ``seeds``, ``columns``, ``exposure``, ``known_ahead``, ``bootstrap``, ``refit``, ``confidence``,
        ``limit``, ``min_terms``, ``unseen`` (share and rounds) and ``parameters``.
    read
        What was read: ``form``, ``rows``, ``term_days``, ``terms``, ``from``, ``to``, ``sums``, ``hidden``,
        ``missing_days``; of an export ``currency``, ``skipped``, ``totals`` and how it is written.
    origins
        The days of each origin's parts.
    parts
        One row per part of the last origin: ``part``, ``rows``, ``terms``, ``new_terms``, ``conversions``,
        ``clicks``, ``cost``, ``start``, ``end``.
    metrics
        ``test`` and ``valid`` of the predictor that is asked, and ``baselines``: name to the same.
    comparison
        ``rolling``, ``last`` and ``unseen``: what `wanamaker.evaluation.search_terms` returns of them;
        ``by_origin``.
    dates
        Observed and expected totals by date of all origins' test days.
    calibration
        Bins of the test rows of all origins.
    ranking
        ``gini``, ``best``, and ``curves`` by predictor.
    losses
        ``chosen``, ``tried`` (loss to deviance), ``curve``, ``best_epoch``.
    words, bigrams
        Rows with attention, effect and smoothed rates.
    features
        Rows of `SearchTermModel.features`.
    shares
        ``kept`` and ``network``: the share of the text as figures; ``seeds``: single values.
    attention
        ``days`` and ``shifts``.
    stop, bids
        The first rows of the lists.
    stop_told
        ``terms`` and ``cost`` of the whole list of terms to stop.
    delay
        ``curve`` (age and share), ``mature``, ``as_of``, ``days`` (date, share, what became of it).
    truth
        For simulated logs only: ``words``, ``bigrams`` and ``waste``.
    audit
        Findings; None where it was not asked for.
    notes
        Findings about the data, with ``code``, ``severity`` and ``message``.
    """

    title: str
    facts: dict[str, Any]
    read: dict[str, Any]
    origins: Rows
    parts: Rows
    metrics: dict[str, Any]
    comparison: dict[str, Rows]
    dates: Rows = field(default_factory=list)
    calibration: Rows = field(default_factory=list)
    ranking: dict[str, Any] = field(default_factory=dict)
    losses: dict[str, Any] = field(default_factory=dict)
    words: Rows = field(default_factory=list)
    bigrams: Rows = field(default_factory=list)
    features: Rows = field(default_factory=list)
    shares: dict[str, Any] = field(default_factory=dict)
    attention: dict[str, Any] = field(default_factory=dict)
    stop: Rows = field(default_factory=list)
    bids: Rows = field(default_factory=list)
    stop_told: dict[str, Any] = field(default_factory=dict)
    delay: dict[str, Any] = field(default_factory=dict)
    truth: dict[str, Any] | None = None
    audit: Rows | None = None
    notes: Rows = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return asdict(self)

    def part(self, name: str) -> dict[str, Any]:
        """Return the row of one part of the log."""
        return next(row for row in self.parts if row["part"] == name)
