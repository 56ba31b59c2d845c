"""The pictures of a world of sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.data import from_rows
from wanamaker.reports.drawing import line
from wanamaker.reports.figures import Drawing, Figure, bars, label_axis, percent_axis, percentages
from wanamaker.reports.numbers import count, number, percent
from wanamaker.reports.page import Block, Card, Cards, Section
from wanamaker.reports.tables import Column, Table
from wanamaker.reports.worlds.session_steps import examples_figure, steps_figure

if TYPE_CHECKING:
    from collections.abc import Mapping

    Rows = list[dict[str, Any]]

_COUNTED = (
    Column("sessions", "Sessions", "number"),
    Column("purchases", "Purchases", "number"),
    Column("expected", "Expected purchases", "number", 1, help="Sum of the true probabilities"),
    Column("rate", "Purchase rate", "percent", 2),
    Column("true", "True probability, mean", "percent", 2),
)


def sessions_sections(found: Mapping[str, Any]) -> list[Section]:
    """Return the sections of a world of sessions.

    Parameters
    ----------
    found
        What was counted in it.
    """
    lead = (
        "Who looks at a product before it goes into the cart buys more often than who looks afterwards. How "
        "many events of each kind there are says nothing of it: only a model that reads the order can know."
    )
    order: list[Block] = [_cards(found), _orders(found["orders"]), _lengths(found["lengths"])]
    prefixes: list[Block] = []
    if any(row["ceiling"] is not None for row in found["steps"]):
        prefixes.append(steps_figure(found["steps"]))
    if found["examples"]:
        prefixes.append(examples_figure(found["examples"]))
    log: list[Block] = [_days(found["days"]), _features(found["features"])]
    way = [Section("prefixes", "What is known on the way", prefixes, short="Prefixes")] if prefixes else []
    return [
        Section("order", "What the order does", order, lead=lead, short="Order, lengths"),
        *way,
        Section("log", "The log", log, short="Days, features"),
    ]


def _cards(found: Mapping[str, Any]) -> Cards:
    totals = found["totals"]
    sessions, events, purchases = (totals[key] for key in ("sessions", "events", "purchases"))
    return Cards(
        (
            Card("Sessions", count(sessions), f"{number(events / sessions, 1)} events in the mean"),
            Card("Purchases", count(purchases), f"{percent(purchases / sessions, 1)} of the sessions"),
            Card("AUC of the truth", number(found["ceiling"], 3), "for one who has seen the whole session"),
            Card("AUC on the way", number(found["of_prefixes"], 3), "over all prefixes of all sessions"),
        )
    )


def _orders(rows: Rows) -> Table:
    columns = (Column("order", "Last pair", "name"), *_COUNTED)
    keys = [column.key for column in columns]
    return Table("orders-table", "By the order of the last pair", from_rows("orders", rows, keys), columns)


def _lengths(rows: Rows) -> Figure:
    labels = [row["length"] for row in rows]
    seen = bars(
        labels,
        percentages([row["rate"] for row in rows]),
        name="Purchases per session",
        meta="Purchases per session",
        marker={"color": "--c0"},
        customdata=[[count(row["purchases"]), count(row["sessions"])] for row in rows],
        hovertemplate="%{x} events<br>%{y:.2f} %: %{customdata[0]} of %{customdata[1]}<extra></extra>",
    )
    true = line(labels, percentages([row["true"] for row in rows]), "True probability, mean", "--c1")
    layout = {
        "height": 300,
        "xaxis": label_axis("events of a session"),
        "yaxis": percent_axis(),
        "showlegend": True,
    }
    return Figure(
        "lengths-chart",
        "Length tells nothing",
        "Short and long sessions end in a purchase equally often.",
        from_rows("by_length", rows, ["length", "sessions", "purchases", "expected", "rate", "true"]),
        {"": Drawing([seen, true], layout)},
        alternative="Bars: purchases per session by its number of events, and a line for what was expected.",
    )


def _days(rows: Rows) -> Figure:
    days = [row["day"] for row in rows]
    rate = line(days, percentages([row["rate"] for row in rows]), "Purchases per session", "--c0")
    true = line(days, percentages([row["true"] for row in rows]), "True probability, mean", "--c1")
    layout = {
        "height": 300,
        "xaxis": {"type": "date"},
        "yaxis": percent_axis(),
        "showlegend": True,
        "hovermode": "closest",
    }
    return Figure(
        "days-chart",
        "Purchase rate by day",
        "Visitors buy more at weekends, unless features have no effect.",
        from_rows("by_day", rows, ["day", "sessions", "purchases", "expected", "rate", "true"]),
        {"": Drawing([rate, true], layout)},
        alternative="Two lines: purchases per session on each day, and what was expected.",
    )


def _features(rows: Rows) -> Table:
    columns = (Column("feature", "Feature", "name"), Column("value", "Value", "name"), *_COUNTED)
    keys = [column.key for column in columns]
    return Table("features-table", "By feature", from_rows("features", rows, keys), columns, shown=len(rows))
