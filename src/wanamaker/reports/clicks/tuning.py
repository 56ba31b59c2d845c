"""What the search for parameters tried, and what it found."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from wanamaker.reports.data import from_rows
from wanamaker.reports.drawing import line
from wanamaker.reports.figures import Drawing, Figure
from wanamaker.reports.numbers import count, number
from wanamaker.reports.page import Block, Facts, Section
from wanamaker.reports.tables import Column, Kind, Table

if TYPE_CHECKING:
    from wanamaker.reports.clicks.results import ClicksResults

_OBJECTIVES = {"log_loss": "log loss", "roc_auc": "AUC"}


def tuning_section(results: ClicksResults) -> Section | None:
    """Return the history of the search, or None where there was none."""
    tuning = results.tuning
    if not tuning or not tuning.get("trials"):
        return None
    objective = _OBJECTIVES.get(tuning["objective"], tuning["objective"])
    best = ", ".join(f"{name} = {_plain(value)}" for name, value in tuning["best"].items())
    facts = (
        ("Best", number(tuning["value"], 5), f"{objective}, mean over the folds; {best}."),
        ("Importance", _importance(tuning), "How much of the objective's spread each parameter explains."),
    )
    lead = (
        f"{count(len(tuning['trials']))} trials, judged by {objective} on folds of the training rows in "
        "order of time; the test rows were not looked at."
    )
    blocks: list[Block] = [Facts(facts), _chart(tuning, objective), _table(tuning, objective)]
    return Section("tuning", "How the parameters were found", blocks, lead=lead, short="Tuning")


def _chart(tuning: dict[str, Any], objective: str) -> Figure:
    done = [row for row in tuning["trials"] if row["state"] == "COMPLETE" and row["value"] is not None]
    better = max if tuning["objective"] == "roc_auc" else min
    best = [better(row["value"] for row in done[: place + 1]) for place in range(len(done))]
    numbers = [row["number"] for row in done]
    dots = {
        "type": "scatter",
        "mode": "markers",
        "name": "Trial",
        "meta": "Trial",
        "x": numbers,
        "y": [row["value"] for row in done],
        "marker": {"size": 8, "color": "--grey"},
        "hovertemplate": "trial %{x}<br>%{y:.5f}<extra></extra>",
    }
    reached = line(numbers, best, "Best so far", "--credit", line={"shape": "hv"}, hoverinfo="skip")
    layout = {
        "height": 280,
        "xaxis": {"title": {"text": "trial"}, "nticks": 8},
        "yaxis": {"title": {"text": objective}, "nticks": 6},
        "showlegend": True,
    }
    return Figure(
        "tuning-chart",
        "Trials and the best so far",
        "Trials that were cut short are not shown. The best of many is partly luck: the test is what counts.",
        from_rows("trials", tuning["trials"], list(tuning["trials"][0])),
        {"": Drawing([dots, reached], layout)},
        alternative="Dots: the objective of each trial, and a line of the best so far.",
    )


def _table(tuning: dict[str, Any], objective: str) -> Table:
    rows = sorted(
        (row for row in tuning["trials"] if row["value"] is not None),
        key=lambda row: row["value"],
        reverse=tuning["objective"] == "roc_auc",
    )
    names = [key for key in rows[0] if key not in ("number", "state", "value", "seconds", "rounds")]
    columns = [
        Column("number", "Trial", "number"),
        Column("value", objective.capitalize() if objective != "AUC" else objective, "number", 5),
        Column("rounds", "Trees", "number"),
        Column("seconds", "Seconds", "number", 1),
        *(Column(name, name, _kind(rows, name)) for name in names),
    ]
    columns = [column for column in columns if column.key in rows[0]]
    data = from_rows("trials_by_value", rows, [column.key for column in columns])
    return Table("trials-table", "Trials, the best first", data, tuple(columns), shown=8)


def _kind(rows: list[dict[str, Any]], name: str) -> Kind:
    values = [row[name] for row in rows if row[name] is not None]
    if any(isinstance(value, str | bool) for value in values):
        return "text"
    return "number" if all(float(value).is_integer() for value in values) else "figure"


def _importance(tuning: dict[str, Any]) -> str:
    ranked = sorted((tuning.get("importance") or {}).items(), key=lambda item: -item[1])
    return ", ".join(f"{name} {number(share * 100)} %" for name, share in ranked[:5]) or "–"


def _plain(value: Any) -> str:
    return number(value, 4) if isinstance(value, float) else json.dumps(value)
