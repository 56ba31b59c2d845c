"""How good predictions are by the time until the outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.binary.words import baseline_title
from wanamaker.reports.data import from_rows
from wanamaker.reports.drawing import COLOURS, spoken, whiskers
from wanamaker.reports.figures import Drawing, Figure, Trace, bars, label_axis
from wanamaker.reports.numbers import count, number

if TYPE_CHECKING:
    from collections.abc import Mapping

_MINUTE = 60


def waits_chart(held: Mapping[str, Any]) -> Figure:
    """Return the AUC of the kept model and the baselines by seconds until the outcome.

    Parameters
    ----------
    held
        ``models`` and ``by_wait`` of the results' ``prefixes``.
    """
    rows = held["by_wait"]
    colours = ("--credit", *COLOURS[1:])
    traces = [_bars(rows, name, colours[place % len(colours)]) for place, name in enumerate(held["models"])]
    layout = {
        "height": 320,
        "barmode": "group",
        "xaxis": label_axis("until the outcome"),
        "yaxis": {"title": {"text": "AUC"}, "nticks": 6, "range": [0.4, 1.0]},
        "showlegend": True,
    }
    told = [
        {"from_seconds": row["from"], "to_seconds": row["to"], "positives": row["positives"], "model": name}
        | figure
        for row in rows
        for name, figure in row["roc_auc"].items()
    ]
    keys = ["from_seconds", "to_seconds", "positives", "model", "value", "low", "high"]
    return Figure(
        "wait-chart",
        "AUC by the time until the outcome",
        "How well moments with the outcome so long ahead are told from all moments without one.",
        from_rows("by_wait", told, keys),
        {"": Drawing(traces, layout)},
        alternative="Bars: AUC by seconds until the outcome, for the kept model and the baselines.",
    )


def _bars(rows: list[dict[str, Any]], name: str, colour: str) -> Trace:
    figures = [row["roc_auc"][name] for row in rows]
    return bars(
        [_between(row["from"], row["to"]) for row in rows],
        [figure["value"] for figure in figures],
        name=baseline_title(name),
        meta=baseline_title(name),
        marker={"color": colour},
        error_y=whiskers(figures),
        customdata=[
            [count(row["positives"]), spoken(figure)] for row, figure in zip(rows, figures, strict=True)
        ],
        hovertemplate="%{x} ahead, %{customdata[0]} of them<br>AUC %{customdata[1]}<extra></extra>",
    )


def _between(start: float, stop: float | None) -> str:
    if stop is None:
        return f"over {_time(start)}"
    return f"under {_time(stop)}" if not start else f"{_time(start)} – {_time(stop)}"


def _time(seconds: float) -> str:
    return f"{number(seconds)} s" if seconds < _MINUTE else f"{number(seconds / _MINUTE)} min"
