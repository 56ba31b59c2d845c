"""Pictures of what is known of a purchase after each event of a session."""

from __future__ import annotations

from typing import Any

from wanamaker.reports.data import from_rows
from wanamaker.reports.drawing import COLOURS, line
from wanamaker.reports.figures import Drawing, Figure, percent_axis, percentages
from wanamaker.reports.numbers import count, number


def steps_figure(rows: list[dict[str, Any]]) -> Figure:
    """Return how well a purchase can be told after so many events, among the sessions that have them."""
    known = [row for row in rows if row["ceiling"] is not None]
    trace = line(
        [row["step"] for row in known],
        [round(row["ceiling"], 4) for row in known],
        "AUC of the truth",
        "--c0",
        customdata=[[count(row["sessions"]), count(row["purchases"])] for row in known],
        hovertemplate="After %{x} events: %{y:.3f}<br>%{customdata[0]} sessions, %{customdata[1]} with a "
        "purchase<extra></extra>",
    )
    layout = {
        "height": 320,
        "xaxis": {
            "type": "log",
            "title": {"text": "events so far"},
            "tickvals": [1, 2, 5, 10, 20, 50, 100, 200],
        },
        "yaxis": {"title": {"text": "AUC"}},
        "hovermode": "closest",
    }
    return Figure(
        "steps-chart",
        "After so many events",
        "AUC of the true probability among the sessions with at least so many events. What is still to come "
        "is not known, so this lies below what the whole session tells.",
        from_rows("by_step", rows, ["step", "sessions", "purchases", "rate", "ceiling"]),
        {"": Drawing([{**trace, "mode": "lines+markers"}], layout)},
        alternative="A line: the AUC of the true probability by the number of events so far.",
    )


def examples_figure(rows: list[dict[str, Any]]) -> Figure:
    """Return the true probability along some sessions, event by event."""
    traces = []
    for place, session in enumerate(dict.fromkeys(row["session_id"] for row in rows)):
        own = [row for row in rows if row["session_id"] == session]
        name = f"Session {session}, {'a purchase' if own[0]['purchase'] else 'none'}"
        trace = line(
            [row["step"] for row in own],
            percentages([row["probability"] for row in own]),
            name,
            COLOURS[place],
            customdata=[[_told(row), number(row["step"], 0)] for row in own],
            hovertemplate="%{customdata[1]}. %{customdata[0]}: %{y:.1f} %<extra></extra>",
        )
        traces.append({**trace, "mode": "lines+markers"})
    layout = {
        "height": 340,
        "xaxis": {"title": {"text": "event"}, "dtick": 1},
        "yaxis": percent_axis(title={"text": "probability of a purchase"}),
        "showlegend": True,
        "hovermode": "closest",
    }
    columns = ["session_id", "step", "action", "product", "probability", "session_probability", "purchase"]
    return Figure(
        "examples-chart",
        "Along a session",
        "The true probability after each event of a few sessions; the event is under the pointer. It rises "
        "where a view comes before its cart, and falls where the cart came first.",
        from_rows("examples", rows, columns),
        {"": Drawing(traces, layout)},
        alternative="Lines: the true probability of a purchase after each event of a few sessions.",
    )


def _told(row: dict[str, Any]) -> str:
    return row["action"] if row["product"] is None else f"{row['action']} {row['product']}"
