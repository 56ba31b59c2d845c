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
        What each channel cost in the log, of shape (channels,). A channel that cost nothing needs no money.
    allocation
        ``"roi"``: weights are credited return over cost. ``"credit"``: the credit itself.

    Raises
    ------
    DataError
        If the credit names a channel that the journeys do not have, or a model credits no channel that
        costs money.
    """
    costly = spent > 0
    found: dict[str, Floats] = {}
    for model in table["model"].unique(maintain_order=True):
        weights = np.where(costly, _credited(table.filter(pl.col("model") == model), names), 0.0)
        if allocation == "roi":
            weights = np.divide(weights, spent, out=np.zeros_like(weights), where=costly)
        if not weights.sum() > 0:
            message = f"{model!r} gives no credit to any channel that costs money."
            raise DataError(message, hint="Leave the model out of the replay.")
        found[str(model)] = weights
    found[AS_SPENT] = spent.astype(np.float64)
    found[EVENLY] = costly.astype(np.float64)
    return found


def purses(weights: Floats, spent: Ints, money: int, *, capped: bool) -> Ints:
    """Split money over channels in proportion to their weights, in whole units.

    Parameters
    ----------
    weights
        Of shape (channels,), none below 0.
    spent
        What each channel cost in the log, of shape (channels,).
    money
        What there is to be split.
    capped
        No channel is given more than it cost; what it would have been given beyond goes to the others by
        their weights, and in the end to channels without weight, in proportion to their cost.

    Returns
    -------
    array
        Of shape (channels,), together at most ``money``.

    Examples
    --------
    >>> purses(np.array([3.0, 1.0]), np.array([30, 100]), 80, capped=True).tolist()
    [30, 50]
    """
    if not capped:
        return _within(np.floor(weights / weights.sum() * money).astype(np.int64), money)
    if money >= spent.sum():
        return spent.copy()
    given = np.zeros_like(spent)
    for told in (weights, np.where(weights > 0, 0, spent).astype(np.float64)):
        given = _filled(given, told, spent, money)
    return _within(given, money)


def _filled(given: Ints, weights: Floats, spent: Ints, money: int) -> Ints:
    """Give what is left of the money to channels with a weight, none of them more than it cost."""
    given, unmet = given.copy(), weights > 0
    while unmet.any():
        left = money - int(given.sum())
        share = np.where(unmet, weights, 0.0)
        wanted = np.floor(share / share.sum() * left).astype(np.int64)
        full = unmet & (wanted >= spent)
        if not full.any():
            given += wanted
            break
        given[full] = spent[full]
        unmet &= ~full
    return given


def _within(given: Ints, money: int) -> Ints:
    """Take back what rounding gave beyond the money."""
    given[np.argmax(given)] -= max(0, int(given.sum()) - money)
    return given


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
