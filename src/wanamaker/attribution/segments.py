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


def split_goals(journeys: Journeys, by: str | None) -> list[tuple[dict[str, Any], Journeys]]:
    """Return the journeys of each goal; all of them where there is only one.

    Parameters
    ----------
    by
        What they are split by later, checked here.

    Raises
    ------
    ParameterTypeError
        If it is no name.
    """
    if by is not None and not isinstance(by, str):
        message = f"'by' must be a period or a covariate of the journeys. Got {by!r} ({type(by).__name__})."
        raise ParameterTypeError(message, hint="Write by='month'.")
    if "goal" not in journeys.table.columns:
        return [({}, journeys)]
    return _split(journeys, journeys.table["goal"])


def split_by(journeys: Journeys, by: str | None) -> list[tuple[dict[str, Any], Journeys]]:
    """Return the parts of the journeys of one goal with what they have in common.

    Parameters
    ----------
    by
        ``"day"``, ``"week"``, ``"month"``, or a covariate; None or ``"goal"`` for no parts.

    Raises
    ------
    ParameterError
        If there is no such period or covariate, or it has too many values.
    """
    if by is None or (by == "goal" and by in journeys.table.columns):
        return [({}, journeys)]
    return _split(journeys, (_period(journeys, by) if by in PERIODS else _segment(journeys, by)).alias(by))


def _split(journeys: Journeys, key: pl.Series) -> list[tuple[dict[str, Any], Journeys]]:
    groups = key.to_frame().with_row_index("row").group_by(key.name).agg(pl.col("row"))
    if len(groups) > _MOST_PARTS:
        message = f"'by' must have at most {_MOST_PARTS} different values. {key.name!r} has {len(groups):,}."
        raise ParameterError(message, hint="Choose a coarser period, or a column with few values.")
    return [
        ({key.name: group[key.name]}, journeys.take(np.array(group["row"], dtype=np.int64)))
        for group in groups.sort(key.name, nulls_last=True).iter_rows(named=True)
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
