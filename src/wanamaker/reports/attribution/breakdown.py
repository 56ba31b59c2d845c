"""Credit by period or by segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from wanamaker.reports.data import Dataset, Field, rounded
from wanamaker.reports.figures import Drawing, Figure, Trace, bars, label_axis, named_rows, percent_axis, percentages, plain
from wanamaker.reports.numbers import count, percent, shorten
from wanamaker.reports.page import Chooser, Section
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.attribution.view import View

_PERIODS = ("day", "week", "month")
_NAMED = 7
"""Touches with a colour of their own."""

_MOST_SEGMENTS, _MOST_PERIODS = 30, 120
_REST = "all other touches"


def breakdown_sections(view: View) -> list[Section]:
    """Return one section for each breakdown."""
    return [_section(view, by, frame) for by, frame in view.results.breakdowns.items() if len(frame)]


def _section(view: View, by: str, frame: pl.DataFrame) -> Section:
    frame = _prepared(view, by, frame)
    named = _largest(frame, "touch", _NAMED)
    parts, dropped = _parts(by, frame)
    wide = _wide(by, frame.filter(pl.col("part").is_in(parts)), view.keys, named, parts)
    name = f"by-{len(by)}-{''.join(sign if sign.isascii() and sign.isalnum() else '-' for sign in by)}"
    title = f"Credit by {by.replace('_', ' ')}"
    data = _data(f"credit_by_{by}", by, wide, view.keys, named)
    drawings = {key: _drawing(by, part, named) for key, _, part in view.parts(wide)}
    over_time = by in _PERIODS
    figure = Figure(
        f"{name}-chart",
        "Credited conversions" if over_time else "Share of credit within each segment",
        _caption(by, dropped),
        data,
        drawings,
        by=view.keys,
        chosen=view.first_key,
        alternative=f"Stacked bars of credit by {by}; the table below has the numbers.",
    )
    chooser = Chooser(f"{name}-choice", view.choices)
    return Section(name, title, [chooser, figure, _table(view, name, title, by, data, named)], short=f"By {by}")


def _caption(by: str, dropped: int) -> str:
    text = "Conversions belong to the period in which they happened." if by in _PERIODS else "Each bar sums to 100 %."
    return f"{text} {dropped} smaller ones are not shown." if dropped else text


def _prepared(view: View, by: str, frame: pl.DataFrame) -> pl.DataFrame:
    columns = [pl.col("model"), pl.col(by).cast(pl.String).fill_null("(unknown)").alias("part"), "touch", "conversions"]
    if view.goals:
        columns.append(pl.col("goal").cast(pl.String).fill_null("(no goal)"))
    return frame.select(columns)


def _largest(frame: pl.DataFrame, column: str, most: int) -> list[str]:
    sums = frame.group_by(column).agg(pl.col("conversions").sum()).sort(["conversions", column], descending=[True, False])
    return sums[column].head(most).to_list()


def _parts(by: str, frame: pl.DataFrame) -> tuple[list[str], int]:
    """Return the periods in order, or the segments by size, and how many are left out."""
    every = frame["part"].n_unique()
    if by in _PERIODS:
        latest = sorted(frame["part"].unique().to_list())[-_MOST_PERIODS:]
        return latest, every - len(latest)
    largest = _largest(frame, "part", _MOST_SEGMENTS)
    return largest, every - len(largest)


def _wide(by: str, frame: pl.DataFrame, keys: tuple[str, ...], named: list[str], parts: list[str]) -> pl.DataFrame:
    """Return one row per method, goal and part, and a column per named touch, one for the others, one in all."""
    touch, conversions = pl.col("touch"), pl.col("conversions")
    columns = [conversions.filter(touch == name).sum().alias(f"touch {place}") for place, name in enumerate(named)]
    rest = conversions.filter(~touch.is_in(named)).sum().alias("rest")
    wide = frame.group_by(*keys, "part", maintain_order=True).agg(*columns, rest, conversions.sum().alias("all"))
    order = pl.col("part").replace_strict({part: place for place, part in enumerate(parts)}, return_dtype=pl.Int64)
    return wide.sort(order, maintain_order=True)


def _data(name: str, by: str, wide: pl.DataFrame, keys: tuple[str, ...], named: list[str]) -> Dataset:
    headers = {"part": by, "rest": _REST, "all": "all touches"}
    headers |= {f"touch {place}": touch for place, touch in enumerate(named)}
    return Dataset(
        name,
        tuple(
            Field(column.name, headers.get(column.name, column.name), rounded(column.to_list(), 6))
            for column in wide.iter_columns()
            if column.name not in ("rest",) or column.sum()
        ),
    )


def _drawing(by: str, part: pl.DataFrame, named: list[str]) -> Drawing:
    keys = [(f"touch {place}", name, f"--c{place}") for place, name in enumerate(named)]
    if part["rest"].sum():
        keys.append(("rest", _REST, "--c7"))
    if by in _PERIODS:
        return _over_time(part, keys)
    return _segments(part, keys)


def _over_time(part: pl.DataFrame, keys: list[tuple[str, str, str]]) -> Drawing:
    labels = part["part"].to_list()
    traces = [
        bars(labels, part[key].round(4).to_list(), **_look(name, colour, _shown(part, key, name)))
        for key, name, colour in keys
    ]
    axis = {**label_axis(), "nticks": 14}
    layout = {"height": 400, "barmode": "relative", "xaxis": axis, "yaxis": {"nticks": 6}, **_legend(), "bargap": 0.12}
    return Drawing(traces, layout, {"xaxis": {"nticks": 6}, "height": 440})


def _segments(part: pl.DataFrame, keys: list[tuple[str, str, str]]) -> Drawing:
    axis, phone, height = named_rows(part["part"].to_list())
    traces = []
    for key, name, colour in keys:
        shares = percentages(part.select(pl.col(key) / pl.col("all")).to_series().to_list())
        look = _look(name, colour, _shown(part, key, name))
        traces.append({"type": "bar", "orientation": "h", "y": list(range(len(part))), "x": shares, **look})
    layout = {"height": height + 70, "barmode": "relative", "yaxis": axis, "xaxis": percent_axis(), **_legend()}
    return Drawing(traces, layout, {"yaxis": phone, "xaxis": {"nticks": 5}, "height": height + 120})


def _legend() -> dict[str, Any]:
    return {"showlegend": True, "legend": {"traceorder": "normal"}, "margin": {"t": 40}}


def _look(name: str, colour: str, shown: list[list[str]]) -> Trace:
    return {
        "name": plain(shorten(name, 22)),
        "marker": {"color": colour},
        "customdata": shown,
        "hovertemplate": "<b>%{customdata[0]}</b><br>%{customdata[1]}<br>%{customdata[2]} conversions (%{customdata[3]})",
    }


def _shown(part: pl.DataFrame, key: str, name: str) -> list[list[str]]:
    return [
        [plain(row["part"]), plain(name), count(round(row[key], 1)), percent(row[key] / row["all"] if row["all"] else None)]
        for row in part.iter_rows(named=True)
    ]


def _table(view: View, name: str, title: str, by: str, data: Dataset, named: list[str]) -> Table:
    keys = [field.key for field in data.fields]
    columns = [Column("part", by.replace("_", " ").capitalize(), "name")]
    columns += [Column(f"touch {place}", shorten(touch, 22), "number", 1) for place, touch in enumerate(named)]
    if "rest" in keys:
        columns.append(Column("rest", _REST, "number", 1))
    columns.append(Column("all", "all", "number", 1))
    return Table(
        f"{name}-table", f"{title}: conversions", data, tuple(columns), by=view.keys, chosen=view.chosen, shown=12
    )
