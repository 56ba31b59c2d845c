"""What the models say of words, of numbers, and of what is not worth its money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.evaluation.search_terms.attended import attention_by_date
from wanamaker.evaluation.search_terms.shifts import shifted_correlations
from wanamaker.evaluation.session_comparison import over_seeds
from wanamaker.studies.search_terms.fitted import asking, reader_of

if TYPE_CHECKING:
    from wanamaker.models.search_terms.search_term_model import SearchTermModel
    from wanamaker.studies.search_terms.fitted import Fits
    from wanamaker.studies.search_terms.parts import Parts
    from wanamaker.studies.search_terms.study import SearchTermsStudy

Rows = list[dict[str, Any]]

_MOST_LOOKED_AT = 20_000


@dataclass(frozen=True, eq=False)
class Explained:
    """What a study leaves as tables.

    Parameters
    ----------
    words, bigrams
        Those of the log, with what they do.
    stop, bids
        Terms to stop paying for, and words to bid on.
    rows
        Explanations of test rows.
    features
        What each number tells.
    shares
        The share of the text, of the predictor that is asked and over seeds of the network.
    attention
        ``days`` and ``shifts``.
    """

    words: pl.DataFrame
    bigrams: pl.DataFrame
    stop: pl.DataFrame
    bids: pl.DataFrame
    rows: pl.DataFrame
    features: pl.DataFrame
    shares: dict[str, Any]
    attention: dict[str, Any]


def explained_terms(study: SearchTermsStudy, parts: Parts, fits: Fits, kept: SearchTermModel) -> Explained:
    """Return the explanations of a study.

    Words and lists are of the whole log that can be learned from, by the model that is kept; what single rows
    and numbers tell is of test rows, by the model that was tested.

    Parameters
    ----------
    study, parts, fits
        The study, its log, and what was fitted.
    kept
        The model that is kept: after the test fitted again, if the study says so.
    """
    told, as_of = study.evaluation, parts.report_date
    by = reader_of(fits.model)
    kept, tested = asking(kept, by), asking(fits.model, by)
    log = parts.known()
    history = parts.within(fits.test.origin.first, fits.test.origin.stop)
    some = _some(fits.test.rows, told.explained, study.model.seed)
    words = kept.words(log, min_terms=told.min_terms, as_of=as_of)
    return Explained(
        words=words,
        bigrams=kept.bigrams(log, min_terms=told.min_terms, as_of=as_of),
        stop=_stop(study, parts, kept, log),
        bids=kept.bid_list(log, min_terms=told.min_terms, as_of=as_of),
        rows=tested.explain(some, history, as_of=as_of),
        features=tested.features(
            fits.test.rows, history, as_of=as_of, most_rows=4 * told.explained, seed=study.model.seed
        ),
        shares=_shares(fits, tested, some, history, parts),
        attention=_attention(study, parts, fits, history),
    )


def _stop(study: SearchTermsStudy, parts: Parts, kept: SearchTermModel, log: pl.DataFrame) -> pl.DataFrame:
    """Return the terms to stop paying for, with their campaign; none without costs."""
    told = study.evaluation
    if "cost" not in log.columns:
        return pl.DataFrame()
    found = kept.stop_list(log, limit=told.limit, confidence=told.confidence, as_of=parts.report_date)
    unit = kept.fitted_.reader.exposure.unit
    seen = log.group_by("term").agg(pl.col(unit).sum(), pl.col("date").max().alias("last_day"))
    return found.join(seen, on="term", how="left", maintain_order="left")


def _some(rows: pl.DataFrame, most: int, seed: int) -> pl.DataFrame:
    if len(rows) <= most:
        return rows
    chosen = np.sort(np.random.default_rng(seed).choice(len(rows), most, replace=False))
    return rows[chosen]


def _shares(
    fits: Fits, tested: SearchTermModel, some: pl.DataFrame, history: pl.DataFrame, parts: Parts
) -> dict[str, Any]:
    """Return how much of what moves expectations is told by words: by one model, and by several networks."""

    def share(model: SearchTermModel) -> float:
        found = model.shares(some, history, as_of=parts.report_date)
        return float(found.filter(pl.col("part") == "text")["share"].item())

    seeds = [share(model) for model in fits.networks]
    told: dict[str, Any] = {"kept": share(tested), "seeds": seeds, "rows": len(some)}
    return {**told, "network": over_seeds(seeds) if seeds else None}


def _attention(study: SearchTermsStudy, parts: Parts, fits: Fits, history: pl.DataFrame) -> dict[str, Any]:
    """Return where networks look among past days, and whether it goes with conversions."""
    matured = history.with_columns(pl.col("conversions") / pl.Series(parts.shares(history["date"])))
    rows = history[:: max(1, -(-len(history) // _MOST_LOOKED_AT))]
    days = attention_by_date(fits.model, rows, history, parts.report_date, matured)
    shifts = shifted_correlations(
        np.array([row["attention"] for row in days]),
        np.array([row["conversions"] for row in days]),
        permutations=study.evaluation.permutations,
        seed=study.model.seed,
    )
    return {"days": days, "shifts": shifts}
