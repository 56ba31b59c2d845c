"""Reading the log of a study: which rows there are, what was skipped, and whether the sums agree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from wanamaker.base.errors import DataError
from wanamaker.base.frames import require_columns
from wanamaker.events.exports.encoding import read_text
from wanamaker.events.reading import read_table
from wanamaker.features.terms.days import term_days
from wanamaker.features.terms.delay import DelayCurve
from wanamaker.models.search_terms.settings import curve_of
from wanamaker.runs.term_tables import TermTable, canonical, is_text, read_terms

if TYPE_CHECKING:
    from wanamaker.events.exports.report import SearchTermReport
    from wanamaker.studies.search_terms.study import DelayOptions, SearchTermsStudy

Rows = list[dict[str, Any]]

_BUCKET = re.compile(r"^(<|less than|weniger als)?\s*\d")
_MOST_SKIPPED = 200
_SUMMED = ("impressions", "clicks", "cost", "conversions")


@dataclass(frozen=True, eq=False)
class TermLog:
    """What a study learns from.

    Parameters
    ----------
    days
        One row per term and day, by day and term: ``date``, ``term``, ``campaign`` if there is one, and the
        measures that there are.
    told
        What was read, as the report shows it.
    notes
        What is odd about it, in words.
    curve
        How conversions come in, or None.
    """

    days: pl.DataFrame
    told: dict[str, Any]
    notes: tuple[str, ...]
    curve: DelayCurve | None


def read_log(study: SearchTermsStudy) -> TermLog:
    """Read the log of a study.

    Raises
    ------
    FileReadError, SchemaError, DataError
        If a file cannot be read, a column is missing, or a value cannot be used.
    """
    columns = study.columns.given
    found = read_terms(study.data.paths, columns, study.reading.model_dump())
    rows = canonical(found.frame, columns)
    named = {**{name: name for name in ("term", "date", "conversions")}, **columns}
    missing = [header for name, header in named.items() if name not in rows.columns]
    require_columns(missing, found.frame.columns, "the log")
    hidden = rows.filter(pl.col("term").is_null()) if found.report is None else found.report.hidden
    seen = rows.filter(pl.col("term").is_not_null())
    if not len(seen):
        message = "The log must have rows that name their term. Got none."
        raise DataError(message, hint="Check [columns] term, or download the report of search terms.")
    if found.report is not None:
        seen = seen.with_columns(pl.col(name).fill_null(0.0) for name in _SUMMED if name in seen.columns)
    days = term_days(
        seen, campaign="campaign" if "campaign" in seen.columns and study.features.campaign else None
    )
    _require_conversions(days.table, named["conversions"])
    _require_exposure(days.table)
    notes = (*(() if found.report is None else found.report.notes), *days.notes)
    return TermLog(days.table, _told(found, seen, hidden, days.table), notes, curve_from(study.delay))


def curve_from(delay: DelayOptions) -> DelayCurve | None:
    """Return how conversions come in, as a study says; None where it says nothing.

    Raises
    ------
    DataError, SchemaError, ParameterError
        If the report cannot be used, or the mean is no duration.
    """
    if delay.mean is not None:
        return curve_of(delay.mean)
    if delay.report is None:
        return None
    table = _lag_report(delay.report) if is_text(delay.report) else read_table(delay.report).frame
    return DelayCurve.from_days_to_conversion(table, same_day=delay.same_day)


def _lag_report(path: str) -> pl.DataFrame:
    """Return a report of conversions by days to conversion: its lines of a bucket and a number."""
    lines = [_cells(line) for line in read_text(path).body.decode("utf-8").splitlines()]
    rows = [
        (cells[0], _amount(cells[1], path, line))
        for line, cells in enumerate(lines, start=1)
        if len(cells) > 1 and _BUCKET.search(cells[0])
    ]
    if not rows:
        message = f"{path!r} must be a table of days to conversion and conversions. It has no such lines."
        raise DataError(
            message, hint="Download the report 'Days to conversion', or write [delay] mean = '5d'."
        )
    return pl.DataFrame(rows, schema=["days_to_conversion", "conversions"], orient="row")


def _cells(line: str) -> list[str]:
    mark = next((mark for mark in ("\t", ";", ",") if mark in line), None)
    return [] if mark is None else [cell.strip().strip('"') for cell in line.split(mark)]


def _amount(text: str, path: str, line: int) -> float:
    """Return a number as a report writes it, in English or with a decimal comma; two dashes are none.

    Raises
    ------
    DataError
        If it is something else.
    """
    if text == "--":
        return 0.0
    told = re.sub(r"[\s\u202f\u00a0']", "", text)
    decimal = re.fullmatch(r"[\d.]*,\d{1,2}", told) is not None
    told = told.replace(".", "").replace(",", ".") if decimal else told.replace(",", "")
    if re.fullmatch(r"-?\d+(\.\d+)?", told) is None:
        message = (
            f"Line {line} of {path!r} must have a number of conversions in its second column. Got {text!r}."
        )
        raise DataError(message, hint="Leave two columns in the report: days to conversion, and conversions.")
    return float(told)


def _require_conversions(days: pl.DataFrame, header: str) -> None:
    if "conversions" in days.columns and days["conversions"].sum() > 0:
        return
    message = f"The log must have conversions in {header!r}. Its {len(days):,} term days have none at all."
    hint = "Check that conversions are tracked and in the report; [columns] conversions names another column."
    raise DataError(message, hint=hint)


def _require_exposure(days: pl.DataFrame) -> None:
    """Refuse a log without any click: there is nothing that conversions could be a rate of."""
    unit = "clicks" if "clicks" in days.columns else "impressions"
    if unit in days.columns and days[unit].sum() > 0:
        return
    message = f"The log must have clicks or impressions. Its {len(days):,} term days have no {unit} at all."
    raise DataError(message, hint=f"Give the report with its column of {unit}, or name it in [columns].")


def _told(found: TermTable, seen: pl.DataFrame, hidden: pl.DataFrame, days: pl.DataFrame) -> dict[str, Any]:
    measures = [name for name in _SUMMED if name in days.columns]
    told: dict[str, Any] = {
        "form": "table" if found.report is None else "export",
        "rows": len(seen),
        "term_days": len(days),
        "terms": days["term"].n_unique(),
        "from": str(days["date"].min()),
        "to": str(days["date"].max()),
        "sums": {name: float(days[name].sum()) for name in measures},
        "hidden_rows": len(hidden),
        "hidden": {
            name: float(hidden[name].fill_null(0).sum()) for name in measures if name in hidden.columns
        },
        "missing_days": _missing_days(days),
    }
    return told if found.report is None else {**told, **_told_of_export(found.report)}


def _told_of_export(report: SearchTermReport) -> dict[str, Any]:
    skipped = report.skipped
    counts = skipped.group_by("reason").len().sort("len", "reason", descending=[True, False])
    return {
        "files": len(report.files),
        "currency": report.currency,
        "encoding": report.encoding,
        "separator": report.separator,
        "decimal": report.decimal,
        "dates": report.date_format,
        "skipped": [{"reason": reason, "lines": lines} for reason, lines in counts.iter_rows()],
        "skipped_lines": skipped.drop("file").head(_MOST_SKIPPED).to_dicts(),
        "totals": report.totals.drop("file").to_dicts(),
    }


def _missing_days(days: pl.DataFrame) -> list[str]:
    first, last = days["date"].min(), days["date"].max()
    every = pl.select(pl.date_range(pl.lit(first), pl.lit(last), "1d")).to_series()
    return [str(day) for day in every.filter(~every.is_in(days["date"].unique().implode()))]
