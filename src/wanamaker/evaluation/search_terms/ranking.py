"""Whether money would go where it brings most: term days ranked by expected conversions for their cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.evaluation.search_terms.sums import figure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.evaluation.search_terms.sums import Terms

    Floats = NDArray[np.float64]

_POINTS = 50


def ranked_days(observed: Floats, expected: Floats, cost: Floats, terms: Terms) -> dict[str, Any]:
    """Return how many conversions the term days hold that money would be kept for first.

    Rows are put in the order of expected conversions per cost, the best first; of equals, none comes first.
    The curve says which share of the conversions the first rows hold, for which share of the cost. ``gini``
    is twice the area between it and the diagonal: 0 for an order that knows nothing, and below 1 even for
    one that knows all, since days that convert cost money too. Rows are not added up by term: the sum of a
    term's expectations over several days would know what happened on the first of them.

    Parameters
    ----------
    observed, expected, cost
        Of each row, of shape (rows,); rows without cost are left out.
    terms
        The term of each row, drawn again together.

    Returns
    -------
    dict
        ``gini`` with its interval, ``best`` (that of an order by what happened) and ``curve``: ``cost`` and
        ``conversions`` as shares.
    """
    spent = cost > 0
    seen, told, paid = observed[spent], expected[spent], cost[spent]
    if not len(seen) or not seen.sum():
        nothing = {"value": None, "low": None, "high": None}
        return {"gini": nothing, "best": None, "curve": []}
    keys, places = np.unique(terms.keys[spent], return_inverse=True)
    drawn = terms.resampling.weights(keys, np.ones(len(keys)))
    order, ends = _order(told / paid)
    return {
        "gini": figure(np.array([_gini(seen, paid, order, ends, of[places]) for of in drawn.T])),
        "best": _gini(seen, paid, *_order(seen / paid), np.ones(len(seen))),
        "curve": _curve(seen[order], paid[order], ends),
    }


def _order(scores: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return rows by falling score, and the last place of each group of equals."""
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order]
    ends = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))
    return order, ends


def _gini(
    seen: Floats, paid: Floats, order: NDArray[np.int64], ends: NDArray[np.int64], weights: Floats
) -> float:
    """Return the Gini coefficient of rows in an order, NaN where nothing is drawn."""
    gained = np.cumsum((seen * weights)[order])[ends]
    spent = np.cumsum((paid * weights)[order])[ends]
    if not gained[-1] or not spent[-1]:
        return float("nan")
    heights = np.concatenate([[0.0], gained / gained[-1]])
    widths = np.concatenate([[0.0], spent / spent[-1]])
    return float(((heights[1:] + heights[:-1]) * np.diff(widths)).sum() - 1.0)


def _curve(seen: Floats, paid: Floats, ends: NDArray[np.int64]) -> list[dict[str, float]]:
    shares = np.linspace(0.0, 1.0, _POINTS + 1)
    widths = np.concatenate([[0.0], np.cumsum(paid)[ends] / paid.sum()])
    heights = np.concatenate([[0.0], np.cumsum(seen)[ends] / seen.sum()])
    found = np.interp(shares, widths, heights)
    return [
        {"cost": float(share), "conversions": float(held)} for share, held in zip(shares, found, strict=True)
    ]
