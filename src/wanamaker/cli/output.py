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
    from wanamaker.studies.clicks.run import ClicksOutcome
    from wanamaker.studies.clicks.tune import Tuned
    from wanamaker.studies.registry import Outcome

_MOST_ROWS = 20
_EXACT = 1e-9
_LONGEST_NAME, _BORDERS = 32, 3


def show(content: dict[str, Any], text: str, *, as_json: bool) -> None:
    """Print the content as JSON, or the text."""
    line = json.dumps(content, ensure_ascii=False, allow_nan=False) if as_json else text
    sys.stdout.write(line + "\n")


def show_outcome(outcome: Outcome, *, as_json: bool) -> None:
    """Print what a study of any kind found."""
    from wanamaker.reports.clicks import ClicksResults
    from wanamaker.reports.search_terms import SearchTermsResults
    from wanamaker.studies.attribution import AttributionOutcome

    if isinstance(outcome, AttributionOutcome):
        show_attribution(outcome, as_json=as_json)
    elif isinstance(outcome.results, SearchTermsResults):
        from wanamaker.cli.term_output import show_search_terms

        show_search_terms(outcome.out, outcome.results, as_json=as_json)
    elif not isinstance(outcome.results, ClicksResults):
        from wanamaker.cli.session_output import show_sessions

        show_sessions(outcome.out, outcome.results, as_json=as_json)
    else:
        show_clicks(outcome, as_json=as_json)


def show_clicks(outcome: ClicksOutcome, *, as_json: bool) -> None:
    """Print where the run is, and the metrics of its test rows beside the baselines."""
    page, results = outcome.out / "report.html", outcome.results
    if as_json:
        content = {
            "run": str(outcome.out),
            "report": str(page),
            "parts": results.parts,
            "metrics": results.metrics,
            "decision": {key: results.decision[key] for key in ("rule", "threshold")},
            "audit": results.audit,
            "notes": results.notes,
        }
        show(content, "", as_json=True)
        return
    test = results.part("test")
    table = Table(title=f"On {test['rows']:,} test rows, {test['positives']:,} conversions")
    table.add_column("model", no_wrap=True)
    for title in ("AUC", "95 %", "norm. log loss", "Σp/Σy"):
        table.add_column(title, justify="right", no_wrap=True)
    for name, figures in {"this study": results.metrics["test"], **results.metrics["baselines"]}.items():
        values = [_number(figures[key]["value"]) for key in _CLICK_METRICS]
        table.add_row(name, values[0], _interval(figures["roc_auc"]), *values[1:])
    console = Console()
    console.print(table)
    for finding in results.audit or []:
        console.print(f"audit, {finding['severity']}: {finding['message']}", highlight=False, soft_wrap=True)
    console.print(f"report: {page}", highlight=False, soft_wrap=True)


_CLICK_METRICS = ("roc_auc", "normalised_log_loss", "calibration_ratio")


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _interval(figure: dict[str, Any]) -> str:
    low, high = figure["low"], figure["high"]
    return "" if low is None or high is None else f"{low:.3f} – {high:.3f}"


def show_tuning(tuned: Tuned, *, as_json: bool) -> None:
    """Print the best parameters, and where the study that uses them is."""
    if as_json:
        show(tuned.as_dict(), "", as_json=True)
        return
    lines = [f"best {tuned.objective}: {tuned.value:.6g}, of {tuned.trials} trials"]
    lines += [f"  {name} = {value}" for name, value in tuned.best.items()]
    lines += [f"trials: {tuned.out / 'trials.parquet'}", f"run it: wanamaker run {tuned.out / 'study.toml'}"]
    show({}, "\n".join(lines), as_json=False)


def show_attribution(outcome: AttributionOutcome, *, as_json: bool) -> None:
    """Print where the run is, and the share of credit of each touch by each method."""
    from wanamaker.cli.network_output import network_content, show_network

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
            "calibration": outcome.results.calibration,
            "network": network_content(outcome.results.network),
            "replay": outcome.results.replay,
        }
        show(content, "", as_json=True)
        return
    console = Console()
    for table in _shares(credit, console.width):
        console.print(table)
    for line in _sums(credit, headline["conversions"]):
        console.print(line, highlight=False)
    if outcome.results.network is not None:
        show_network(outcome.results.network, console)
    console.print(f"report: {page}", highlight=False, soft_wrap=True)


def _sums(credit: pl.DataFrame, conversions: float) -> list[str]:
    """Say that every method's credit adds up to the conversions, or which one's does not."""
    sums = credit.group_by("model", maintain_order=True).agg(pl.col("conversions").sum())
    told = f"{conversions:,.10g} conversions"
    off = [
        f"{model}: sum = {total:,.10g} of {told}"
        for model, total in sums.iter_rows()
        if abs(total - conversions) > _EXACT * max(1.0, conversions)
    ]
    return off or [f"sum of credit = {told}, by each of {len(sums)} methods"]


def _shares(credit: pl.DataFrame, width: int) -> list[Table]:
    """Return the shares as tables of as many methods as fit beside each other, so that no number is cut."""
    keys = ["touch", *(["goal"] if "goal" in credit.columns else [])]
    wide = credit.pivot("model", index=keys, values="share")
    models = [column for column in wide.columns if column not in keys]
    special = pl.col("touch").str.starts_with("(")
    wide = wide.with_columns(mean=pl.mean_horizontal(models), special=special)
    wide = wide.sort("special", "mean", descending=[False, True])
    shown = wide.head(_MOST_ROWS)
    names = sum(min(_LONGEST_NAME, _widest(shown[key])) + _BORDERS for key in keys)
    tables = [_table(shown, keys, part) for part in _parts(models, width - names - 1)]
    tables[0].title = "Share of credit"
    if len(wide) > _MOST_ROWS:
        tables[-1].caption = f"{len(wide) - _MOST_ROWS} more in the report"
    return tables


def _parts(models: list[str], width: int) -> list[list[str]]:
    """Cut the methods into parts whose columns fit into the width, one at least in each."""
    parts: list[list[str]] = [[]]
    used = 0
    for model in models:
        needed = max(len(model), len("-100.0%")) + _BORDERS
        if parts[-1] and used + needed > width:
            parts.append([])
            used = 0
        parts[-1].append(model)
        used += needed
    return parts


def _table(rows: pl.DataFrame, keys: list[str], models: list[str]) -> Table:
    table = Table()
    for key in keys:
        table.add_column(key, max_width=_LONGEST_NAME, no_wrap=True)
    for model in models:
        table.add_column(model, justify="right", no_wrap=True)
    for row in rows.iter_rows(named=True):
        shares = [f"{row[model]:.1%}" if row[model] is not None else "" for model in models]
        table.add_row(*(str(row[key]) for key in keys), *shares)
    return table


def _widest(names: pl.Series) -> int:
    return max((len(str(name)) for name in [names.name, *names]), default=0)
