"""Terms that training never sees: drawn by a hash of the term, so that no order and no file decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wanamaker.events.codes import mixed, stable_hashes

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray


def term_folds(terms: pl.Series, folds: int, seed: int = 0) -> NDArray[np.int64]:
    """Return the fold of each term, from 0 on; a term is in the same fold wherever it stands.

    Parameters
    ----------
    terms
        One per row.
    folds
        How many there are, of about as many terms each.
    seed
        Another seed gives other folds.

    Examples
    --------
    >>> import polars as pl
    >>> term_folds(pl.Series(["red shoes", "hat", "red shoes"]), 4).tolist()
    [3, 1, 3]
    """
    keys = term_keys(terms) ^ mixed(np.array([seed], dtype=np.uint64))
    return np.asarray(mixed(keys) % np.uint64(folds), dtype=np.int64)


def term_keys(terms: pl.Series) -> NDArray[np.uint64]:
    """Return a number for each term by which a bootstrap draws it, of shape (rows,)."""
    return stable_hashes(terms)
