"""Models of journeys side by side: a chart of AUC with intervals, and a table with paired differences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.attribution.network.words import titled
from wanamaker.reports.data import from_rows
from wanamaker.reports.drawing import spoken, whiskers
from wanamaker.reports.figures import Drawing, Figure, named_rows
from wanamaker.reports.numbers import NARROW
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

Rows = list[dict[str, Any]]

_METRICS = ("roc_auc", "pr_auc", "log_loss", "normalised_log_loss", "calibration_ratio", "ece")
_DIFFERENCES = ("roc_auc_difference", "log_loss_difference")
_CI = f"95{NARROW}%"
_OWN = (
    Column("roc_auc", "AUC", "number", 3, help="0.5 is chance"),
    Column("roc_auc_low", _CI, "number", 3, upper="roc_auc_high"),
    Column("pr_auc", "PR-AUC", "number", 3, help="Average precision; the base rate is chance"),
    Column("log_loss", "Log loss", "number", 4, help="Lower is better; nats per journey"),
    Column("calibration_ratio", "Σp/Σy", "number", 2, help="Predictions over conversions; 1 is right"),
    Column("calibration_ratio_low", _CI, "number", 2, upper="calibration_ratio_high"),
    Column("ece", "ECE", "number", 4, help="Mean distance of prediction and rate, bins of equal size"),
)
_BESIDE = (
    Column("roc_auc_difference", "AUC", "number", 4, help="Above 0: the first is better"),
    Column("roc_auc_difference_low", _CI, "number", 4, upper="roc_auc_difference_high"),
    Column("log_loss_difference", "Log loss", "number", 4, help="Below 0: the first is better"),
    Column("log_loss_difference_low", _CI, "number", 4, upper="log_loss_difference_high"),
)


def compared_chart(name: str, title: str, rows: Rows, ours: str) -> Figure:
    """Return a chart of AUC with intervals; the model that is ours is coloured."""
    known = [row for row in rows if row.get("roc_auc") is not None]
    axis, phone, height = named_rows([titled(row["model"]) for row in known])
    figures = [figure_of(row, "roc_auc") for row in known]
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": [row["value"] for row in figures],
        "y": list(range(len(known))),
        "marker": {"size": 11, "color": ["--credit" if row["model"] == ours else "--grey" for row in known]},
        "error_x": whiskers(figures),
        "customdata": [
            [titled(row["model"]), spoken(told)] for row, told in zip(known, figures, strict=True)
        ],
        "hovertemplate": "<b>%{customdata[0]}</b><br>AUC %{customdata[1]}<extra></extra>",
        "cliponaxis": False,
    }
    layout = {"height": height, "yaxis": axis, "xaxis": {"nticks": 7, "title": {"text": "AUC"}}}
    return Figure(
        f"{name}-chart",
        title,
        "Lines are 95 % intervals over users. They overlap more than the models differ, because all are "
        "tested on the same journeys: the table has the differences, pair by pair.",
        from_rows(f"{name}_models", rows, ["model", *_ends(_METRICS)]),
        {"": Drawing([trace], layout, {"yaxis": phone, "xaxis": {"nticks": 5}})},
        alternative="Dots with intervals: the AUC of each model; the table below has the numbers.",
    )


def compared_tables(
    name: str, caption: str, rows: Rows, ours: str, more: Sequence[Column] = ()
) -> list[Table]:
    """Return a table of metrics, and one of how far ours is above each other model, pair by pair."""
    named = [{**row, "model": titled(row["model"])} for row in rows]
    others = [row for row in named if row["model"] != titled(ours)]
    first = Column("model", "Model", "name")
    keys = ["model", *(column.key for column in more)]
    own = from_rows(f"{name}_metrics", named, [*keys, *_ends(_METRICS)])
    beside = from_rows(f"{name}_differences", others, ["model", *_ends(_DIFFERENCES)])
    return [
        Table(f"{name}-table", caption, own, (first, *more, *_OWN), shown=20, note=_OF_ALL),
        Table(
            f"{name}-differences",
            f"{titled(ours)}, minus each of the others",
            beside,
            (first, *_BESIDE),
            shown=20,
            note="Differences are of pairs: the same journeys, and the same draws of users, for both.",
        ),
    ]


def figure_of(row: dict[str, Any], name: str) -> dict[str, Any]:
    """Return value, low and high of a metric in a row."""
    return {"value": row.get(name), "low": row.get(f"{name}_low"), "high": row.get(f"{name}_high")}


def _ends(names: Sequence[str]) -> list[str]:
    return [f"{name}{end}" for name in names for end in ("", "_low", "_high")]


_OF_ALL = "The CSV has the intervals of all metrics."
