"""What moves the predictions, over many sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.data import from_rows
from wanamaker.reports.figures import Drawing, Figure, named_rows, plain
from wanamaker.reports.numbers import figure
from wanamaker.reports.page import Block, Section
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.sessions.results import SessionsResults

_MOST = 25


def effects_section(results: SessionsResults) -> Section | None:
    """Return the mean size of the effects of events and features."""
    rows = results.explained.get("effects") or []
    if not rows:
        return None
    blocks: list[Block] = [_chart(rows[:_MOST]), _table(rows)]
    lead = (
        "The mean size of effects on the latest test sessions, in log-odds: per event of a kind, and per "
        "session "
        "for what is known of it. They say what the model uses, not what causes the outcome."
    )
    return Section("effects", "What moves the predictions", blocks, lead=lead, short="Effects")


def _chart(rows: list[dict[str, Any]]) -> Figure:
    axis, phone, height = named_rows([row["name"] for row in rows])
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": list(range(len(rows))),
        "x": [round(row["removal"], 5) for row in rows],
        "marker": {"color": ["--credit" if row["kind"] == "event" else "--c2" for row in rows]},
        "customdata": [[plain(row["name"]), figure(row["removal"]), row["kind"]] for row in rows],
        "hovertemplate": "<b>%{customdata[0]}</b> (%{customdata[2]})<br>%{customdata[1]} "
        "log-odds<extra></extra>",
    }
    layout = {
        "height": height + 16,
        "yaxis": axis,
        "xaxis": {"nticks": 6, "title": {"text": "mean size of the effect, log-odds"}},
    }
    both = len({row["kind"] for row in rows}) > 1
    return Figure(
        "effects-chart",
        "By removal",
        "How far the answer moves if the event, or what is known of the feature, had not been there."
        + (" Events in the first colour, features of the session in the second." if both else ""),
        from_rows("effects_charted", rows, list(rows[0])),
        {"": Drawing([trace], layout, {"yaxis": phone})},
        alternative="Bars: mean size of the effect by event and feature.",
    )


def _table(rows: list[dict[str, Any]]) -> Table:
    columns = [
        Column("name", "Event or feature", "name"),
        Column("kind", "Kind"),
        Column("times", "Times", "number"),
        Column("removal", "Removal, size", "number", 3),
    ]
    if any("integrated_gradients" in row for row in rows):
        columns += [
            Column("removal_mean", "Removal, mean", "number", 3, help="With its sign"),
            Column("integrated_gradients", "Integrated gradients, size", "number", 3),
            Column(
                "integrated_gradients_mean", "Integrated gradients, mean", "number", 3, help="With its sign"
            ),
        ]
    keys = [column.key for column in columns]
    return Table("effects-table", "Every event and feature", from_rows("effects", rows, keys), tuple(columns))
