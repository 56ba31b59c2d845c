"""What ``wanamaker run`` prints of the network of an attribution study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console


def show_network(told: Mapping[str, Any], console: Console) -> None:
    """Print the network beside its baselines, at one date too where that was asked for, and any doubt."""
    test = next(row for row in told["parts"] if row["part"] == "test")
    title = f"On the {test['journeys']:,} journeys that ended last, {test['conversions']:,.10g} conversions"
    console.print(_table(title, told["comparison"]))
    if told.get("ablation"):
        console.print(_table("Ablation, on the same journeys", told["ablation"]))
    one_date = told.get("common_date") or {}
    if "comparison" in one_date:
        console.print(_table(f"At one date, {one_date['landmark']}", one_date["comparison"]))
    doubt = told["facts"]["learned"]["under_trained"]
    if doubt:
        console.print(f"under-trained, do not read its credit: {doubt}", highlight=False, soft_wrap=True)


def network_content(told: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return what ``--json`` tells of the network."""
    if told is None:
        return None
    keys = ("facts", "parts", "comparison", "ablation", "common_date")
    return {key: told[key] for key in keys if key in told}


def _table(title: str, rows: list[dict[str, Any]]) -> Table:
    """Return a table that fits into 80 signs; the report has more."""
    table = Table(title=title, box=SIMPLE, padding=(0, 1, 0, 0))
    table.add_column("model", no_wrap=True)
    for heading in ("AUC", "95 %", "loss", "beyond", "95 %"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        own = _number(row["roc_auc"], 3), _interval(row, "roc_auc"), _number(row["log_loss"], 4)
        table.add_row(
            row["model"], *own, _number(row["roc_auc_difference"], 4), _interval(row, "roc_auc_difference")
        )
    table.caption = "loss: log loss; beyond: AUC of the first minus this one's"
    return table


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def _interval(row: Mapping[str, Any], name: str) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return "" if low is None or high is None else f"{low:.3f} – {high:.3f}"
