"""Removal effects of every Markov order, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.attribution.setting import listed
from wanamaker.reports.attribution.view import MOST_ROWS
from wanamaker.reports.data import Dataset, Field, rounded
from wanamaker.reports.figures import Drawing, Figure, Trace, named_rows, percent_axis, percentages, plain
from wanamaker.reports.numbers import percent
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.attribution.view import View
    from wanamaker.reports.page import Block

    Chains = dict[str, dict[str, dict[str, Any]]]
    Rows = list[dict[str, Any]]

_COLOURS = ("--c3", "--c0", "--c2", "--c4")
_SIZES = (15, 11, 7, 5)


def removal_blocks(view: View, chains: Chains) -> list[Block]:
    """Return a chart of the removal effects, and the table."""
    goals = view.goals or [""]
    rows = {goal: _rows(chains, goal) for goal in goals}
    rows = {goal: held for goal, held in rows.items() if held}
    data = _data(view, list(chains), [row for held in rows.values() for row in held])
    return [_figure(view, list(chains), rows, data), _table(view, list(chains), data)]


def _rows(chains: Chains, goal: str) -> Rows:
    """Return the touches with their removal effects by every chain, the largest by the first chain first."""
    effects: dict[str, dict[str, float]] = {}
    for model, found in chains.items():
        for held in found.get(goal, {}).get("removal_effects") or []:
            effects.setdefault(held["touch"], {})[model] = held["removal_effect"]
    rows = [{"goal": goal, "touch": touch, **by_model} for touch, by_model in effects.items()]
    first = next(iter(chains))
    return sorted(rows, key=lambda row: (-(row.get(first) or 0.0), row["touch"]))


def _data(view: View, models: list[str], rows: Rows) -> Dataset:
    keys = [*(["goal"] if view.goals else []), "touch"]
    fields = [Field(key, key, [row[key] for row in rows]) for key in keys]
    fields += [
        Field(f"model {place}", model, rounded([row.get(model) for row in rows], 6))
        for place, model in enumerate(models)
    ]
    return Dataset("removal_effects", tuple(fields))


def _figure(view: View, models: list[str], rows: dict[str, Rows], data: Dataset) -> Figure:
    drawings = {view.goal_key(goal): _drawing(models, held[:MOST_ROWS]) for goal, held in rows.items()}
    chosen = view.goal_key(view.chosen_goal[0]) if view.goals else ""
    return Figure(
        "removal-chart",
        "Removal effects",
        f"The share of the conversions that the chain would lose without the touch. {_sums(models, rows)}",
        data,
        drawings,
        by=view.by_goal,
        chosen=chosen if chosen in drawings else next(iter(drawings)),
        alternative="Dots: the removal effect of each touch by every order; the table has the numbers.",
    )


def _sums(models: list[str], rows: dict[str, Rows]) -> str:
    """Say that removal effects do not add up, and to what they sum where there is only one goal."""
    told = ""
    for held in rows.values() if len(rows) == 1 else ():
        sums = [f"{percent(sum(row.get(model) or 0.0 for row in held), 0)} by {model}" for model in models]
        told = f" ({listed(sums)})"
    return f"They overlap, so they do not add up{told}; credit is each one's part of their sum."


def _drawing(models: list[str], rows: Rows) -> Drawing:
    axis, phone, height = named_rows([row["touch"] for row in rows])
    traces = [_dots(model, rows, place) for place, model in enumerate(models)]
    layout = {
        "height": height,
        "yaxis": axis,
        "xaxis": percent_axis(),
        "hovermode": "closest",
        "showlegend": len(models) > 1,
    }
    return Drawing(traces, layout, {"yaxis": phone, "xaxis": {"nticks": 5}})


def _dots(model: str, rows: Rows, place: int) -> Trace:
    shown = [[plain(row["touch"]), plain(model), percent(row.get(model))] for row in rows]
    look = min(place, len(_COLOURS) - 1)
    return {
        "type": "scatter",
        "mode": "markers",
        "x": percentages([row.get(model) for row in rows]),
        "y": list(range(len(rows))),
        "name": plain(model),
        "meta": model,
        "marker": {"symbol": "circle", "size": _SIZES[look], "color": _COLOURS[look]},
        "cliponaxis": False,
        "customdata": shown,
        "hovertemplate": "<b>%{customdata[0]}</b><br>%{customdata[2]} by %{customdata[1]}<extra></extra>",
    }


def _table(view: View, models: list[str], data: Dataset) -> Table:
    keys = [f"model {place}" for place in range(len(models))]
    most = max((value for key in keys for value in data.values(key) if value), default=1.0)
    columns = [
        Column("touch", "Touch", "name"),
        *(Column(key, model, "percent", 1, heat=most) for key, model in zip(keys, models, strict=True)),
    ]
    return Table(
        "removal-table",
        "Removal effect of every touch",
        data,
        tuple(columns),
        by=view.by_goal,
        chosen=view.chosen_goal,
    )
