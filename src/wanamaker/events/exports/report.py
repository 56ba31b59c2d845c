"""What was read from a report of search terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from wanamaker.base.errors import SchemaError
from wanamaker.events.exports.names import NUMBERS

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class SearchTermReport:
    """A report of search terms or keywords: its rows, and what was no row of it.

    Parameters
    ----------
    table
        One row per row of the files that shows a term, in their order: ``term``, ``date``, and of
        ``campaign``, ``ad_group``, ``keyword``, ``match_type``, ``impressions``, ``clicks``, ``cost``,
        ``conversions``, ``value`` those that the report has, then ``file`` and ``line``. Cost and value are
        in units of the currency; a number is null where the file tells none.
    hidden
        The same of rows that stand for terms too rare to be shown.
    skipped
        ``file``, ``line``, ``reason`` and ``text`` of all other lines but the header.
    totals
        Each total of the files (``label``, ``column``, ``told``) beside the sum of the rows (``summed``,
        ``difference``). ``agrees`` is null for totals that cover more than the list, such as the account's.
    currency
        Code of ISO 4217; the sign itself where it may stand for several; None if the files tell none.
    encoding, separator, decimal, date_format
        How the first file is written. Dates are told by how they write 31 January 2025.
    files
        Paths that were read.
    notes
        What a reader of the numbers must know, in sentences.
    """

    table: pl.DataFrame
    hidden: pl.DataFrame
    skipped: pl.DataFrame
    totals: pl.DataFrame
    currency: str | None
    encoding: str
    separator: str
    decimal: str
    date_format: str | None
    files: tuple[str, ...]
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.table)

    def daily(self) -> pl.DataFrame:
        """Return one row per term and day, by day and then by term.

        Numbers are sums, in which a missing one counts as 0. ``campaign`` is the campaign with the most
        impressions of the term on the day (of clicks or cost, if the report has no impressions), the first
        by name among equals.

        Raises
        ------
        SchemaError
            If the report was read without days.
        """
        if "date" not in self.table.columns:
            message = "A report with days was expected. This one was read with dates=None."
            raise SchemaError(message, hint="Download the report with the segment Day.")
        names = [name for name in NUMBERS if name in self.table.columns]
        sums = [pl.col(name).sum() for name in names]
        if "campaign" not in self.table.columns:
            return self.table.group_by("term", "date").agg(sums).sort("date", "term")
        each = self.table.group_by("term", "date", "campaign").agg(sums)
        largest = each.sort([names[0], "campaign"], descending=[True, False], nulls_last=True)
        days = largest.group_by("term", "date", maintain_order=True).agg(pl.col("campaign").first(), *sums)
        return days.sort("date", "term")


def columns_in_common(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return the frames below one another; a column that one of them lacks is null there."""
    if len(frames) == 1:
        return frames[0]
    whole = pl.concat(frames, how="diagonal")
    names = [name for name in whole.columns if name not in ("file", "line")]
    return whole.select([*names, "file", "line"])
