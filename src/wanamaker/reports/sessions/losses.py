"""How the networks learned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.binary.words import baseline_title
from wanamaker.reports.data import from_rows
from wanamaker.reports.drawing import COLOURS, line
from wanamaker.reports.figures import Drawing, Figure, Trace
from wanamaker.reports.page import Block, Section

if TYPE_CHECKING:
    from wanamaker.reports.sessions.results import SessionsResults


def losses_section(results: SessionsResults) -> Section | None:
    """Return the loss by epoch of each network's best training."""
    held = {name: losses for name, losses in results.losses.items() if losses.get("curve")}
    if not held:
        return None
    blocks: list[Block] = [_chart(held)]
    lead = "Of each network, the training that did best on the validation sessions."
    return Section("losses", "How the networks learned", blocks, lead=lead, short="Loss curves")


def _chart(held: dict[str, dict[str, Any]]) -> Figure:
    traces: list[Trace] = []
    rows = []
    for place, (name, losses) in enumerate(held.items()):
        traces += _lines(name, losses, COLOURS[place % len(COLOURS)])
        rows += [{"model": baseline_title(name), **row} for row in losses["curve"]]
    layout = {
        "height": 360,
        "xaxis": {"title": {"text": "epoch"}, "nticks": 10},
        "yaxis": {"title": {"text": "loss"}, "nticks": 6},
        "hovermode": "closest",
        "showlegend": True,
    }
    return Figure(
        "loss-chart",
        "Loss by epoch",
        "Solid: validation; dotted: training, in which dropout is at work. The dot marks the epoch whose "
        "weights "
        "are kept. A training loss that falls on while the other rises has begun to learn by heart.",
        from_rows("losses", rows, ["model", "epoch", "train_loss", "valid_loss", "seconds"]),
        {"": Drawing(traces, layout)},
        alternative="Lines: loss of training and validation by epoch, for each network.",
    )


def _lines(name: str, losses: dict[str, Any], colour: str) -> list[Trace]:
    curve, title = losses["curve"], baseline_title(name)
    epochs = [row["epoch"] for row in curve]
    valid = [row.get("valid_loss") for row in curve]
    hover = f"{title}<br>epoch %{{x}}: %{{y:.4f}}<extra></extra>"
    best = [row for row in curve if row["epoch"] == losses["best_epoch"]]
    return [
        line(epochs, valid, title, colour, hovertemplate=hover),
        line(
            epochs,
            [row["train_loss"] for row in curve],
            f"{title}, training",
            colour,
            line={"width": 1.2, "dash": "dot"},
            showlegend=False,
            hovertemplate=hover.replace("<br>", ", training<br>"),
        ),
        {
            "type": "scatter",
            "mode": "markers",
            "x": [row["epoch"] for row in best],
            "y": [row.get("valid_loss") for row in best],
            "marker": {"size": 9, "color": colour},
            "hoverinfo": "skip",
            "showlegend": False,
        },
    ]
