"""Error against the planted truth, for simulated worlds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.attribution.kinds import COMPARING, kind_of
from wanamaker.reports.data import from_rows
from wanamaker.reports.figures import Drawing, Figure, Trace, named_rows, percent_axis, percentages, plain
from wanamaker.reports.numbers import percent
from wanamaker.reports.page import Section
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.attribution.view import View
    from wanamaker.reports.data import Dataset

_GROUPS = {
    "compares": ("Compares converting journeys with others", "--credit"),
    "looks": ("Where a network looked", "--spend"),
    "alone": ("Sees converting journeys alone", "--grey"),
}
_COLUMNS = {
    "total_variation": ("Credit in the wrong place", "Half the sum of the absolute errors of all shares"),
    "mae": ("Mean error of a share", "Mean absolute error"),
    "zero_effect_share": ("Given to touches without effect", "Share of credit"),
}


def truth_section(view: View) -> Section | None:
    """Return the section, or None where the truth is not known."""
    rows = view.results.truth
    if not rows:
        return None
    ordered = sorted(rows, key=lambda row: _last_if_none(row.get("total_variation")))
    data = from_rows("error_against_truth", ordered, list(ordered[0]))
    lead = (
        "This log was simulated, so the true effect of every touch is known. What a method gets wrong "
        "here it may get wrong on a real log, where nobody would see it. A part of every error is chance in "
        "who is in the log: that part shrinks with more users, and what a method misunderstands does not."
    )
    return Section(
        "truth",
        "Error against the planted truth",
        [_chart(view, ordered, data), _table(ordered, data)],
        lead=lead,
        short="Truth",
    )


def _last_if_none(value: float | None) -> float:
    return float("inf") if value is None else value


def _chart(view: View, rows: list[dict[str, Any]], data: Dataset) -> Figure:
    known = [row for row in rows if row.get("total_variation") is not None]
    axis, phone, height = named_rows([row["model"] for row in known])
    groups = [_group(view, row["model"]) for row in known]
    traces = [
        _bars(known, [place for place, held in enumerate(groups) if held == wanted], name, colour)
        for wanted, (name, colour) in _GROUPS.items()
        if wanted in groups
    ]
    layout = {
        "height": height,
        "yaxis": axis,
        "xaxis": percent_axis(),
        "barmode": "overlay",
        "showlegend": True,
    }
    return Figure(
        "truth-chart",
        "Share of credit in the wrong place",
        "Total variation between a method's shares and the true shares: 0 % is right, 100 % is all wrong.",
        data,
        {"": Drawing(traces, layout, {"yaxis": phone, "xaxis": {"nticks": 5}})},
        alternative="Bar chart of the error of each method; the table below has the numbers.",
    )


def _group(view: View, model: str) -> str:
    kind = kind_of(model, view.method(model))
    return "looks" if kind == "attention" else "compares" if kind in COMPARING else "alone"


def _bars(rows: list[dict[str, Any]], places: list[int], name: str, colour: str) -> Trace:
    shown = [rows[place] for place in places]
    return {
        "type": "bar",
        "orientation": "h",
        "y": places,
        "x": percentages([row["total_variation"] for row in shown]),
        "name": name,
        "marker": {"color": colour},
        "customdata": [[plain(row["model"]), percent(row["total_variation"])] for row in shown],
        "hovertemplate": "<b>%{customdata[0]}</b><br>%{customdata[1]} of credit in the wrong "
        "place<extra></extra>",
    }


def _table(rows: list[dict[str, Any]], data: Dataset) -> Table:
    columns = [Column("model", "Method", "name")]
    for key, (title, explanation) in _COLUMNS.items():
        if any(row.get(key) is not None for row in rows):
            columns.append(Column(key, title, "percent", 1, help=explanation))
    if any(row.get("rank_correlation") is not None for row in rows):
        columns.append(Column("rank_correlation", "Rank correlation", "number", 2, help="Spearman's"))
    if any(row.get("worst_touch") for row in rows):
        columns.append(Column("worst_touch", "Furthest off"))
        columns.append(Column("worst_error", "by", "points", 1))
    return Table("truth-table", "Errors of every method", data, tuple(columns), shown=50)
