"""Logs of search terms as a study or its run is given them: exports as they are downloaded, or tables."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from wanamaker.base.errors import ParameterError
from wanamaker.events.exports.read import is_report, read_search_terms
from wanamaker.events.reading import read_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wanamaker.events.exports.report import SearchTermReport

CANONICAL = ("term", "date", "campaign", "impressions", "clicks", "cost", "conversions", "value")
"""The columns of a log by the names that models read."""

_TEXT = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz")


@dataclass(frozen=True, eq=False)
class TermTable:
    """Rows of search terms, as they were found.

    Parameters
    ----------
    frame
        Of an export: canonical columns. Of a table: as it is.
    report
        What the export was, or None.
    kind
        The kind of table that came in.
    """

    frame: pl.DataFrame
    report: SearchTermReport | None = None
    kind: Any = field(default="polars")


def read_terms(source: Any, columns: Mapping[str, str], reading: Mapping[str, Any]) -> TermTable:
    """Read exports, or a table.

    Parameters
    ----------
    source
        A table of any kind, a path, or several paths: of exports, or of tables with the same columns.
    columns
        Canonical name to the name in the file.
    reading
        The options of `wanamaker.read_search_terms`, for exports.

    Raises
    ------
    FileReadError, SchemaError, DataError
        If a file cannot be read, or its totals do not agree.
    ParameterError
        If exports and tables are mixed.
    """
    if isinstance(source, str | os.PathLike):
        paths = [os.fspath(source)]
    elif isinstance(source, list | tuple) and all(isinstance(one, str | os.PathLike) for one in source):
        paths = [os.fspath(one) for one in source]
    else:
        native = read_table(source)
        return TermTable(native.frame, None, native.kind)
    reports = [path for path in paths if is_text(path) and is_report(path, columns)]
    if len(reports) == len(paths):
        report = read_search_terms(paths, columns or None, **reading)
        return TermTable(report.table, report)
    if reports:
        other = next(path for path in paths if path not in reports)
        message = (
            f"Exports and tables cannot be read as one log. {reports[0]!r} is an export, {other!r} is not."
        )
        raise ParameterError(message, hint="Give exports alone, or tables alone.")
    ids = [columns.get(name, name) for name in ("term", "campaign")]
    frames = [read_table(path, ids=ids).frame for path in paths]
    return TermTable(frames[0] if len(frames) == 1 else pl.concat(frames, how="diagonal_relaxed"))


def is_text(path: str) -> bool:
    """Tell whether a path ends as exports do."""
    return path.lower().endswith(_TEXT) and os.path.isfile(path)  # noqa: PTH113


def canonical(frame: pl.DataFrame, columns: Mapping[str, str]) -> pl.DataFrame:
    """Return the columns that are read, by canonical names; what else the table has is left out.

    Examples
    --------
    >>> canonical(pl.DataFrame({"Tag": ["2026-03-02"], "term": ["hat"], "x": [1]}), {"date": "Tag"}).columns
    ['term', 'date']
    """
    named = {name: columns.get(name, name) for name in CANONICAL}
    found = {
        name: header if header in frame.columns else name
        for name, header in named.items()
        if header in frame.columns or (name in frame.columns and "line" in frame.columns)
    }
    return frame.select(pl.col(header).alias(name) for name, header in found.items())


def shown(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that show their term; of an export these are all."""
    return frame.filter(pl.col("term").is_not_null()) if "term" in frame.columns else frame


def names_of(columns: Sequence[str]) -> list[str]:
    """Return canonical names out of these columns, in their order."""
    return [name for name in CANONICAL if name in columns]
