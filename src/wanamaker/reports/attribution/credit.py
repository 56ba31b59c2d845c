"""Credit by method: a chart with intervals, and the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from wanamaker.reports.attribution.view import FEW, MOST_ROWS
from wanamaker.reports.data import Dataset, from_frame
from wanamaker.reports.figures import Drawing, Figure, named_rows, percent_axis, percentages, plain
from wanamaker.reports.numbers import NARROW, column_decimals, count, percent
from wanamaker.reports.page import Block, Chooser, Section, Spoken
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.attribution.view import View

_HIDDEN = ("special", "few", "cost_low", "cost_high")
_DECIMALS = {
    "conversions": 4,
    "share": 6,
    "value": 2,
    "cost": 2,
    "cpa": 4,
    "roas": 4,
    "share_low": 5,
    "share_high": 5,
    "spend_share": 5,
    "credit_share": 5,
}
_END_DIGITS = 4
"""Significant digits of the ends of intervals: more than resampling can tell."""


def credit_section(view: View, data: Dataset) -> Section:
    """Return the section."""
    blocks: list[Block] = [
        Chooser("credit-choice", view.choices),
        Spoken("method-said", ("model",), *_said(view)),
        _chart(view, data),
        _table(view, data),
    ]
    lead = (
        "Each method shares out the conversions in another way: choose one and see what changes. "
        "Incremental credit leaves to the baseline what would have come anyway; the others give every "
        "conversion to touches."
    )
    return Section("credit", "Credit by method", blocks, lead=lead, short="Credit")


def credit_data(view: View) -> Dataset:
    """Return the credit table, with the shares of spend and of credit among touches where there are costs."""
    table = view.credit.drop(_HIDDEN, strict=False)
    ends = [name for name in table.columns if name.endswith(("_low", "_high")) and name not in _DECIMALS]
    short = [pl.col(name).round(places) for name, places in _DECIMALS.items() if name in table.columns]
    return from_frame("credit", table.with_columns(*short, pl.col(ends).round_sig_figs(_END_DIGITS)))


def _said(view: View) -> tuple[dict[str, str], str]:
    texts = {}
    for place, model in enumerate(view.models):
        known = view.method(model)
        texts[str(place)] = " ".join(known[key] for key in ("summary", "misleads") if known.get(key))
    return texts, str(view.choices[0].first)


def _chart(view: View, data: Dataset) -> Figure:
    drawings = {key: _drawing(part, intervals=view.has_intervals) for key, _, part in view.parts()}
    most = max(part.select(~pl.col("special")).sum().item() for _, _, part in view.parts())
    caption = (
        f"The {MOST_ROWS} touches with most credit; the table below has all {most}. "
        if most > MOST_ROWS
        else ""
    )
    if view.has_intervals:
        caption += (
            f"Lines: 95{NARROW}% intervals from resampling {view.resampled}. They show how much chance there "
            "is in the credit, not whether the method is right."
        )
    else:
        caption += "No intervals were computed: differences may be chance."
    if view.credit["few"].any():
        caption += f" Pale bars: touches in fewer than {FEW} converting journeys."
    if not view.credit.filter(~pl.col("special") & (pl.col("conversions") < 0)).is_empty():
        caption += " Orange: credit below zero."
    return Figure(
        "credit-chart",
        "Share of all conversions",
        caption,
        data,
        drawings,
        by=view.keys,
        chosen=view.first_key,
        alternative="Bar chart of the share of conversions of each touch; the table below has the numbers.",
    )


def _drawing(part: pl.DataFrame, *, intervals: bool) -> Drawing:
    rows = _charted(part)
    names = rows["touch"].to_list()
    axis, phone, height = named_rows(names)
    low, high = (
        rows[end].to_list() if intervals else [None] * len(names) for end in ("share_low", "share_high")
    )
    shares = rows["share"].to_list()
    trace: dict[str, Any] = {
        "type": "bar",
        "orientation": "h",
        "y": list(range(len(names))),
        "x": percentages(shares),
        "marker": {"color": [_colour(row) for row in rows.iter_rows(named=True)]},
        "customdata": [
            [plain(name), percent(share), count(conversions), _span(bottom, top)]
            for name, share, conversions, bottom, top in zip(
                names, shares, rows["conversions"], low, high, strict=True
            )
        ],
        "hovertemplate": "<b>%{customdata[0]}</b><br>%{customdata[1]}%{customdata[3]}<br>"
        "%{customdata[2]} conversions<extra></extra>",
    }
    if intervals:
        trace["error_x"] = _whiskers(shares, low, high)
    layout = {"height": height, "yaxis": axis, "xaxis": percent_axis(), "hovermode": "y"}
    return Drawing([trace], layout, narrow={"yaxis": phone, "xaxis": {"nticks": 5}})


def _charted(part: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with most credit, and all rows in parentheses."""
    touches = part.filter(~pl.col("special")).head(MOST_ROWS)
    return pl.concat([touches, part.filter("special")])


def _colour(row: dict[str, Any]) -> str:
    if row["special"]:
        return "--grey"
    colour = "--spend" if (row["conversions"] or 0.0) < 0 else "--credit"
    return f"{colour}-soft" if row["few"] else colour


def _span(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f" ({percent(low)} – {percent(high)})"


def _whiskers(shares: list[Any], low: list[Any], high: list[Any]) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": percentages([_gap(top, share) for top, share in zip(high, shares, strict=True)]),
        "arrayminus": percentages([_gap(share, bottom) for share, bottom in zip(shares, low, strict=True)]),
        "color": "--interval",
        "thickness": 1.5,
        "width": 3,
    }


def _gap(upper: float | None, lower: float | None) -> float | None:
    return None if upper is None or lower is None else max(0.0, upper - lower)


def _table(view: View, data: Dataset) -> Table:
    note = f"Touches in fewer than {FEW} converting journeys are not ranked."
    if view.has_intervals:
        note = (
            f"A rank such as 2–4 means that the intervals overlap: the data do not say which is ahead. {note}"
        )
    else:
        note = f"Without intervals, ranks only give the order. {note}"
    if view.has("cpa"):
        note += " There is no CPA where no credit above zero is given."
    return Table(
        "credit-table",
        "Credit of every touch",
        data,
        tuple(_columns(view, data)),
        by=view.keys,
        chosen=view.chosen,
        shown=MOST_ROWS,
        note=note,
    )


def _columns(view: View, data: Dataset) -> list[Column]:
    def amount(key: str, title: str, help_: str = "", *, money: bool = False) -> Column:
        return Column(key, title, "number", column_decimals(list(data.values(key)), money=money), help=help_)

    columns = [
        Column("touch", "Touch", "name"),
        Column("rank", "Rank", "rank", help="The ranks that the intervals allow"),
        amount("conversions", "Conversions"),
        Column("share", "Share", "percent", 1),
    ]
    if view.has_intervals:
        columns.append(Column("share_low", f"95{NARROW}% interval", "percent", 1, upper="share_high"))
    if view.has("value"):
        columns.append(amount("value", "Value", money=True))
    if view.has("cost"):
        columns += [
            amount("cost", "Cost", "What the touch cost in all journeys, converting or not", money=True),
            Column("cpa", "CPA", "figure", help="Cost per credited conversion, where any is credited"),
        ]
    if view.has("roas"):
        columns.append(Column("roas", "ROAS", "figure", help="Credited value per cost"))
    columns.append(amount("support", "Converting journeys", "Converting journeys that contain the touch"))
    return columns
