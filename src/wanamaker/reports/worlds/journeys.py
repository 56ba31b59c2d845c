"""The pictures of a world of journeys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.data import from_rows
from wanamaker.reports.drawing import line
from wanamaker.reports.figures import (
    Drawing,
    Figure,
    bars,
    label_axis,
    named_rows,
    percent_axis,
    percentages,
    plain,
)
from wanamaker.reports.numbers import count, number, percent
from wanamaker.reports.page import Block, Card, Cards, Section
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from collections.abc import Mapping


def journeys_sections(found: Mapping[str, Any]) -> list[Section]:
    """Return the sections of a world of journeys.

    Parameters
    ----------
    found
        What was counted in it.
    """
    lead = (
        "A real log shows who was touched and who converted. What brought a conversion about, only this one."
    )
    truth: list[Block] = [_cards(found["totals"]), _shares(found["channels"]), _channels(found["channels"])]
    seen: list[Block] = [_days(found["days"]), _lengths(found["lengths"], found["longest"])]
    return [
        Section("truth", "What the channels truly do", truth, lead=lead, short="Channels"),
        Section("log", "The log", seen, short="Days, lengths"),
    ]


def _cards(totals: Mapping[str, Any]) -> Cards:
    users, touches, conversions = (totals[key] for key in ("users", "touches", "conversions"))
    return Cards(
        (
            Card("Users", count(users)),
            Card("Touches", count(touches), f"{number(touches / users, 1)} in a mean journey"),
            Card("Conversions", count(conversions), f"{percent(conversions / users, 2)} of the users"),
        )
    )


def _shares(rows: list[dict[str, Any]]) -> Figure:
    axis, phone, height = named_rows([row["touch"] for row in rows])
    trace = {
        "type": "bar",
        "orientation": "h",
        "x": percentages([row["share"] for row in rows]),
        "y": list(range(len(rows))),
        "marker": {"color": "--credit"},
        "customdata": [
            [plain(row["touch"]), percent(row["share"]), count(row["conversions"])] for row in rows
        ],
        "hovertemplate": "<b>%{customdata[0]}</b><br>%{customdata[1]}: %{customdata[2]} conversions"
        "<extra></extra>",
    }
    layout = {"height": height, "yaxis": axis, "xaxis": percent_axis(), "hovermode": "closest"}
    return Figure(
        "shares-chart",
        "True credit",
        "Share of the expected conversions: the Shapley value of the true model. The last needs no touch.",
        from_rows("true_credit", rows, ["touch", "share", "conversions"]),
        {"": Drawing([trace], layout, {"yaxis": phone})},
        alternative="Bars: the true share of each channel; the table has the numbers.",
    )


def _channels(rows: list[dict[str, Any]]) -> Table:
    columns = (
        Column("touch", "Channel", "name"),
        Column("effect", "Effect of a touch", "percent", 2, help="Probability that one touch converts"),
        Column("users", "Users reached", "number"),
        Column("touches", "Touches", "number"),
        Column("followed", "Conversions after it", "number", help="Touches that carry a conversion"),
        Column("conversions", "True conversions", "number", 1),
        Column("share", "True share", "percent", 1),
        Column("removal", "Lost without it", "number", 1),
        Column("cost", "Spend", "figure"),
    )
    keys = [column.key for column in columns]
    return Table(
        "channels-table", "The channels", from_rows("channels", rows, keys), columns, shown=len(rows)
    )


def _days(rows: list[dict[str, Any]]) -> Figure:
    days = [row["day"] for row in rows]
    touches = line(days, [row["touches"] for row in rows], "Touches", "--c0")
    won = line(days, [row["conversions"] for row in rows], "Conversions", "--c1", yaxis="y2")
    layout = {
        "height": 320,
        "xaxis": {"type": "date"},
        "yaxis": {"rangemode": "tozero", "domain": [0.42, 1.0], "title": {"text": "touches"}},
        "yaxis2": {
            "rangemode": "tozero",
            "domain": [0.0, 0.32],
            "title": {"text": "conversions", "font": {"size": 13, "color": "--soft"}},
            "tickfont": {"size": 13, "color": "--ink"},
            "zerolinecolor": "--line",
            "gridcolor": "--faint-line",
            "fixedrange": True,
            "automargin": True,
        },
        "showlegend": True,
        "hovermode": "closest",
    }
    return Figure(
        "days-chart",
        "Touches and conversions by day",
        "Users start within the first weeks; what follows is their last touches.",
        from_rows("by_day", rows, ["day", "touches", "conversions"]),
        {"": Drawing([touches, won], layout)},
        alternative="Two lines: touches and conversions on each day.",
    )


def _lengths(rows: list[dict[str, Any]], longest: int) -> Figure:
    labels = [f"{row['touches']}{'+' if row['touches'] == longest else ''}" for row in rows]
    users = bars(
        labels,
        [row["users"] for row in rows],
        name="Users",
        marker={"color": "--credit"},
        customdata=[[percent(row["rate"], 2)] for row in rows],
        hovertemplate="%{x} touches<br>%{y:,} users, %{customdata[0]} convert<extra></extra>",
    )
    layout = {
        "height": 300,
        "xaxis": label_axis("touches of a journey"),
        "yaxis": {"title": {"text": "users"}},
    }
    return Figure(
        "lengths-chart",
        "Length of journeys",
        "How many of them convert is shown under the pointer.",
        from_rows("lengths", rows, ["touches", "users", "conversions", "rate"]),
        {"": Drawing([users], layout)},
        alternative="Bars: users by the number of touches of their journey.",
    )
