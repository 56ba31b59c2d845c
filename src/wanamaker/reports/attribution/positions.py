"""Credit of each touch by its position in the journey."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from wanamaker.reports.data import Dataset, Field, from_rows, rounded
from wanamaker.reports.numbers import column_decimals
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.attribution.view import View

_MOST = 10
"""Positions with a column of their own."""


def positions_table(view: View, name: str, model: str, found: dict[str, dict[str, Any]]) -> Table:
    """Return the table, later positions put together; its CSV has all."""
    held = [
        {"goal": goal, **row} for goal, details in found.items() for row in details.get("positions") or []
    ]
    last = max(row["position"] for row in held)
    width = min(last + 1, _MOST + 1)
    sums: defaultdict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0] * width)
    for row in held:
        sums[row["goal"], row["touch"]][min(row["position"], width - 1)] += row["conversions"]
    rows = sorted(sums.items(), key=lambda item: (item[0][0], -sum(item[1]), item[0][1]))
    fields = [Field("goal", "goal", [goal for (goal, _), _ in rows])] if view.goals else []
    fields.append(Field("touch", "touch", [touch for (_, touch), _ in rows]))
    fields += [
        Field(f"at {place}", _named(place, last), rounded([credit[place] for _, credit in rows], 6))
        for place in range(width)
    ]
    keys = [*(["goal"] if view.goals else []), "touch", "position", "conversions"]
    return Table(
        f"{name}-positions",
        f"{model}: credited conversions by position",
        Dataset(f"{name}_by_position", tuple(fields)),
        tuple(_columns([credit for _, credit in rows], width, last)),
        by=view.by_goal,
        chosen=view.chosen_goal,
        note="Position 1 is the first touch of the journey."
        + (" Later ones are put together." if last >= _MOST else ""),
        style="matrix",
        whole=from_rows(
            f"{name}_positions", [{**row, "position": row["position"] + 1} for row in held], keys
        ),
    )


def _named(place: int, last: int) -> str:
    return f"{place + 1}+" if place == _MOST and last > _MOST else str(place + 1)


def _columns(credits_: list[list[float]], width: int, last: int) -> list[Column]:
    every = [value for row in credits_ for value in row]
    most = max(every, default=1.0) or 1.0
    decimals = column_decimals(list(every))
    return [
        Column("touch", "Touch", "name"),
        *(
            Column(f"at {place}", _named(place, last), "number", decimals, heat=most)
            for place in range(width)
        ),
    ]
