"""ROC, precision and recall, and what the best rows hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.binary.words import baseline_title
from wanamaker.reports.data import Dataset, from_rows
from wanamaker.reports.drawing import COLOURS, line, rare, silent
from wanamaker.reports.figures import Drawing, Figure, Trace, percent_axis, percentages
from wanamaker.reports.numbers import NARROW, count, percent
from wanamaker.reports.page import Block, Section
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.binary.results import BinaryResults


def curves_section(results: BinaryResults) -> Section | None:
    """Return the ROC curve, precision against recall, and gains with lift."""
    if not results.curves:
        return None
    blocks: list[Block] = [_roc(results), _precision(results), _gains_chart(results), _gains_table(results)]
    lead = (
        f"Whoever can act on a part of the {results.noun}s asks what the best part holds: how many of the "
        "conversions, and how pure."
    )
    return Section("ranking", "What the ranking is worth", blocks, lead=lead, short="ROC, gains, lift")


def _titled(name: str) -> str:
    return "This study" if name == "model" else baseline_title(name)


def _roc(results: BinaryResults) -> Figure:
    curves = results.curves["roc"]
    traces = [silent([0, 100], [0, 100])]
    for place, (name, curve) in enumerate(curves.items()):
        x, y = percentages(curve["x"]), percentages(curve["y"])
        hover = "%{x:.1f} % of the others<br>%{y:.1f} % of conversions<extra></extra>"
        traces.append(line(x, y, _titled(name), COLOURS[place], hovertemplate=hover))
    layout = {
        "height": 380,
        "xaxis": percent_axis(
            title={"text": f"{results.noun}s without conversion that rank as high"}, range=[0, 100]
        ),
        "yaxis": percent_axis(title={"text": "conversions found"}, range=[0, 101]),
        "hovermode": "closest",
        "showlegend": True,
    }
    return Figure(
        "roc",
        "ROC curve",
        "For every threshold: the share of conversions above it, against the share of other "
        f"{results.noun}s above it. "
        "The dotted line is chance.",
        _curve_data("roc", curves),
        {"": Drawing(traces, layout)},
        alternative="Lines: the ROC curve of this study and of the baselines.",
    )


def _precision(results: BinaryResults) -> Figure:
    curves, rate = results.curves["pr"], results.part("test")["rate"]
    traces = [silent([0, 100], percentages([rate, rate]))]
    for place, (name, curve) in enumerate(curves.items()):
        x, y = percentages(curve["x"]), percentages(curve["y"])
        hover = "recall %{x:.1f} %<br>precision %{y:.2f} %<extra></extra>"
        traces.append(line(x, y, _titled(name), COLOURS[place], hovertemplate=hover))
    layout = {
        "height": 320,
        "xaxis": percent_axis(title={"text": "conversions found (recall)"}, range=[0, 100]),
        "yaxis": _precision_axis(rate),
        "hovermode": "closest",
        "showlegend": True,
    }
    return Figure(
        "precision-recall",
        "Precision and recall",
        f"The dotted line is the base rate, {percent(rate, 2)}. The left end rests on few rows.",
        _curve_data("precision_recall", curves),
        {"": Drawing(traces, layout)},
        alternative="Lines: precision against recall of this study and of the baselines.",
    )


def _precision_axis(rate: float) -> dict[str, Any]:
    title = {"text": "precision"}
    if not rare(rate):
        return percent_axis(title=title, range=[0, 101])
    return {"type": "log", "ticksuffix": f"{NARROW}%", "dtick": 1, "title": title}


def _curve_data(name: str, curves: dict[str, dict[str, list[float]]]) -> Dataset:
    rows = [
        {"model": _titled(model), "x": x, "y": y}
        for model, curve in curves.items()
        for x, y in zip(curve["x"], curve["y"], strict=True)
    ]
    return from_rows(name, rows, ["model", "x", "y"])


def _gains_chart(results: BinaryResults) -> Figure:
    rows = results.gains
    shares, captured = (percentages([row[key] for row in rows]) for key in ("share", "captured"))
    hover = f"best %{{x:.1f}} % of the {results.noun}s<br>"
    hover += "%{y:.1f} % of conversions<extra></extra>"
    gained = line(shares, captured, "This study", "--credit", hovertemplate=hover)
    layout = {
        "height": 320,
        "xaxis": percent_axis(title={"text": f"{results.noun}s, best first"}, range=[0, 100]),
        "yaxis": percent_axis(title={"text": "conversions among them"}, range=[0, 101]),
        "hovermode": "closest",
        "showlegend": True,
    }
    return Figure(
        "gains",
        "Gains",
        f"How many of the conversions are among the best {results.noun}s. The dotted line is a random order.",
        from_rows("gains", rows, list(rows[0])),
        {"": Drawing([silent([0, 100], [0, 100]), _band(rows), gained], layout)},
        alternative=f"A line with a band: the share of conversions among the best share of {results.noun}s.",
    )


def _band(rows: list[dict[str, Any]]) -> Trace:
    shares = percentages([row["share"] for row in rows])
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [*shares, *reversed(shares)],
        "y": percentages([row["high"] for row in rows] + [row["low"] for row in reversed(rows)]),
        "fill": "toself",
        "fillcolor": "--grey-soft",
        "line": {"width": 0, "color": "--grey-soft"},
        "marker": {"color": "--grey-soft"},
        "hoverinfo": "skip",
        "name": "95 % interval",
    }


def _gains_table(results: BinaryResults) -> Table:
    rows = [row for row in results.gains if row.get("budget")]
    columns = (
        Column("share", f"Best share of {results.noun}s", "percent", 1),
        Column("rows", f"{results.noun.capitalize()}s", "number"),
        Column("positives", "Conversions among them", "number"),
        Column("captured", "Of all conversions", "percent", 1),
        Column("low", f"95{NARROW}% interval", "percent", 1, upper="high"),
        Column("precision", "Precision", "percent", 2, help=f"Conversions per {results.noun} among them"),
        Column("lift", "Lift", "number", 1, help="Precision by the base rate"),
    )
    keys = ["share", "rows", "positives", "captured", "low", "high", "precision", "lift"]
    note = f"Of {count(results.decision.get('of') or results.part('test')['rows'])} test {results.noun}s."
    return Table("gains-table", "At a budget", from_rows("budgets", rows, keys), columns, note=note)
