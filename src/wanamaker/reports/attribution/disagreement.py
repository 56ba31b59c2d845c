"""Where methods disagree: a heat map of shares, touches by methods, with the spread between methods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.attribution.kinds import BELIEVED, kind_of
from wanamaker.reports.attribution.view import MOST_ROWS
from wanamaker.reports.data import Dataset, Field, rounded
from wanamaker.reports.numbers import percent
from wanamaker.reports.page import Block, Chooser, Section
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.attribution.view import View


def disagreement_section(view: View) -> Section | None:
    """Return the section, or None with a single method."""
    if len(view.models) < 2:  # noqa: PLR2004
        return None
    rows = spreads(view)
    keys = ["touch", *(f"model {place}" for place in range(len(view.models))), "spread", "lowest", "highest"]
    headers = ["touch", *view.models, "spread", "lowest", "highest"]
    if view.goals:
        keys, headers = ["goal", *keys], ["goal", *headers]
    fields = [
        Field(key, header, rounded([row[key] for row in rows], 6))
        for key, header in zip(keys, headers, strict=True)
    ]
    table = _table(view, Dataset("credit_by_method", tuple(fields)))
    blocks: list[Block] = [Chooser("heat-choice", view.choices[1:])] if view.goals else []
    lead = (
        "The share of each touch by every method. Where a row has one colour, the answer does not "
        "depend on the method; where it changes, the log alone does not decide, and an experiment would."
    )
    return Section("disagreement", "Where methods disagree", [*blocks, table], lead=lead)


def spreads(view: View) -> list[dict[str, Any]]:
    """Return the shares of each touch by all methods and how far they are apart, the widest first."""
    shares: dict[tuple[str, str], dict[str, float]] = {}
    special = set()
    for row in view.credit.iter_rows(named=True):
        place = (row.get("goal", ""), row["touch"])
        shares.setdefault(place, {})[row["model"]] = row["share"]
        if row["special"]:
            special.add(place)
    rows = [_spread(view, goal, touch, held) for (goal, touch), held in shares.items()]
    return sorted(rows, key=lambda row: ((row["goal"], row["touch"]) in special, -(row["spread"] or 0.0)))


def _spread(view: View, goal: str, touch: str, held: dict[str, float]) -> dict[str, Any]:
    known = {model: share for model, share in held.items() if share is not None}
    lowest = min(known, key=known.__getitem__, default="")
    highest = max(known, key=known.__getitem__, default="")
    cells = {f"model {place}": held.get(model) for place, model in enumerate(view.models)}
    spread = known[highest] - known[lowest] if len(known) > 1 else None
    return {"goal": goal, "touch": touch, **cells, "spread": spread, "lowest": lowest, "highest": highest}


def _ordered(view: View, heads: list[str]) -> list[tuple[str, str]]:
    """Return the columns of the methods: those that try to tell causes first, then as in the credit table."""
    kinds = [kind_of(model, view.method(model)) for model in view.models]
    places = [BELIEVED.index(kind) if kind in BELIEVED else len(BELIEVED) for kind in kinds]
    named = zip(places, heads, view.models, strict=True)
    return [(head, model) for _, head, model in sorted(named, key=lambda item: item[0])]


def _table(view: View, data: Dataset) -> Table:
    heads = [f"model {place}" for place in range(len(view.models))]
    values = [abs(value) for head in heads for value in data.values(head) if value is not None]
    most = max(values, default=0.0) or 1.0
    widest = max((value for value in data.values("spread") if value), default=1.0)
    columns = [
        Column("touch", "Touch", "name"),
        Column("spread", "Spread", "points", 1, heat=-widest, help="Largest share minus smallest"),
        *(Column(head, model, "parts", 1, heat=most) for head, model in _ordered(view, heads)),
    ]
    note = (
        f"Full blue: {percent(most)}. Orange: below zero. Spread: largest share minus smallest, in "
        "percentage points (pp); a method without a row in parentheses gives nothing there."
    )
    goals = view.goals
    return Table(
        "heat",
        "Share of conversions by touch and method, in %",
        data,
        tuple(columns),
        by=("goal",) if goals else (),
        chosen=(goals[0],) if goals else (),
        shown=MOST_ROWS,
        note=note,
        style="matrix",
    )
