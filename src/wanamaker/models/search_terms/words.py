"""Words and pairs of words: where the network looks, what they do, and what terms with them brought."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.base.ragged import row_numbers
from wanamaker.features.terms.tokens import bigrams
from wanamaker.models.search_terms.attention import attention_of
from wanamaker.models.search_terms.counterfactual import rates_of_new
from wanamaker.models.search_terms.word_rates import WordRates
from wanamaker.stats.gamma_poisson import GammaPoisson

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.features.terms.tokens import Tokens
    from wanamaker.models.search_terms.fitted import Fitted
    from wanamaker.models.search_terms.log_sums import LogSums

    Floats = NDArray[np.float64]

_MOST_TERMS = 20_000
_LOW, _HIGH = 0.025, 0.975


def word_table(fitted: Fitted, sums: LogSums, min_terms: int) -> pl.DataFrame:
    """Return the words of a log; see `SearchTermModel.words`."""
    table = _averages(sums, sums.words, "word")
    weights = attention_of(fitted, sums)
    if weights is not None:
        table = table.with_columns(attention=pl.Series(weights, nan_to_null=True))
    places = np.flatnonzero(table["terms"].to_numpy() >= min_terms)
    effect = pl.Series(_effects(fitted, sums, places), nan_to_null=True)
    factor = pl.Series(WordRates.of(sums).factors, nan_to_null=True)
    return _ranked(table.with_columns(effect=effect, factor=factor), min_terms)


def bigram_table(fitted: Fitted, sums: LogSums, min_terms: int) -> pl.DataFrame:
    """Return the pairs of neighbouring words of a log; see `SearchTermModel.bigrams`."""
    pairs = bigrams(sums.words)
    table = _averages(sums, pairs, "bigram")
    places = np.flatnonzero(table["terms"].to_numpy() >= min_terms)
    effect, beyond = _pair_effects(fitted, sums, pairs, places)
    added = table.with_columns(
        effect=pl.Series(effect, nan_to_null=True), beyond_words=pl.Series(beyond, nan_to_null=True)
    )
    return _ranked(added, min_terms)


def _averages(sums: LogSums, tokens: Tokens, name: str) -> pl.DataFrame:
    """Return support and smoothed rates, with 95 % intervals that allow for overdispersion."""
    exposure = sums.over(tokens, sums.exposure)
    conversions = sums.over(tokens, sums.conversions)
    counts, seen = conversions / sums.dispersion, exposure / sums.dispersion
    prior = GammaPoisson.fit(counts, seen)
    columns = {
        name: tokens.names,
        "terms": pl.Series(sums.over(tokens, np.ones(len(sums.exposure)))).cast(pl.Int64),
        "exposure": exposure,
    }
    if "cost" in sums.measures:
        columns["cost"] = sums.over(tokens, sums.measures["cost"])
    rates = {
        "conversions": conversions,
        "rate": prior.means(counts, seen),
        "rate_low": prior.quantiles(counts, seen, _LOW),
        "rate_high": prior.quantiles(counts, seen, _HIGH),
    }
    return pl.DataFrame({**columns, **rates})


def _ranked(table: pl.DataFrame, min_terms: int) -> pl.DataFrame:
    kept = table.filter(pl.col("terms") >= min_terms)
    return kept.sort(["effect", kept.columns[0]], descending=[True, False], nulls_last=True)


def _chosen(sums: LogSums, tokens: Tokens, places: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
    """Return the terms and the words among ``places`` that stand in them, for the terms of most exposure."""
    distinct = tokens.distinct()
    owners = row_numbers(distinct.offsets)
    top = np.zeros(len(distinct), dtype=np.bool_)
    top[np.argsort(-sums.exposure, kind="stable")[:_MOST_TERMS]] = True
    kept = top[owners] & np.isin(distinct.codes, places) & (sums.exposure > 0)[owners]
    return owners[kept], distinct.codes[kept].astype(np.int64)


def _effects(fitted: Fitted, sums: LogSums, places: NDArray[np.int64]) -> Floats:
    """Return by which factor each word raises what is expected of the terms that have it."""
    owners, words = _chosen(sums, sums.words, places)
    texts = sums.words.to_list()
    names = sums.words.names.to_list()
    asked = np.unique(owners)
    whole = np.full(len(texts), np.nan)
    whole[asked] = rates_of_new(fitted, sums, [texts[term] for term in asked], asked)
    left = [_without(texts[term], names[word]) for term, word in zip(owners, words, strict=True)]
    without = rates_of_new(fitted, sums, left, owners)
    return _ratio(sums.exposure[owners], whole[owners], without, words, len(names))


def _pair_effects(
    fitted: Fitted, sums: LogSums, pairs: Tokens, places: NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Return the factor of each pair, and how far it goes beyond those of its two words in the same terms."""
    owners, words = _chosen(sums, pairs, places)
    texts, names = sums.words.to_list(), pairs.names.to_list()
    both = [names[word].split(" ", 1) for word in words]
    kinds = [
        [texts[term] for term in owners],
        [_without_pair(texts[term], pair) for term, pair in zip(owners, both, strict=True)],
        [_without_one(texts[term], pair, 0) for term, pair in zip(owners, both, strict=True)],
        [_without_one(texts[term], pair, 1) for term, pair in zip(owners, both, strict=True)],
    ]
    whole, none, second, first = (rates_of_new(fitted, sums, kind, owners) for kind in kinds)
    weights = sums.exposure[owners]
    effect = _ratio(weights, whole, none, words, len(names))
    beyond = _ratio(weights, whole, second * first / np.maximum(none, 1e-300), words, len(names))
    return effect, beyond


def _ratio(weights: Floats, above: Floats, below: Floats, words: NDArray[np.int64], count: int) -> Floats:
    """Return the ratio of weighted sums by word, NaN where there is nothing."""
    sums = [np.bincount(words, weights * part, count) for part in (above, below)]
    found = np.divide(sums[0], sums[1], out=np.full(count, np.nan), where=sums[1] > 0)
    return np.asarray(found)


def _without(words: list[str], left_out: str) -> list[str]:
    return [word for word in words if word != left_out]


def _without_pair(words: list[str], pair: list[str]) -> list[str]:
    at = _place(words, pair)
    return words[:at] + words[at + 2 :]


def _without_one(words: list[str], pair: list[str], which: int) -> list[str]:
    at = _place(words, pair) + which
    return words[:at] + words[at + 1 :]


def _place(words: list[str], pair: list[str]) -> int:
    """Return where two words stand one after the other for the first time."""
    return next(at for at in range(len(words) - 1) if words[at : at + 2] == pair)
