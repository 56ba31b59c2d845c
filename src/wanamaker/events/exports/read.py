"""Reports of search terms and keywords of Google Ads, as they are downloaded."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import polars as pl

from wanamaker.base.errors import DataError, ParameterError, ParameterTypeError, UserError
from wanamaker.base.parameters import Constraint, IntegerIn, OneOf, Optional, check
from wanamaker.events.exports.columns import check_asked
from wanamaker.events.exports.encoding import read_text
from wanamaker.events.exports.header import find_header
from wanamaker.events.exports.money import agreed_currency, check_currency
from wanamaker.events.exports.notes import notes_on
from wanamaker.events.exports.one_file import read_part
from wanamaker.events.exports.overlaps import without_repeats
from wanamaker.events.exports.part import Options, Part
from wanamaker.events.exports.report import SearchTermReport, columns_in_common
from wanamaker.events.exports.totals import SCHEMA, Sums, compared, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_CONSTRAINTS: dict[str, Constraint] = {
    "keep": Optional(OneOf(("last", "all"))),
    "totals": OneOf(("check", "tell")),
    "longest": IntegerIn(1),
}


def read_search_terms(
    source: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    columns: Mapping[str, str | int] | None = None,
    *,
    more: Mapping[str, str | int] | None = None,
    dates: str | None = "auto",
    decimal: str = "auto",
    currency: str | None = None,
    encoding: str = "auto",
    keep: str | None = None,
    totals: str = "check",
    longest: int = 2048,
) -> SearchTermReport:
    r"""Read reports of search terms or keywords as Google Ads gives them.

    Encoding, separator, header, decimal mark and form of dates are found in the file, over all its rows;
    where they cannot be told, an error says which argument decides. Every line is a row of the table, a row
    of hidden terms, the header, or listed in ``skipped`` with a reason. Sums are checked against the totals
    of the file.

    Use it for files from the web interface, from scheduled reports and from the interface for programs. Not
    for tables that are clean already: those are read as they are.

    Parameters
    ----------
    source
        A path, or several: pieces of one download, or several downloads.
    columns
        Canonical name to the column's name in the file (or its place, counted from 1): ``{"term":
        "Suchbegriff"}``. Names of the English report, of the interface for programs and of its forerunner
        are known. ``"cost_micros"`` in place of ``"cost"`` divides by a million.
    more
        Further columns of numbers by names of your own: ``{"impression_share": "Search impr. share"}``.
        Percent become fractions, and bounds such as ``< 10%`` the bound.
    dates
        ``"auto"``; ``"day first"`` or ``"month first"``, where 5/1/2025 could be both; a format of
        `datetime.strptime`; None for a report without days.
    decimal
        ``"auto"``, ``"."`` or ``","``.
    currency
        Code of ISO 4217 that the amounts are in. Needed where a sign may stand for several and the code
        matters.
    encoding
        ``"auto"``, or a codec of Python.
    keep
        What two files both hold (the same term, day, campaign, ad group, keyword and match type) is refused.
        ``"last"`` takes it from the later file, ``"all"`` from both, for pieces of one download.
    totals
        ``"check"`` refuses a file whose rows do not sum to its total within rounding; ``"tell"`` only notes
        it.
    longest
        The most characters of a term; 2,048 is the most that can be typed into the search box.

    Returns
    -------
    SearchTermReport
        The rows, what was left out, the totals beside the sums, and notes.

    Raises
    ------
    FileReadError
        If a file is absent, damaged, or no report in text.
    SchemaError
        If there is no header, or a column is missing or stands twice with different content.
    DataError
        If a value cannot be used, two forms are mixed, a total does not agree, or two files hold the same.
    ParameterError
        If an option is none of those above.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> lines = ["A report", "Search term,Day,Impr.,Clicks,Cost", "shoes,2025-01-31,'1,200',3,4.50"]
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "report.csv"
    ...     _ = file.write_text("\n".join(lines).replace("'", '"'))
    ...     report = read_search_terms(file)
    >>> report.table.row(0)[:5]
    ('shoes', datetime.date(2025, 1, 31), 1200.0, 3.0, 4.5)
    """
    check("read_search_terms", {"keep": keep, "totals": totals, "longest": longest}, _CONSTRAINTS)
    check_currency(currency)
    paths = _paths(source)
    asked, further = dict(columns or {}), dict(more or {})
    check_asked(asked, further)
    options = Options(asked, further, dates, decimal, currency, encoding, longest)
    parts = [read_part(path, options) for path in paths]
    _require_rows(parts)
    told, faults = _compared(parts)
    if totals == "check":
        refuse(faults)
    parts = without_repeats(parts, keep)
    code, doubt = agreed_currency([one for part in parts for one in part.currencies], currency)
    table = columns_in_common([part.table for part in parts])
    hidden = columns_in_common([part.hidden for part in parts])
    first = parts[0]
    return SearchTermReport(
        table=table,
        hidden=hidden,
        skipped=pl.concat([part.skipped for part in parts]),
        totals=told,
        currency=code,
        encoding=first.encoding,
        separator=first.header.separator,
        decimal=first.decimal,
        date_format=first.date_form,
        files=tuple(paths),
        notes=(*faults, *([doubt] if doubt else ()), *notes_on(parts, table, hidden)),
    )


def is_report(path: str | os.PathLike[str], columns: Mapping[str, str | int] | None = None) -> bool:
    """Tell whether a file is text with the header of a report of search terms."""
    asked = [name for name in (columns or {}).values() if isinstance(name, str)]
    try:
        find_header(read_text(os.fspath(path)), asked)
    except UserError:
        return False
    return True


def _paths(source: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]) -> list[str]:
    given = [source] if isinstance(source, str | os.PathLike) else source
    try:
        paths = [os.fspath(path) for path in given]
    except TypeError as error:
        message = f"'source' must be a path or a list of paths. Got {type(source).__name__}."
        raise ParameterTypeError(
            message, hint="A table that is in memory already needs no reading."
        ) from error
    if not paths or len(set(paths)) < len(paths):
        message = f"'source' must name one file or several different ones. Got {paths!r}."
        raise ParameterError(message)
    return paths


def _require_rows(parts: Sequence[Part]) -> None:
    for part in parts:
        if part.table.is_empty() and part.hidden.is_empty():
            message = (
                f"At least one row with a term was expected in {part.path!r}. It has a header and no rows."
            )
            raise DataError(
                message, hint="Choose a longer period, or remove the filter, and download it again."
            )


def _compared(parts: Sequence[Part]) -> tuple[pl.DataFrame, list[str]]:
    """Compare each file's totals with its own sums, and with those of all pieces together."""
    names = {name for part in parts for name in part.sums.shown}
    together = Sums(
        {name: sum(part.sums.shown.get(name, 0.0) for part in parts) for name in names},
        {name: sum(part.sums.hidden.get(name, 0.0) for part in parts) for name in names},
        sum(part.sums.rows for part in parts),
    )
    frames, faults = [pl.DataFrame(schema=SCHEMA)], []
    for part in parts:
        frame, found = compared(part.totals, [part.sums, together] if len(parts) > 1 else [part.sums])
        frames.append(frame)
        faults += found
    return pl.concat(frames), faults
