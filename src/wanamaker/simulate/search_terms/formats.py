"""Numbers and texts as a report shows them, whole columns at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from wanamaker.simulate.search_terms.locales import Locale

NOTHING = " --"
"""What a report shows where there is nothing to show."""

_GROUP, _GROUPS = 1_000, 4


def grouped(whole: pl.Expr, locale: Locale) -> pl.Expr:
    """Return whole numbers from 0 to below 10^12 with separators between thousands.

    Examples
    --------
    >>> from wanamaker.simulate.search_terms.locales import LOCALES
    >>> pl.select(grouped(pl.lit(pl.Series([7, 1_050_000])), LOCALES["en-US"])).to_series().to_list()
    ['7', '1,050,000']
    """
    padded = [(whole // _GROUP**power % _GROUP).cast(pl.String).str.zfill(3) for power in range(_GROUPS)]
    first = pl.coalesce(
        pl.when(whole < _GROUP ** (power + 1)).then((whole // _GROUP**power).cast(pl.String))
        for power in range(_GROUPS)
    )
    others = [
        pl.when(whole >= _GROUP ** (power + 1)).then(pl.concat_str([pl.lit(locale.thousands), padded[power]]))
        for power in reversed(range(_GROUPS - 1))
    ]
    return pl.concat_str([first, *others], ignore_nulls=True)


def decimals(hundredths: pl.Expr, locale: Locale) -> pl.Expr:
    """Return hundredths as numbers with two decimals.

    Examples
    --------
    >>> from wanamaker.simulate.search_terms.locales import LOCALES
    >>> pl.select(decimals(pl.lit(pl.Series([5, 123_456])), LOCALES["de-DE"])).to_series().to_list()
    ['0,05', '1.234,56']
    """
    fraction = (hundredths % 100).cast(pl.String).str.zfill(2)
    return pl.concat_str([grouped(hundredths // 100, locale), fraction], separator=locale.decimal)


def ratio(above: pl.Expr, below: pl.Expr, locale: Locale, *, end: str = "") -> pl.Expr:
    """Return ``above / below`` of whole numbers, rounded to two decimals, and `NOTHING` where it has none."""
    rounded = (above * 2 + below) // (below * 2)
    shown = decimals(rounded, locale)
    shown = pl.concat_str([shown, pl.lit(end)]) if end else shown
    return pl.when(below == 0).then(pl.lit(NOTHING)).otherwise(shown)


def quoted(text: pl.Expr) -> pl.Expr:
    """Return texts in quotes where they hold a comma, a quote or a tab; no text as `NOTHING`."""
    doubled = text.str.replace_all('"', '""', literal=True)
    needs = text.str.contains('[,"\t\n]')
    return (
        pl.when(needs)
        .then(pl.concat_str([pl.lit('"'), doubled, pl.lit('"')]))
        .otherwise(text)
        .fill_null(NOTHING)
    )
