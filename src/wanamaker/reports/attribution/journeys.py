"""The journeys themselves: how long, how quick, along which paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.data import from_rows
from wanamaker.reports.figures import (
    Drawing,
    Figure,
    Trace,
    bars,
    label_axis,
    named_rows,
    percent_axis,
    percentages,
)
from wanamaker.reports.numbers import column_decimals, count, percent
from wanamaker.reports.page import Section
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.attribution.view import View

_HEIGHT = 320
_GROUPS = (("converting", "Converting journeys", "--credit"), ("other", "Other journeys", "--grey"))
_HOVER = "<b>%{customdata[0]}</b><br>%{customdata[1]} (%{customdata[2]})<extra></extra>"
_EARLY = (
    "Journeys end at their conversion, so short paths can look good merely because people converted early."
)


def journeys_section(view: View) -> Section | None:
    """Return the section on lengths and delays, or None where neither is known."""
    summary = view.results.summary
    figures = [figure for figure in (_lengths(view, summary), _delays(summary)) if figure]
    if not figures:
        return None
    return Section("journeys", "How long journeys are", figures, short="Journeys")


def _lengths(view: View, summary: dict[str, Any]) -> Figure | None:
    rows = summary.get("lengths") or []
    if not rows:
        return None
    labels = [row["length"] for row in rows]
    groups = [([row[key] for row in rows], name, colour) for key, name, colour in _GROUPS]
    traces = [
        bars(labels, _shares(counts), **_look(labels, counts, name, colour))
        for counts, name, colour in groups
        if sum(counts)
    ]
    layout = {
        "height": _HEIGHT,
        "xaxis": label_axis("Touches in the journey"),
        "yaxis": percent_axis(nticks=5),
        "barmode": "group",
        "bargap": 0.22,
        "showlegend": True,
    }
    return Figure(
        "lengths",
        "Touches per journey",
        f"Each colour sums to 100 %. {_cut(view, summary)}",
        from_rows("journey_lengths", rows, ("length", "converting", "other")),
        {"": Drawing(traces, layout, {"xaxis": {"nticks": 10, "tickangle": 0}})},
        alternative="Bar chart of journeys by number of touches, converting and others.",
    )


def _cut(view: View, summary: dict[str, Any]) -> str:
    most = view.results.metadata.get("observation", {}).get("max_touches")
    head = summary["headline"]
    if most is None:
        return "No journey was shortened."
    return (
        f"Lengths before shortening to the last {count(most)} touches, which cut "
        f"{percent(head.get('cut_share'))} of the journeys."
    )


def _delays(summary: dict[str, Any]) -> Figure | None:
    rows = summary.get("delays") or []
    if not sum(row["converting"] for row in rows):
        return None
    labels = [row["delay"] for row in rows]
    counts = [row["converting"] for row in rows]
    axis, phone, height = named_rows(labels)
    places = list(range(len(labels)))
    look = _look(labels, counts, "Converting journeys", "--credit")
    trace = {"type": "bar", "orientation": "h", "x": _shares(counts), "y": places, **look}
    layout = {"height": height, "yaxis": axis, "xaxis": percent_axis()}
    return Figure(
        "delays",
        "From the first touch to the conversion",
        "Share of converting journeys. The lookback sets the longest time that can be seen.",
        from_rows("time_to_conversion", rows, ("delay", "converting")),
        {"": Drawing([trace], layout, {"yaxis": phone, "xaxis": {"nticks": 5}})},
        alternative="Bar chart of converting journeys by the time from first touch to conversion.",
    )


def _look(labels: list[str], counts: list[float], name: str, colour: str) -> Trace:
    total = sum(counts)
    shown = [
        [label, percent(value / total), count(value)] for label, value in zip(labels, counts, strict=True)
    ]
    return {"name": name, "marker": {"color": colour}, "customdata": shown, "hovertemplate": _HOVER}


def _shares(counts: list[float]) -> list[float | None]:
    total = sum(counts)
    return percentages([value / total for value in counts])


def paths_section(view: View) -> Section | None:
    """Return the section on the commonest paths, or None without any."""
    rows = view.results.summary.get("paths") or []
    if not rows:
        return None
    flat = [{**row, "path": " > ".join(row["path"]), "touches": len(row["path"])} for row in rows]
    keys = ["path", "touches", "conversions", "journeys", "rate"]
    columns = [
        Column("path", "Path", "chips"),
        _amount("conversions", "Conversions", flat),
        _amount("journeys", "Journeys", flat),
        Column("rate", "Conversion rate", "percent", 1),
    ]
    if any(row.get("value") is not None for row in rows):
        keys.append("value")
        decimals = column_decimals([row["value"] for row in rows], money=True)
        columns.append(Column("value", "Value", "number", decimals))
    table = Table(
        "paths",
        "Paths with most conversions",
        from_rows("top_paths", flat, keys),
        tuple(columns),
        extra={"path": [row["path"] for row in rows]},
        note="Times (×) count the same touch in a row. Hover to see a shortened path in full.",
    )
    seen = view.results.metadata.get("observation", {}).get("observed")
    lead = _EARLY if seen == "until_conversion" else ""
    return Section("top-paths", "Top paths", [table], lead=lead)


def _amount(key: str, title: str, rows: list[dict[str, Any]]) -> Column:
    return Column(key, title, "number", column_decimals([row[key] for row in rows]))
