"""Figures: plotly traces as plain data, coloured by the page's style sheet.

Colours are names of the style sheet (``"--credit"``); the page's script looks them up, so that figures
follow light, dark and print. Texts that come from data pass through `plain`, since plotly reads tags.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from wanamaker.reports.numbers import NARROW, shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wanamaker.reports.data import Dataset

Trace: TypeAlias = dict[str, Any]

ROW_HEIGHT, FRAME_HEIGHT = 26, 64
"""Pixels for each row of a chart with names at its side, and for its axis."""

LONGEST_NAME, LONGEST_NAME_PHONE = 34, 17
"""Signs of a name beside a chart."""


@dataclass(frozen=True)
class Drawing:
    """What a figure shows for one choice of the reader.

    Parameters
    ----------
    traces
        Plotly traces.
    layout
        Plotly layout.
    narrow
        Layout that replaces parts of ``layout`` on a phone.
    narrow_traces
        Traces for a phone, or None for the same.
    """

    traces: list[Trace]
    layout: dict[str, Any]
    narrow: dict[str, Any] = field(default_factory=dict)
    narrow_traces: list[Trace] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return what the script of the page draws."""
        return {
            "data": self.traces,
            "layout": self.layout,
            "narrow": self.narrow,
            "narrowData": self.narrow_traces,
        }


@dataclass(frozen=True)
class Figure:
    """A figure of a page.

    Parameters
    ----------
    name
        Unique within the page.
    title
        What the figure shows.
    caption
        How to read it.
    data
        The data that the CSV contains.
    drawings
        What to draw, by choice: positions of the options chosen, such as ``"3"`` or ``"3,0"``;
        ``""`` where there is no choice.
    by
        Keys of the choices, such as ``("model",)``.
    chosen
        The choice at first, a key of ``drawings``; nothing is drawn for a choice that has none.
    alternative
        What the figure shows, in words, for those who cannot see it.
    """

    template: ClassVar[str] = "blocks/figure.html.jinja"

    name: str
    title: str
    caption: str
    data: Dataset
    drawings: dict[str, Drawing]
    by: tuple[str, ...] = ()
    chosen: str = ""
    alternative: str = ""

    @property
    def height(self) -> int:
        """Pixels to keep free until it is drawn."""
        drawing = self.drawings.get(self.chosen) or next(iter(self.drawings.values()))
        return int(drawing.layout.get("height", 320))

    def as_dict(self) -> dict[str, Any]:
        """Return what the script of the page needs."""
        drawings = {key: drawing.as_dict() for key, drawing in self.drawings.items()}
        return {"name": self.name, "data": self.data.name, "by": list(self.by), "drawings": drawings}


def plain(text: str) -> str:
    """Return a text in which plotly finds no tags.

    Examples
    --------
    >>> plain("<b>A&B</b>")
    '&lt;b&gt;A&amp;B&lt;/b&gt;'
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def named_rows(names: Sequence[str]) -> tuple[dict[str, Any], dict[str, Any], int]:
    """Return an axis with names at the side, what changes on a phone, and the figure's height.

    Rows stand at 0, 1, 2, … from the top, so that names which look like numbers stay names.
    """
    places = list(range(len(names)))
    axis = {
        "tickvals": places,
        "ticktext": [plain(shorten(name, LONGEST_NAME)) for name in names],
        "range": [len(names) - 0.5, -0.5],
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
        "ticklabelstandoff": 6,
    }
    phone = {"ticktext": [plain(shorten(name, LONGEST_NAME_PHONE)) for name in names]}
    return axis, phone, ROW_HEIGHT * max(len(names), 2) + FRAME_HEIGHT


def percent_axis(**more: Any) -> dict[str, Any]:
    """Return an axis of percentages, to which `percentages` belong."""
    return {"ticksuffix": f"{NARROW}%", "zeroline": True, "rangemode": "tozero", "nticks": 7, **more}


def percentages(shares: Sequence[float | None]) -> list[float | None]:
    """Return shares as percentages, as precise as a chart can show them."""
    return [None if share is None else round(share * 100, 4) for share in shares]


def bars(labels: Sequence[str], heights: Sequence[float | None], **more: Any) -> Trace:
    """Return upright bars over labels that stay labels even if they look like numbers."""
    return {"type": "bar", "x": [plain(label) for label in labels], "y": list(heights), **more}


def label_axis(title: str = "") -> dict[str, Any]:
    """Return an axis of labels."""
    return {"type": "category", "title": {"text": title}, "showgrid": False, "tickangle": "auto"}
