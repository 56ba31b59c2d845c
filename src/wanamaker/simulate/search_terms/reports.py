"""The reports of a world of search terms, written beside its log: all of them or none."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from wanamaker.base.storage import new_file
from wanamaker.simulate.search_terms.export import Export
from wanamaker.simulate.search_terms.lag_report import write_lag_report

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import polars as pl

    from wanamaker.simulate.search_terms.locales import Locale
    from wanamaker.simulate.search_terms.setting import TermSetting


class Reports:
    """The reports while they are written.

    Parameters
    ----------
    export, delays
        Their files.
    setting
        The world.
    locale
        How they are written.
    """

    def __init__(self, export: Path, delays: Path, setting: TermSetting, locale: Locale) -> None:
        self._export = Export(export, locale, setting.first_day, setting.last_day)
        self._delays, self._setting, self._locale = delays, setting, locale

    def add(self, log: pl.DataFrame) -> None:
        """Write rows of the log."""
        self._export.add(log)

    def finish(self, truth: pl.DataFrame) -> None:
        """Write what needs the whole log."""
        self._export.close()
        write_lag_report(self._delays, self._setting, truth, self._locale)

    def abandon(self) -> None:
        """Close what is open."""
        self._export.abandon()


@contextmanager
def written_reports(folder: Path, setting: TermSetting, locale: Locale) -> Iterator[Reports]:
    """Give reports to write, ``export.csv`` and ``days_to_conversion.csv``; they appear at the end.

    Raises
    ------
    OutputError
        If the folder cannot be made or a file cannot be written.
    """
    with new_file(folder / "export.csv") as export, new_file(folder / "days_to_conversion.csv") as delays:
        reports = Reports(export, delays, setting, locale)
        try:
            yield reports
        finally:
            reports.abandon()
