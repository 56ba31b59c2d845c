"""Logs and windows that hypothesis draws: ties, gaps, nulls, equal keys across columns, late labels."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import polars as pl
from hypothesis import strategies as st

import wanamaker as wm
from wanamaker.features.windows.definitions import Window

Row = dict[str, Any]

SCHEMA = {
    "at": pl.Float64,
    "ip": pl.Int64,
    "app": pl.Int64,
    "site": pl.String,
    "units": pl.Int64,
    "cost": pl.Float64,
    "bought": pl.Int64,
    "told": pl.Float64,
}
RESOLUTIONS = {"250ms": 250_000, "1s": 1_000_000, "2s": 2_000_000}
"""Length of a tick, as text and in microseconds."""

_FAR = 4_000_000_000.0
_TIMES = st.one_of(
    st.integers(-24, 24).map(lambda eighths: eighths / 8),
    st.integers(0, 3).map(float),
    st.sampled_from([-_FAR, -100.0, 60.0, 61.0, 3_600.0]),
)
_DELAYS = st.sampled_from([0.0, 0.125, 1.0, 2.0, 5.0, 100.0])
_UNITS = st.one_of(st.none(), st.integers(-3, 3), st.sampled_from([2**53 + 1, -(2**53) - 1, 2**60]))
_COSTS = st.one_of(st.none(), st.sampled_from([0.1, 1.0, -2.5, 1e16, -1e16, 0.0, -0.0, 1e-9]))


@st.composite
def rows(draw: st.DrawFn, most: int = 25) -> list[Row]:
    """Draw the rows of a log, in no order."""
    made = []
    for _ in range(draw(st.integers(0, most))):
        at, bought = draw(_TIMES), draw(st.booleans())
        made.append(
            {
                "at": at,
                "ip": draw(st.sampled_from([1, 11, 111, None])),
                "app": draw(st.sampled_from([1, 11, 111])),
                "site": draw(st.sampled_from(["a", "b", "", None])),
                "units": draw(_UNITS),
                "cost": draw(_COSTS),
                "bought": int(bought),
                "told": at + draw(_DELAYS) if bought else None,
            }
        )
    return made


@st.composite
def windows(draw: st.DrawFn, resolution: str) -> list[Window]:
    """Draw definitions of every kind, with names of their own."""
    made = [draw(_window(resolution)) for _ in range(draw(st.integers(1, 8)))]
    return [replace(window, name=f"{window.kind}_{place}") for place, window in enumerate(made)]


@st.composite
def _window(draw: st.DrawFn, resolution: str) -> Window:
    tick = RESOLUTIONS[resolution]
    kind = draw(st.sampled_from(["count", "distinct", "total", "mean", "since_last", "since_first", "rate"]))
    by = draw(st.lists(st.sampled_from(["ip", "app", "site"]), min_size=1, max_size=3, unique=True))
    ticks = draw(st.sampled_from([1, 2, 3, 8, 40, 10**6, 10**13]))
    told: dict[str, Any] = {"by": by, "within": f"{ticks * tick}us"}
    form = draw(st.sampled_from(["plain", "arrived", "band"]))
    if form == "arrived":
        told["peers"] = "arrived"
    if form == "band" and ticks > 1:
        told["after"] = f"{draw(st.integers(1, min(ticks, 50) - 1)) * tick}us"
    if kind == "rate":
        told |= {"prior": draw(st.sampled_from([0.0, 1.0, 100.0])), "mean": 0.25}
        if ticks > 1 and form != "arrived" and draw(st.booleans()):
            told["matured"] = f"{draw(st.integers(1, min(ticks, 4) - 1)) * tick}us"
    if kind in {"distinct", "total", "mean"}:
        columns = ["units", "cost", "site"] if kind == "distinct" else ["units", "cost"]
        told["column"] = draw(st.sampled_from(columns))
    return getattr(wm, kind)(**told)


def table(made: list[Row]) -> pl.DataFrame:
    """Return rows as a table, also if there are none."""
    return pl.DataFrame(made, schema=SCHEMA)


def features(definitions: list[Window], resolution: str = "1s", **told: Any) -> wm.WindowFeatures:
    """Return window features over these logs."""
    roles = {"time": "at", "label": "bought", "label_time": "told", "time_unit": "s"}
    return wm.WindowFeatures(definitions, resolution=resolution, **(roles | told))


def assert_same(found: pl.DataFrame, wanted: dict[str, list[Any]], scale: float = 1.0) -> int:
    """Ask for equal values, integers exactly and floats to 1e-9 of themselves or of the scale; count them."""
    compared = 0
    for name, values in wanted.items():
        for row, (one, other) in enumerate(zip(found[name].to_list(), values, strict=True)):
            assert _equal(one, other, scale), f"{name}, row {row}: {one!r} is not {other!r}"
            compared += 1
    return compared


def _equal(one: Any, other: Any, scale: float) -> bool:
    if one is None or other is None:
        return one is other
    if isinstance(one, int) and isinstance(other, int):
        return one == other
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9 * scale)
