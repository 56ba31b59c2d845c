"""The budget replay: what is left of the conversions when money follows the credit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.data import from_rows
from wanamaker.reports.drawing import COLOURS
from wanamaker.reports.figures import Drawing, Figure, Trace, named_rows, percent_axis, percentages, plain
from wanamaker.reports.numbers import count, number, percent
from wanamaker.reports.page import Block, Facts, Prose, Section
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.attribution.view import View

Rows = list[dict[str, Any]]

_REFERENCES = ("(as spent)", "(evenly)")
_CLOSE = 1e-9
_NAMED = 3
_COLUMNS = (
    *("model", "budget", "allowed", "cost", "conversions", "conversions_kept", "value", "cpa", "roas", "roi"),
    *("touches_bought", "journeys_broken"),
)
_ALLOCATIONS = {
    "roi": "credited return over cost",
    "credit": "credit",
}


def replay_section(view: View) -> Section | None:
    """Return the section, or None where nothing was replayed."""
    told = view.results.replay
    if told is None or not told["rows"]:
        return None
    rows = told["rows"]
    blocks: list[Block] = [Prose(tuple(_findings(rows)), bullets=True, style="takeaways")]
    blocks += [_chart(rows), _table(rows), Facts(tuple(_facts(told)), style="last")]
    lead = (
        f"{count(told['journeys'])} later journeys, with {count(told['conversions'])} conversions at a cost "
        f"of {number(told['cost'], 0)}, are walked through once more with a part of the money, split by the "
        "credit of the earlier journeys. A touch that cannot be paid for breaks its journey: what comes "
        "after it, the conversion included, does not happen."
    )
    title = "What would less money have kept?"
    return Section("replay", title, blocks, lead=lead, short="Budget replay")


def _budgets(rows: Rows) -> list[float]:
    return sorted({row["budget"] for row in rows}, reverse=True)


def _findings(rows: Rows) -> list[str]:
    said = []
    for budget in _budgets(rows):
        held = [row for row in rows if row["budget"] == budget]
        methods = [row for row in held if row["model"] not in _REFERENCES]
        most = max(row["conversions"] for row in methods)
        named = _named([row["model"] for row in methods if row["conversions"] == most])
        beside = ", ".join(
            f"{count(row['conversions'])} {row['model'].strip('()')}"
            for row in held
            if row["model"] in _REFERENCES
        )
        said.append(
            f"With {share(budget)} of the money, {named} kept most: {count(most)} conversions (money split "
            f"without credit: {beside})."
        )
    return [*said, _CHANCE, _LIMITS]


def _named(models: list[str]) -> str:
    """Return the first methods of several that are as good."""
    more = len(models) - _NAMED
    told = ", ".join(models[:_NAMED])
    return told if more <= 0 else f"{told} and {more} other{'s' if more > 1 else ''}"


_CHANCE = (
    "No intervals are given. Which touches are reached before the money ends is partly chance, so a few "
    "conversions more or less say nothing of a method."
)
_LIMITS = (
    "A replay takes a conversion for lost with the first touch that is missing, as if every touch were "
    "necessary, and knows of no conversion that money put elsewhere would have won. A method that gives "
    "nothing to a common channel loses every journey with it, whether the channel has an effect or not. It "
    "compares budgets; it is no proof of credit."
)


def _chart(rows: Rows) -> Figure:
    budgets = _budgets(rows)
    models = list(dict.fromkeys(row["model"] for row in rows))
    axis, phone, height = named_rows(models)
    traces = [_dots(rows, models, budget, COLOURS[place]) for place, budget in enumerate(budgets)]
    layout = {
        "height": height + 40,
        "yaxis": axis,
        "xaxis": percent_axis(title={"text": "conversions kept"}),
        "hovermode": "closest",
        "showlegend": True,
    }
    return Figure(
        "replay-chart",
        "Conversions kept, by method and budget",
        "The last two rows split the money without any credit: each channel keeps its share, or all that "
        "cost anything get the same. A method left of them is no guide for money here.",
        from_rows("replay_kept", rows, ["model", "budget", "conversions", "conversions_kept"]),
        {"": Drawing(traces, layout, {"yaxis": phone, "xaxis": {"nticks": 5}})},
        alternative="Dots: the share of conversions that each method kept, by budget.",
    )


def _dots(rows: Rows, models: list[str], budget: float, colour: str) -> Trace:
    held = [row for row in rows if row["budget"] == budget]
    name = f"{share(budget)} of the money"
    return {
        "type": "scatter",
        "mode": "markers",
        "x": percentages([row["conversions_kept"] for row in held]),
        "y": [models.index(row["model"]) for row in held],
        "name": name,
        "meta": name,
        "marker": {"size": 10, "color": colour},
        "customdata": [
            [plain(row["model"]), count(row["conversions"]), number(row["cost"], 0)] for row in held
        ],
        "hovertemplate": f"<b>%{{customdata[0]}}</b>, {name}<br>%{{customdata[1]}} conversions for "
        "%{customdata[2]}<extra></extra>",
        "cliponaxis": False,
    }


def share(budget: float) -> str:
    """Return a budget as people say it.

    Examples
    --------
    >>> share(0.125), share(0.3).replace("\u202f", " ")
    ('1/8', '30.0 %')
    """
    parts = round(1 / budget)
    return f"1/{parts}" if parts > 1 and abs(parts * budget - 1) < _CLOSE else percent(budget)


def _table(rows: Rows) -> Table:
    every = {
        "model": Column("model", "Method", "name"),
        "budget": Column("budget", "Budget", "percent", 1),
        "cost": Column("cost", "Spent", "number", 0),
        "conversions": Column("conversions", "Conversions", "number", 0),
        "conversions_kept": Column("conversions_kept", "Kept", "percent", 1),
        "cpa": Column("cpa", "Cost per conversion", "number", 2),
        "value": Column("value", "Value", "number", 0),
        "roas": Column("roas", "ROAS", "number", 2, help="Value over cost"),
        "roi": Column("roi", "ROI", "number", 2, help="Value less cost, over cost"),
        "journeys_broken": Column("journeys_broken", "Journeys broken", "number"),
    }
    columns = [column for key, column in every.items() if any(row.get(key) is not None for row in rows)]
    ordered = sorted(rows, key=lambda row: -row["budget"])
    return Table(
        "replay-table",
        "Every method and budget",
        from_rows("replay", ordered, list(_COLUMNS)),
        tuple(columns),
        shown=len([row for row in rows if row["budget"] == ordered[0]["budget"]]),
    )


def _facts(told: dict[str, Any]) -> list[tuple[str, str, str]]:
    capped = " No channel gets more than it cost; the rest goes to the others." if told["capped"] else ""
    facts = [
        (
            "Money is split by",
            _ALLOCATIONS[told["allocation"]],
            f"After the idea of Ren et al. (2018), arXiv 1808.03737.{capped}",
        ),
    ]
    return facts + [(name, "left out", reason) for name, reason in told["left_out"].items()]
