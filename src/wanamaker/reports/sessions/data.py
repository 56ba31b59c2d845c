"""The sessions and how they were split."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.data import from_rows
from wanamaker.reports.numbers import NARROW, count, number
from wanamaker.reports.page import Block, Facts, Section
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.sessions.results import SessionsResults

_SPLITS = {
    "time": ("by time", "The models learned from earlier sessions and are tested on later ones."),
    "column": (
        "by the values of",
        "The models learned from the values listed first and are tested on others.",
    ),
    "group": ("by group", "No value of the group's column is on both sides."),
    "random": ("at random", "Sessions of one moment are on both sides; figures flatter the models."),
    "given": ("as given", "Train, valid and test came as tables of their own."),
}
_REASONS = {
    "gap": "in the gap before a part",
    "unlisted": "of a value that is not listed",
    "unfinished": "not over when the next part began",
    "users": "of a user who comes again in a later part",
    "duplicates": "equal to one of a later part in all that is read",
}


def data_section(results: SessionsResults) -> Section:
    """Return the parts as a table, and what the split was."""
    blocks: list[Block] = [_table(results), Facts(tuple(_facts(results)))]
    return Section("data", "The sessions, and how they were split", blocks, short="Data and split")


def _table(results: SessionsResults) -> Table:
    rows = [{**row, "span": _span(row)} for row in results.parts]
    has_events, per_event = results.facts["has_events"], results.facts["per_event"]
    columns = [Column("part", "Part", "name"), Column("sessions", "Sessions", "number")]
    if has_events:
        columns.append(Column("events", "Events", "number"))
    if per_event:
        columns.append(
            Column("rows", "Questions", "number", help="Events after which the outcome may follow")
        )
    columns += [
        Column("positives", "Answered yes", "number"),
        Column("rate", "Rate", "percent", 2, help="Each question counts the same"),
        Column("rate_low", f"95{NARROW}% interval", "percent", 2, upper="rate_high"),
        Column("span", _covered(results)),
    ]
    keys = ["part", "sessions", "events", "rows", "positives", "rate", "rate_low", "rate_high", "span"]
    return Table(
        "parts-table",
        "Parts of the log",
        from_rows("parts", rows, keys),
        tuple(columns),
        note="Train fits all that is fitted; valid stops the networks, calibrates them and chooses one; "
        "test is "
        "only measured.",
    )


def _covered(results: SessionsResults) -> str:
    column = results.facts["split"]["column"]
    return str(column) if any(row["values"] for row in results.parts) else "From – to (UTC)"


def _span(row: dict[str, Any]) -> str:
    if row["values"]:
        return ", ".join(row["values"])
    start, end = row.get("start"), row.get("end")
    if not start or not end:
        return "–"
    return f"{start[:16].replace('T', ' ')} – {end[:16].replace('T', ' ')}"


def _facts(results: SessionsResults) -> list[tuple[str, str, str]]:
    facts, split = results.facts, results.facts["split"]
    name, why = _SPLITS[split["by"]]
    column = f" {split['column']}" if split.get("column") else ""
    told = [("Question", f"whether {facts['question']}", _asked(facts)), ("Split", f"{name}{column}", why)]
    if split.get("gap_seconds"):
        told.append(("Gap", f"{number(split['gap_seconds'] / 60, 1)} minutes", "Left out between the parts."))
    for reason, many in split["left_out"].items():
        told.append(("Left out", f"{count(many)} sessions", f"{_REASONS.get(reason, reason).capitalize()}."))
    if split.get("unasked"):
        told.append(
            (
                "Not asked",
                f"{count(split['unasked'])} sessions",
                "They begin with the outcome: nothing happened before it from which it could be told.",
            )
        )
    return told


def _asked(facts: dict[str, Any]) -> str:
    if not facts["per_event"]:
        return "One answer per session."
    return (
        "Each answer is decided by what follows alone. Networks learn with the questions of one session "
        "weighing 1 together; calibration and every figure here count each question the same, and intervals "
        "resample users, or sessions."
    )
