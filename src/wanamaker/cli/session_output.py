"""What ``wanamaker run`` prints of a sessions study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from wanamaker.cli.output import show

if TYPE_CHECKING:
    from pathlib import Path

    from wanamaker.reports.sessions import SessionsResults

_FIGURES = {"f1": "F1", "roc_auc": "AUC", "pr_auc": "PR-AUC"}


def show_sessions(out: Path, results: SessionsResults, *, as_json: bool) -> None:
    """Print where the run is, and all models side by side."""
    if as_json:
        show(_content(out, results), "", as_json=True)
        return
    test, kept = results.part("test"), results.facts["model"]
    title = f"On {test['sessions']:,} test sessions; means over {results.facts['seeds']} seeds"
    table = Table(title=title, box=SIMPLE, padding=(0, 1))
    table.add_column("model", no_wrap=True)
    for heading in ("fitted", "s", *_FIGURES.values()):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in results.candidates:
        name = f"{row['name']} *" if row["name"] == kept else row["name"]
        size = f"{row['size']:,}" + ("" if row["unit"] == "weights" else f" {row['unit']}")
        table.add_row(name, size, f"{row['seconds']:.1f}", *(_give(row[key]) for key in _FIGURES))
    console = Console()
    console.print(table)
    console.print(f"* kept: {results.facts['why']}", highlight=False)
    for row in results.comparisons:
        console.print(f"AUC of {kept} minus {row['against']}: {_figure(row)}", highlight=False)
    for finding in results.audit or []:
        console.print(f"audit, {finding['severity']}: {finding['message']}", highlight=False, soft_wrap=True)
    console.print(f"report: {out / 'report.html'}", highlight=False, soft_wrap=True)


def _content(out: Path, results: SessionsResults) -> dict[str, Any]:
    return {
        "run": str(out),
        "report": str(out / "report.html"),
        "kept": {key: results.facts[key] for key in ("model", "model_seed", "why")},
        "comparison": results.candidates,
        "parts": results.parts,
        "metrics": results.metrics,
        "decision": {key: results.decision[key] for key in ("rule", "threshold")},
        "audit": results.audit,
        "notes": results.notes,
    }


def _give(row: dict[str, Any]) -> str:
    """Return a mean and half of its interval."""
    if row["low"] is None:
        return f"{row['value']:.3f}"
    return f"{row['value']:.3f} ±{row['high'] - row['value']:.2f}"


def _figure(row: dict[str, Any]) -> str:
    if row["value"] is None:
        return ""
    if row["low"] is None:
        return f"{row['value']:.3f}"
    return f"{row['value']:.3f} ({row['low']:.3f} – {row['high']:.3f})"
