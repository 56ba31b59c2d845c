"""Terms to stop paying for, and words to bid on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.base.errors import SchemaError
from wanamaker.models.search_terms.word_rates import WordRates
from wanamaker.stats.gamma_poisson import GammaPoisson

if TYPE_CHECKING:
    from wanamaker.models.search_terms.log_sums import LogSums

_DEFAULT_SHARE = 0.25
"""Of the account's conversions per cost: what is surely below is not worth its cost unless told otherwise."""


def stop_table(sums: LogSums, limit: float | None, confidence: float) -> pl.DataFrame:
    """Return the terms whose cost surely brings too little; see `SearchTermModel.stop_list`.

    Raises
    ------
    SchemaError
        If the log has no cost.
    """
    cost = _cost(sums)
    by_words = WordRates.of(sums).rates * sums.exposure
    # The spread of days is not divided out: it is a part of how terms spread, and then none would be sure.
    counts, seen = sums.conversions, by_words
    prior = GammaPoisson.fit(counts, seen, nothing=True)
    least = limit if limit is not None else _DEFAULT_SHARE * account_value(sums)
    upper = prior.quantiles(counts, seen, confidence) * by_words
    table = pl.DataFrame(
        {
            "term": sums.days.terms,
            "cost": cost,
            "exposure": sums.exposure,
            "conversions": sums.conversions,
            "expected": prior.means(counts, seen) * by_words,
            "expected_high": upper,
            "chance_of_none": prior.chance_of_none(counts, seen),
        }
    )
    per_cost = np.divide(upper, cost, out=np.full(len(cost), np.inf), where=cost > 0)
    kept = table.with_columns(per_cost_high=pl.Series(per_cost), limit=pl.lit(least))
    return kept.filter(pl.Series((cost > 0) & (per_cost < least))).sort(
        ["cost", "term"], descending=[True, False]
    )


def bid_table(words: pl.DataFrame, sums: LogSums) -> pl.DataFrame:
    """Return the words whose terms surely convert better than all; see `SearchTermModel.bid_list`."""
    better = words.filter((pl.col("rate_low") > sums.rate) & (pl.col("effect") > 1.0))
    gain = (pl.col("rate") - sums.rate) * pl.col("exposure")
    return better.with_columns(account_rate=pl.lit(sums.rate), more_conversions=gain).sort(
        ["more_conversions", "word"], descending=[True, False]
    )


def account_value(sums: LogSums) -> float:
    """Return conversions per unit of cost of the whole log, those of recent days matured."""
    matured = sums.rate * float(sums.measures[_unit(sums)].sum())
    return matured / max(float(_cost(sums).sum()), 1e-12)


def _unit(sums: LogSums) -> str:
    return "clicks" if "clicks" in sums.measures else "impressions"


def _cost(sums: LogSums) -> np.ndarray:
    if "cost" not in sums.measures:
        message = "The list of terms to stop needs what they cost. The model was fitted without a cost."
        raise SchemaError(message, hint="Name the column, cost='…', and fit again.")
    return sums.measures["cost"]
