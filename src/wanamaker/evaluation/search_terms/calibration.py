"""Whether expectations are of the right size, from the smallest to the largest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.evaluation.search_terms.sums import Terms, figure, ratio

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_FEWEST_TERMS = 5


def calibration_bins(
    observed: Floats, expected: Floats, terms: Terms, bins: int = 10
) -> list[dict[str, Any]]:
    """Return what was expected and what happened, in bins of rows with expectations of about one size.

    Bins hold equal shares of all expected conversions, not of rows: most rows expect next to nothing, and
    a tenth of them would hold no conversion at all.

    Parameters
    ----------
    observed, expected
        Of each row, of shape (rows,).
    terms
        The term of each row, drawn again together.
    bins
        How many; fewer where single rows hold more than a bin's share.

    Returns
    -------
    list of dict
        ``bin``, ``rows``, ``expected`` and ``observed`` (sums), ``mean`` and ``rate`` (per row), and
        ``ratio``: observed per expected, with its interval if five terms or more are in the bin.
    """
    order = np.argsort(expected, kind="stable")
    held = np.cumsum(expected[order])
    if not len(held) or held[-1] <= 0:
        return []
    places = np.minimum((held - expected[order] / 2.0) / held[-1] * bins, bins - 1).astype(np.int64)
    found: list[dict[str, Any]] = []
    for number in np.unique(places):
        rows = np.zeros(len(order), dtype=np.bool_)
        rows[order[places == number]] = True
        told, seen = expected[rows], observed[rows]
        sums = terms.take(rows).sums(np.column_stack([seen, told]))
        found.append(
            {
                "bin": len(found) + 1,
                "rows": int(rows.sum()),
                "expected": float(told.sum()),
                "observed": float(seen.sum()),
                "mean": float(told.mean()),
                "rate": float(seen.mean()),
                "ratio": figure(_sure(ratio(sums[0], sums[1]), terms.keys[rows])),
            }
        )
    return found


def _sure(draws: Floats, keys: NDArray[np.uint64]) -> Floats:
    """Return replicates, or the value alone where so few terms are drawn that they say nothing."""
    return draws if len(np.unique(keys)) >= _FEWEST_TERMS else draws[:1]
