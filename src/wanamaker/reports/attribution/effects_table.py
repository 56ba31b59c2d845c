"""Incremental credit touch by touch: beside the normalised one, and beside what is lost without the touch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.journeys.journeys import BASELINE
from wanamaker.reports.attribution.kinds import kind_of
from wanamaker.reports.attribution.view import MOST_ROWS
from wanamaker.reports.data import from_rows
from wanamaker.reports.numbers import NARROW, column_decimals, number
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wanamaker.reports.attribution.view import View

    Rows = list[dict[str, Any]]

_ALIKE = 1e-6
"""Removal effects nearer to the credit than this share of all are equal to it."""


def effects_table(view: View, model: str, name: str, found: dict[str, dict[str, Any]]) -> Table:
    """Return the table."""
    other = _normalised(view)
    rows = [row for goal, details in found.items() for row in _rows(view, model, other, goal, details)]
    keys = [key for key in _KEYS if any(row.get(key) is not None for row in rows)]
    if any(details.get("form") == "hazard" for details in found.values()):
        keys = [key for key in keys if not key.startswith("coefficient")]
    goals = view.goals
    return Table(
        f"{name}-table",
        "Every touch: incremental, normalised, and left out alone",
        from_rows(f"{name}_effects", rows, [*(["goal"] if goals else []), *keys]),
        tuple(_columns(rows, keys)),
        by=view.by_goal,
        chosen=view.chosen_goal,
        shown=MOST_ROWS,
        note=_note(rows, other, goals),
    )


_KEYS = (
    *("touch", "conversions", "conversions_low", "conversions_high", "normalised"),
    *("removal", "removal_low", "removal_high", "said", "coefficient", "coefficient_error"),
)


def _normalised(view: View) -> str | None:
    return next((model for model in view.models if kind_of(model, view.method(model)) == "normalised"), None)


def _rows(view: View, model: str, other: str | None, goal: str, details: dict[str, Any]) -> Rows:
    effects = {effect["touch"]: effect for effect in details.get("effects", [])}
    scaled = {} if other is None else dict(view.rows(other, goal)["touch", "conversions"].iter_rows())
    rows = []
    for row in view.rows(model, goal).iter_rows(named=True):
        touch = row["touch"]
        if row["special"] and touch != BASELINE:
            continue
        effect = effects.get(touch, {})
        rows.append(
            {
                "goal": goal,
                "touch": touch,
                **{key: row.get(key) for key in ("conversions", "conversions_low", "conversions_high")},
                "normalised": scaled.get(touch),
                **{key: effect.get(key) for key in ("removal", "removal_low", "removal_high")},
                "said": "" if row["special"] else _flag(row),
                "coefficient": effect.get("effect"),
                "coefficient_error": effect.get("standard_error"),
            }
        )
    return rows


def _flag(row: dict[str, Any]) -> str:
    """Say in words what is below zero, or may be."""
    low, high = row.get("conversions_low"), row.get("conversions_high")
    if row["conversions"] < 0:
        return "below zero" if high is None or high < 0 else "below zero, perhaps by chance"
    return "may be nothing" if low is not None and low <= 0 else ""


def _columns(rows: Rows, keys: Sequence[str]) -> list[Column]:
    decimals = column_decimals([row["conversions"] for row in rows])
    interval = f"95{NARROW}% interval"

    def amount(key: str, title: str, help_: str, upper: str | None = None) -> Column:
        return Column(key, title, "number", decimals, upper=upper, help=help_)

    columns = [
        Column("touch", "Touch", "name"),
        amount("conversions", "Incremental", "Conversions that the touch added"),
        amount("conversions_low", interval, "Of the incremental conversions", "conversions_high"),
        amount("normalised", "Normalised", "Effects above zero, scaled to all conversions"),
        amount("removal", "Lost without it", "Conversions lost if this touch alone were left out"),
        amount("removal_low", interval, "Of what is lost without the touch", "removal_high"),
    ]
    if any(row["said"] for row in rows):
        columns.append(Column("said", "Below zero?"))
    return [column for column in columns if column.key in keys]


def _note(rows: Rows, other: str | None, goals: Sequence[str]) -> str:
    told = []
    if other is not None:
        told.append(
            "Normalised: no baseline and nothing below zero, scaled to all conversions, to be compared with "
            "rules."
        )
    touches = [row for row in rows if row["removal"] is not None]
    if touches:
        told.append(_removal(touches, told_sums=not goals))
    return " ".join(told)


def _removal(touches: Rows, *, told_sums: bool) -> str:
    """Say that removal effects do not add up, or why they do here."""
    added, lost = (sum(row[key] for row in touches) for key in ("conversions", "removal"))
    size = sum(abs(row["conversions"]) for row in touches) or 1.0
    if all(abs(row["removal"] - row["conversions"]) <= _ALIKE * size for row in touches):
        return (
            "Lost without it: if this touch alone were left out. In general such losses do not add up; here "
            "they equal the credit, because the link is linear: what a touch adds does not depend on the "
            "others."
        )
    sums = f": they sum to {number(lost)}, the touches added {number(added)}" if told_sums else ""
    return (
        f"Lost without it: if this touch alone were left out. These losses do not add up{sums}, since "
        "what a touch adds depends on the others."
    )
