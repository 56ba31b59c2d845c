"""A page: sections of blocks, rendered to one self-contained HTML file.

A block is any object with a ``template``; it is rendered with itself as ``block``. The pieces that all
reports share are here and in `tables` and `figures`; a report of one study adds its own beside its page.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from wanamaker.reports.data import embedded_json
from wanamaker.reports.figures import Figure
from wanamaker.reports.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


_SCRIPTS = ("format.js", "choices.js", "tables.js", "figures.js", "page.js")


class Block(Protocol):
    """A piece of a page."""

    template: ClassVar[str]


@dataclass(frozen=True)
class Card:
    """One headline figure."""

    title: str
    value: str
    detail: str = ""


@dataclass(frozen=True)
class Cards:
    """Headline figures side by side."""

    template: ClassVar[str] = "blocks/cards.html.jinja"
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Prose:
    """Paragraphs, or a list with ``bullets``."""

    template: ClassVar[str] = "blocks/prose.html.jinja"
    paragraphs: tuple[str, ...]
    bullets: bool = False
    style: str = ""


@dataclass(frozen=True)
class Facts:
    """Terms, each with what is to be said about it: ``(term, short value, explanation)``."""

    template: ClassVar[str] = "blocks/facts.html.jinja"
    facts: tuple[tuple[str, str, str], ...]
    style: str = ""


@dataclass(frozen=True)
class Notes:
    """Findings about the data: dictionaries with ``severity``, ``message`` and ``code``."""

    template: ClassVar[str] = "blocks/notes.html.jinja"
    notes: tuple[dict[str, Any], ...]
    none: str = ""


@dataclass(frozen=True)
class Choice:
    """What the reader may choose on the page, such as the method.

    Parameters
    ----------
    key
        The column of data that the choice selects from.
    title
        The label.
    options
        The values, in order.
    first
        The position of the option chosen at first.
    """

    key: str
    title: str
    options: tuple[str, ...]
    first: int = 0


@dataclass(frozen=True)
class Chooser:
    """Where the reader chooses; all choosers of one key on a page move together."""

    template: ClassVar[str] = "blocks/chooser.html.jinja"
    name: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Spoken:
    """A text that follows the reader's choices."""

    template: ClassVar[str] = "blocks/spoken.html.jinja"
    name: str
    by: tuple[str, ...]
    texts: dict[str, str]
    chosen: str


@dataclass(frozen=True)
class Section:
    """A part of a page with a heading, listed in its contents."""

    name: str
    title: str
    blocks: Sequence[Block]
    lead: str = ""
    short: str = ""

    @property
    def entry(self) -> str:
        """The name in the contents."""
        return self.short or self.title


@dataclass(frozen=True)
class Page:
    """A whole page.

    Parameters
    ----------
    title, kind, subtitle
        What it is about, the sort of report, and a line below.
    sections
        Its parts, in order.
    choices
        What the reader may choose.
    footer
        How the numbers came about: ``(term, value)``.
    """

    title: str
    kind: str
    subtitle: str
    sections: Sequence[Section]
    choices: tuple[Choice, ...] = ()
    footer: Sequence[tuple[str, str]] = field(default_factory=tuple)

    @property
    def blocks(self) -> Iterator[Block]:
        """All blocks of all sections."""
        for section in self.sections:
            yield from section.blocks


def render(page: Page) -> str:
    """Return a page as HTML that needs nothing but itself: no network, no other file.

    A content security policy allows the page's own scripts only, by their hashes, so that nothing that
    came in with the data could run.
    """
    plotly, own = _plotly() if _figures(page) else "", _script()
    return (
        _environment()
        .get_template("page.html.jinja")
        .render(
            page=page,
            style=Markup(_asset("page.css")),  # noqa: S704  # our own file
            plotly=Markup(plotly),  # noqa: S704  # plotly's own file
            script=Markup(own),  # noqa: S704  # our own file
            hashes=[_hash(code) for code in (plotly, own) if code],
            data=embedded_json(_data(page)),
        )
    )


def _figures(page: Page) -> list[Figure]:
    return [block for block in page.blocks if isinstance(block, Figure)]


def _data(page: Page) -> dict[str, Any]:
    tables = [block for block in page.blocks if isinstance(block, Table)]
    spoken = [block for block in page.blocks if isinstance(block, Spoken)]
    figures = _figures(page)
    held = [*(table.data for table in tables), *(table.download for table in tables)]
    held += [figure.data for figure in figures]
    return {
        "choices": {
            choice.key: {"options": list(choice.options), "chosen": choice.first} for choice in page.choices
        },
        "data": {data.name: data.as_dict() for data in held},
        "tables": [table.as_dict() for table in tables],
        "figures": [figure.as_dict() for figure in figures],
        "spoken": [{"name": text.name, "by": list(text.by), "texts": text.texts} for text in spoken],
    }


def _hash(code: str) -> str:
    return base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("wanamaker.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _asset(name: str) -> str:
    return (files("wanamaker.reports") / "templates" / name).read_text(encoding="utf-8")


def _script() -> str:
    parts = "\n".join(_asset(name) for name in _SCRIPTS)
    return f'(() => {{\n"use strict";\n{parts}\n}})();\n'


def _plotly() -> str:
    from plotly.offline import get_plotlyjs

    code: str = get_plotlyjs()
    return code.replace("\r\n", "\n")
