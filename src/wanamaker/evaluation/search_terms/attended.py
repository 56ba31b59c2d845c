"""At which days of the past a network looks, beside what happened on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.ragged import row_numbers
from wanamaker.features.terms.days import day_text
from wanamaker.models.search_terms.predictors.network import Network, reader_of
from wanamaker.models.search_terms.predictors.sequences import sequences_of

if TYPE_CHECKING:
    from datetime import date

    from wanamaker.models.search_terms.search_term_model import SearchTermModel

_AT_ONCE = 1024


def attention_by_date(
    model: SearchTermModel, rows: pl.DataFrame, history: pl.DataFrame, as_of: date, happened: pl.DataFrame
) -> list[dict[str, Any]]:
    """Return the mean attention that each day of the past has, and the conversions of that day.

    Weights are told relative to what days of the same age have on average, since a network looks at recent
    days more than at old ones whatever happened on them: 1 is as usual. Rows at the start of the log, which
    have less of a past than others, are left out.

    Parameters
    ----------
    model
        With a network; without one nothing is returned.
    rows, history, as_of
        As in `SearchTermModel.predict`.
    happened
        The conversions of the log's days: ``date``, ``conversions``.

    Returns
    -------
    list of dict
        By date: ``date``, ``attention``, ``days`` (of rows that could look at it) and ``conversions``.
    """
    network = model.fitted_.predictors.get("network")
    if not isinstance(network, Network) or not len(rows):
        return []
    asked = model.fitted_.asked(_with_a_past(rows, history, model.history), history, as_of)
    weights = _weights(network, asked.rows)
    owners, past = row_numbers(asked.rows.past.offsets), asked.rows.past
    told = pl.DataFrame(
        {
            "day": asked.days.day[owners].astype(np.int64) - past.ages.round().astype(np.int64),
            "age": past.ages.round().astype(np.int64),
            "weight": weights * np.diff(past.offsets)[owners],
        }
    )
    usual = pl.col("weight") / pl.col("weight").mean().over("age")
    told = told.with_columns(attention=pl.when(usual.is_finite()).then(usual).otherwise(1.0))
    by_day = told.group_by("day").agg(pl.col("attention").mean(), pl.len().alias("days")).sort("day")
    of_days = happened.group_by("date").agg(pl.col("conversions").sum())
    days = of_days.with_columns(day=pl.col("date").to_physical().cast(pl.Int64)).drop("date")
    whole = by_day.join(days, on="day", how="left").with_columns(pl.col("conversions").fill_null(0.0))
    return [{"date": day_text(row.pop("day")), **row} for row in whole.sort("day").iter_rows(named=True)]


def _with_a_past(rows: pl.DataFrame, history: pl.DataFrame, within: int) -> pl.DataFrame:
    """Return the rows before which the log is as long as the network looks back; all, if there are none."""
    started = pl.lit(history["date"].min()) + pl.duration(days=within)
    kept = rows.filter(pl.col("date") >= started)
    return kept if len(kept) else rows


def _weights(network: Network, rows: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    from wanamaker.nn.term_attention import DayAttention
    from wanamaker.nn.training.scores import scores

    sequences = sequences_of(rows, network.scales, network.past_scales, np.log(rows.exposure))
    asked = DayAttention(reader_of(network.network, rows.texts))
    told = network.training
    return scores(asked, sequences, batch_size=_AT_ONCE, device=told.device, threads=told.threads)
