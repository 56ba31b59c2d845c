"""Whether what was planted in a simulated log has been found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FEWEST = 3
_PLAIN = 3.0
"""Usual conversions of which there are none by chance in one of twenty terms."""


def found_effects(
    truth: pl.DataFrame, found: pl.DataFrame, *, kind: str, clicks: float, column: str = "effect"
) -> dict[str, Any]:
    """Return how well the effects of words, or of pairs, are put in order.

    Parameters
    ----------
    truth
        Of a simulated log: ``kind``, ``name``, ``effect``, ``lift``, ``clicks``.
    found
        A first column of names, and ``column`` with effects as factors.
    kind
        ``"word"`` or ``"bigram"``.
    clicks
        Words with fewer of them in the log have no support, and are left out.

    Returns
    -------
    dict
        ``rank_correlation`` (Spearman's, of the ``lift`` that a counterfactual recovers), the same with
        ``effect``, ``words`` (how many have support) and ``rows``: ``name``, ``clicks``, ``planted``,
        ``found`` as logarithms.
    """
    name = found.columns[0]
    planted = truth.filter((pl.col("kind") == kind) & (pl.col("clicks") >= clicks))
    planted = planted.filter(pl.col("lift").is_finite())
    held = planted.join(found.rename({name: "name"}).select("name", found=column), on="name", how="inner")
    held = held.filter(pl.col("found") > 0).with_columns(pl.col("found").log())
    told = {"kind": kind, "words": len(held), "planted": len(planted), "clicks": clicks}
    rows = held.select("name", "clicks", pl.col("lift").alias("planted"), "found").sort(
        "clicks", descending=True
    )
    if len(held) < _FEWEST:
        return {**told, "rank_correlation": None, "rank_correlation_effect": None, "rows": rows.to_dicts()}
    return {
        **told,
        "rank_correlation": _spearman(held["lift"], held["found"]),
        "rank_correlation_effect": _spearman(held["effect"], held["found"]),
        "rows": rows.to_dicts(),
    }


def found_waste(truth: pl.DataFrame, listed: pl.Series, limit: float) -> dict[str, Any]:
    """Return how much of the money that planted useless terms cost is in a list of terms to stop.

    Parameters
    ----------
    truth
        Of a simulated log: ``kind``, ``name``, ``clicks``, ``cost``, ``conversions`` (expected), ``useless``,
        ``hidden``. Terms that the report does not show cannot be found, and are left out.
    listed
        The terms in the list.
    limit
        Conversions per unit of cost below which a term belongs into the list.

    Returns
    -------
    dict
        ``recall`` by terms and ``spend_recall`` by cost of those that never convert; ``precision`` and
        ``spend_precision``: which share of the list truly lies below the limit; ``dear_recall``: which share
        of the cost of all terms below it is in the list; ``plain_recall`` by cost of those that never convert
        and had so many clicks that three conversions were usual; the counts and costs behind them. None where
        there is nothing to divide by.
    """
    terms = truth.filter((pl.col("kind") == "term") & ~pl.col("hidden") & (pl.col("cost") > 0))
    useless = terms["useless"].to_numpy()
    inside = terms["name"].is_in(listed.implode()).to_numpy()
    cost = terms["cost"].to_numpy()
    both, dear = useless & inside, terms["conversions"].to_numpy() < limit * cost
    usual = float(terms["conversions"].sum()) / max(float(terms["clicks"].sum()), 1e-12)
    plain = useless & (terms["clicks"].to_numpy() * usual >= _PLAIN)
    return {
        "useless": int(useless.sum()),
        "listed": int(inside.sum()),
        "right": int(both.sum()),
        "useless_cost": float(cost[useless].sum()),
        "listed_cost": float(cost[inside].sum()),
        "right_cost": float(cost[both].sum()),
        "dear": int((dear & inside).sum()),
        "dear_cost": float(cost[dear & inside].sum()),
        "precision": _share(dear & inside, inside),
        "recall": _share(both, useless),
        "spend_precision": _share(dear & inside, inside, cost),
        "spend_recall": _share(both, useless, cost),
        "dear_recall": _share(dear & inside, dear, cost),
        "plain_cost": float(cost[plain].sum()),
        "plain_recall": _share(plain & inside, plain, cost),
    }


def _share(
    part: NDArray[np.bool_], whole: NDArray[np.bool_], weights: NDArray[np.float64] | None = None
) -> float | None:
    counted = np.ones(len(part)) if weights is None else weights
    below = float(counted[whole].sum())
    return None if below <= 0 else float(counted[part].sum()) / below


def _spearman(first: pl.Series, second: pl.Series) -> float | None:
    found = pl.DataFrame({"a": first, "b": second}).select(pl.corr("a", "b", method="spearman")).item()
    return float(found) if found is not None and np.isfinite(found) else None
