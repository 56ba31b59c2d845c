"""Tables as a search-term model reads them: which column is what, one row per term and day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError, SchemaError
from wanamaker.events.reading import read_table
from wanamaker.features.terms.days import MEASURES, TermDays, day_text, term_days, together
from wanamaker.features.terms.entities import matched
from wanamaker.features.terms.reading import days_of
from wanamaker.models.columns import Columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.models.search_terms.search_term_model import SearchTermModel

_LABEL = "conversions"


@dataclass(frozen=True, eq=False)
class Tables:
    """The columns of a log by their role, as training had them.

    Parameters
    ----------
    roles
        Out of ``term``, ``date``, ``campaign`` and the measures to the column's name.
    columns
        What every table, and what history, has to have.
    """

    roles: dict[str, str]
    columns: Columns

    @classmethod
    def of(cls, model: SearchTermModel, train: pl.DataFrame) -> Tables:
        """Return the roles that the training rows can fill.

        Raises
        ------
        SchemaError
            If a column that is needed is missing, or there are neither clicks nor impressions.
        """
        named = {
            "term": model.term,
            "date": model.date,
            "campaign": model.campaign,
            "impressions": model.impressions,
            "clicks": model.clicks,
            "cost": model.cost,
            _LABEL: model.label,
        }
        needed = {model.term, model.date, model.label, *model.known_ahead} | (
            {model.campaign} if model.campaign else set()
        )
        if not {model.clicks, model.impressions} & set(train.columns):
            message = "The training rows must have clicks or impressions, which conversions are counted by. "
            message += f"Got clicks={model.clicks!r}, impressions={model.impressions!r}, and neither column."
            raise SchemaError(message, hint="Write clicks='…' with the name of the column.")
        roles = {
            role: name for role, name in named.items() if name and (name in train.columns or name in needed)
        }
        ahead = [name for name in roles.values() if name in model.known_ahead]
        read = [roles["term"], roles["date"], *([roles["campaign"]] if "campaign" in roles else []), *ahead]
        later = [roles[name] for name in MEASURES if name in roles and roles[name] not in ahead]
        return cls(roles, Columns.of(train, read, later))

    @property
    def measures(self) -> tuple[str, ...]:
        """What is counted of a term on a day."""
        return tuple(name for name in MEASURES if name in self.roles)

    def frame(self, table: Any) -> pl.DataFrame:
        """Return a table of any kind, or at a path, with days as dates; see `read`."""
        return read(table, self.roles["term"], self.roles["date"])

    def labelled(self, table: pl.DataFrame, where: str) -> TermDays:
        """Return rows with all measures, summed by term and day.

        Raises
        ------
        SchemaError
            If the columns are not those of training.
        DataError
            If a value cannot be used.
        """
        self.columns.require(table, where, labelled=True)
        return self._days(table, self.measures, required=True)

    def asked(self, table: pl.DataFrame) -> TermDays:
        """Return rows that ask for predictions: their conversions are not read, nor need be there.

        Raises
        ------
        SchemaError
            If the columns are not those of training.
        DataError
            If a value cannot be used.
        """
        self.columns.require(table, "the rows")
        there = [
            name
            for name in self.measures
            if name != _LABEL and self.roles[name] in table.columns and self._is_told(table, name)
        ]
        return self._days(table, there)

    def nothing(self) -> TermDays:
        """Return a log without rows."""
        return self._days(self.columns.empty(), self.measures)

    def _is_told(self, table: pl.DataFrame, name: str) -> bool:
        """Whether a measure of the asked rows can be read: those of the day may be missing."""
        return self.roles[name] in self.columns.read or not table[self.roles[name]].null_count()

    def _days(self, table: pl.DataFrame, measures: Any, *, required: bool = False) -> TermDays:
        named = {name: self.roles[name] if name in measures else None for name in MEASURES}
        return term_days(
            table,
            term=self.roles["term"],
            date=self.roles["date"],
            campaign=self.roles.get("campaign"),
            required=tuple(measures) if required else (),
            **named,
        )


def read(table: Any, term: str, date: str) -> pl.DataFrame:
    """Return a table of any kind, or at a path, with days as dates and no row without a term.

    Raises
    ------
    SchemaError
        If the column of days holds something else.
    DataError
        If a term or a day is missing, or a day cannot be read.
    """
    frame = read_table(table, ids=[term]).frame
    without_nulls(frame, term)
    if date not in frame.columns:
        return frame
    return frame.with_columns(pl.Series(date, days_of(frame[date]), dtype=pl.Int32).cast(pl.Date))


def joined(train: TermDays, valid: TermDays) -> tuple[TermDays, NDArray[np.bool_]]:
    """Return all rows, those of training first where a term and day is in both, and which are of training."""
    whole = together(train, valid)
    codes = matched(train.terms, whole.terms)[train.codes].astype(np.int64)
    first, count = int(whole.day.min()), len(whole.terms)
    known = (train.day.astype(np.int64) - first) * count + codes
    keys = (whole.day.astype(np.int64) - first) * count + whole.codes
    return whole, np.isin(keys, known)


def refuse_wrong_order(asked: TermDays, history: TermDays) -> None:
    """Refuse rows that all lie before the history: nothing of it could be read.

    Raises
    ------
    DataError
        That tells the days of both.
    """
    if len(asked) and len(history) and asked.last_day < int(history.day[0]):
        told = f"The rows end on {day_text(asked.last_day)}, the history begins on {day_text(history.day[0])}"
        message = f"The rows that are asked must not all lie before the history. {told}."
        raise DataError(message, hint="Give the days before the rows as history: predict(rows, history).")


def without_nulls(table: pl.DataFrame, term: str) -> None:
    """Refuse rows without a term.

    Raises
    ------
    DataError
        That tells how many there are.
    """
    if term in table.columns and table[term].null_count():
        missing = table[term].is_null()
        row, count = int(missing.arg_true()[0]), int(missing.sum())
        message = f"Column {term!r}, row {row}: there is no term ({count} such rows)."
        hint = (
            "Rows of hidden search terms have none: leave them out, or write a name such as '(hidden)', "
            "which is then read as one more term."
        )
        raise DataError(message, hint=hint)
