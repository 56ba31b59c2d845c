"""Terms that training never sees: drawn by a hash of the term, so that no order and no file decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.events.codes import mixed, stable_hashes
from wanamaker.features.terms.tokens import split_words

if TYPE_CHECKING:
    from numpy.typing import NDArray


def term_folds(terms: pl.Series, folds: int, seed: int = 0) -> NDArray[np.int64]:
    """Return the fold of each term, from 0 on; a term is in the same fold wherever it stands.

    Terms of the same words in the same order are in one fold however they are written: else "Red Shoes" would
    be new to a model that knows "red shoes".

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
    keys = term_keys(_spelt_alike(terms)) ^ mixed(np.array([seed], dtype=np.uint64))
    return np.asarray(mixed(keys) % np.uint64(folds), dtype=np.int64)


def _spelt_alike(terms: pl.Series) -> pl.Series:
    """Return each term as its words with spaces between them; as it is where it has none."""
    unique = terms.unique()
    words = [" ".join(held) for held in split_words(unique).to_list()]
    alike = [joined or term for joined, term in zip(words, unique, strict=True)]
    return terms.replace_strict(unique, pl.Series(alike, dtype=pl.String))


def term_keys(terms: pl.Series) -> NDArray[np.uint64]:
    """Return a number for each term by which a bootstrap draws it, of shape (rows,)."""
    return stable_hashes(terms)
