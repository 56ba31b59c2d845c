"""What moves the predictions: over all rows, by family, and row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.data import from_rows
from wanamaker.reports.figures import Drawing, Figure, Trace, named_rows, plain
from wanamaker.reports.numbers import figure, number, percent
from wanamaker.reports.page import Block, Section
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.clicks.results import ClicksResults

_MOST = 25


def importance_section(results: ClicksResults) -> Section | None:
    """Return importances of families and features, and example rows with their reasons."""
    held = results.importance
    if not held.get("features"):
        return None
    blocks: list[Block] = [
        _chart("families-chart", "By family of features", held["families"], "family", "families"),
        _chart("features-chart", "By feature", held["features"][:_MOST], "feature", "features_charted"),
        _table(held["features"]),
    ]
    if held.get("examples"):
        blocks.append(_examples(held["examples"]))
    lead = (
        "SHAP values say what each feature added to the log-odds of a row, beside the average row; shown is "
        f"the mean size over the latest {number(held['rows'])} test rows. They say what the model "
        "uses, not what causes conversions."
    )
    return Section("importance", "What moves the predictions", blocks, lead=lead, short="Importance")


def _chart(name: str, title: str, rows: list[dict[str, Any]], key: str, data: str) -> Figure:
    axis, phone, height = named_rows([row[key] for row in rows])
    layout = {
        "height": height + 16,
        "yaxis": axis,
        "xaxis": {"nticks": 6, "title": {"text": "mean size of the contribution, log-odds"}},
    }
    caption = (
        "The contributions of a family's features are summed in each row first, so that what they say twice "
        "or against each other is counted once."
        if key == "family"
        else "Features that say the same share their importance; read the families first."
    )
    return Figure(
        name,
        title,
        caption,
        from_rows(data, rows, list(rows[0])),
        {"": Drawing([_bars(rows, key)], layout, {"yaxis": phone})},
        alternative="Bars: mean size of SHAP values.",
    )


def _bars(rows: list[dict[str, Any]], key: str) -> Trace:
    total = sum(row["importance"] for row in rows) or 1.0
    return {
        "type": "bar",
        "orientation": "h",
        "y": list(range(len(rows))),
        "x": [round(row["importance"], 5) for row in rows],
        "marker": {"color": "--credit"},
        "customdata": [
            [plain(row[key]), figure(row["importance"]), percent(row["importance"] / total)] for row in rows
        ],
        "hovertemplate": "<b>%{customdata[0]}</b><br>%{customdata[1]} log-odds (%{customdata[2]})"
        "<extra></extra>",
    }


def _table(rows: list[dict[str, Any]]) -> Table:
    columns = (
        Column("feature", "Feature", "name"),
        Column("family", "Family"),
        Column("importance", "Mean size, log-odds", "number", 4),
    )
    return Table("features-table", "Every feature", from_rows("features", rows, list(rows[0])), columns)


def _examples(examples: list[dict[str, Any]]) -> Table:
    rows = [{**row, "reasons": "; ".join(_reason(reason) for reason in row["reasons"])} for row in examples]
    columns = (
        Column("which", "Why shown"),
        Column("event", "Event"),
        Column("prediction", "Prediction", "percent", 2),
        Column("label", "Converted"),
        Column("reasons", "What moved it (log-odds)"),
    )
    keys = [column.key for column in columns]
    return Table(
        "examples-table",
        "Some rows, and what moved them",
        from_rows("examples", rows, keys),
        columns,
        note="Contributions before calibration; + raises the prediction.",
    )


def _reason(reason: dict[str, Any]) -> str:
    value = reason["contribution"]
    sign = "+" if value > 0 else ""
    told = "" if reason.get("value") is None else f" = {reason['value']}"
    return f"{reason['feature']}{told}: {sign}{number(value, 2)}"
