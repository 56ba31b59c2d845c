"""All predictors side by side: over rolling origins, and for terms that training never saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.evaluation.search_terms.counts import count_metrics, deviance_difference, deviances
from wanamaker.evaluation.search_terms.ranking import ranked_days

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from wanamaker.evaluation.search_terms.sums import Terms

    Floats = NDArray[np.float64]

BASELINES = ("glm", "trees", "rate", "last_week")
"""What the network is measured against."""

NETWORK = "network"


def compared(
    observed: Floats,
    expected: Mapping[str, Floats],
    blind: Floats,
    cost: Floats | None,
    terms: Terms,
) -> list[dict[str, Any]]:
    """Return one row per predictor: its metrics, and how it stands against the best baseline.

    Parameters
    ----------
    observed
        What was reported, of shape (rows,).
    expected
        Name of a predictor to what of it it expects.
    blind
        What a rate that knows no terms expects.
    cost
        Of each row, or None.
    terms
        The term of each row.

    Returns
    -------
    list of dict
        ``name``, the metrics of `count_metrics`, ``gini`` where there is a cost, and ``against``: the best
        baseline (of those that are not the predictor itself, the one with the lowest deviance on these very
        rows, which flatters it), with the ``difference`` of mean deviances, below 0 where the predictor is
        better.
    """
    rows = []
    for name, means in expected.items():
        row: dict[str, Any] = {"name": name, **count_metrics(observed, means, blind, terms)}
        if cost is not None:
            row["gini"] = ranked_days(observed, means, cost, terms)["gini"]
        rows.append(row)
    for row in rows:
        others = [one for one in rows if one["name"] in BASELINES and one["name"] != row["name"]]
        if not others:
            continue
        best = min(others, key=lambda one: one["poisson_deviance"]["value"])["name"]
        row["against"] = best
        row["difference"] = deviance_difference(observed, expected[row["name"]], expected[best], terms)
    return rows


def by_origin(
    parts: Sequence[tuple[str, Floats, Mapping[str, Floats], Floats]],
) -> list[dict[str, Any]]:
    """Return the explained share of each predictor at each origin, without intervals.

    Parameters
    ----------
    parts
        For each origin its name, what was reported, what each predictor expected, and what a blind rate did.
    """
    rows = []
    for origin, observed, expected, blind in parts:
        before = float(deviances(observed, blind).sum())
        for name, means in expected.items():
            lost = deviances(observed, means)
            explained = None if before <= 0 else 1.0 - float(lost.sum()) / before
            rows.append(
                {
                    "origin": origin,
                    "name": name,
                    "rows": len(observed),
                    "observed": float(observed.sum()),
                    "poisson_deviance": float(np.mean(lost)),
                    "explained": explained,
                }
            )
    return rows
