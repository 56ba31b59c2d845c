"""The page of a world: its pictures, and everything it was made from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from wanamaker.base.version import version
from wanamaker.reports.page import Page, Section, render

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SUBTITLES = {
    "journeys": "Touches and conversions in which the credit of every channel is known.",
    "clicks": "Clicks and installs in which the kind and the true probability of every click are known.",
    "sessions": "Visits in which the order of events decides, and the true probability after each is known.",
    "search_terms": "What people searched for, day by day, where the effect of every word is known.",
}


def world_page(kind: str, sections: Sequence[Section], parameters: Mapping[str, Any]) -> str:
    """Return the page of a world as HTML: one file that opens offline.

    Parameters
    ----------
    kind
        Kind of the world.
    sections
        What is shown of it.
    parameters
        What the world was made from.
    """
    plain = {name: value for name, value in parameters.items() if not isinstance(value, list | dict)}
    page = Page(
        title=f"A world of {kind.replace('_', ' ')}, seed {parameters['seed']}",
        kind="Simulated world",
        subtitle=_SUBTITLES[kind],
        sections=sections,
        footer=[
            ("Package", f"wanamaker {version()}"),
            *((name.replace("_", " ").capitalize(), _plain(value)) for name, value in plain.items()),
        ],
    )
    return render(page)


def _plain(value: Any) -> str:
    if value is None:
        return "by the number of rows"
    return value if isinstance(value, str) else json.dumps(value)
