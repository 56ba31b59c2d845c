"""Topics of one pair of columns, fitted anew at the end of every period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.features.categories.columns import Vocabulary
from wanamaker.features.categories.topics import topics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_COUNT, _PERIOD, _AFTER = "__count", "__period", "__after"
_NEVER_FITTED = -1


@dataclass(frozen=True, slots=True, eq=False)
class PairTopics:
    """The topics of a pair's documents, as they were at the end of each period of the training rows.

    Parameters
    ----------
    known
        The documents: values of the first column.
    fitted_after
        The periods, rising; the topics of place i are fitted on the periods up to and with
        ``fitted_after[i]``.
    tables
        Of shape (periods, documents, dims); zeros for documents not seen often enough by then.
    """

    known: Vocabulary
    fitted_after: NDArray[np.int64]
    tables: NDArray[np.float32]

    @classmethod
    def of(
        cls,
        held: pl.DataFrame,
        pair: Sequence[str],
        periods: NDArray[np.int64],
        *,
        method: str,
        dims: int,
        min_count: int,
        seed: int,
    ) -> PairTopics:
        """Fit on canonical columns and the period of each row."""
        counted = (
            held.select(pair)
            .with_columns(pl.Series(_PERIOD, periods))
            .drop_nulls()
            .group_by(*pair, _PERIOD)
            .agg(pl.len().cast(pl.Int64).alias(_COUNT))
            .sort(*pair, _PERIOD)
        )
        documents, words = (Vocabulary.of(counted, [name]) for name in pair)
        ends = np.unique(periods)
        tables = np.zeros((len(ends), len(documents), dims), dtype=np.float32)
        basis: NDArray[np.float64] | None = None
        cells = _Cells(
            documents.codes(counted),
            words.codes(counted),
            counted[_PERIOD].to_numpy(),
            counted[_COUNT].to_numpy(),
        )
        for place, end in enumerate(ends):
            rows, columns, counts = cells.until(int(end), min_count)
            if len(rows) == 0:
                continue
            earlier = None if basis is None else basis[columns]
            tables[place, rows], told = topics(counts, method, dims, seed, earlier)
            basis = np.zeros((len(words), dims))
            basis[columns] = told
        return cls(documents, ends, tables)

    def read(self, held: pl.DataFrame, periods: NDArray[np.int64] | None) -> NDArray[np.float32]:
        """Return each row's topics from the periods before its own, of shape (rows, dims).

        Parameters
        ----------
        held
            Canonical columns.
        periods
            The period of each row; None reads the last fit for every row.
        """
        codes = self.known.codes(held)
        last = len(self.fitted_after) - 1
        if periods is None:
            places = np.full(len(held), last)
        else:
            places = np.searchsorted(self.fitted_after, periods, side="left") - 1
        found = np.zeros((len(held), self.tables.shape[2]), dtype=np.float32)
        there = (codes >= 0) & (places > _NEVER_FITTED)
        found[there] = self.tables[places[there], codes[there]]
        return found

    def table(self, names: Sequence[str]) -> pl.DataFrame:
        """Return what was fitted as one table, without the documents that have zeros."""
        places, rows = np.nonzero(self.tables.any(axis=2))
        values = pl.DataFrame(self.tables[places, rows], schema=list(names))
        after = pl.Series(_AFTER, self.fitted_after[places])
        return pl.DataFrame([after, *self.known.values[rows].get_columns(), *values.get_columns()])

    @classmethod
    def from_table(cls, table: pl.DataFrame, fitted_after: Sequence[int]) -> PairTopics:
        """Return what `table` told of; documents that only had zeros stay out, and have zeros."""
        after, document, *names = table.columns
        ends = np.asarray(fitted_after, dtype=np.int64)
        known = Vocabulary.of(table, [document])
        tables = np.zeros((len(ends), len(known), len(names)), dtype=np.float32)
        places = np.searchsorted(ends, table[after].to_numpy())
        tables[places, known.codes(table)] = table.select(names).to_numpy()
        return cls(known, ends, tables)


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """Documents, words, periods and counts, all of shape (cells,)."""

    documents: NDArray[np.int64]
    words: NDArray[np.int64]
    periods: NDArray[np.int64]
    counts: NDArray[np.int64]

    def until(self, end: int, min_count: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Any]:
        """Return documents, words and their counts up to and with a period, of what was seen by then alone.

        So a later row, or a word that comes up later, changes no bit of an earlier fit.
        """
        from scipy.sparse import csr_array

        past = self.periods <= end
        documents, words, counts = self.documents[past], self.words[past], self.counts[past]
        often = np.bincount(documents, counts) >= min_count if len(documents) else np.zeros(0, dtype=bool)
        kept = often[documents]
        rows, row = np.unique(documents[kept], return_inverse=True)
        columns, column = np.unique(words[kept], return_inverse=True)
        shape = (len(rows), len(columns))
        matrix = csr_array((counts[kept].astype(np.float64), (row, column)), shape=shape)
        matrix.sum_duplicates()
        return rows, columns, matrix
