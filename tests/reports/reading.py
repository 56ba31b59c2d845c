"""Reading a report as a test does: its elements, its texts, its data."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

_VOID = {"meta", "link", "img", "br", "hr", "input", "source", "base"}


@dataclass
class Element:
    """An element with its attributes, children and text."""

    tag: str
    attributes: dict[str, str]
    parent: Element | None = None
    children: list[Element] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    def all(self, tag: str | None = None, **attributes: str) -> list[Element]:
        """Return all elements below with this tag and these attributes; ``class_``: one of its classes."""
        found = []
        for child in self.children:
            named = tag in (None, child.tag)
            fits = named and all(child.has(key, value) for key, value in attributes.items())
            found += [child] * fits + child.all(tag, **attributes)
        return found

    def one(self, tag: str | None = None, **attributes: str) -> Element:
        """Return the only such element."""
        (found,) = self.all(tag, **attributes)
        return found

    def has(self, key: str, value: str) -> bool:
        """Tell whether an attribute has this value."""
        if key == "class_":
            return value in self.attributes.get("class", "").split()
        return self.attributes.get(key.replace("_", "-")) == value

    @property
    def text(self) -> str:
        """All text within, spaces put together."""
        return " ".join("".join(self.pieces).split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.here = Element("", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {key: value or "" for key, value in attrs}, self.here)
        self.here.children.append(element)
        if tag not in _VOID:
            self.here = element

    def handle_endtag(self, tag: str) -> None:
        assert self.here.tag == tag, f"<{self.here.tag}> closed by </{tag}>"
        assert self.here.parent is not None
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        element: Element | None = self.here
        if self.here.tag in ("script", "style"):
            self.here.pieces.append(data)
            return
        while element is not None:
            element.pieces.append(data)
            element = element.parent


def read(page: str) -> Element:
    """Return the root of a page; elements that are not closed in order are an error."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert reader.here is reader.root
    return reader.root


def data_of(page: Element) -> dict[str, Any]:
    """Return what the page carries for its script."""
    held: dict[str, Any] = json.loads("".join(page.one("script", id="page-data").pieces))
    return held


def rows_of(page: Element, table: str) -> list[list[str]]:
    """Return the cells of a table's body as text."""
    body = page.one("table", data_table=table).one("tbody")
    return [[cell.text.replace("\u202f", " ") for cell in row.children] for row in body.all("tr")]


def heads_of(page: Element, table: str) -> list[str]:
    """Return the headings of a table."""
    return [head.text for head in page.one("table", data_table=table).one("thead").all("th")]
