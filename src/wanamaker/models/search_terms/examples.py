"""What a search-term model learns from and is asked about: one row per term and day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix

from wanamaker.base.ragged import row_numbers, take_rows
from wanamaker.nn.sequences import FIRST_KNOWN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Singles = NDArray[np.float32]
    Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Texts:
    """Different terms as the codes of their words.

    Parameters
    ----------
    offsets
        Where each term starts among the words, of shape (terms + 1,).
    codes
        Words: 1 for one that training did not have often enough, 2 and up for the others; of shape (words,).
    size
        How many codes there are, those of padding and the unknown among them.
    vectors
        A given vector of each term and a last number that says whether there was one, of shape
        (terms, numbers), or None.
    """

    offsets: NDArray[np.int64]
    codes: NDArray[np.int32]
    size: int
    vectors: Singles | None = None

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @cached_property
    def present(self) -> csr_matrix:
        """Which known words each term has, 0 or 1, of shape (terms, known words)."""
        rows, known = row_numbers(self.offsets), self.codes >= FIRST_KNOWN
        cells = np.unique(rows[known] * self.size + self.codes[known] - FIRST_KNOWN)
        found = (np.ones(len(cells), dtype=np.float32), (cells // self.size, cells % self.size))
        return csr_matrix(found, shape=(len(self), max(self.size - FIRST_KNOWN, 1)))

    def padded(self) -> NDArray[np.int32]:
        """Return the codes side by side, of shape (terms + 1, longest): an empty row, then one per term."""
        lengths = np.diff(self.offsets)
        table = np.zeros((len(self) + 1, max(int(lengths.max(initial=0)), 1)), dtype=np.int32)
        rows = row_numbers(self.offsets)
        table[rows + 1, np.arange(len(rows)) - self.offsets[rows]] = self.codes
        return table

    def take(self, terms: NDArray[np.integer]) -> Texts:
        """Return some of the terms."""
        offsets, places = take_rows(self.offsets, np.asarray(terms, dtype=np.int64))
        vectors = None if self.vectors is None else self.vectors[terms]
        return replace(self, offsets=offsets, codes=self.codes[places], vectors=vectors)


@dataclass(frozen=True, eq=False, kw_only=True)
class Past:
    """The past days of each row, oldest first.

    Parameters
    ----------
    offsets
        Where each row starts among the days, of shape (rows + 1,).
    numbers
        What is read of each day, of shape (days, numbers); ``names`` says of what.
    ages
        Days from it to the row, of shape (days,).
    """

    offsets: NDArray[np.int64]
    numbers: Singles
    ages: Singles
    names: tuple[str, ...]

    def take(self, rows: Rows) -> Past:
        """Return the past of some of the rows."""
        offsets, places = take_rows(self.offsets, rows)
        return replace(self, offsets=offsets, numbers=self.numbers[places], ages=self.ages[places])


@dataclass(frozen=True, eq=False, kw_only=True)
class Sums:
    """What was known of each row's term, campaign and of everything, the day before.

    Parameters
    ----------
    conversions, exposure
        As far as known and matured, of shape (rows, 3): of the term, of its campaign (or zeros), of all.
    week
        Conversions of the term in the last 7 days, of shape (rows,).
    """

    conversions: Floats
    exposure: Floats
    week: Floats

    def take(self, rows: Rows) -> Sums:
        """Return those of some of the rows."""
        return Sums(conversions=self.conversions[rows], exposure=self.exposure[rows], week=self.week[rows])


@dataclass(frozen=True, eq=False, kw_only=True)
class Examples:
    """Rows as predictors read them.

    Parameters
    ----------
    texts
        Different terms.
    terms
        Which of them each row has, of shape (rows,).
    numbers
        What is known of each row, of shape (rows, numbers), NaN where something is not; ``names`` says what.
    past
        The term's own days before the row.
    sums
        What was known the day before, in sums.
    exposure
        What the rate is multiplied with: clicks or impressions, known or expected; above 0.
    labels
        Conversions as reported; None where nothing is asked of them.
    shares
        Which share of a row's conversions is reported in its label, of shape (rows,).
    weights
        What each row counts for.
    """

    texts: Texts
    terms: NDArray[np.int32]
    numbers: Singles
    names: tuple[str, ...]
    past: Past
    sums: Sums
    exposure: Floats
    labels: Floats | None = None
    shares: Floats
    weights: Floats

    def __len__(self) -> int:
        return len(self.terms)

    @property
    def known_labels(self) -> Floats:
        """The labels.

        Raises
        ------
        ValueError
            If there are none.
        """
        if self.labels is None:
            message = "examples without labels cannot be learned from"
            raise ValueError(message)
        return self.labels

    @property
    def counted(self) -> Floats:
        """Exposure as far as its conversions are reported: what labels are in proportion to."""
        return self.exposure * self.shares

    @property
    def rate(self) -> float:
        """Conversions per exposure over all rows."""
        return float(self.known_labels @ self.weights) / float(self.counted @ self.weights)

    def take(self, rows: NDArray[np.integer] | NDArray[np.bool_]) -> Examples:
        """Return some of the rows, by place or by flag; the table of terms stays whole."""
        at = np.flatnonzero(rows) if rows.dtype == np.bool_ else np.asarray(rows, dtype=np.int64)
        return replace(
            self,
            terms=self.terms[at],
            numbers=self.numbers[at],
            past=self.past.take(at),
            sums=self.sums.take(at),
            exposure=self.exposure[at],
            labels=None if self.labels is None else self.labels[at],
            shares=self.shares[at],
            weights=self.weights[at],
        )
