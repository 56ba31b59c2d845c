"""Splitting journeys by goal, by period and by segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.errors import ParameterError, ParameterTypeError, nearest
from wanamaker.journeys.journeys import moments

if TYPE_CHECKING:
    from wanamaker.journeys.journeys import Journeys

PERIODS = {"day": "1d", "week": "1w", "month": "1mo"}

_MOST_PARTS = 1_000


def split_by(journeys: Journeys, by: str | None) -> list[tuple[dict[str, Any], Journeys]]:
    """Return the parts of the journeys with what they have in common.

    Parameters
    ----------
    by
        ``"day"``, ``"week"``, ``"month"``, or a covariate; None for goals alone.

    Raises
    ------
    ParameterError
        If there is no such period or covariate, or it has too many values.
    """
    keys: dict[str, pl.Series] = {}
    if by is not None and not isinstance(by, str):
        message = f"'by' must be a period or a covariate of the journeys. Got {by!r} ({type(by).__name__})."
        raise ParameterTypeError(message, hint="Write by='month'.")
    if "goal" in journeys.table.columns:
        keys["goal"] = journeys.table["goal"]
    if by is not None and by not in keys:
        keys[by] = _period(journeys, by) if by in PERIODS else _segment(journeys, by)
    if not keys:
        return [({}, journeys)]
    frame = pl.DataFrame(keys).with_row_index("row")
    groups = frame.group_by(list(keys)).agg(pl.col("row")).sort(list(keys), nulls_last=True)
    if len(groups) > _MOST_PARTS:
        message = f"'by' must have at most {_MOST_PARTS} different values. {by!r} has {len(groups):,}."
        raise ParameterError(message, hint="Choose a coarser period, or a column with few values.")
    return [
        ({name: group[name] for name in keys}, journeys.take(np.array(group["row"], dtype=np.int64)))
        for group in groups.iter_rows(named=True)
    ]


def _period(journeys: Journeys, by: str) -> pl.Series:
    if journeys.ended is None:
        message = f"'by' = {by!r} needs journeys with times. These are paths without times."
        raise ParameterError(message, hint="Build the journeys from a log with journeys_from_events.")
    return moments(journeys.ended).dt.truncate(PERIODS[by]).dt.date().cast(pl.String).fill_null("(unknown)")


def _segment(journeys: Journeys, by: str) -> pl.Series:
    if by not in journeys.covariates:
        known = [*PERIODS, *journeys.covariates]
        message = f"'by' must be a period or a covariate of the journeys. Got {by!r}."
        raise ParameterError(
            message, hint=nearest(by, known) + " Covariates are named when journeys are built."
        )
    return journeys.table[by].cast(pl.String).fill_null("(unknown)")
