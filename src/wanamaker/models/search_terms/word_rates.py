"""What words tell of the rates of terms, each with the others taken into account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix

from wanamaker.models.search_terms.design import Design

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.models.search_terms.log_sums import LogSums

    Floats = NDArray[np.float64]

_SPREAD = 0.5
"""Of log factors of words: most change a rate by less than a factor of e."""


@dataclass(frozen=True, eq=False)
class WordRates:
    """A Poisson regression of the log's conversions on the words of its terms, and nothing else.

    Smoothed averages of a word also tell of the words that stand beside it, and the past of a term tells what
    its words do; here each word has the factor that is left when the others have theirs.

    Parameters
    ----------
    factors
        Of each word of the log, of shape (words,); NaN where its terms had no exposure.
    rates
        Of each term by its words alone, of shape (terms,).
    """

    factors: Floats
    rates: Floats

    @classmethod
    def of(cls, sums: LogSums) -> WordRates:
        """Return what the words of a log tell."""
        words = sums.words.distinct()
        shape = (len(words), max(len(words.names), 1))
        matrix = csr_matrix((np.ones(len(words.codes)), words.codes, words.offsets), shape=shape)
        shown = np.flatnonzero(sums.exposure > 0)
        if not len(shown):
            return cls(np.full(len(words.names), np.nan), np.full(len(words), sums.rate))
        design = Design(
            numbers=np.zeros((len(shown), 0), dtype=np.float32),
            words=matrix[shown],
            terms=np.arange(len(shown), dtype=np.int32),
            labels=sums.conversions[shown] / sums.dispersion,
            logs=np.log(sums.exposure[shown] / sums.dispersion),
            weights=np.ones(len(shown)),
        )
        found = design.fitted(_SPREAD)
        seen = np.asarray(matrix[shown].sum(0)).ravel() > 0
        factors = np.where(seen, np.exp(found[1:]), np.nan)[: len(words.names)]
        return cls(factors, np.exp(found[0] + matrix @ found[1:]))
