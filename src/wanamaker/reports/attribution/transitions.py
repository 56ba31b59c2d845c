"""From touch to touch: how often one follows another, as a heat map."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from wanamaker.attribution.markov.chain import CONVERTED, NOT_CONVERTED, START
from wanamaker.reports.data import Dataset, Field, from_rows, rounded
from wanamaker.reports.numbers import count, shorten
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.attribution.view import View

    Rows = list[dict[str, Any]]

_NAMED = 20
"""Touches with a row and a column of their own."""

_REST = "(everything else)"
_ENDS = {CONVERTED: "converted", NOT_CONVERTED: "not converted"}


def transition_table(view: View, found: dict[str, dict[str, Any]]) -> Table:
    """Return the heat map, with every transition in its CSV."""
    moves = [
        {"goal": goal, **row} for goal, details in found.items() for row in details.get("transitions") or []
    ]
    touches = _largest(moves)
    named = set(touches[:_NAMED])
    rest = len(touches) > len(named) or len(view.results.credit["touch"].unique()) > len(touches) + len(
        view.special
    )
    columns = [*touches[:_NAMED], *([_REST] if rest else []), CONVERTED, NOT_CONVERTED]
    sources = [START, *columns[:-2]]
    rows = [row for goal in found for row in _matrix(moves, goal, sources, columns, named)]
    shown = [Field("goal", "goal", [row["goal"] for row in rows])] if view.goals else []
    shown.append(Field("source", "from", [row["source"] for row in rows]))
    shown += [
        Field(f"to {place}", name, rounded([row["to"][place] for row in rows], 6))
        for place, name in enumerate(columns)
    ]
    return Table(
        "transitions",
        "How often one touch follows another, in %",
        Dataset("transition_matrix", tuple(shown)),
        tuple(_columns(columns, rows)),
        by=view.by_goal,
        chosen=view.chosen_goal,
        shown=len(sources),
        note=_note(len(named), rest=rest),
        style="matrix",
        whole=_whole(view, moves),
    )


def _whole(view: View, moves: Rows) -> Dataset:
    keys = [*(["goal"] if view.goals else []), "source", "target", "count", "probability"]
    return from_rows("transitions", moves, keys)


def _largest(moves: Rows) -> list[str]:
    """Return the touches, those that are met most often first."""
    sizes: defaultdict[str, float] = defaultdict(float)
    for move in moves:
        if move["source"] != START:
            sizes[move["source"]] += move["count"]
        if move["target"] not in _ENDS:
            sizes[move["target"]] += 0.0
    return sorted(sizes, key=lambda touch: (-sizes[touch], touch))


def _matrix(moves: Rows, goal: str, sources: list[str], columns: list[str], named: set[str]) -> Rows:
    """Return one row for each source: the share of each target, rare touches put together."""
    flows: defaultdict[tuple[str, str], float] = defaultdict(float)
    sums: defaultdict[str, float] = defaultdict(float)
    for move in moves:
        if move["goal"] == goal:
            source, target = (_label(move[end], named) for end in ("source", "target"))
            whole = move["count"] / move["probability"] if move["probability"] else 0.0
            flows[source, target] += move["count"]
            sums[source] = max(sums[source], whole) if source != _REST else sums[source] + move["count"]
    return [
        {"goal": goal, "source": source, "to": _shares(source, columns, flows, sums[source])}
        for source in sources
        if sums[source] > 0
    ]


def _shares(
    source: str, columns: list[str], flows: dict[tuple[str, str], float], whole: float
) -> list[float | None]:
    """Return the shares of all targets; what is not told of belongs to the rare ones."""
    known = [flows.get((source, target), 0.0) / whole for target in columns]
    if _REST in columns and source != _REST:
        known[columns.index(_REST)] += max(0.0, 1.0 - sum(known))
    return [share or None for share in known]


def _label(name: str, named: set[str]) -> str:
    return name if name in named or name in (START, *_ENDS) else _REST


def _columns(columns: list[str], rows: Rows) -> list[Column]:
    places = {name: place for place, name in enumerate(columns)}
    ends = [places[end] for end in _ENDS]
    inner = [share for row in rows for place, share in enumerate(row["to"]) if share and place not in ends]
    most = max(inner, default=1.0)
    shown = [Column("source", "From", "name")]
    for name, place in places.items():
        held = [row["to"][place] for row in rows if row["to"][place]]
        heat = max(held, default=1.0) * (-1 if name == NOT_CONVERTED else 1) if place in ends else most
        shown.append(
            Column(
                f"to {place}", _ENDS.get(name, shorten(name, 24)), "parts", 1, heat=heat, help=f"To {name}"
            )
        )
    return shown


def _note(named: int, *, rest: bool) -> str:
    told = (
        "Read along a row: of all times that the touch was met (or journeys begun), the share that went on "
        "to each touch, or ended. The two ends have scales of colour of their own."
    )
    if not rest:
        return told
    return (
        f"{told} The {count(named)} touches that are met most often have a row of their own, the rest are "
        "put together; the CSV has more."
    )
