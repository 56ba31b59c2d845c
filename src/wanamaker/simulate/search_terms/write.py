"""Writing a world of search terms that need not fit into memory."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from wanamaker.base.parameters import check_known
from wanamaker.simulate.search_terms.locales import locale_named
from wanamaker.simulate.search_terms.reports import written_reports
from wanamaker.simulate.search_terms.setting import OWNER, TermSetting
from wanamaker.simulate.search_terms.stream import chunks, stretches_of
from wanamaker.simulate.streamed import write_streamed

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from datetime import date
    from typing import Unpack

    from wanamaker.base.durations import Duration
    from wanamaker.simulate.search_terms.reports import Reports
    from wanamaker.simulate.search_terms.stream import Chunk


class TermOptions(TypedDict, total=False):
    """The options of `wanamaker.simulate.search_terms` beside the number of rows; it describes them."""

    seed: int
    start: str | date
    days: int
    base_rate: float
    words: int
    terms: int | None
    word_effect: float
    bigrams: int
    term_effect: float
    season: float
    dispersion: float
    zero_inflation: float
    useless: float
    delay: Duration
    hidden: float
    fractional: bool


def write_search_terms(
    n: int, folder: str | os.PathLike[str], *, locale: str = "en-US", **options: Unpack[TermOptions]
) -> Path:
    """Write the world that `wanamaker.simulate.search_terms` returns, some days at a time.

    Memory does not grow with the days but with the terms.

    Parameters
    ----------
    n
        Number of rows, about.
    folder
        Where ``log.parquet``, ``truth.parquet``, ``world.json``, ``export.csv`` and
        ``days_to_conversion.csv`` are written. Files of these names are replaced, once all are whole;
        others are left alone.
    locale
        How the reports are written: ``"en-US"`` or ``"de-DE"``.
    options
        Those of `wanamaker.simulate.search_terms`.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    ParameterError, ParameterTypeError
        If an option is unknown, out of its range or of the wrong type.
    OutputError
        If the folder cannot be made or a file cannot be written.
    """
    known = [field.name for field in fields(TermSetting) if field.name != "n"]
    check_known("option of a world of search terms", options, [*known, "locale"])
    way, setting, target = locale_named(locale, OWNER), TermSetting(n=n, **options), Path(folder)
    with written_reports(target, setting, way) as reports:
        write_streamed(
            "search_terms",
            setting.parameters,
            target,
            _reported(setting, reports),
            stretches_of(setting),
            rising=("date",),
            plain=("value",),
        )
    return target


def _reported(setting: TermSetting, reports: Reports) -> Iterator[Chunk]:
    """Give the parts of a world, and write each into the reports on its way."""
    for chunk in chunks(setting):
        reports.add(chunk.log)
        if chunk.truth.height:
            reports.finish(chunk.truth)
        yield chunk
