"""Pictures of what clicks have in common: their company within a minute, and their frequent values."""

from __future__ import annotations

from typing import Any

from wanamaker.reports.data import from_rows
from wanamaker.reports.drawing import COLOURS, line
from wanamaker.reports.figures import Drawing, Figure, bars, label_axis, percent_axis, percentages

_KIND_COLOURS = {"People": "--c0", "Bots": "--c1", "Injected": "--c4"}


def company_figure(rows: list[dict[str, Any]]) -> Figure:
    """Return how many clicks of the same ip, device and os a click has in its minute, by its kind."""
    classes = sorted({(row["from"], row["to"] or 0) for row in rows})
    traces = []
    for kind, colour in _KIND_COLOURS.items():
        shares = {row["from"]: row["share"] for row in rows if row["kind"] == kind}
        if shares:
            heights = percentages([shares.get(low, 0.0) for low, _ in classes])
            hover = f"{kind}, %{{x}} clicks<br>%{{y:.1f}} %<extra></extra>"
            labels = [_between(low, high) for low, high in classes]
            traces.append(
                bars(labels, heights, name=kind, meta=kind, marker={"color": colour}, hovertemplate=hover)
            )
    layout = {
        "height": 320,
        "barmode": "group",
        "xaxis": label_axis("clicks of one ip, device and os in a minute"),
        "yaxis": percent_axis(),
        "showlegend": True,
    }
    return Figure(
        "company-chart",
        "Company",
        "Share of each kind's clicks by how many the same phone makes in that minute, itself included (of "
        "the first million clicks). Windows count this; the columns of one click do not tell it.",
        from_rows("company", rows, ["kind", "from", "to", "clicks", "share"]),
        {"": Drawing(traces, layout)},
        alternative="Bars: shares of clicks by the number of clicks of the same phone in a minute.",
    )


def tails_figure(rows: list[dict[str, Any]]) -> Figure:
    """Return what share of the clicks the most frequent values of each column hold."""
    traces = []
    for place, column in enumerate(dict.fromkeys(row["column"] for row in rows)):
        own = [row for row in rows if row["column"] == column]
        hover = f"{column}: the first %{{x:,}} values<br>%{{y:.1f}} % of the clicks<extra></extra>"
        shares = percentages([row["share"] for row in own])
        values = [row["values"] for row in own]
        traces.append(line(values, shares, column, COLOURS[place], hovertemplate=hover))
    layout = {
        "height": 320,
        "xaxis": {"type": "log", "dtick": 1, "title": {"text": "most frequent values"}},
        "yaxis": percent_axis(range=[0, 101]),
        "showlegend": True,
        "hovermode": "closest",
    }
    return Figure(
        "tails-chart",
        "Few values hold most clicks",
        "And most values hold few: of them a table of rates per value learns little.",
        from_rows("tails", rows, ["column", "values", "share"]),
        {"": Drawing(traces, layout)},
        alternative="Rising lines: the share of clicks held by the most frequent values of each column.",
    )


def _between(low: int, high: int) -> str:
    if not high:
        return f"{low} or more"
    return str(low) if low == high else f"{low} – {high}"
