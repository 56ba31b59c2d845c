"""A fitted search-term model: from tables to expected conversions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.base.ragged import sums_by
from wanamaker.features.terms.known import report_day
from wanamaker.models.search_terms.settings import READ_WORDS
from wanamaker.models.search_terms.tables import refuse_wrong_order

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from wanamaker.features.terms.days import TermDays
    from wanamaker.models.search_terms.examples import Examples
    from wanamaker.models.search_terms.predictors.predictor import Predictor
    from wanamaker.models.search_terms.reader import Reader
    from wanamaker.models.search_terms.tables import Tables

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Asked:
    """Rows that are asked about.

    Parameters
    ----------
    days
        One row per term and day.
    rows
        As predictors read them.
    """

    days: TermDays
    rows: Examples


@dataclass(frozen=True, eq=False)
class Fitted:
    """What a search-term model has learned.

    Parameters
    ----------
    tables
        Which column is what.
    reader
        Vocabulary and scales.
    predictors
        By name.
    winner
        The name of the one that `SearchTermModel.predict` asks.
    typical
        Rows of training, for what is typical.
    worded
        The best on validation of the predictors that read words.
    """

    tables: Tables
    reader: Reader
    predictors: dict[str, Predictor]
    winner: str
    typical: Examples
    worded: str

    @property
    def chosen(self) -> Predictor:
        """The predictor that is asked."""
        return self.predictors[self.winner]

    @property
    def reads_words(self) -> Predictor:
        """The predictor that tells what words do: the one that is asked if it reads them."""
        return self.predictors[self.winner if self.winner in READ_WORDS else self.worded]

    def asked(self, frame: Any, history: Any, as_of: date | int | None = None) -> Asked:
        """Return rows of a table and a history as predictors read them.

        Raises
        ------
        SchemaError
            If the columns are not those of training.
        DataError
            If a value cannot be used, or the history begins after the rows.
        """
        table = self.tables.frame(frame)
        days = self.tables.asked(table)
        past = self.history(history)
        refuse_wrong_order(days, past)
        return Asked(days, self.reader.read(days, past, as_of, labelled=False))

    def labelled(self, frame: Any, history: Any, as_of: date | int | None = None) -> Examples:
        """Return rows with their conversions as labels.

        Raises
        ------
        SchemaError, DataError
            As `asked` does, or if conversions are missing.
        """
        table = self.tables.frame(frame)
        days = self.tables.labelled(table, "the rows")
        past = self.history(history)
        when = max(report_day(part, as_of) for part in (days, past))
        return self.reader.read(days, past, when, labelled=True)

    def history(self, history: Any) -> TermDays:
        """Return a history, or a log without rows."""
        if history is None:
            return self.tables.nothing()
        table = self.tables.frame(history)
        return self.tables.labelled(table, "the history")


def spread(expected: Floats, asked: Asked) -> Floats:
    """Return the expectation of each row of the table: rows of one term and day share theirs equally."""
    counts = sums_by(asked.days.rows, np.ones(len(asked.days.rows)), len(asked.days))
    return (expected / np.maximum(counts, 1.0))[asked.days.rows]
