"""What would be expected of terms if they had other words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.features.terms.days import TermDays
from wanamaker.models.search_terms.shares import log_rates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from wanamaker.models.search_terms.fitted import Fitted
    from wanamaker.models.search_terms.log_sums import LogSums

    Floats = NDArray[np.float64]

_NEW = "\u2060"
"""Invisible: a term with it has the same words and is another term, which was never seen."""

_AT_ONCE = 200_000


def rates_of_new(
    fitted: Fitted, sums: LogSums, words: Sequence[Sequence[str]], owners: NDArray[np.int64]
) -> Floats:
    """Return the rate that terms of such words would have, had they never been seen before.

    A term's own past tells what its words do, too: it is left out, so that a word's effect is not hidden in
    it. What the log tells of words, campaigns and the account is read as for any new term of the day after.

    Parameters
    ----------
    fitted
        Asked with a predictor that reads words.
    sums
        The log.
    words
        The words of each term that is asked about.
    owners
        The term of the log that each is made from: it has its campaign.
    """
    found = [np.empty(0)]
    for start in range(0, len(words), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        found.append(_rates(fitted, sums, words[part], owners[part]))
    return np.concatenate(found)


def _rates(
    fitted: Fitted, sums: LogSums, words: Sequence[Sequence[str]], owners: NDArray[np.int64]
) -> Floats:
    texts, codes = np.unique([" ".join(one) + _NEW for one in words], return_inverse=True)
    count = len(words)
    asked = TermDays(
        terms=pl.Series("term", texts.tolist(), dtype=pl.String),
        codes=codes.astype(np.int32),
        day=np.full(count, sums.days.last_day + 1, dtype=np.int32),
        measures={name: np.full(count, float(of.mean())) for name, of in sums.days.measures.items()},
        campaigns=sums.days.campaigns,
        campaign=None if sums.campaign is None else sums.campaign[owners],
        rows=np.arange(count, dtype=np.int64),
    )
    rows = fitted.reader.read(asked, sums.days, sums.as_of, labelled=False)
    return np.exp(log_rates(fitted.reads_words, rows))
