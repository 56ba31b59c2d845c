"""What commands print: tables for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import polars as pl
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from wanamaker.studies.attribution import AttributionOutcome

_MOST_ROWS = 20


def show(content: dict[str, Any], text: str, *, as_json: bool) -> None:
    """Print the content as JSON, or the text."""
    line = json.dumps(content, ensure_ascii=False, allow_nan=False) if as_json else text
    sys.stdout.write(line + "\n")


def show_attribution(outcome: AttributionOutcome, *, as_json: bool) -> None:
    """Print where the run is, and the share of credit of each touch by each method."""
    page = outcome.out / "report.html"
    credit = outcome.credit.frame
    headline = outcome.results.summary["headline"]
    if as_json:
        content = {
            "run": str(outcome.out),
            "report": str(page),
            "conversions": headline["conversions"],
            "journeys": headline["journeys"],
            "notes": outcome.results.notes,
            "credit": credit.to_dicts(),
        }
        show(content, "", as_json=True)
        return
    console = Console()
    console.print(_shares(credit))
    for model, total in (
        credit.group_by("model", maintain_order=True).agg(pl.col("conversions").sum()).iter_rows()
    ):
        console.print(
            f"{model}: sum = {total:,.10g} of {headline['conversions']:,.10g} conversions", highlight=False
        )
    console.print(f"report: {page}", highlight=False, soft_wrap=True)


def _shares(credit: pl.DataFrame) -> Table:
    keys = ["touch", *(["goal"] if "goal" in credit.columns else [])]
    wide = credit.pivot("model", index=keys, values="share")
    models = [column for column in wide.columns if column not in keys]
    wide = wide.with_columns(mean=pl.mean_horizontal(models)).sort("mean", descending=True)
    table = Table(title="Share of credit")
    for key in keys:
        table.add_column(key)
    for model in models:
        table.add_column(model, justify="right")
    for row in wide.head(_MOST_ROWS).iter_rows(named=True):
        shares = [f"{row[model]:.1%}" if row[model] is not None else "" for model in models]
        table.add_row(*(str(row[key]) for key in keys), *shares)
    if len(wide) > _MOST_ROWS:
        table.caption = f"{len(wide) - _MOST_ROWS} more in the report"
    return table
