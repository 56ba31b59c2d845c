"""What a world of journeys looks like, counted over its log and its truth."""

from __future__ import annotations

from typing import Any

import polars as pl

_LONGEST = 15
"""Touches of a journey from which on they are put together."""


def look_at_journeys(log: pl.LazyFrame, truth: pl.LazyFrame) -> dict[str, Any]:
    """Count what the pictures of a world of journeys show.

    Parameters
    ----------
    log, truth
        The tables of the world.
    """
    converted = pl.col("conversion").cast(pl.Int64).sum().alias("conversions")
    users = log.group_by("uid").agg(pl.len().alias("touches"), converted)
    day = pl.from_epoch("timestamp", time_unit="s").dt.date().cast(pl.String).alias("day")
    days = log.group_by(day).agg(pl.len().alias("touches"), converted).sort("day")
    lengths = (
        users.group_by(pl.col("touches").clip(upper_bound=_LONGEST))
        .agg(pl.len().alias("users"), pl.col("conversions").sum())
        .with_columns(rate=pl.col("conversions") / pl.col("users"))
        .sort("touches")
    )
    reached = log.group_by("campaign").agg(
        pl.col("uid").n_unique().alias("users"),
        pl.len().alias("touches"),
        converted.alias("followed"),
    )
    channels = truth.join(reached, left_on="touch", right_on="campaign", how="left", maintain_order="left")
    found = {
        name: table.collect()
        for name, table in (("days", days), ("lengths", lengths), ("channels", channels))
    }
    totals = users.select(pl.len().alias("users"), pl.col("touches").sum(), pl.col("conversions").sum())
    return {"totals": totals.collect().row(0, named=True), "longest": _LONGEST} | {
        name: table.to_dicts() for name, table in found.items()
    }
