"""Short ways to a page's parts."""

from __future__ import annotations

from typing import Any

from tests.reports.made import Made
from tests.reports.reading import Element, data_of, read
from wanamaker.reports.attribution import attribution_page


def page_of(made: Made, **more: Any) -> Element:
    """Return the page of made results."""
    return read(attribution_page(made.results(**more)))


def sections_of(page: Element) -> list[str]:
    """Return the names of the sections, in order."""
    return [section.attributes["id"] for section in page.one("main").all("section")]


def text_of(page: Element, section: str) -> str:
    """Return the text of a section."""
    return page.one("section", id=section).text.replace("\u202f", " ")


def figure_of(page: Element, name: str) -> dict[str, Any]:
    """Return what a figure draws."""
    found: dict[str, Any] = next(figure for figure in data_of(page)["figures"] if figure["name"] == name)
    return found


def columns_of(page: Element, data: str) -> dict[str, list[Any]]:
    """Return a CSV of the page, column by column."""
    held = data_of(page)["data"][data]["fields"]
    return {
        field["name"]: [field["levels"][code] for code in field["codes"]]
        if "levels" in field
        else field["values"]
        for field in held
    }
