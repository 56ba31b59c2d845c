"""What was read, what was skipped, and whether the sums agree with the file's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.data import from_rows
from wanamaker.reports.numbers import count, number, percent
from wanamaker.reports.page import Block, Facts, Section
from wanamaker.reports.search_terms.words import money
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.search_terms.results import SearchTermsResults

_SEPARATORS = {"\t": "tab", ",": "comma", ";": "semicolon"}
_AGREES = {True: "agrees", False: "does not agree", None: "covers more than the list"}


def read_section(results: SearchTermsResults) -> Section:
    """Return the facts of reading, the totals beside the sums, and the lines that are no rows."""
    read = results.read
    blocks: list[Block] = [Facts(tuple(_facts(read)))]
    if read.get("totals"):
        blocks.append(_totals(read["totals"]))
    if read.get("skipped_lines"):
        blocks.append(_skipped(read))
    lead = (
        "Every line is a row, the header, a row of terms that are not shown, or in the list of what was "
        "skipped."
    )
    if read["form"] == "table":
        lead = "The log came as a table and was read as it is."
    return Section("read", "What was read", blocks, lead=lead, short="Reading")


def _facts(read: dict[str, Any]) -> list[tuple[str, str, str]]:
    sums, unit = read["sums"], money(read.get("currency"))
    told = ", ".join(
        f"{count(round(value))}{unit if name == 'cost' else ''} {name}" for name, value in sums.items()
    )
    facts = [
        (
            "Rows",
            count(read["rows"]),
            f"{count(read['term_days'])} term days of {count(read['terms'])} terms.",
        ),
        ("Sums", told, "Of all rows that show their term."),
    ]
    if read["hidden_rows"]:
        facts.append(("Terms not shown", f"{count(read['hidden_rows'])} rows", _hidden(read)))
    if read["form"] == "export":
        separator = _SEPARATORS.get(read["separator"], read["separator"])
        written = f"{read['encoding']}, {separator}"
        dates = f" Dates as {read['dates']} (31 January 2025)." if read.get("dates") else ""
        facts.append(("Written as", written, f"Decimal mark “{read['decimal']}”.{dates}"))
        reasons = ", ".join(f"{count(row['lines'])} {row['reason']}" for row in read["skipped"])
        facts.append(("Lines skipped", reasons or "none", "They are listed below." if reasons else ""))
    return facts


def _hidden(read: dict[str, Any]) -> str:
    hidden, sums = read["hidden"], read["sums"]
    parts = [
        f"{percent(value / (value + sums[name]), 1)} of {name}"
        for name, value in hidden.items()
        if value and value + sums[name]
    ]
    return (
        f"{', '.join(parts)}: too rare for the platform to show. Nothing here is said of them."
        if parts
        else ""
    )


def _totals(totals: list[dict[str, Any]]) -> Table:
    rows = [{**row, "agrees": _AGREES[row["agrees"]]} for row in totals]
    columns = (
        Column("label", "Total in the file", "name"),
        Column("column", "Column"),
        Column("told", "It says", "number", 2),
        Column("summed", "Sum of the rows", "number", 2),
        Column("difference", "Difference", "number", 2),
        Column("agrees", "So it"),
    )
    return Table(
        "totals-table",
        "The file's totals, and the sums of what was read",
        from_rows("totals", rows, [column.key for column in columns]),
        columns,
        note="Totals of an account or a campaign cover more than the list of terms; they need not agree.",
    )


def _skipped(read: dict[str, Any]) -> Table:
    columns = (
        Column("line", "Line", "number"),
        Column("reason", "Reason", "name"),
        Column("text", "Text"),
    )
    rows = [{**row, "text": str(row["text"])[:160]} for row in read["skipped_lines"]]
    lines = sum(row["lines"] for row in read["skipped"])
    note = "" if lines <= len(rows) else f"The first {number(len(rows))} of {number(lines)} lines."
    return Table(
        "skipped-table",
        "Lines that are no rows",
        from_rows("skipped", rows, [column.key for column in columns]),
        columns,
        note=note,
    )
