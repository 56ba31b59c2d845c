"""Which half is wasted: the share of spend beside the share of credit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from wanamaker.reports.attribution.view import MOST_ROWS
from wanamaker.reports.figures import Drawing, Figure, Trace, named_rows, percent_axis, percentages, plain
from wanamaker.reports.numbers import count, percent, shorten
from wanamaker.reports.page import Block, Chooser, Section, Spoken

if TYPE_CHECKING:
    from wanamaker.reports.attribution.view import View
    from wanamaker.reports.data import Dataset

_GAPS_NAMED = 2


def spend_section(view: View, data: Dataset) -> Section | None:
    """Return the section, or None without costs."""
    parts = {key: (chosen, spent(part)) for key, chosen, part in view.parts()}
    parts = {key: (chosen, part) for key, (chosen, part) in parts.items() if len(part)}
    if view.first_key not in parts:
        return None
    figure = Figure(
        "spend-chart",
        "Share of spend and share of credit",
        "A ring is a touch's share of the spend, a dot its share of the credit. Blue: more credit than "
        "spend. "
        "Orange: more spend than credit. Shares of credit are shares among touches.",
        data,
        {key: _drawing(part) for key, (_, part) in parts.items()},
        by=view.keys,
        chosen=view.first_key,
        alternative="For each touch, its share of the spend and its share of the credit, joined by a line.",
    )
    said = {key: _said(chosen[0], part) for key, (chosen, part) in parts.items()}
    lead = (
        "A touch left of its ring costs more than the chosen method credits to it. That is a place to "
        "look, not a verdict: of all methods, only incremental ones try to tell what would have happened "
        "without the touch."
    )
    chooser = Chooser("spend-choice", view.choices)
    blocks: list[Block] = [chooser, Spoken("spend-said", view.keys, said, view.first_key), figure]
    return Section("spend", "Which half is wasted?", blocks, lead=lead, short="Spend and credit")


def spent(part: pl.DataFrame) -> pl.DataFrame:
    """Return the touches with their shares of spend and of credit, the costliest first."""
    known = part.filter(pl.col("spend_share").is_not_null())
    return known.sort(["spend_share", "credit_share"], descending=True)


def _drawing(part: pl.DataFrame) -> Drawing:
    rows = part.head(MOST_ROWS).with_row_index("place")
    axis, phone, height = named_rows(rows["touch"].to_list())
    gains = rows.filter(pl.col("credit_share") >= pl.col("spend_share"))
    losses = rows.filter(pl.col("credit_share") < pl.col("spend_share"))
    ring = {"symbol": "circle", "size": 11, "color": "--page", "line": {"width": 2, "color": "--grey"}}
    traces = [
        _lines(gains, "--credit-soft"),
        _lines(losses, "--spend-soft"),
        _points(rows, "spend_share", "Share of spend", ring),
        _points(gains, "credit_share", "Share of credit, above spend", _dot("--credit"), **_hovered(gains)),
        _points(losses, "credit_share", "Share of credit, below spend", _dot("--spend"), **_hovered(losses)),
    ]
    layout = {"height": height, "yaxis": axis, "xaxis": percent_axis(), "hovermode": "y", "showlegend": True}
    narrow = {"yaxis": phone, "xaxis": {"nticks": 5}}
    return Drawing([trace for trace in traces if trace["x"]], layout, narrow)


def _dot(colour: str) -> Trace:
    return {"symbol": "circle", "size": 12, "color": colour}


def _hover(row: dict[str, Any]) -> list[str]:
    return [
        plain(row["touch"]),
        percent(row["spend_share"]),
        percent(row["credit_share"]),
        count(round(row["cost"] or 0.0, 2)),
    ]


def _points(rows: pl.DataFrame, column: str, name: str, marker: Trace, **more: Any) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": percentages(rows[column].to_list()),
        "y": rows["place"].to_list(),
        "name": name,
        "marker": marker,
        "cliponaxis": False,
        "hoverinfo": "skip",
        **more,
    }


def _hovered(rows: pl.DataFrame) -> Trace:
    template = "<b>%{customdata[0]}</b><br>%{customdata[1]} of spend (%{customdata[3]})<br>"
    template += "%{customdata[2]} of credit"
    shown = [_hover(row) for row in rows.iter_rows(named=True)]
    return {"customdata": shown, "hovertemplate": template, "hoverinfo": "all"}


def _lines(rows: pl.DataFrame, colour: str) -> Trace:
    ends = [[row["spend_share"], row["credit_share"], None] for row in rows.iter_rows(named=True)]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": percentages([end for pair in ends for end in pair]),
        "y": [place for row in rows["place"] for place in (row, row, None)],
        "line": {"color": colour, "width": 4},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _said(model: str, part: pl.DataFrame) -> str:
    gap = pl.col("spend_share") - pl.col("credit_share")
    over = part.filter(gap > 0).sort(gap, descending=True).head(_GAPS_NAMED)
    under = part.filter(gap < 0).sort(gap).head(_GAPS_NAMED)
    sentences = []
    if len(over):
        sentences.append(f"By {model}, more spend than credit above all: {_listed(over)}.")
    if len(under):
        sentences.append(f"More credit than spend: {_listed(under)}.")
    return " ".join(sentences) or f"By {model}, credit is spread as the spend is."


def _listed(rows: pl.DataFrame) -> str:
    return "; ".join(_both(row) for row in rows.iter_rows(named=True))


def _both(row: dict[str, Any]) -> str:
    spend, credit = percent(row["spend_share"]), percent(row["credit_share"])
    return f"{shorten(row['touch'], 48)} ({spend} of spend, {credit} of credit)"
