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
from wanamaker.reports.clicks.ablation import ablation_section, honesty_section, learning_section
from wanamaker.reports.clicks.data import data_section
from wanamaker.reports.clicks.explored import explored_choices, explored_section
from wanamaker.reports.clicks.headline import headline_section
from wanamaker.reports.clicks.importance import importance_section
from wanamaker.reports.clicks.tuning import tuning_section
from wanamaker.reports.notes import notes_section
from wanamaker.reports.numbers import count, number
from wanamaker.reports.page import Page, Section, render

if TYPE_CHECKING:
    from wanamaker.reports.clicks.results import ClicksResults


def clicks_page(results: ClicksResults) -> str:
    """Return the clicks report as HTML: one file that opens offline.

    Parameters
    ----------
    results
        What is shown; nothing is computed from it but sums, shares and orders.
    """
    page = Page(
        title=results.title,
        kind="Clicks report",
        subtitle=_subtitle(results),
        sections=[section for section in _sections(results) if section is not None],
        choices=explored_choices(results),
        footer=_footer(results),
    )
    return render(page)


def _sections(results: ClicksResults) -> list[Section | None]:
    """Return the sections in order; None stands for one that has nothing to show."""
    return [
        headline_section(results),
        data_section(results),
        quality_section(results),
        calibration_section(results),
        curves_section(results),
        decision_section(results),
        truth_section(results),
        ablation_section(results),
        honesty_section(results),
        learning_section(results),
        importance_section(results),
        explored_section(results),
        tuning_section(results),
        None if results.audit is None else audit_section(results.audit),
        notes_section(results.notes),
    ]


def _subtitle(results: ClicksResults) -> str:
    facts = results.facts
    return (
        f"The probability of {facts['columns']['label']!r} for each event, by {model_named(facts['model'])} "
        f"on {count(facts['features'])} features, {_windows(facts['windows'])}."
    )


def _windows(many: int) -> str:
    if not many:
        return "none of them a window"
    return f"{count(many)} of them {'a window' if many == 1 else 'windows'} of the strict past"


def _footer(results: ClicksResults) -> list[tuple[str, str]]:
    facts = results.facts
    columns = ", ".join(f"{role} = {_plain(name)}" for role, name in facts["columns"].items() if name)
    items = [
        ("Package", f"wanamaker {facts.get('version', '')}".strip()),
        ("Intervals", f"95 %, {count(facts['bootstrap'])} bootstrap replicates of the test rows"),
        ("Seed", str(facts["seed"])),
        ("Columns", columns),
        ("Hour of the day in", facts["time_zone"]),
        ("Trees", count(facts["trees"])),
        ("Model kept", _REFIT[bool(facts["refit"])]),
    ]
    items += [
        (name.replace("_", " ").capitalize(), _plain(value))
        for name, value in facts["parameters"].items()
        if value is not None
    ]
    return items


_REFIT = {
    True: "fitted again on all matured rows, settings and calibration fixed; the figures above are of the "
    "model before that",
    False: "the one that was tested",
}


def _plain(value: Any) -> str:
    if isinstance(value, float):
        return number(value, 4).rstrip("0").rstrip(".")
    if isinstance(value, list | tuple):
        return ", ".join(_plain(held) for held in value) or "none"
    return value if isinstance(value, str) else json.dumps(value, default=str)
