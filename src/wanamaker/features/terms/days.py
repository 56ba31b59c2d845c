"""Rows of a search-term log as one row per term and day, checked and in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Date  # noqa: N812 (a parameter has the lower-case name)
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError, SchemaError
from wanamaker.base.frames import require_columns, to_polars
from wanamaker.events.columns import as_names
from wanamaker.features.terms.reading import amounts_of, days_of, refuse_nulls
from wanamaker.features.terms.summing import leading_names, sums_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from numpy.typing import NDArray

    Rows = NDArray[np.int64]

MEASURES = ("impressions", "clicks", "cost", "conversions")
"""What is counted of a term on a day, by the names that are used here whatever the columns are called."""

EPOCH = Date(1970, 1, 1)


@dataclass(frozen=True, eq=False, kw_only=True)
class TermDays:
    """What happened to each term on each day: one row per term and day, sorted by day, then term.

    Parameters
    ----------
    terms
        The different terms, sorted, of shape (terms,).
    codes
        The term of each row as its place in ``terms``, of shape (rows,).
    day
        The day of each row, in days since 1970-01-01, of shape (rows,).
    measures
        Sums by name out of `MEASURES`, each of shape (rows,); only those that are there. NaN stands where
        a measure is not known, which only `together` brings about.
    campaigns
        The different campaigns, sorted; None if there is no such column.
    campaign
        The campaign of each row as its place in ``campaigns``, -1 for none, of shape (rows,).
    rows
        For each row of the table that was read its place here, of shape (rows of the table,), so that
        ``predictions[days.rows]`` brings them back into the table's order.
    notes
        What is odd about the data, in words.
    """

    terms: pl.Series
    codes: NDArray[np.int32]
    day: NDArray[np.int32]
    measures: Mapping[str, NDArray[np.float64]]
    campaigns: pl.Series | None
    campaign: NDArray[np.int32] | None
    rows: Rows
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.day)

    @property
    def table(self) -> pl.DataFrame:
        """The rows as a table: date, term, campaign if there is one, and the measures."""
        columns = {"date": self.dates, "term": self.terms.gather(self.codes)}
        if self.campaigns is not None and self.campaign is not None:
            place = pl.Series(self.campaign)
            columns["campaign"] = self.campaigns.gather(place.set(place < 0, None))
        return pl.DataFrame(columns | {name: pl.Series(of) for name, of in self.measures.items()})

    @property
    def dates(self) -> pl.Series:
        """The day of each row as a date."""
        return pl.Series("date", self.day, dtype=pl.Int32).cast(pl.Date)

    @property
    def last_day(self) -> int:
        """The last day, in days since 1970-01-01.

        Raises
        ------
        DataError
            If there are no rows.
        """
        if not len(self):
            message = "At least one row with a term and a date was expected. Got none."
            raise DataError(message, hint="Give the log of some days.")
        return int(self.day[-1])

    def take(self, rows: NDArray[np.integer] | NDArray[np.bool_]) -> TermDays:
        """Return some of the rows, in the order of day and term; ``rows`` are places or a mask.

        The result counts as read from a table of exactly these rows.
        """
        chosen = np.flatnonzero(rows) if rows.dtype == np.bool_ else np.sort(rows)
        return TermDays(
            terms=self.terms,
            codes=self.codes[chosen],
            day=self.day[chosen],
            measures={name: of[chosen] for name, of in self.measures.items()},
            campaigns=self.campaigns,
            campaign=None if self.campaign is None else self.campaign[chosen],
            rows=np.arange(len(chosen), dtype=np.int64),
            notes=self.notes,
        )


def term_days(
    table: Any,
    *,
    term: str = "term",
    date: str = "date",
    impressions: str | None = "impressions",
    clicks: str | None = "clicks",
    cost: str | None = "cost",
    conversions: str | None = "conversions",
    campaign: str | None = None,
    required: Sequence[str] = (),
) -> TermDays:
    """Return the rows of a log summed to one per term and day.

    A report may have several rows of one term and day: of several campaigns, match types, or pages that
    were downloaded one by one. They are one example, and their measures are added.

    Parameters
    ----------
    table
        A table of any kind.
    term, date
        The columns of the terms (trimmed) and of the days: dates, ISO 8601 texts, or datetimes at midnight.
    impressions, clicks, cost, conversions
        The columns of the measures. Those that the table has not, or that are null throughout, are left
        out: rows that ask for a prediction know none of them.
    campaign
        The column of the campaigns. Of several on one day, the one with the most impressions stands (rows,
        if there are no impressions); of equals, the first by name.
    required
        Measures that have to be there.

    Raises
    ------
    SchemaError
        If a required column is missing, or of a type that its role does not allow.
    DataError
        If a term or a date is missing, a date has a time of day, or a measure is negative, null or not
        finite. Names column, row (counted from 0) and value.

    Examples
    --------
    >>> log = pl.DataFrame({"term": ["b", "a", "b"], "date": ["2026-03-02"] * 3, "clicks": [1, 2, 3]})
    >>> days = term_days(log)
    >>> days.table.rows(), days.rows.tolist()
    ([(datetime.date(2026, 3, 2), 'a', 2.0), (datetime.date(2026, 3, 2), 'b', 4.0)], [1, 0, 1])
    """
    frame = to_polars(table)
    named = dict(zip(MEASURES, (impressions, clicks, cost, conversions), strict=True))
    _require(frame, [term, date] + ([] if campaign is None else [campaign]), named, required)
    day = days_of(frame[date])
    terms, codes = _coded(refuse_nulls(as_names(frame[term], "term"), "term", frame[term]))
    found = {name: amounts_of(frame, column, name) for name, column in named.items()}
    measures = {name: of for name, of in found.items() if of is not None}
    campaigns, codes_of = (None, None) if campaign is None else _coded(as_names(frame[campaign], "campaign"))
    summed = sums_of(codes, day, measures)
    leading = None
    if campaigns is not None and codes_of is not None:
        leading = leading_names(summed.rows, codes_of, measures.get("impressions"), len(summed.day))
    return TermDays(
        terms=terms,
        codes=summed.codes,
        day=summed.day,
        measures=summed.measures,
        campaigns=campaigns,
        campaign=leading,
        rows=summed.rows,
        notes=_notes(summed.day, summed.measures),
    )


def together(first: TermDays, then: TermDays) -> TermDays:
    """Return the rows of both; a term and day that is in both stands as in the first.

    Use it to let rows that ask for predictions follow on the history: those of earlier days are then the
    past of those of later ones. A measure that only one of them has is NaN, not known, in the other's rows.

    Examples
    --------
    >>> past = pl.DataFrame({"term": ["a"], "date": ["2026-03-02"], "clicks": [1], "conversions": [1]})
    >>> asked = pl.DataFrame({"term": ["a", "a"], "date": ["2026-03-02", "2026-03-03"], "clicks": [5, 6]})
    >>> together(term_days(past), term_days(asked)).table.select("clicks", "conversions").rows()
    [(1.0, 1.0), (6.0, nan)]
    """
    parts = [part.table.with_columns(pl.lit(part is then).alias("_later")) for part in (first, then)]
    whole = pl.concat(parts, how="diagonal").sort("date", "term", "_later", maintain_order=True)
    whole = whole.unique(["date", "term"], keep="first", maintain_order=True)
    terms, codes = _coded(whole["term"])
    named = [name for name in MEASURES if name in whole.columns]
    campaigns, campaign = _coded(whole["campaign"]) if "campaign" in whole.columns else (None, None)
    return TermDays(
        terms=terms,
        codes=codes,
        day=whole["date"].to_physical().to_numpy().astype(np.int32),
        measures={name: whole[name].fill_null(float("nan")).to_numpy().copy() for name in named},
        campaigns=campaigns,
        campaign=campaign,
        rows=np.arange(len(whole), dtype=np.int64),
        notes=tuple(dict.fromkeys(first.notes + then.notes)),
    )


def day_number(day: Date | int) -> int:
    """Return a date in days since 1970-01-01; a number stands for itself."""
    return (day - EPOCH).days if isinstance(day, Date) else int(day)


def day_text(day: int) -> str:
    """Return a day number as an ISO 8601 date.

    Examples
    --------
    >>> day_text(20_514)
    '2026-03-02'
    """
    return (EPOCH + timedelta(days=int(day))).isoformat()


def _require(
    frame: pl.DataFrame, columns: Sequence[str], named: Mapping[str, str | None], required: Sequence[str]
) -> None:
    for name in required:
        if named[name] is None:
            message = f"A column of {name} is needed. Got {name}=None."
            raise SchemaError(message, hint=f"Write {name}='…' with the name of the column.")
    require_columns([*columns, *(str(named[name]) for name in required)], frame.columns)


def _coded(names: pl.Series) -> tuple[pl.Series, NDArray[np.int32]]:
    """Return the different names, sorted, and the place of each among them, -1 for nulls."""
    known = names.drop_nulls().unique().sort()
    places = pl.DataFrame({"name": known}).with_row_index("place")
    asked = names.rename("name").to_frame()
    found = asked.join(places, on="name", how="left", maintain_order="left")["place"]
    return known, found.cast(pl.Int32).fill_null(-1).to_numpy().copy()


def _notes(day: NDArray[np.int32], measures: Mapping[str, NDArray[np.float64]]) -> tuple[str, ...]:
    """Return what is odd: days without any row, and more clicks than impressions."""
    return tuple(note for note in (_gaps(day), _excess(measures)) if note)


def _gaps(day: NDArray[np.int32]) -> str:
    there = np.unique(day)
    missing = np.setdiff1d(np.arange(there[0], there[-1]), there) if len(there) else there
    if not len(missing):
        return ""
    told = f"Days from {day_text(there[0])} to {day_text(there[-1])} without any row: {len(missing)}, "
    return told + f"the first is {day_text(missing[0])}. They count as days on which nothing happened."


def _excess(measures: Mapping[str, NDArray[np.float64]]) -> str:
    if not {"clicks", "impressions"} <= set(measures):
        return ""
    more = int(np.count_nonzero(measures["clicks"] > measures["impressions"]))
    if not more:
        return ""
    told = f"{more} of {len(measures['clicks'])} term days have more clicks than impressions."
    return f"{told} Interactions of some kinds of ads can exceed them; the rows are kept."
