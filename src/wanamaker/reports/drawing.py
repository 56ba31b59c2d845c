"""Marks that charts of several reports share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.numbers import NOTHING, number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wanamaker.reports.figures import Trace

COLOURS = ("--c0", "--c1", "--c2", "--c4", "--c5", "--c3", "--c6", "--c7")
"""Colours of lines that stand for different things, in order."""

_RARE = 0.05

FEW_POSITIVES = 200
"""Below so many conversions, intervals are wide and are spoken of first."""


def rare(rate: float) -> bool:
    """Tell whether conversions are so rare that their probabilities want a scale of logarithms."""
    return rate < _RARE


def spoken(figure: Mapping[str, Any] | None, decimals: int = 3) -> str:
    """Return a figure with its interval, as a sentence takes it.

    Examples
    --------
    >>> spoken({"value": 0.95, "low": 0.93, "high": 0.97}, 2)
    '0.95 (0.93 to 0.97)'
    """
    if figure is None or figure.get("value") is None:
        return NOTHING
    value = number(figure["value"], decimals)
    if figure.get("low") is None or figure.get("high") is None:
        return value
    return f"{value} ({number(figure['low'], decimals)} to {number(figure['high'], decimals)})"


def whiskers(rows: Sequence[Mapping[str, Any]], scale: float = 1.0) -> dict[str, Any]:
    """Return error bars from figures."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [_gap(row.get("high"), row.get("value"), scale) for row in rows],
        "arrayminus": [_gap(row.get("value"), row.get("low"), scale) for row in rows],
        "color": "--interval",
        "thickness": 1.5,
        "width": 3,
    }


def line(x: Sequence[Any], y: Sequence[Any], name: str, colour: str, **more: Any) -> Trace:
    """Return a line with a place in the legend."""
    style = {"color": colour, "width": 2.2, **more.pop("line", {})}
    return {
        "type": "scatter",
        "mode": "lines",
        "x": list(x),
        "y": list(y),
        "name": name,
        "meta": name,
        "line": style,
        "marker": {"color": colour},
        **more,
    }


def silent(x: Sequence[Any], y: Sequence[Any], **more: Any) -> Trace:
    """Return a thin grey line for reference: not in the legend, not under the pointer."""
    return line(
        x,
        y,
        "",
        "--grey",
        line={"width": 1.2, "dash": "dot"},
        hoverinfo="skip",
        showlegend=False,
        **more,
    )


def band(x: Sequence[Any], low: Sequence[Any], high: Sequence[Any]) -> list[Trace]:
    """Return a grey band between two lines, to stand behind others."""
    edge = {"width": 0}
    return [
        {**silent(x, high), "line": edge},
        {**silent(x, low), "line": edge, "fill": "tonexty", "fillcolor": "--grey-soft"},
    ]


def flat(rows: Sequence[Mapping[str, Any]], *keys: str) -> list[dict[str, Any]]:
    """Return rows in which the figures under these keys stand as three columns each."""
    return [
        {
            **{key: value for key, value in row.items() if key not in keys},
            **{name: part for key in keys for name, part in _told(key, row.get(key)).items()},
        }
        for row in rows
    ]


def _told(key: str, figure: Mapping[str, Any] | None) -> dict[str, Any]:
    held = figure or {}
    return {key: held.get("value"), f"{key}_low": held.get("low"), f"{key}_high": held.get("high")}


def _gap(upper: float | None, lower: float | None, scale: float) -> float | None:
    return None if upper is None or lower is None else max(0.0, upper - lower) * scale
