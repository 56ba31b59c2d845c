"""The pictures of a world of clicks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.data import from_rows
from wanamaker.reports.drawing import COLOURS, line, whiskers
from wanamaker.reports.figures import Drawing, Figure, bars, label_axis, percent_axis, percentages
from wanamaker.reports.numbers import count, number, percent
from wanamaker.reports.page import Block, Card, Cards, Section
from wanamaker.reports.tables import Column, Table
from wanamaker.reports.worlds.click_tails import company_figure, tails_figure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wanamaker.reports.figures import Trace

_KINDS = {"person": ("People", "--c0"), "bot": ("Bots", "--c1"), "injected": ("Injected", "--c4")}


def clicks_sections(found: Mapping[str, Any]) -> list[Section]:
    """Return the sections of a world of clicks.

    Parameters
    ----------
    found
        What was counted in it.
    """
    lead = (
        "Bots bring clicks and hardly any installs; injected clicks take the credit for installs that would "
        "have happened anyway. A real log does not tell which is which."
    )
    when = [_hours(found["hours"]), _days(found["days"])]
    if found["apps"]:
        when.append(_apps(found["apps"]))
    return [
        Section(
            "kinds", "Who clicks", [_cards(found), _kinds(found["kinds"])], lead=lead, short="Kinds of click"
        ),
        Section("time", "Over time", when, short="Hours, days, drift"),
        Section("windows", "What the past tells", _past(found), short="Company, tails, delays"),
    ]


def _past(found: Mapping[str, Any]) -> list[Block]:
    blocks: list[Block] = [company_figure(found["company"]), tails_figure(found["tails"])]
    return [*blocks, _delays(found["delays"])] if found["delays"] else blocks


def _cards(found: Mapping[str, Any]) -> Cards:
    kinds = found["kinds"]
    clicks, installs = (sum(row[key] for row in kinds) for key in ("clicks", "installs"))
    bots = sum(row["clicks"] for row in kinds if row["kind"] == "Bots")
    stolen = sum(row["installs"] for row in kinds if row["kind"] == "Injected")
    share = "none" if not installs else percent(stolen / installs)
    return Cards(
        (
            Card("Clicks", count(clicks), f"{count(installs)} installs, {percent(installs / clicks, 2)}"),
            Card("Bots", percent(bots / clicks), "of the clicks"),
            Card("Stolen", share, "of the installs, by injected clicks"),
            Card("AUC of the truth", number(found["ceiling"], 3), "no model can be expected to reach more"),
        )
    )


def _kinds(rows: list[dict[str, Any]]) -> Table:
    shown = [
        {**row, "rate": row["installs"] / row["clicks"], "true": row["expected"] / row["clicks"]}
        for row in rows
    ]
    columns = (
        Column("kind", "Kind of click", "name"),
        Column("clicks", "Clicks", "number"),
        Column("installs", "Installs", "number"),
        Column("expected", "Expected installs", "number", 1, help="Sum of the true probabilities"),
        Column("rate", "Install rate", "percent", 2),
        Column("true", "True probability, mean", "percent", 2),
    )
    keys = [column.key for column in columns]
    return Table("kinds-table", "By kind of click", from_rows("kinds", shown, keys), columns)


def _hours(rows: list[dict[str, Any]]) -> Figure:
    traces = [
        {
            **line([row["hour"] for row in rows], [row[kind] for row in rows], title, colour),
            "stackgroup": "clicks",
            "fillcolor": colour,
            "hovertemplate": f"%{{x}}<br>{title}: %{{y:,}}<extra></extra>",
        }
        for kind, (title, colour) in _KINDS.items()
        if any(row[kind] for row in rows)
    ]
    layout = {
        "height": 320,
        "xaxis": {"type": "date"},
        "yaxis": {"rangemode": "tozero", "title": {"text": "clicks in an hour"}},
        "showlegend": True,
        "hovermode": "closest",
    }
    return Figure(
        "hours-chart",
        "Clicks by hour",
        "Times are UTC. People sleep, bots do not.",
        from_rows("clicks_by_hour", rows, ["hour", *_KINDS]),
        {"": Drawing(traces, layout)},
        alternative="Stacked areas: clicks of people, bots and injections in each hour.",
    )


def _days(rows: list[dict[str, Any]]) -> Figure:
    days = [row["day"] for row in rows]
    true = line(days, percentages([row["true"] for row in rows]), "True probability, mean", "--c1")
    layout = {
        "height": 300,
        "xaxis": label_axis(),
        "yaxis": percent_axis(),
        "showlegend": True,
        "hovermode": "closest",
    }
    return Figure(
        "days-chart",
        "Install rate by day",
        "Whiskers are Wilson's 95 % interval.",
        from_rows(
            "rate_by_day", rows, ["day", "clicks", "installs", "expected", "rate", "low", "high", "true"]
        ),
        {"": Drawing([true, _seen(rows)], layout)},
        alternative="Dots with intervals: installs per click on each day, and a line for what was expected.",
    )


def _seen(rows: list[dict[str, Any]]) -> Trace:
    figures = [{"value": row["rate"], "low": row["low"], "high": row["high"]} for row in rows]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "Installs per click",
        "meta": "Installs per click",
        "x": [row["day"] for row in rows],
        "y": percentages([row["rate"] for row in rows]),
        "marker": {"size": 9, "color": "--c0"},
        "error_y": whiskers(figures, 100.0),
        "customdata": [
            [percent(row["rate"], 3), count(row["installs"]), count(row["clicks"])] for row in rows
        ],
        "hovertemplate": "%{x}<br>%{customdata[0]}: %{customdata[1]} of %{customdata[2]}<extra></extra>",
    }


def _apps(rows: list[dict[str, Any]]) -> Figure:
    traces = []
    for place, app in enumerate(dict.fromkeys(row["app"] for row in rows)):
        own = [row for row in rows if row["app"] == app]
        trace = line(
            [row["day"] for row in own],
            percentages([row["true"] for row in own]),
            f"App {app}",
            COLOURS[place],
            hovertemplate=f"App {app}, %{{x}}<br>%{{y:.3f}} %<extra></extra>",
        )
        traces.append({**trace, "mode": "lines+markers"})
    layout = {
        "height": 320,
        "xaxis": label_axis(),
        "yaxis": percent_axis(),
        "showlegend": True,
        "hovermode": "closest",
    }
    return Figure(
        "drift-chart",
        "Drift",
        "True install probability of people's clicks on the apps that they click on most. What was learned "
        "of an app days ago is not what holds today.",
        from_rows("rate_by_app_and_day", rows, ["app", "day", "len", "true"]),
        {"": Drawing(traces, layout)},
        alternative="Lines: the mean true probability of several apps on each day.",
    )


def _delays(rows: list[dict[str, Any]]) -> Figure:
    layout = {
        "height": 300,
        "barmode": "stack",
        "bargap": 0.12,
        "xaxis": label_axis("from click to install, at least"),
        "yaxis": {"title": {"text": "installs"}},
        "showlegend": True,
    }
    return Figure(
        "delays-chart",
        "From click to install",
        "A label is known only then: until it is, the click looks like any other. Injected clicks give "
        "themselves away by their haste, but only afterwards.",
        from_rows("delays", rows, ["power", "other", "stolen"]),
        {"": Drawing(_lasted(rows), layout)},
        alternative="Bars: installs by the time since their click, in classes that double.",
    )


def _lasted(rows: list[dict[str, Any]]) -> list[Trace]:
    every = {"other": ("Brought about by the click", "--c0"), "stolen": ("Stolen", "--c4")}
    labels = [_lasting(2 ** row["power"]) for row in rows]
    return [
        bars(
            labels,
            [row[key] for row in rows],
            name=title,
            meta=title,
            marker={"color": colour},
            hovertemplate=f"{title}<br>from %{{x}}: %{{y:,}}<extra></extra>",
        )
        for key, (title, colour) in every.items()
        if any(row[key] for row in rows)
    ]


def _lasting(seconds: int) -> str:
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds} s"
