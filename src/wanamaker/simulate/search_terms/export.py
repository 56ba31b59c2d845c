"""The log of search terms as it is downloaded: a spreadsheet for people, with all that a reader must undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from wanamaker.simulate.search_terms.formats import NOTHING, decimals, grouped, quoted, ratio

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from wanamaker.simulate.search_terms.locales import Locale

ENCODING = "utf-16-le"
MARK = "\ufeff"

_COUNTS = ("impressions", "clicks", "cost", "conversions", "value")
_COLUMNS = (
    "term", "match_type", "added", "campaign", "ad_group", "keyword", "day", "currency", "impressions",
    "clicks", "rate", "price", "cost", "share", "conversions", "value",
)  # fmt: skip
_PER_HUNDRED = {"impressions": 1, "clicks": 1, "cost": 100, "conversions": 100, "value": 100}
_ACCOUNT_HAS_MORE = {
    "impressions": 40_213,
    "clicks": 1_502,
    "cost": 98_765,
    "conversions": 2_150,
    "value": 180_401,
}
_LOWEST_SHARE, _OF_SHARES = 1_000, 10_000
_PRIME, _STEPS = 1_000_003, 2_654_435_761  # what spreads shares over all that there are


class Export:
    """A report that is written some rows at a time.

    Parameters
    ----------
    path
        The file.
    locale
        How it is written.
    first, last
        The days that it says it is of.
    """

    def __init__(self, path: Path, locale: Locale, first: date, last: date) -> None:
        self._locale = locale
        self._sums = {name: [0, 0] for name in _COUNTS}  # of named terms, of others
        header = "\t".join(locale.headers[name] for name in _COLUMNS)
        self._file = path.open("wb")
        self._write(f"{MARK}{locale.title}\n{locale.range(first, last)}\n{header}\n")

    def add(self, log: pl.DataFrame) -> None:
        """Write rows of a log."""
        counts = [(pl.col(name) * _PER_HUNDRED[name]).round().cast(pl.Int64) for name in _COUNTS]
        rows = log.with_columns(*counts)
        for place, part in enumerate(_sums_of(rows)):
            for name in _COUNTS:
                self._sums[name][place] += part[name]
        lines = rows.select(self._line()).to_series()
        if len(lines):
            self._write("\n".join(lines.to_list()) + "\n")

    def close(self) -> None:
        """Write the totals and close the file."""
        named, other = ({name: of[place] for name, of in self._sums.items()} for place in range(2))
        account = {name: named[name] + other[name] + _ACCOUNT_HAS_MORE[name] for name in _COUNTS}
        totals = pl.DataFrame([named, other, account], schema=dict.fromkeys(_COUNTS, pl.Int64))
        labels = [self._locale.total + name for name in self._locale.totals]
        blank = {
            name: pl.lit(NOTHING)
            for name in ("match_type", "added", "campaign", "ad_group", "keyword", "day")
        }
        texts = {"term": pl.lit(pl.Series(labels)), **blank, "share": pl.lit(NOTHING)}
        lines = totals.select(pl.concat_str(self._cells(texts), separator="\t"))
        self._write("\n".join(lines.to_series().to_list()) + "\n")
        self._file.close()

    def abandon(self) -> None:
        """Close the file as it is."""
        self._file.close()

    def _write(self, text: str) -> None:
        self._file.write(text.encode(ENCODING))

    def _line(self) -> pl.Expr:
        """Return a row of the log as a line of the report."""
        hidden, locale = pl.col("term").is_null(), self._locale
        matches = pl.col("match_type").replace(locale.matches) if locale.matches else pl.col("match_type")
        added = pl.when(hidden).then(pl.lit(NOTHING)).otherwise(pl.lit(locale.neither))
        texts = {
            "term": quoted(pl.col("term").fill_null(locale.other)),
            "match_type": quoted(matches),
            "added": added,
            "campaign": quoted(pl.col("campaign")),
            "ad_group": quoted(pl.col("ad_group")),
            "keyword": quoted(pl.col("keyword")),
            "day": pl.col("date").dt.strftime(locale.day),
            "share": pl.when(hidden).then(pl.lit(NOTHING)).otherwise(self._impression_share()),
        }
        return pl.concat_str(self._cells(texts), separator="\t")

    def _cells(self, texts: dict[str, pl.Expr]) -> list[pl.Expr]:
        locale = self._locale
        clicks, cost = pl.col("clicks"), pl.col("cost")
        numbers = {
            "currency": pl.lit(locale.currency),
            "impressions": grouped(pl.col("impressions"), locale),
            "clicks": grouped(clicks, locale),
            "rate": ratio(clicks * 10_000, pl.col("impressions"), locale, end=locale.percent),
            "price": ratio(cost, clicks, locale),
            **{name: decimals(pl.col(name), locale) for name in ("cost", "conversions", "value")},
        }
        quotable = {name: quoted(cell) for name, cell in numbers.items()}
        return [texts[name] if name in texts else quotable[name] for name in _COLUMNS]

    def _impression_share(self) -> pl.Expr:
        """Return a share of the searches that is the same for a term and day whenever it is written."""
        seed = pl.col("impressions") * 7_919 + pl.col("cost") * 104_729 + pl.col("term").str.len_bytes()
        share = seed % _PRIME * _STEPS % _OF_SHARES
        shown = pl.concat_str([decimals(share, self._locale), pl.lit(self._locale.percent)])
        low = pl.lit(self._locale.below)
        return quoted(pl.when(share < _LOWEST_SHARE).then(low).otherwise(shown))


def _sums_of(rows: pl.DataFrame) -> list[dict[str, int]]:
    hidden = pl.col("term").is_null()
    parts = (rows.filter(~hidden), rows.filter(hidden))
    return [part.select(pl.col(*_COUNTS).sum()).row(0, named=True) for part in parts]
