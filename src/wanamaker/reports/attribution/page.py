"""The page: its parts in order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from wanamaker.reports.attribution.believe import believe_section
from wanamaker.reports.attribution.breakdown import breakdown_sections
from wanamaker.reports.attribution.calibration import calibration_section
from wanamaker.reports.attribution.credit import credit_data, credit_section
from wanamaker.reports.attribution.disagreement import disagreement_section
from wanamaker.reports.attribution.effects import effects_sections
from wanamaker.reports.attribution.flow import flow_section
from wanamaker.reports.attribution.headline import headline_section
from wanamaker.reports.attribution.journeys import journeys_section, paths_section
from wanamaker.reports.attribution.markov import markov_section
from wanamaker.reports.attribution.methods import conservation_section, methods_section
from wanamaker.reports.attribution.network import network_section, trained_section
from wanamaker.reports.attribution.observation import observation_section, observed_as
from wanamaker.reports.attribution.replay import replay_section
from wanamaker.reports.attribution.shapley import shapley_section
from wanamaker.reports.attribution.spend import spend_section
from wanamaker.reports.attribution.truth import truth_section
from wanamaker.reports.attribution.view import View
from wanamaker.reports.audit import audit_section
from wanamaker.reports.notes import notes_section
from wanamaker.reports.numbers import count, period
from wanamaker.reports.page import Page, Section, render

if TYPE_CHECKING:
    from wanamaker.reports.attribution.results import AttributionResults


def attribution_page(results: AttributionResults) -> str:
    """Return the attribution report as HTML: one file that opens offline.

    Parameters
    ----------
    results
        What is shown; nothing is computed from it but sums, shares and orders.
    """
    view = View(results)
    page = Page(
        title=results.title,
        kind="Attribution report",
        subtitle=_subtitle(view),
        sections=[section for section in _sections(view) if section is not None],
        choices=view.choices,
        footer=_footer(view),
    )
    return render(page)


def _sections(view: View) -> list[Section | None]:
    """Return the sections in order; None stands for one that has nothing to show."""
    data = credit_data(view)
    return [
        headline_section(view),
        observation_section(view),
        believe_section(view),
        credit_section(view, data),
        disagreement_section(view),
        *effects_sections(view),
        calibration_section(view),
        spend_section(view, data),
        network_section(view),
        replay_section(view),
        *breakdown_sections(view),
        trained_section(view),
        shapley_section(view),
        markov_section(view),
        truth_section(view),
        journeys_section(view),
        paths_section(view),
        flow_section(view),
        methods_section(view),
        conservation_section(view),
        None if view.results.audit is None else audit_section(view.results.audit),
        notes_section(view.results.notes),
    ]


def _subtitle(view: View) -> str:
    head = view.results.summary["headline"]
    methods = "1 method" if len(view.models) == 1 else f"{len(view.models)} methods"
    touches = "1 touch" if head["touch_names"] == 1 else f"{count(head['touch_names'])} touches"
    return f"Credit for {count(head['conversions'])} conversions over {touches}, by {methods}."


def _footer(view: View) -> list[tuple[str, str]]:
    metadata = view.results.metadata
    observation = metadata.get("observation", {})
    replicates = metadata.get("bootstrap")
    items = [
        ("Package", f"wanamaker {metadata.get('version', '')}".strip()),
        ("Period", _period(metadata)),
        (
            "Intervals",
            f"95 %, {count(replicates)} bootstrap replicates of {view.resampled}" if replicates else "none",
        ),
        ("Seed", str(metadata.get("seed", "–"))),
        ("Observed", observed_as(observation)[0].lower()),
        ("Lookback", _plain(observation.get("lookback")) or "no limit"),
        ("Most touches per journey", _plain(observation.get("max_touches")) or "no limit"),
        ("Form of the log", str(observation.get("form", "–"))),
    ]
    for key, title in (("censor_at", "Cut off at"), ("landmark", "Landmark")):
        if observation.get(key):
            items.append((title, _plain(observation[key])))
    parameters = [(model, view.method(model).get("parameters")) for model in view.models]
    return items + [(f"Parameters of {model}", _plain(held)) for model, held in parameters if held]


def _period(metadata: dict[str, Any]) -> str:
    start, end = metadata.get("period") or (None, None)
    if start is None or end is None:
        return "no times"
    dates, length = period(start, end)
    return f"{dates} ({length}); {start} to {end}"


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} = {_plain(held)}" for name, held in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_plain(held) for held in value)
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, default=str)
