"""What a world of search terms looks like, counted over its log and its truth."""

from __future__ import annotations

from typing import Any

import polars as pl

_MOST_WORDS, _MOST_USELESS = 60, 30


def look_at_search_terms(log: pl.LazyFrame, truth: pl.LazyFrame) -> dict[str, Any]:
    """Count what the pictures of a world of search terms show.

    Parameters
    ----------
    log, truth
        The tables of the world; the log is streamed, and may be larger than memory.
    """
    true = truth.collect()
    by_day = log.group_by("date").agg(
        pl.col("impressions", "clicks", "cost", "conversions").sum(), pl.len().alias("rows")
    )
    seen = by_day.collect(engine="streaming").with_columns(pl.col("date").cast(pl.String).alias("day"))
    of_days = true.filter(pl.col("kind") == "day").select(
        "name", "final", pl.col("conversions").alias("expected")
    )
    days = of_days.rename({"name": "day"}).join(
        seen.drop("date"), on="day", how="left", maintain_order="left"
    )
    terms, words = (true.filter(pl.col("kind") == kind) for kind in ("term", "word"))
    useless = terms.filter(pl.col("useless"))
    return {
        "totals": _totals(seen, true, terms),
        "days": days.fill_null(0.0).to_dicts(),
        "words": words.sort("clicks", descending=True).head(_MOST_WORDS).to_dicts(),
        "bigrams": true.filter(pl.col("kind") == "bigram").sort("clicks", descending=True).to_dicts(),
        "useless": useless.sort("cost", descending=True).head(_MOST_USELESS).to_dicts(),
        "delays": true.filter(pl.col("kind") == "delay").select("name", "effect").to_dicts(),
    }


def _totals(days: pl.DataFrame, truth: pl.DataFrame, terms: pl.DataFrame) -> dict[str, float]:
    counted = days.select(pl.col("rows", "impressions", "clicks", "cost", "conversions").sum())
    final = truth.filter(pl.col("kind") == "baseline")["final"].item()
    wasted, hidden = (terms.filter(pl.col(flag)) for flag in ("useless", "hidden"))
    return {
        **counted.row(0, named=True),
        "final": final,
        "terms": terms.height,
        "hidden": hidden.height,
        "hidden_clicks": hidden["clicks"].sum(),
        "useless": wasted.height,
        "useless_cost": wasted["cost"].sum(),
    }
