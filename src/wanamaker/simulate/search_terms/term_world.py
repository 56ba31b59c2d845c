"""A world of search terms, which is also written as a report looks that is downloaded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wanamaker.simulate.search_terms.locales import locale_named
from wanamaker.simulate.search_terms.reports import written_reports
from wanamaker.simulate.search_terms.setting import OWNER, TermSetting
from wanamaker.simulate.world import World

if TYPE_CHECKING:
    import os

_ROWS_AT_ONCE = 100_000


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TermWorld(World):
    """A world of search terms: a `wanamaker.simulate.World` that also writes the reports of a platform."""

    def write(self, folder: str | os.PathLike[str], *, locale: str = "en-US") -> Path:
        """Write the world and its reports, and return the folder.

        ``log.parquet``, ``truth.parquet`` and ``world.json``; the log as it would be downloaded, in
        ``export.csv``, and ``days_to_conversion.csv``. Files of these names are replaced, once all are whole.

        Parameters
        ----------
        folder
            Where.
        locale
            How the reports are written: ``"en-US"`` or ``"de-DE"``.

        Raises
        ------
        ParameterError, ParameterTypeError
            If there is no such locale.
        OutputError
            If the folder cannot be made or a file cannot be written.
        """
        target, way = Path(folder), locale_named(locale, OWNER)
        with written_reports(target, TermSetting(**self.parameters), way) as reports:
            for rows in self.log.iter_slices(_ROWS_AT_ONCE):
                reports.add(rows)
            reports.finish(self.truth)
            World.write(self, target)
        return target
