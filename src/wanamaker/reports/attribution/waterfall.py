"""How baseline and touches add up to the conversions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from wanamaker.journeys.journeys import BASELINE
from wanamaker.reports.attribution.view import MOST_ROWS
from wanamaker.reports.data import Dataset, from_rows
from wanamaker.reports.figures import Drawing, Figure, named_rows, plain
from wanamaker.reports.numbers import number, percent

if TYPE_CHECKING:
    from wanamaker.reports.attribution.view import View

_REST, _TOTAL = "everything else", "all conversions"


def waterfall(view: View, model: str, name: str, goals: list[str]) -> Figure:
    """Return the figure: the baseline first, then every touch where the one before ended, then the sum."""
    steps = {goal: _steps(view.rows(model, goal)) for goal in goals}
    chosen = view.goal_key(view.chosen_goal[0]) if view.goals else ""
    drawings = {view.goal_key(goal): _drawing(held) for goal, held in steps.items()}
    first = chosen if chosen in drawings else next(iter(drawings))
    return Figure(
        f"{name}-chart",
        "From the baseline to all conversions",
        "Each bar begins where the one above ends. Grey: would have come anyway. Blue: added by the touch. "
        "Orange: below zero, so the sum goes back. The last bar is the sum.",
        _data(name, steps, with_goal=bool(view.goals)),
        drawings,
        by=view.by_goal,
        chosen=first,
        alternative="Waterfall: the baseline, every touch, and their sum; the table has the numbers.",
    )


def _steps(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Return the steps in order, each with where it begins."""
    named = rows.filter(~pl.col("special"))["touch", "conversions"]
    shown, rest = named.head(MOST_ROWS), named.slice(MOST_ROWS)
    special = rows.filter("special")["touch", "conversions"]
    baseline = special.filter(pl.col("touch") == BASELINE)
    other = special.filter(pl.col("touch") != BASELINE)
    steps = [*baseline.iter_rows(), *shown.iter_rows()]
    if len(rest):
        steps.append((f"{_REST} ({len(rest)})", rest["conversions"].sum()))
    total = float(rows["conversions"].sum())
    begun, told = 0.0, []
    for touch, conversions in [*steps, *other.iter_rows()]:
        told.append({"step": touch, "begins": begun, "conversions": conversions})
        begun += conversions
    return _with_shares([*told, {"step": _TOTAL, "begins": 0.0, "conversions": total}], total)


def _with_shares(steps: list[dict[str, Any]], total: float) -> list[dict[str, Any]]:
    return [{**step, "share": step["conversions"] / total if total else None} for step in steps]


def _drawing(steps: list[dict[str, Any]]) -> Drawing:
    axis, phone, height = named_rows([step["step"] for step in steps])
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": list(range(len(steps))),
        "base": [round(step["begins"], 4) for step in steps],
        "x": [round(step["conversions"], 4) for step in steps],
        "marker": {"color": [_colour(step) for step in steps]},
        "customdata": [
            [plain(step["step"]), number(step["conversions"], 1), percent(step["share"])] for step in steps
        ],
        "hovertemplate": "<b>%{customdata[0]}</b><br>%{customdata[1]} conversions (%{customdata[2]})"
        "<extra></extra>",
    }
    layout = {
        "height": height,
        "yaxis": axis,
        "xaxis": {"zeroline": True, "nticks": 7, "tickformat": ",~f"},
        "hovermode": "y",
        "bargap": 0.22,
    }
    return Drawing([trace], layout, {"yaxis": phone, "xaxis": {"nticks": 4}})


def _colour(step: dict[str, Any]) -> str:
    if step["step"] == _TOTAL:
        return "--ink"
    if step["conversions"] < 0:
        return "--spend"
    return "--grey" if step["step"].startswith("(") else "--credit"


def _data(name: str, steps: dict[str, list[dict[str, Any]]], *, with_goal: bool) -> Dataset:
    rows = [{"goal": goal, **step} for goal, held in steps.items() for step in held]
    return from_rows(
        f"{name}_steps", rows, [*(["goal"] if with_goal else []), "step", "begins", "conversions", "share"]
    )
