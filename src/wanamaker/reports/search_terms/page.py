"""The page: its parts in order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from wanamaker.reports.audit import audit_section
from wanamaker.reports.notes import notes_section
from wanamaker.reports.numbers import count, number
from wanamaker.reports.page import Page, Section, render
from wanamaker.reports.search_terms.comparison import comparison_section
from wanamaker.reports.search_terms.data import data_section, delay_section
from wanamaker.reports.search_terms.effects import numbers_section, words_section
from wanamaker.reports.search_terms.headline import headline_section, subtitle
from wanamaker.reports.search_terms.lists import lists_section
from wanamaker.reports.search_terms.over_time import calibration_section, dates_section
from wanamaker.reports.search_terms.read import read_section
from wanamaker.reports.search_terms.trained import attention_section, losses_section
from wanamaker.reports.search_terms.truth import truth_section
from wanamaker.reports.search_terms.words import loss_named

if TYPE_CHECKING:
    from wanamaker.reports.search_terms.results import SearchTermsResults


def search_terms_page(results: SearchTermsResults) -> str:
    """Return the search-terms report as HTML: one file that opens offline.

    Parameters
    ----------
    results
        What is shown; nothing is computed from it but sums, shares and orders.
    """
    page = Page(
        title=results.title,
        kind="Search-terms report",
        subtitle=subtitle(results),
        sections=[section for section in _sections(results) if section is not None],
        footer=_footer(results),
    )
    return render(page)


def _sections(results: SearchTermsResults) -> list[Section | None]:
    """Return the sections in order; None stands for one that has nothing to show."""
    return [
        headline_section(results),
        lists_section(results),
        words_section(results),
        comparison_section(results),
        dates_section(results),
        calibration_section(results),
        truth_section(results),
        numbers_section(results),
        attention_section(results),
        losses_section(results),
        read_section(results),
        data_section(results),
        delay_section(results),
        None if results.audit is None else audit_section(results.audit),
        notes_section(results.notes),
    ]


def _footer(results: SearchTermsResults) -> list[tuple[str, str]]:
    facts = results.facts
    columns = ", ".join(f"{role} = {name}" for role, name in facts["columns"].items())
    items = [
        ("Package", f"wanamaker {facts.get('version', '')}".strip()),
        ("Intervals", f"95 %, {count(facts['bootstrap'])} bootstrap replicates of the terms"),
        ("Network", f"{loss_named(facts['loss'])} loss, {count(facts['seeds'])} seeds"),
        ("Columns", columns or "as the file names them"),
        ("Model kept", _REFIT[bool(facts["refit"])]),
    ]
    items += [
        (name.replace("_", " ").capitalize(), _plain(value))
        for name, value in facts["parameters"].items()
        if value is not None
    ]
    return items


_REFIT = {
    True: "fitted again on all days, with what validation chose left as it was; the figures above are of the "
    "model before that",
    False: "the one that was tested",
}


def _plain(value: Any) -> str:
    if isinstance(value, float):
        return number(value, 5).rstrip("0").rstrip(".")
    if isinstance(value, list | tuple):
        return ", ".join(_plain(held) for held in value) or "none"
    return value if isinstance(value, str) else json.dumps(value, default=str)
