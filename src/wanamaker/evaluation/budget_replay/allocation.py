"""Who gets how much of a budget: shares of channels, by credit and for comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError, SchemaError
from wanamaker.base.frames import to_polars

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

AS_SPENT = "(as spent)"
"""The reference in which each channel keeps its share of the money."""

EVENLY = "(evenly)"
"""The reference in which each channel that cost money gets as much as each other."""


def credit_table(credit: Any) -> pl.DataFrame:
    """Return the table of a credit object, or the table given.

    Raises
    ------
    SchemaError
        If a column is missing.
    """
    table = credit.frame if hasattr(credit, "frame") else to_polars(credit)
    missing = [name for name in ("model", "touch", "conversions") if name not in table.columns]
    if missing:
        message = f"Credit must have the columns model, touch and conversions. Missing: {missing}."
        raise SchemaError(message, hint="Give what wanamaker.attribute returned.")
    return table


def weights_by_model(
    table: pl.DataFrame, names: tuple[str, ...], spent: Ints, allocation: str
) -> Mapping[str, Floats]:
    """Return what each channel's money is in proportion to, by model, the references last.

    Parameters
    ----------
    table
        Credit, of one goal; rows in parentheses, which nobody can buy, count for nothing, and credit below
        zero counts as none.
    names
        The channels of the journeys.
    spent
        What each channel cost, of shape (channels, replicates), the log itself first. A channel that cost
        nothing needs no money.
    allocation
        ``"roi"``: weights are credited return over cost. ``"credit"``: the credit itself.

    Returns
    -------
    dict
        Model to weights of shape (channels, replicates). In a replicate where no credited channel costs
        money they are all 0.

    Raises
    ------
    DataError
        If the credit names a channel that the journeys do not have, or a model credits no channel that
        costs money.
    """
    costly = spent > 0
    found: dict[str, Floats] = {}
    for model in table["model"].unique(maintain_order=True):
        credited = _credited(table.filter(pl.col("model") == model), names)
        weights = np.where(costly, credited[:, None], 0.0)
        if allocation == "roi":
            weights = np.divide(weights, spent, out=np.zeros_like(weights), where=costly)
        if not weights[:, 0].sum() > 0:
            message = f"{model!r} gives no credit to any channel that costs money."
            raise DataError(message, hint="Leave the model out of the replay.")
        found[str(model)] = weights
    found[AS_SPENT] = spent.astype(np.float64)
    found[EVENLY] = costly.astype(np.float64)
    return found


def purses(weights: Floats, spent: Ints, money: Ints | int, *, capped: bool) -> Ints:
    """Split money over channels in proportion to their weights, in whole units.

    Parameters
    ----------
    weights
        Of shape (channels,) or (channels, replicates), none below 0.
    spent
        What each channel cost, of the same shape.
    money
        What there is to be split, one number or one per replicate.
    capped
        No channel is given more than it cost; what it would have been given beyond goes to the others by
        their weights, and in the end to channels without weight, in proportion to their cost.

    Returns
    -------
    array
        Of the shape of the weights, together at most ``money``.

    Examples
    --------
    >>> purses(np.array([3.0, 1.0]), np.array([30, 100]), 80, capped=True).tolist()
    [30, 50]
    """
    if not capped:
        return _within(np.floor(_shares(weights) * money).astype(np.int64), money)
    given = np.zeros_like(spent)
    for told in (weights, np.where(weights > 0, 0, spent).astype(np.float64)):
        given = _filled(given, told, spent, money)
    return np.where(money >= spent.sum(axis=0), spent, _within(given, money))


def _filled(given: Ints, weights: Floats, spent: Ints, money: Ints | int) -> Ints:
    """Give what is left of the money to channels with a weight, none of them more than it cost."""
    unmet = weights > 0
    while unmet.any():
        left = money - given.sum(axis=0)
        wanted = np.floor(_shares(np.where(unmet, weights, 0.0)) * left).astype(np.int64)
        full = unmet & (wanted >= spent)
        go_on = full.any(axis=0)
        given = np.where(full, spent, given + np.where(go_on, 0, wanted))
        unmet &= ~full & go_on
    return given


def _shares(weights: Floats) -> Floats:
    """Return weights over their sum, which is taken in the same order for any number of replicates."""
    total = weights.cumsum(axis=0)[-1]
    return weights / np.where(total > 0, total, 1.0)


def _within(given: Ints, money: Ints | int) -> Ints:
    """Take back what rounding gave beyond the money."""
    most = np.expand_dims(given.argmax(axis=0), 0)
    beyond = np.maximum(0, given.sum(axis=0) - money)
    kept = given.copy()
    np.put_along_axis(kept, most, np.take_along_axis(given, most, 0) - beyond, 0)
    return kept


def _credited(part: pl.DataFrame, names: tuple[str, ...]) -> Floats:
    """Return the credit of each channel: its value where the log has values, else its conversions."""
    special = pl.col("touch").str.starts_with("(") & pl.col("touch").str.ends_with(")")
    rows = part.filter(~special | pl.col("touch").is_in(list(names)))
    unknown = [touch for touch in rows["touch"] if touch not in names]
    if unknown:
        message = f"The credit names the touch {unknown[0]!r}, which the journeys do not have."
        raise DataError(message, hint="Give credit of the same log, and journeys of it.")
    valued = "value" in rows.columns and rows["value"].null_count() < len(rows)
    column = "value" if valued else "conversions"
    held = dict(rows.group_by("touch").agg(pl.col(column).sum()).iter_rows())
    return np.array([max(float(held.get(name) or 0.0), 0.0) for name in names])
