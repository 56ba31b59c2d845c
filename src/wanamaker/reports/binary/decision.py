"""Where to draw the line: thresholds, what they flag, and what that costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.data import from_rows
from wanamaker.reports.drawing import line, rare, spoken
from wanamaker.reports.figures import Drawing, Figure, percent_axis, percentages
from wanamaker.reports.numbers import NARROW, count, figure, percent
from wanamaker.reports.page import Block, Facts, Section
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.binary.results import BinaryResults


_NO_COSTS = "With threshold = { cost_fp = 1, cost_fn = 50 } under [decision], costs are told here too."

_THRESHOLDS = {
    "type": "log",
    "title": {"text": "threshold"},
    "tickformat": ".2~f",
    "ticksuffix": f"{NARROW}%",
    "dtick": 1,
}


def decision_section(results: BinaryResults) -> Section | None:
    """Return the threshold and what it does on the test rows, beside others."""
    decision = results.decision
    if not decision:
        return None
    blocks: list[Block] = [Facts(tuple(_facts(results))), _chart(decision, _axis(results))]
    if decision.get("costs"):
        blocks.append(_cost_chart(decision, _axis(results)))
    blocks.append(_table(decision, results.noun))
    lead = (
        "A probability is not yet a decision. The threshold was chosen on the validation rows; what it does "
        "is counted on the test rows."
    )
    return Section("decision", "Where to draw the line", blocks, lead=lead, short="Thresholds")


def _facts(results: BinaryResults) -> list[tuple[str, str, str]]:
    decision, test = results.decision, results.metrics["test"]
    at = decision["at"]
    facts = [
        ("Threshold", percent(decision["threshold"], 3), decision["why"]),
        (
            f"{results.noun.capitalize()}s above it",
            f"{count(at['flagged'])} of {count(decision.get('of') or results.part('test')['rows'])}",
            f"{count(at['positives'])} of them converted.",
        ),
        (
            "Precision",
            spoken(test["precision"]),
            f"Of the {results.noun}s above the threshold, those that converted.",
        ),
        ("Recall", spoken(test["recall"]), "Of the conversions, those above the threshold."),
        ("F1", spoken(test["f1"]), "The harmonic mean of the two."),
    ]
    if decision.get("costs"):
        costs = decision["costs"]
        told = f"{figure(costs['cost_fp'])} per false alarm, {figure(costs['cost_fn'])} per miss"
        nothing = figure(decision["cost_of_nothing"])
        facts.append(("Cost", figure(at["cost"]), f"At {told}; {nothing} if nothing were flagged."))
    return facts


def _axis(results: BinaryResults) -> dict[str, Any]:
    """Return the axis of thresholds: of logarithms where conversions are rare."""
    if rare(results.part("test")["rate"]):
        return dict(_THRESHOLDS)
    return percent_axis(title=_THRESHOLDS["title"])


def _chart(decision: dict[str, Any], axis: dict[str, Any]) -> Figure:
    rows = [row for row in decision["rows"] if row["flagged"]]
    x = percentages([row["threshold"] for row in rows])
    traces = [_chosen(decision, 100.0)]
    for key, title, colour in (("precision", "Precision", "--c0"), ("recall", "Recall", "--c1")):
        hover = f"from %{{x:.3f}} % on<br>{title.lower()} %{{y:.1f}} %<extra></extra>"
        traces.append(line(x, percentages([row[key] for row in rows]), title, colour, hovertemplate=hover))
    layout = {
        "height": 320,
        "xaxis": axis,
        "yaxis": percent_axis(range=[0, 101]),
        "hovermode": "closest",
        "showlegend": True,
    }
    return Figure(
        "threshold-chart",
        "Precision and recall by threshold",
        "On the test rows; the dotted line is the threshold of this study."
        + (" Thresholds are on a log scale." if axis.get("type") == "log" else ""),
        from_rows("thresholds", rows, list(decision["rows"][0])),
        {"": Drawing(traces, layout)},
        alternative="Two lines: precision and recall by threshold; the table below has the numbers.",
    )


def _cost_chart(decision: dict[str, Any], axis: dict[str, Any]) -> Figure:
    rows = decision["rows"]
    x = percentages([row["threshold"] for row in rows])
    costs = [row["cost"] for row in rows]
    hover = "from %{x:.3f} % on<br>cost %{y:,.0f}<extra></extra>"
    traces = [line(x, costs, "Cost", "--spend", hovertemplate=hover), _chosen(decision, max(costs))]
    layout = {
        "height": 280,
        "xaxis": axis,
        "yaxis": {"rangemode": "tozero", "nticks": 6},
        "hovermode": "closest",
    }
    return Figure(
        "cost-chart",
        "Cost by threshold",
        "False alarms and misses on the test rows, at the study's costs.",
        from_rows("costs", rows, ["threshold", "cost"]),
        {"": Drawing(traces, layout)},
        alternative="A line: the cost by threshold.",
    )


def _chosen(decision: dict[str, Any], top: float) -> dict[str, Any]:
    at = decision["threshold"] * 100
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [at, at],
        "y": [0, top],
        "line": {"color": "--ink", "width": 1.2, "dash": "dot"},
        "marker": {"color": "--ink"},
        "showlegend": False,
        "hoverinfo": "skip",
    }


def _table(decision: dict[str, Any], noun: str) -> Table:
    columns = [
        Column("threshold", "Threshold", "percent", 3),
        Column("flagged", f"{noun.capitalize()}s above", "number"),
        Column("positives", "Converted", "number"),
        Column("precision", "Precision", "percent", 2),
        Column("recall", "Recall", "percent", 1),
        Column("f1", "F1", "number", 3),
    ]
    if decision.get("costs"):
        columns.append(Column("cost", "Cost", "figure"))
    rows = [row for row in decision["rows"] if row.get("listed")]
    keys = [column.key for column in columns]
    note = "" if decision.get("costs") else _NO_COSTS
    data = from_rows("thresholds_listed", rows, keys)
    return Table("threshold-table", "What thresholds do", data, tuple(columns), note=note)
