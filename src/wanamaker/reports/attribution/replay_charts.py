"""Charts and tables of the budget replay: what each method kept, and how far that is from the reference."""

from __future__ import annotations

from typing import Any

from wanamaker.reports.data import from_rows
from wanamaker.reports.drawing import COLOURS, spoken, whiskers
from wanamaker.reports.figures import Drawing, Figure, Trace, named_rows, percent_axis, percentages, plain
from wanamaker.reports.numbers import NARROW, number, percent
from wanamaker.reports.tables import Column, Table

Rows = list[dict[str, Any]]

WITHOUT_CREDIT = ("(as spent)", "(evenly)")
"""Rows in which the money is split without any credit."""

_CLOSE = 1e-9
_APART = 0.17
"""Of a row's height, between the dots of two budgets."""

_CI = f"95{NARROW}%"
_FIGURES = ("conversions", "conversions_kept", "value", "cpa", "roas", "roi")
_DIFFERENCES = tuple(f"{name}_difference" for name in ("conversions", "cpa", "roi"))


def share(budget: float) -> str:
    """Return a budget as people say it.

    Examples
    --------
    >>> share(0.125), share(0.3).replace("\u202f", " ")
    ('1/8', '30.0 %')
    """
    parts = round(1 / budget)
    return f"1/{parts}" if parts > 1 and abs(parts * budget - 1) < _CLOSE else percent(budget)


def budgets_of(rows: Rows) -> list[float]:
    """Return the budgets, the largest first."""
    return sorted({row["budget"] for row in rows}, reverse=True)


def estimate(row: dict[str, Any], name: str) -> dict[str, Any]:
    """Return value, low and high of a figure in a row."""
    return {"value": row.get(name), "low": row.get(f"{name}_low"), "high": row.get(f"{name}_high")}


def kept_chart(rows: Rows) -> Figure:
    """Return the chart of the share of conversions that each method kept, with intervals."""
    axis = percent_axis(title={"text": "conversions kept"})
    drawing = _drawing(rows, "conversions_kept", axis, 100.0)
    keys = ["model", "budget", *_ends(["conversions", "conversions_kept"])]
    return Figure(
        "replay-chart",
        "Conversions kept, by method and budget",
        "Lines are 95 % intervals over users. The last two rows split the money without any credit: each "
        "channel keeps its share, or all that cost anything get the same. A method left of them is no guide "
        "for money here.",
        from_rows("replay_kept", rows, keys),
        {"": drawing},
        alternative="Dots with intervals: the share of conversions that each method kept, by budget.",
    )


def difference_chart(rows: Rows, reference: str) -> Figure | None:
    """Return the chart of conversions kept beyond those of the reference, pair by pair; None without."""
    beside = [row for row in rows if row["model"] not in WITHOUT_CREDIT]
    others = [row for row in beside if row.get("conversions_difference") is not None]
    if not others:
        return None
    axis = {
        "nticks": 7,
        "zeroline": True,
        "title": {"text": f"conversions, minus those of {plain(reference)}"},
    }
    keys = ["model", "budget", *_ends(["conversions_difference"])]
    return Figure(
        "replay-differences-chart",
        f"More or fewer conversions than {reference}, with the same money",
        "Lines are 95 % intervals of the difference: the same draws of users for both. Where one crosses 0, "
        "chance in who came is enough to explain which of the two kept more.",
        from_rows("replay_beyond", others, keys),
        {"": _drawing(others, "conversions_difference", axis, 1.0)},
        alternative="Dots with intervals: conversions of each method minus those of the reference.",
    )


def replay_tables(rows: Rows, reference: str | None) -> list[Table]:
    """Return a table of what each method kept, and one of how far that is from the reference."""
    ordered = sorted(rows, key=lambda row: -row["budget"])
    shown = len([row for row in rows if row["budget"] == ordered[0]["budget"]])
    keys = ["model", "budget", "allowed", "cost", *_ends(_FIGURES), "touches_bought", "journeys_broken"]
    tables = [
        Table(
            "replay-table",
            "Every method and budget",
            from_rows("replay", ordered, keys),
            _used(_OWN, rows),
            shown=shown,
            note="The CSV has the intervals of all figures.",
        )
    ]
    others = [row for row in ordered if row.get("conversions_difference") is not None]
    if others and reference is not None:
        data = from_rows("replay_differences", others, ["model", "budget", *_ends(_DIFFERENCES)])
        caption = f"Each method, minus {reference}"
        told = _used(_BESIDE, others)
        tables.append(Table("replay-differences", caption, data, told, shown=shown - 1, note=_PAIRS))
    return tables


