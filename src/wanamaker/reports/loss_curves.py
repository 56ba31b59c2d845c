"""How networks learned: their loss by epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.data import from_rows
from wanamaker.reports.drawing import COLOURS, line
from wanamaker.reports.figures import Drawing, Figure, Trace

if TYPE_CHECKING:
    from collections.abc import Mapping

_FEW_EPOCHS = 15


def loss_figure(held: Mapping[str, Mapping[str, Any]], measure: str = "loss") -> Figure:
    """Return the losses of training and validation by epoch.

    Parameters
    ----------
    held
        Title of a network to its ``curve`` (``epoch``, ``train_loss``, ``valid_loss``, ``seconds``) and
        ``best_epoch``.
    measure
        What the axis of losses is called.
    """
    traces: list[Trace] = []
    rows = []
    for place, (title, losses) in enumerate(held.items()):
        traces += _lines(title, losses, COLOURS[place % len(COLOURS)])
        rows += [{"model": title, **row} for row in losses["curve"]]
    epochs = max((row["epoch"] for row in rows), default=0)
    layout = {
        "height": 360,
        "xaxis": {"title": {"text": "epoch"}, **({"dtick": 1} if epochs <= _FEW_EPOCHS else {"nticks": 10})},
        "yaxis": {"title": {"text": measure}, "nticks": 6},
        "hovermode": "closest",
        "showlegend": True,
    }
    return Figure(
        "loss-chart",
        "Loss by epoch",
        "Solid: validation; dotted: training, in which dropout is at work. The dot marks the epoch whose "
        "weights are kept. A training loss that falls on while the other rises has begun to learn by heart.",
        from_rows("losses", rows, ["model", "epoch", "train_loss", "valid_loss", "seconds"]),
        {"": Drawing(traces, layout)},
        alternative="Lines: loss of training and validation by epoch, for each network.",
    )


def _lines(title: str, losses: Mapping[str, Any], colour: str) -> list[Trace]:
    curve = losses["curve"]
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
