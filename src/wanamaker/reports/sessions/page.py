"""The page: its parts in order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from wanamaker.reports.audit import audit_section
from wanamaker.reports.binary.calibration import calibration_section
from wanamaker.reports.binary.curves import curves_section
from wanamaker.reports.binary.decision import decision_section
from wanamaker.reports.binary.quality import quality_section
from wanamaker.reports.binary.truth import truth_section
from wanamaker.reports.binary.words import model_named
from wanamaker.reports.notes import notes_section
from wanamaker.reports.numbers import count, number
from wanamaker.reports.page import Page, Section, render
from wanamaker.reports.sessions.along import along_choices, along_section
from wanamaker.reports.sessions.candidates import candidates_section
from wanamaker.reports.sessions.course import course_section
from wanamaker.reports.sessions.data import data_section
from wanamaker.reports.sessions.effects import effects_section
from wanamaker.reports.sessions.headline import headline_section
from wanamaker.reports.sessions.losses import losses_section

if TYPE_CHECKING:
    from wanamaker.reports.sessions.results import SessionsResults


def sessions_page(results: SessionsResults) -> str:
    """Return the sessions report as HTML: one file that opens offline.

    Parameters
    ----------
    results
        What is shown; nothing is computed from it but sums, shares and orders.
    """
    page = Page(
        title=results.title,
        kind="Sessions report",
        subtitle=_subtitle(results),
        sections=[section for section in _sections(results) if section is not None],
        choices=along_choices(results),
        footer=_footer(results),
    )
    return render(page)


def _sections(results: SessionsResults) -> list[Section | None]:
    """Return the sections in order; None stands for one that has nothing to show."""
    return [
        headline_section(results),
        data_section(results),
        candidates_section(results),
        quality_section(results),
        course_section(results),
        calibration_section(results),
        curves_section(results),
        decision_section(results),
        truth_section(results),
        along_section(results),
        effects_section(results),
        losses_section(results),
        None if results.audit is None else audit_section(results.audit),
        notes_section(results.notes),
    ]


def _subtitle(results: SessionsResults) -> str:
    facts = results.facts
    return f"The probability that {facts['question']}, by {model_named(facts['model'])}."


def _footer(results: SessionsResults) -> list[tuple[str, str]]:
    facts = results.facts
    columns = ", ".join(f"{role} = {_plain(name)}" for role, name in facts["columns"].items() if name)
    items = [
        ("Package", f"wanamaker {facts.get('version', '')}".strip()),
        ("Intervals", f"95 %, {count(facts['bootstrap'])} bootstrap replicates of the test sessions"),
        ("Seeds", f"{count(facts['seeds'])} of each network; kept: seed {facts['model_seed']}"),
        ("Columns", columns),
        ("Model kept", _REFIT[bool(facts["refit"])]),
    ]
    items += [
        (name.replace("_", " ").capitalize(), _plain(value))
        for name, value in facts["parameters"].items()
        if value is not None
    ]
    return items


_REFIT = {
    True: "fitted again on all sessions for as many epochs as were best, calibration fixed; the figures "
    "above are of the model before that",
    False: "the one that was tested",
}


def _plain(value: Any) -> str:
    if isinstance(value, float):
        return number(value, 5).rstrip("0").rstrip(".")
    if isinstance(value, list | tuple):
        return ", ".join(_plain(held) for held in value) or "none"
    return value if isinstance(value, str) else json.dumps(value, default=str)
