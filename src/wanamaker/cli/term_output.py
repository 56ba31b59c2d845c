"""What ``wanamaker run`` prints of a search-terms study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from wanamaker.cli.output import show

if TYPE_CHECKING:
    from pathlib import Path

    from wanamaker.reports.search_terms import SearchTermsResults

_SPLITS = {"rolling": "over {} origins", "unseen": "terms never seen"}


def show_search_terms(out: Path, results: SearchTermsResults, *, as_json: bool) -> None:
    """Print where the run is, all predictors side by side, and the money that could be saved."""
    if as_json:
        show(_content(out, results), "", as_json=True)
        return
    console = Console()
    console.print(_comparison(results))
    facts = results.facts
    console.print(f"* predicts: {facts['why']}", highlight=False)
    if results.stop:
        told = results.stop_told
        many = "1 term costs" if told["terms"] == 1 else f"{told['terms']:,} terms cost"
        verb = "brings" if told["terms"] == 1 else "bring"
        console.print(
            f"{many} {told['cost']:,.2f} and {verb} next to nothing: {out / 'stop_list.csv'}",
            highlight=False,
            soft_wrap=True,
        )
    for finding in results.audit or []:
        console.print(f"audit, {finding['severity']}: {finding['message']}", highlight=False, soft_wrap=True)
    console.print(f"report: {out / 'report.html'}", highlight=False, soft_wrap=True)


def _comparison(results: SearchTermsResults) -> Table:
    held = {name: results.comparison.get(name) or [] for name in _SPLITS}
    table = Table(title="Share of the deviance explained, beyond a rate that knows no terms", box=SIMPLE)
    table.add_column("predictor", no_wrap=True)
    for name, title in _SPLITS.items():
        if held[name]:
            table.add_column(title.format(len(results.origins)), justify="right", no_wrap=True)
    for row in held["rolling"]:
        name = row["name"]
        told = [next((one for one in rows if one["name"] == name), None) for rows in held.values() if rows]
        mark = f"{name} *" if name == results.facts["predictor"] else name
        table.add_row(mark, *("" if one is None else _figure(one["explained"]) for one in told))
    return table


def _figure(told: dict[str, Any]) -> str:
    if told["value"] is None:
        return ""
    if told["low"] is None:
        return f"{told['value']:.1%}"
    return f"{told['value']:.1%} ({told['low']:.1%} – {told['high']:.1%})"


def _content(out: Path, results: SearchTermsResults) -> dict[str, Any]:
    return {
        "run": str(out),
        "report": str(out / "report.html"),
        "kept": {key: results.facts[key] for key in ("predictor", "why", "loss")},
        "parts": results.parts,
        "metrics": results.metrics,
        "comparison": results.comparison,
        "stop_list": results.stop_told,
        "audit": results.audit,
        "notes": results.notes,
    }
