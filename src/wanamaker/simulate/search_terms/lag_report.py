"""Conversions by days to conversion, as a report of a period that is over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from wanamaker.simulate.search_terms.delays import BUCKETS, mature_after, shares_of_buckets
from wanamaker.simulate.search_terms.export import ENCODING, MARK
from wanamaker.simulate.search_terms.formats import decimals, quoted
from wanamaker.simulate.search_terms.plan import REPORT, generator

if TYPE_CHECKING:
    from pathlib import Path

    from wanamaker.simulate.search_terms.locales import Locale
    from wanamaker.simulate.search_terms.setting import TermSetting


def write_lag_report(path: Path, setting: TermSetting, truth: pl.DataFrame, locale: Locale) -> None:
    """Write the report: conversions of the days of which 99 in 100 are known, by days to conversion.

    Parameters
    ----------
    path
        The file.
    setting
        The world.
    truth
        Its truth, of which the rows of days are used.
    locale
        How it is written.
    """
    mature = max(1, setting.days - mature_after(setting.mean_delay))
    final = truth.filter(pl.col("kind") == "day")["final"].head(mature).sum()
    drawn = generator(setting, REPORT).multinomial(round(final), shares_of_buckets(setting.mean_delay))
    lines = pl.select(quoted(decimals(pl.lit(pl.Series(drawn * 100)), locale))).to_series().to_list()
    below, between = locale.buckets
    names = [between.format(low=low, high=high) if low else below for low, high in BUCKETS]
    rows = [f"{name}\t{told}\n" for name, told in zip(names, lines, strict=True)]
    last = setting.first_day + timedelta(days=mature - 1)
    head = [f"{MARK}{locale.lag_title}\n", f"{locale.range(setting.first_day, last)}\n"]
    header = f"{locale.headers['delay']}\t{locale.headers['conversions']}\n"
    path.write_bytes("".join([*head, header, *rows]).encode(ENCODING))
