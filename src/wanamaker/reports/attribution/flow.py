"""The flow of touches: from touch to touch, and how journeys end."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from wanamaker.journeys.flows import CONVERTED, LONGER, NOT_CONVERTED, OTHER
from wanamaker.reports.data import from_rows
from wanamaker.reports.figures import Drawing, Figure, Trace, plain
from wanamaker.reports.numbers import count, shorten
from wanamaker.reports.page import Section

if TYPE_CHECKING:
    from wanamaker.reports.attribution.view import View

_ENDS = {CONVERTED: "converted", NOT_CONVERTED: "not converted", LONGER: "further touches"}
_WIDE, _PHONE = (4, 6, 30), (2, 4, 14)
"""Steps, touches named per step, signs of a name."""

_Node = tuple[int, str]


def flow_section(view: View) -> Section | None:
    """Return the section, or None without any flow."""
    rows = view.results.summary.get("flows") or []
    if not rows:
        return None
    layout = {"height": 600, "paper_bgcolor": "--page", "margin": {"l": 2, "r": 2, "t": 26, "b": 10}}
    figure = Figure(
        "flow-chart",
        "From touch to touch",
        "From left to right: the first touch of a journey, the second, and so on; on a narrow screen "
        "the first two. "
        "Blue: journeys that end converted there. Rare touches are put together.",
        from_rows("flow", rows, ("step", "source", "target", "journeys")),
        {"": Drawing([_sankey(rows, *_WIDE)], layout, {"height": 460}, [_sankey(rows, *_PHONE)])},
        alternative="Flow diagram of journeys from touch to touch and to their end; the CSV has the numbers.",
    )
    return Section("flow", "Flow of touches", [figure], short="Flow")


def _sankey(rows: list[dict[str, Any]], steps: int, named: int, longest: int) -> Trace:
    moves = _moves(rows, steps, named)
    sizes: defaultdict[_Node, float] = defaultdict(float)
    for (source, target), journeys in moves.items():
        sizes[source] += journeys if source[0] == 1 else 0
        sizes[target] += journeys
    nodes = sorted(sizes, key=lambda node: (node[0], node[1] in _ENDS, node[1] == OTHER, -sizes[node]))
    places = {node: place for place, node in enumerate(nodes)}
    return {
        "type": "sankey",
        "arrangement": "fixed",
        "domain": {"x": [0, 1], "y": [0, 1]},
        "textfont": {"size": 12, "color": "--ink"},
        "node": {
            **_layout(nodes, sizes, steps),
            "label": [plain(_ENDS.get(name) or shorten(name, longest)) for _, name in nodes],
            "color": ["--credit" if name == CONVERTED else "--node" for _, name in nodes],
            "pad": 12,
            "thickness": 12,
            "line": {"width": 0},
            "customdata": [[plain(name), count(sizes[(step, name)])] for step, name in nodes],
            "hovertemplate": "<b>%{customdata[0]}</b><br>%{customdata[1]} journeys<extra></extra>",
        },
        "link": {
            "source": [places[source] for source, _ in moves],
            "target": [places[target] for _, target in moves],
            "value": list(moves.values()),
            "color": ["--flow-won" if target[1] == CONVERTED else "--flow" for _, target in moves],
            "hovertemplate": "%{source.label} → %{target.label}<br>%{value:,.0f} journeys<extra></extra>",
        },
    }


def _moves(rows: list[dict[str, Any]], steps: int, named: int) -> dict[tuple[_Node, _Node], float]:
    """Return the journeys between nodes: ``(step, touch)``, or ``(step + 1, end)``."""
    kept = _named(rows, named)
    moves: defaultdict[tuple[_Node, _Node], float] = defaultdict(float)
    for row in rows:
        step = row["step"]
        if step > steps:
            continue
        source = (step, _label(step, row["source"], kept))
        if row["target"] in _ENDS:
            target = (step + 1, row["target"])
        elif step == steps:
            target = (step + 1, LONGER)
        else:
            target = (step + 1, _label(step + 1, row["target"], kept))
        moves[source, target] += row["journeys"]
    return dict(moves)


def _named(rows: list[dict[str, Any]], named: int) -> dict[int, set[str]]:
    sizes: dict[int, Counter[str]] = {}
    for row in rows:
        sizes.setdefault(row["step"], Counter())[row["source"]] += row["journeys"]
    return {
        step: {name for name, _ in held.most_common(named + 1) if name != OTHER}
        for step, held in sizes.items()
    }


def _label(step: int, name: str, kept: dict[int, set[str]]) -> str:
    return name if name in kept.get(step, ()) else OTHER


def _layout(nodes: list[_Node], sizes: defaultdict[_Node, float], steps: int) -> dict[str, list[float]]:
    """Return where nodes stand: a column per step, the largest touch at the top, ends at the bottom."""
    columns: dict[int, list[_Node]] = {}
    for node in nodes:
        columns.setdefault(node[0], []).append(node)
    total: float = max(sum(sizes[node] for node in held) for held in columns.values())
    gap = 0.022
    usable = 1 - gap * max(len(held) for held in columns.values())
    x, y = [], []
    for step, held in columns.items():
        top = 0.0
        for node in held:
            height = usable * sizes[node] / total
            x.append(min(max((step - 1) / steps, 0.001), 0.999))
            y.append(min(max(top + height / 2, 0.001), 0.999))
            top += height + gap
    return {"x": x, "y": y}
