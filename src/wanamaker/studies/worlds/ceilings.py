"""The area under the curve of a true probability, from counts by its level."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def level_of(column: str) -> pl.Expr:
    """Return the level of a probability: 1,000 for each power of ten, so that few are left to count."""
    return pl.col(column).cast(pl.Float64).log10().mul(1000).round().alias("level")


def ceiling(levels: pl.DataFrame, won: str, seen: str) -> float | None:
    """Return the area under the curve, None where all or none of the rows won.

    Parameters
    ----------
    levels
        One row per level, with the column ``level``.
    won, seen
        Columns with the positive rows and all rows of each level.

    Examples
    --------
    >>> ceiling(pl.DataFrame({"level": [-1, 0], "won": [1, 2], "seen": [3, 3]}), "won", "seen")
    0.6666666666666666
    """
    table = levels.sort("level")
    positive: NDArray[np.float64] = table[won].to_numpy().astype(float)
    negative = table[seen].to_numpy() - positive
    if not positive.sum() or not negative.sum():
        return None
    below = negative.cumsum() - negative / 2
    return float((positive * below).sum() / (positive.sum() * negative.sum()))
