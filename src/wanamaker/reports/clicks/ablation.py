"""What each family of features is worth, what honesty costs, and what more history would give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.data import Dataset, from_rows
from wanamaker.reports.drawing import flat, line, spoken, whiskers
from wanamaker.reports.figures import Drawing, Figure, named_rows, plain
from wanamaker.reports.numbers import NARROW, count, number, percent
from wanamaker.reports.page import Block, Section
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.clicks.results import ClicksResults


def ablation_section(results: ClicksResults) -> Section | None:
    """Return what the AUC loses without each family of features."""
    if len(results.ablation) < 2:  # noqa: PLR2004
        return None
    rows = flat(results.ablation, "roc_auc", "log_loss", "difference", "log_loss_difference")
    data = from_rows("ablation", rows, list(rows[0]))
    lead = (
        "The model is fitted again without one family of features at a time. Differences are paired: both "
        "models are compared on the same resampled test rows. A family whose interval holds 0 may be worth "
        "nothing here, or what it knows others know too."
    )
    blocks: list[Block] = [_differences(results.ablation, data), _ablation_table(data)]
    return Section("ablation", "What each family of features is worth", blocks, lead=lead, short="Ablation")


def _differences(ablation: list[dict[str, Any]], data: Dataset) -> Figure:
    rows = [row for row in ablation if (row.get("difference") or {}).get("value") is not None]
    axis, phone, height = named_rows([row["name"] for row in rows])
    figures = [row["difference"] for row in rows]
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": [row["value"] for row in figures],
        "y": list(range(len(rows))),
        "marker": {
            "size": 10,
            "color": ["--credit" if (row["low"] or 0) > 0 else "--grey" for row in figures],
        },
        "error_x": whiskers(figures),
        "customdata": [[plain(row["name"]), spoken(row["difference"], 4)] for row in rows],
        "hovertemplate": "<b>%{customdata[0]}</b><br>%{customdata[1]}<extra></extra>",
        "cliponaxis": False,
    }
    xaxis = {"zeroline": True, "nticks": 7, "title": {"text": "AUC lost without it"}}
    return Figure(
        "ablation-chart",
        "AUC lost without the family",
        "Right of 0: the family helps on the test rows; left of it, they do better without. Blue where the "
        "95 % interval lies above 0.",
        data,
        {"": Drawing([trace], {"height": height + 16, "yaxis": axis, "xaxis": xaxis}, {"yaxis": phone})},
        alternative="Dots with intervals: AUC lost without each family; the table has the numbers.",
    )


def _ablation_table(data: Dataset) -> Table:
    columns = (
        Column("name", "Left out", "name"),
        Column("features", "Features left", "number"),
        Column("roc_auc", "AUC", "number", 4),
        Column("roc_auc_low", f"95{NARROW}% interval", "number", 3, upper="roc_auc_high"),
        Column("difference", "AUC lost", "number", 4, help="All features minus without the family, paired"),
        Column("difference_low", f"95{NARROW}% interval", "number", 4, upper="difference_high"),
        Column("log_loss", "Log loss", "number", 5),
    )
    return Table("ablation-table", "Without each family", data, columns, shown=20)


def honesty_section(results: ClicksResults) -> Section | None:
    """Return the figures that columns from the future would give."""
    if not results.honesty:
        return None
    rows = flat(results.honesty, "roc_auc", "log_loss", "gain")
    columns = (
        Column("name", "Columns", "name"),
        Column("roc_auc", "AUC", "number", 4),
        Column("roc_auc_low", f"95{NARROW}% interval", "number", 3, upper="roc_auc_high"),
        Column("gain", "AUC gained", "number", 4, help="Minus the first row, paired"),
        Column("gain_low", f"95{NARROW}% interval", "number", 4, upper="gain_high"),
        Column("log_loss", "Log loss", "number", 5),
    )
    table = Table(
        "honesty-table",
        "The same model, with columns that look ahead",
        from_rows("honesty", rows, list(rows[0])),
        columns,
        note="Only the first row can be had when the click is scored.",
    )
    lead = (
        "Counts over the whole log, and the time to the next click, are common in offline contests. Both use "
        "what happens after the click: a model that reads them scores well on a log and cannot be served."
    )
    return Section("honesty", "What honesty costs", [table], lead=lead, short="Honesty")


def learning_section(results: ClicksResults) -> Section | None:
    """Return the AUC by the amount of history."""
    rows = results.learning
    if len(rows) < 2:  # noqa: PLR2004
        return None
    flatter = flat(rows, "roc_auc", "log_loss")
    data = from_rows("learning_curve", flatter, list(flatter[0]))
    blocks: list[Block] = [_learning_chart(rows, data), _learning_table(data)]
    first, last = rows[0]["roc_auc"]["value"], rows[-1]["roc_auc"]["value"]
    lead = (
        "The same model, fitted on the latest part of the training log only, and tested on the same rows: "
        f"from {percent(rows[0]['share'], 0)} of the history to all of it, the AUC goes from "
        f"{number(first, 3)} to {number(last, 3)}. A curve that still rises says that more would help."
    )
    return Section("learning", "Would more history help?", blocks, lead=lead, short="Learning curve")


def _learning_chart(rows: list[dict[str, Any]], data: Dataset) -> Figure:
    figures = [row["roc_auc"] for row in rows]
    told = [[spoken(row["roc_auc"]), count(row["positives"])] for row in rows]
    trace = line(
        [row["rows"] for row in rows],
        [row["value"] for row in figures],
        "AUC",
        "--credit",
        mode="lines+markers",
        error_y=whiskers(figures),
        customdata=told,
        hovertemplate="%{x:,} rows, %{customdata[1]} conversions<br>AUC %{customdata[0]}<extra></extra>",
    )
    layout = {
        "height": 300,
        "xaxis": {"title": {"text": "training rows"}, "rangemode": "tozero", "nticks": 6},
        "yaxis": {"title": {"text": "AUC"}, "nticks": 6},
    }
    return Figure(
        "learning-chart",
        "AUC by the amount of history",
        "Whiskers are 95 % intervals on the test rows; the points share these rows, so they move together.",
        data,
        {"": Drawing([trace], layout)},
        alternative="A line: AUC by the number of training rows; the table has the numbers.",
    )


def _learning_table(data: Dataset) -> Table:
    columns = (
        Column("share", "Share of the history", "percent", 0),
        Column("rows", "Training rows", "number"),
        Column("positives", "Conversions", "number"),
        Column("roc_auc", "AUC", "number", 4),
        Column("roc_auc_low", f"95{NARROW}% interval", "number", 3, upper="roc_auc_high"),
    )
    return Table("learning-table", "By the amount of history", data, columns)