_FIRST = (Column("model", "Method", "name"), Column("budget", "Budget", "percent", 1))
_OWN = (
    *_FIRST,
    Column("cost", "Spent", "number", 0),
    Column("conversions", "Conversions", "number", 0),
    Column("conversions_low", _CI, "number", 0, upper="conversions_high"),
    Column("conversions_kept", "Kept", "percent", 1),
    Column("cpa", "Cost per conversion", "number", 2),
    Column("cpa_low", _CI, "number", 2, upper="cpa_high"),
    Column("value", "Value", "number", 0),
    Column("roas", "ROAS", "number", 2, help="Value over cost"),
    Column("roi", "ROI", "number", 2, help="Value less cost, over cost"),
    Column("roi_low", _CI, "number", 2, upper="roi_high"),
    Column("journeys_broken", "Journeys broken", "number"),
)
_BESIDE = (
    *_FIRST,
    Column("conversions_difference", "Conversions", "number", 0, help="Above 0: this one kept more"),
    Column("conversions_difference_low", _CI, "number", 0, upper="conversions_difference_high"),
    Column("cpa_difference", "Cost per conversion", "number", 2, help="Below 0: this one paid less"),
    Column("cpa_difference_low", _CI, "number", 2, upper="cpa_difference_high"),
    Column("roi_difference", "ROI", "number", 2, help="Above 0: this one earned more for its cost"),
    Column("roi_difference_low", _CI, "number", 2, upper="roi_difference_high"),
)
_PAIRS = "Differences are of pairs: the same draws of users for both."


def _used(columns: tuple[Column, ...], rows: Rows) -> tuple[Column, ...]:
    return tuple(column for column in columns if any(row.get(column.key) is not None for row in rows))


def _ends(names: tuple[str, ...] | list[str]) -> list[str]:
    return [f"{name}{end}" for name in names for end in ("", "_low", "_high")]


def _drawing(rows: Rows, name: str, axis: dict[str, Any], scale: float) -> Drawing:
    budgets = budgets_of(rows)
    models = list(dict.fromkeys(row["model"] for row in rows))
    names, phone, height = named_rows(models)
    traces = []
    for place, budget in enumerate(budgets):
        held = [row for row in rows if row["budget"] == budget]
        beside = (place - (len(budgets) - 1) / 2) * _APART
        heights = [models.index(row["model"]) + beside for row in held]
        traces.append(_dots(held, heights, name, scale, COLOURS[place % len(COLOURS)]))
    layout = {
        "height": height + 40 + 8 * len(models),
        "yaxis": names,
        "xaxis": axis,
        "hovermode": "closest",
        "showlegend": True,
    }
    return Drawing(traces, layout, {"yaxis": phone, "xaxis": {"nticks": 5}})


def _dots(held: Rows, heights: list[float], name: str, scale: float, colour: str) -> Trace:
    money = f"{share(held[0]['budget'])} of the money"
    figures = [estimate(row, name) for row in held]
    values = [figure["value"] for figure in figures]
    told = "conversions_difference" if name == "conversions_difference" else "conversions"
    more = " more" if name == "conversions_difference" else ""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": percentages(values) if scale != 1.0 else values,
        "y": heights,
        "name": money,
        "meta": money,
        "marker": {"size": 8, "color": colour},
        "error_x": {**whiskers(figures, scale), "color": colour},
        "customdata": [
            [plain(row["model"]), spoken(estimate(row, told), 0), number(row["cost"], 0)] for row in held
        ],
        "hovertemplate": f"<b>%{{customdata[0]}}</b>, {money}<br>%{{customdata[1]}} conversions{more} for "
        "%{customdata[2]}<extra></extra>",
        "cliponaxis": False,
    }
