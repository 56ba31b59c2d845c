"""How good the predictions are, with the baselines beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.binary.words import baseline_title, model_named
from wanamaker.reports.data import from_rows
from wanamaker.reports.drawing import flat, spoken, whiskers
from wanamaker.reports.figures import Drawing, Figure, named_rows
from wanamaker.reports.numbers import NARROW
from wanamaker.reports.page import Block, Facts, Section
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.binary.results import BinaryResults

_METRICS = {
    "roc_auc": ("AUC", "How often a conversion is put above what has none; 0.5 is chance"),
    "pr_auc": ("PR-AUC", "Average precision; the base rate is chance"),
    "log_loss": ("Log loss", "Lower is better; nats per row"),
    "normalised_log_loss": ("Normalised log loss", "Log loss by that of the base rate; below 1 is better"),
    "calibration_ratio": ("Σp/Σy", "Sum of predictions by conversions; 1 is right"),
    "ece": ("ECE", "Mean distance of prediction and rate over bins of equal size"),
    "f1": ("F1", "At the study's threshold"),
    "precision": ("Precision", "At the study's threshold"),
    "recall": ("Recall", "At the study's threshold"),
}
_DECIDED = ("f1", "precision", "recall")
"""Shown with the threshold they belong to."""

_DECIMALS = {"log_loss": 5, "ece": 5, "calibration_ratio": 2}


def quality_section(results: BinaryResults) -> Section:
    """Return AUC with interval beside the baselines, and the table of all metrics."""
    lead = (
        "All figures are of the test rows, which nothing was fitted or chosen on. Intervals resample the "
        "rows; they say how much the figure would move with other rows of this period, and nothing about a "
        "period in which the traffic changes."
    )
    blocks: list[Block] = [_chart(results), _table(results), _validation(results)]
    return Section("quality", "How good the predictions are", blocks, lead=lead, short="Quality")


def _rows(results: BinaryResults) -> list[dict[str, Any]]:
    ours = {"name": "This study", "ours": True, **results.metrics["test"]}
    return [
        ours,
        *(
            {"name": baseline_title(name), "ours": False, **figures}
            for name, figures in results.metrics["baselines"].items()
        ),
    ]


def _chart(results: BinaryResults) -> Figure:
    rows = [row for row in _rows(results) if (row.get("roc_auc") or {}).get("value") is not None]
    axis, phone, height = named_rows([row["name"] for row in rows])
    figures = [row["roc_auc"] for row in rows]
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": [row["value"] for row in figures],
        "y": list(range(len(rows))),
        "marker": {"size": 11, "color": ["--credit" if row["ours"] else "--grey" for row in rows]},
        "error_x": whiskers(figures),
        "customdata": [[row["name"], spoken(row["roc_auc"])] for row in rows],
        "hovertemplate": "<b>%{customdata[0]}</b><br>AUC %{customdata[1]}<extra></extra>",
        "cliponaxis": False,
    }
    layout = {"height": height, "yaxis": axis, "xaxis": {"nticks": 7, "title": {"text": "AUC"}}}
    return Figure(
        "auc-chart",
        "AUC on the test rows",
        "Lines are 95 % intervals. They overlap more than the models differ, because all are tested on the "
        "same rows; the paired differences are in the first section.",
        _data(results),
        {"": Drawing([trace], layout, {"yaxis": phone, "xaxis": {"nticks": 5}})},
        alternative="Dots with intervals: the AUC of this study and of each baseline.",
    )


def _data(results: BinaryResults) -> Any:
    names = [key for key in _METRICS if key in results.metrics["test"]]
    rows = flat(_rows(results), *names)
    keys = ["name", *(f"{name}{end}" for name in names for end in ("", "_low", "_high"))]
    return from_rows("metrics", rows, keys)


def _table(results: BinaryResults) -> Table:
    columns = [Column("name", "Model", "name")]
    for key, (title, explanation) in _METRICS.items():
        if key not in results.metrics["test"] or key in _DECIDED:
            continue
        decimals = _DECIMALS.get(key, 3)
        columns.append(Column(key, title, "number", decimals, help=explanation))
        if key in ("roc_auc", "calibration_ratio"):
            columns.append(Column(f"{key}_low", f"95{NARROW}%", "number", decimals, upper=f"{key}_high"))
    return Table(
        "metrics-table",
        "Every metric, on the test rows",
        _data(results),
        tuple(columns),
        note="The CSV has the intervals of all metrics, and F1, precision and recall at the threshold.",
    )


def _validation(results: BinaryResults) -> Facts:
    valid = results.metrics.get("valid") or {}
    auc = valid.get("roc_auc")
    return Facts(
        (
            (
                "AUC on valid",
                spoken(auc),
                f"The rows that stopped {model_named(results.facts['model'])} and calibrated them: looked at "
                "while fitting, so this figure flatters.",
            ),
        ),
        style="last",
    )
