"""The leakage audit as a section of a report, or as a page of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.evaluation.audit import DETECTORS, SEVERITIES
from wanamaker.reports.data import from_rows
from wanamaker.reports.numbers import number
from wanamaker.reports.page import Block, Facts, Page, Prose, Section
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NOTHING = (
    "Nothing was found. This does not prove that there is no leak: the audit sees the table, and not how it "
    "was made."
)
_LEAD = (
    "A leak is something in the table that the model will not have when it is used. Numbers elsewhere are "
    "worth as much as this section is empty."
)
_ROWS = "the order of rows"


def audit_section(findings: Sequence[Mapping[str, Any]]) -> Section:
    """Return the section.

    Parameters
    ----------
    findings
        What `Finding.as_dict` returns, the most severe first.
    """
    blocks: list[Block] = [Prose((_counted(findings) if findings else _NOTHING,))]
    if findings:
        blocks += [Facts(tuple(_fact(finding) for finding in findings)), _evidence(findings)]
    blocks.append(_looked_for(findings))
    return Section("audit", "Is there a leak?", blocks, lead=_LEAD, short="Audit")


def audit_page(findings: Sequence[Mapping[str, Any]], title: str, roles: Mapping[str, str]) -> Page:
    """Return a page that holds the audit alone.

    Parameters
    ----------
    findings
        What `Finding.as_dict` returns.
    title
        The table's name.
    roles
        Role to column, for the footer.
    """
    footer = tuple((role, column) for role, column in roles.items())
    return Page(title, "Leakage audit", _counted(findings), [audit_section(findings)], footer=footer)


def _counted(findings: Sequence[Mapping[str, Any]]) -> str:
    """Return how many findings there are of each severity.

    Examples
    --------
    >>> _counted([{"severity": "note"}, {"severity": "critical"}, {"severity": "note"}])
    '1 critical finding, 2 notes.'
    """
    names = {"critical": "critical finding", "warning": "warning", "note": "note"}
    counts = {name: sum(finding["severity"] == name for finding in findings) for name in SEVERITIES}
    told = [f"{count} {names[name]}{'s' if count > 1 else ''}" for name, count in counts.items() if count]
    return f"{', '.join(told)}." if told else "No findings."


def _fact(finding: Mapping[str, Any]) -> tuple[str, str, str]:
    what = ", ".join(finding["columns"]) or _ROWS
    return what, f"{finding['severity'].capitalize()} · {finding['detector']}", _told(finding)


def _told(finding: Mapping[str, Any]) -> str:
    return f"{finding['message']} {finding['advice']}".strip()


def _evidence(findings: Sequence[Mapping[str, Any]]) -> Table:
    """Return every single number and word of the evidence; rows of examples stay in the JSON."""
    rows = [
        {
            "detector": finding["detector"],
            "columns": ", ".join(finding["columns"]) or _ROWS,
            "measure": measure.replace("_", " "),
            "value": _written(value),
        }
        for finding in findings
        for measure, value in finding["evidence"].items()
        if isinstance(value, str | int | float)
    ]
    keys = ("detector", "columns", "measure", "value")
    shown = tuple(Column(key, key.capitalize(), "name" if key == "columns" else "text") for key in keys)
    return Table(
        "audit-evidence", "What the findings rest on", from_rows("audit_evidence", rows, keys), shown
    )


def _written(value: str | float) -> str:
    if isinstance(value, str | bool):
        return str(value).lower() if isinstance(value, bool) else value
    return number(value, 0 if value == int(value) else 4)


def _looked_for(findings: Sequence[Mapping[str, Any]]) -> Table:
    rows = [
        {
            "detector": detector,
            "looks_for": text,
            "found": sum(finding["detector"] == detector for finding in findings),
        }
        for detector, text in DETECTORS.items()
    ]
    columns = (
        Column("detector", "Detector", "name"),
        Column("looks_for", "Looks for"),
        Column("found", "Found", "number"),
    )
    data = from_rows("audit_detectors", rows, ("detector", "looks_for", "found"))
    return Table("audit-detectors", "What was looked for", data, columns)
