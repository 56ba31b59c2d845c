"""From which event on the flagged are right often enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.data import from_rows
from wanamaker.reports.drawing import line, silent, whiskers
from wanamaker.reports.figures import Drawing, Figure, Trace, percent_axis, percentages
from wanamaker.reports.numbers import count, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

_SOME = 10


def reached_facts(held: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return after how many events the target precision is reached, and how sure that is."""
    early = held.get("earliest")
    if early is None:
        return [("Precision reached", "never", "No threshold reached the target on the validation sessions.")]
    target = percent(early["target"], 0)
    told = f"Flagged from {percent(early['threshold'], 1)} on, the lowest that reached {target} on valid. "
    if early["events"] is None:
        return [("Precision reached", "never", f"{told}On the test sessions, at no number of events.")]
    value = f"after event {early['events']}"
    if early["low"] is not None and early["low"] != early["high"]:
        value += f" ({early['low']} to {early['high']})"
    more = f"{percent(early['precision'], 0)} of the {count(early['flagged'])} flagged there are right."
    if early["reached"] is not None and early["reached"] < 1:
        more += f" In {percent(1 - early['reached'], 0)} of the replicates it is never reached."
    sure = "never" if early["sure"] is None else f"after event {early['sure']}"
    return [
        (f"{target} precision reached", value, told + more),
        (
            f"{target} precision, surely",
            sure,
            "There even the lower end of the interval of precision reaches it.",
        ),
    ]


def reached_chart(held: Mapping[str, Any]) -> Figure:
    """Return precision and recall by events so far, at the threshold for the target precision."""
    rows = [row for row in held["at_target"] if row["flagged"] >= _SOME]
    target = held["earliest"]["target"]
    x = [row["events"] for row in rows]
    ends = [min(x, default=1), max(x, default=1)]
    layout = {
        "height": 280,
        "xaxis": {"title": {"text": "events so far"}, "nticks": 12},
        "yaxis": percent_axis(range=[0, 101]),
        "hovermode": "closest",
        "showlegend": True,
    }
    traces = [silent(ends, percentages([target, target])), _precision(rows), _recall(rows)]
    keys = ["events", "rows", "flagged", "precision", "precision_low", "precision_high", "recall"]
    return Figure(
        "course-precision",
        f"Precision after so many events, at the threshold for {percent(target, 0)}",
        "The dotted line is the target. Whiskers are 95 % intervals. Only where 10 or more are flagged.",
        from_rows("precision_by_events", [_flat(row) for row in rows], keys),
        {"": Drawing(traces, layout)},
        alternative="Lines: precision and recall by number of events so far.",
    )


def _precision(rows: list[dict[str, Any]]) -> Trace:
    figures = [row["precision"] for row in rows]
    return line(
        [row["events"] for row in rows],
        percentages([figure["value"] for figure in figures]),
        "Precision",
        "--credit",
        mode="lines+markers",
        error_y=whiskers(figures, 100.0),
        customdata=[[count(row["flagged"]), count(row["rows"])] for row in rows],
        hovertemplate="after %{x} events<br>%{y:.0f} % of %{customdata[0]} flagged, of %{customdata[1]}"
        "<extra></extra>",
    )


def _recall(rows: list[dict[str, Any]]) -> Trace:
    return line(
        [row["events"] for row in rows],
        percentages([row["recall"]["value"] for row in rows]),
        "Recall",
        "--c1",
        hovertemplate="after %{x} events<br>%{y:.0f} % found<extra></extra>",
    )


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    told = {key: row[key] for key in ("events", "rows", "flagged")}
    told |= {"precision": row["precision"]["value"], "recall": row["recall"]["value"]}
    return told | {f"precision_{end}": row["precision"][end] for end in ("low", "high")}
