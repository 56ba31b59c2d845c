"""The training log as it is: rates by value and hour, distributions, correlations, a map of the vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.data import Dataset, Field, from_rows, rounded
from wanamaker.reports.drawing import line, whiskers
from wanamaker.reports.figures import (
    Drawing,
    Figure,
    label_axis,
    named_rows,
    percent_axis,
    percentages,
    plain,
)
from wanamaker.reports.numbers import NARROW, count, percent, shorten
from wanamaker.reports.page import Block, Choice, Chooser, Section
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.clicks.results import ClicksResults

_NAMED, _SHORT = 12, 16
"""How many dots of a map are named, and with how many signs."""

_COLUMN, _FEATURE = "column", "feature"


def explored_choices(results: ClicksResults) -> tuple[Choice, ...]:
    """Return what the reader chooses: the column whose values are shown, and the feature."""
    explored = results.explored
    choices = []
    apart: dict[str, float] = {}
    for row in explored.get("values") or []:
        away = abs(row["positives"] - explored["rate"] * row["rows"])
        apart[row["column"]] = apart.get(row["column"], 0.0) + away
    if apart:  # first the column whose values differ most from the whole
        first = max(range(len(apart)), key=list(apart.values()).__getitem__)
        choices.append(Choice(_COLUMN, "Column", tuple(apart), first))
    features = [row["feature"] for row in explored.get("densities") or []]
    if features:
        choices.append(Choice(_FEATURE, "Feature", tuple(features)))
    return tuple(choices)


def explored_section(results: ClicksResults) -> Section | None:
    """Return the section, or None where nothing was explored."""
    explored = results.explored
    choices = {choice.key: choice for choice in explored_choices(results)}
    blocks: list[Block] = []
    if _COLUMN in choices:
        blocks += [Chooser("values-choice", (choices[_COLUMN],)), *_values(explored, choices[_COLUMN])]
    if explored.get("hours"):
        blocks.append(_hours(explored))
    if _FEATURE in choices:
        blocks += [Chooser("density-choice", (choices[_FEATURE],)), _densities(explored)]
    if explored.get("correlation"):
        blocks.append(_correlation(explored["correlation"]))
    if explored.get("vectors") and _COLUMN in choices:
        blocks += [Chooser("vectors-choice", (choices[_COLUMN],)), _vectors(explored, choices[_COLUMN])]
    if not blocks:
        return None
    lead = (
        "Counted on the training rows alone, so that nothing here was chosen by looking at the test. "
        "Intervals are Wilson's, 95 %."
    )
    return Section("explored", "The log as it is", blocks, lead=lead, short="Rates and distributions")


def _values(explored: dict[str, Any], choice: Choice) -> list[Block]:
    rows = explored["values"]
    data = from_rows("rates_by_value", rows, ["column", "value", "rows", "positives", "rate", "low", "high"])
    overall = explored["rate"]
    drawings = {
        str(place): _rates([row for row in rows if row["column"] == column], overall)
        for place, column in enumerate(choice.options)
    }
    chart = Figure(
        "values-chart",
        "Conversion rate of the most frequent values",
        f"The dotted line is the rate of all training rows, {percent(overall, 2)}. A wide whisker: too few "
        "rows to say.",
        data,
        drawings,
        by=(_COLUMN,),
        chosen=str(choice.first),
        alternative="Dots with intervals: conversion rate by value; the table has the numbers.",
    )
    return [chart, _values_table(data, choice)]


def _values_table(data: Dataset, choice: Choice) -> Table:
    columns = (
        Column("value", "Value", "name"),
        Column("rows", "Rows", "number"),
        Column("positives", "Conversions", "number"),
        Column("rate", "Rate", "percent", 2),
        Column("low", f"95{NARROW}% interval", "percent", 2, upper="high"),
    )
    return Table(
        "values-table",
        "The most frequent values",
        data,
        columns,
        by=(_COLUMN,),
        chosen=(choice.options[choice.first],),
    )


def _rates(rows: list[dict[str, Any]], overall: float) -> Drawing:
    axis, phone, height = named_rows([row["value"] for row in rows])
    figures = [{"value": row["rate"], "low": row["low"], "high": row["high"]} for row in rows]
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": percentages([row["rate"] for row in rows]),
        "y": list(range(len(rows))),
        "marker": {"size": 9, "color": "--credit"},
        "error_x": whiskers(figures, 100.0),
        "customdata": [
            [plain(row["value"]), percent(row["rate"], 2), count(row["positives"]), count(row["rows"])]
            for row in rows
        ],
        "hovertemplate": "<b>%{customdata[0]}</b><br>%{customdata[1]}"
        "<br>%{customdata[2]} of %{customdata[3]} rows<extra></extra>",
    }
    whole = {
        "type": "scatter",
        "mode": "lines",
        "x": percentages([overall, overall]),
        "y": [-0.5, len(rows) - 0.5],
        "line": {"color": "--grey", "width": 1.2, "dash": "dot"},
        "marker": {"color": "--grey"},
        "hoverinfo": "skip",
    }
    layout = {"height": height, "yaxis": axis, "xaxis": percent_axis(), "hovermode": "closest"}
    return Drawing([whole, dots], layout, {"yaxis": phone, "xaxis": {"nticks": 5}})


def _hours(explored: dict[str, Any]) -> Figure:
    rows = explored["hours"]
    figures = [{"value": row["rate"], "low": row["low"], "high": row["high"]} for row in rows]
    trace = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [f"{row['hour']:02d}" for row in rows],
        "y": percentages([row["rate"] for row in rows]),
        "line": {"color": "--credit", "width": 1.5},
        "marker": {"size": 8, "color": "--credit"},
        "error_y": whiskers(figures, 100.0),
        "customdata": [
            [percent(row["rate"], 2), count(row["positives"]), count(row["rows"])] for row in rows
        ],
        "hovertemplate": "%{x}:00<br>%{customdata[0]}<br>%{customdata[1]} of %{customdata[2]} rows"
        "<extra></extra>",
    }
    layout = {
        "height": 300,
        "xaxis": label_axis(f"hour of the day ({explored['time_zone']})"),
        "yaxis": percent_axis(),
    }
    return Figure(
        "hours-chart",
        "Conversion rate by hour of the day",
        "The model reads the hour as sine and cosine, so that 23:59 and 00:01 are neighbours.",
        from_rows("rates_by_hour", rows, ["hour", "rows", "positives", "rate", "low", "high"]),
        {"": Drawing([trace], layout)},
        alternative="A line with intervals: conversion rate by hour.",
    )


def _densities(explored: dict[str, Any]) -> Figure:
    held = explored["densities"]
    rows = [
        {"feature": one["feature"], "from": low, "to": high, "others": other, "converted": won}
        for one in held
        for low, high, other, won in zip(
            one["edges"][:-1], one["edges"][1:], one["others"], one["converted"], strict=True
        )
    ]
    drawings = {str(place): _density(one) for place, one in enumerate(held)}
    return Figure(
        "density-chart",
        "Distribution of a feature, by outcome",
        "Each outcome's bars sum to 100 %: where the two differ, the feature tells them apart. Counts are "
        "shown as log(1 + count), as the model reads them.",
        from_rows("densities", rows, ["feature", "from", "to", "others", "converted"]),
        drawings,
        by=(_FEATURE,),
        chosen="0",
        alternative="Two step lines: the distribution of a feature among conversions and among others.",
    )


def _density(one: dict[str, Any]) -> Drawing:
    traces = [
        line(
            one["edges"],
            percentages([*one[key], one[key][-1]]),
            title,
            colour,
            line={"shape": "hv"},
            hovertemplate=f"{title}<br>from %{{x}} on: %{{y:.2f}} %<extra></extra>",
        )
        for key, title, colour in (
            ("others", "Not converted", "--grey"),
            ("converted", "Converted", "--credit"),
        )
    ]
    layout = {
        "height": 280,
        "xaxis": {"title": {"text": plain(one["feature"])}, "nticks": 8},
        "yaxis": percent_axis(),
        "hovermode": "closest",
        "showlegend": True,
    }
    return Drawing(traces, layout)


def _correlation(held: dict[str, Any]) -> Table:
    names = held["names"]
    fields = [Field("feature", "feature", names)]
    fields += [
        Field(f"at {place}", name, rounded([row[place] for row in held["matrix"]], 3))
        for place, name in enumerate(names)
    ]
    columns = [Column("feature", "Feature", "name")]
    columns += [Column(f"at {place}", name, "number", 2, heat=1.0) for place, name in enumerate(names)]
    return Table(
        "correlation-table",
        "Rank correlation of the features",
        Dataset("correlation", tuple(fields)),
        tuple(columns),
        note=f"Spearman's, over {count(held['rows'])} training rows; the {len(names)} features that matter "
        "most. Blue: they rise together; orange: one falls as the other rises.",
        style="matrix",
        shown=len(names),
    )


def _vectors(explored: dict[str, Any], choice: Choice) -> Figure:
    rows = explored["vectors"]["points"]
    drawings = {}
    for place, column in enumerate(choice.options):
        held = [row for row in rows if row["column"] == column]
        if held:
            drawings[str(place)] = _map(held, explored["rate"])
    chosen = str(choice.first) if str(choice.first) in drawings else next(iter(drawings))
    return Figure(
        "vectors-chart",
        "A map of the category vectors",
        "Values that occur with the same other values lie near each other; the size of a dot is its number "
        "of rows, orange where it converts more often than the whole. Only neighbourhoods mean something, "
        f"not directions; the two axes hold {percent(explored['vectors']['kept'], 0)} of the variance.",
        from_rows("vector_map", rows, ["column", "value", "x", "y", "rows", "rate"]),
        drawings,
        by=(_COLUMN,),
        chosen=chosen,
        alternative="Dots: the values of a column by their vectors, in two dimensions.",
    )


def _map(rows: list[dict[str, Any]], overall: float) -> Drawing:
    most = max(row["rows"] for row in rows)
    named = sorted(range(len(rows)), key=lambda place: -rows[place]["rows"])[:_NAMED]
    trace = {
        "type": "scatter",
        "mode": "markers+text",
        "text": [
            plain(shorten(row["value"], _SHORT)) if place in named else "" for place, row in enumerate(rows)
        ],
        "textposition": "top center",
        "textfont": {"size": 11, "color": "--soft"},
        "x": [row["x"] for row in rows],
        "y": [row["y"] for row in rows],
        "marker": {
            "size": [round(6 + 26 * (row["rows"] / most) ** 0.5, 1) for row in rows],
            "color": ["--spend-soft" if row["rate"] > overall else "--credit-soft" for row in rows],
        },
        "customdata": [[plain(row["value"]), count(row["rows"]), percent(row["rate"], 2)] for row in rows],
        "hovertemplate": "<b>%{customdata[0]}</b><br>%{customdata[1]} rows<br>%{customdata[2]}"
        "<extra></extra>",
    }
    hidden = {"showticklabels": False, "zeroline": False, "ticks": ""}
    return Drawing([trace], {"height": 400, "xaxis": hidden, "yaxis": hidden, "hovermode": "closest"})
