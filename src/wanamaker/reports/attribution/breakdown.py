"""Credit by period or by segment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from wanamaker.journeys.journeys import BASELINE
from wanamaker.reports.data import Dataset, Field, rounded
from wanamaker.reports.figures import (
    Drawing,
    Figure,
    Trace,
    bars,
    label_axis,
    named_rows,
    percent_axis,
    percentages,
    plain,
)
from wanamaker.reports.numbers import month_named, shorten
from wanamaker.reports.page import Chooser, Section
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.attribution.view import View

_PERIODS = ("day", "week", "month")
_NAMED = 7
"""Touches with a colour of their own."""

_MOST_SEGMENTS, _MOST_PERIODS = 30, 120
_REST = "everything else"
_REST_COLOUR, _BASELINE_COLOUR = "--c7", "--grey"


def breakdown_sections(view: View) -> list[Section]:
    """Return one section for each breakdown."""
    return [_section(view, by, frame) for by, frame in view.results.breakdowns.items() if len(frame)]


def _section(view: View, by: str, frame: pl.DataFrame) -> Section:
    frame = _prepared(view, by, frame)
    named = _largest(frame.filter(~pl.col("touch").is_in(view.special)), "touch", _NAMED)
    parts, dropped = _parts(by, frame)
    wide = _wide(frame.filter(pl.col("part").is_in(parts)), view.keys, named, parts)
    name = f"by-{len(by)}-{''.join(sign if sign.isascii() and sign.isalnum() else '-' for sign in by)}"
    title = f"Credit by {by.replace('_', ' ')}"
    data = _data(by, wide, named)
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
    return Section(
        name, title, [chooser, figure, _table(view, name, title, by, data, named)], short=f"By {by}"
    )


def _caption(by: str, dropped: int) -> str:
    text = (
        "Conversions belong to the period in which they happened."
        if by in _PERIODS
        else "Each bar sums to 100 %."
    )
    return f"{text} {dropped} smaller ones are not shown." if dropped else text


def _prepared(view: View, by: str, frame: pl.DataFrame) -> pl.DataFrame:
    columns = [
        pl.col("model"),
        pl.col(by).cast(pl.String).fill_null("(unknown)").alias("part"),
        "touch",
        "conversions",
    ]
    if view.goals:
        columns.append(pl.col("goal").cast(pl.String).fill_null("(no goal)"))
    return frame.select(columns)


def _largest(frame: pl.DataFrame, column: str, most: int) -> list[str]:
    sums = (
        frame.group_by(column)
        .agg(pl.col("conversions").sum())
        .sort(["conversions", column], descending=[True, False])
    )
    return sums[column].head(most).to_list()


def _parts(by: str, frame: pl.DataFrame) -> tuple[list[str], int]:
    """Return the periods in order, or the segments by size, and how many are left out."""
    every = frame["part"].n_unique()
    if by in _PERIODS:
        latest = sorted(frame["part"].unique().to_list())[-_MOST_PERIODS:]
        return latest, every - len(latest)
    largest = _largest(frame, "part", _MOST_SEGMENTS)
    return largest, every - len(largest)


def _wide(frame: pl.DataFrame, keys: tuple[str, ...], named: list[str], parts: list[str]) -> pl.DataFrame:
    """Return one row per method, goal and part, and columns of touches, the others, all."""
    touch, conversions = pl.col("touch"), pl.col("conversions")
    columns = [
        conversions.filter(touch == name).sum().alias(f"touch {place}") for place, name in enumerate(named)
    ]
    baseline = conversions.filter(touch == BASELINE).sum().alias("baseline")
    rest = conversions.filter(~touch.is_in([*named, BASELINE])).sum().alias("rest")
    wide = frame.group_by(*keys, "part", maintain_order=True).agg(
        *columns, rest, baseline, conversions.sum().alias("all")
    )
    order = pl.col("part").replace_strict(
        {part: place for place, part in enumerate(parts)}, return_dtype=pl.Int64
    )
    return wide.sort(order, maintain_order=True)


def _data(by: str, wide: pl.DataFrame, named: list[str]) -> Dataset:
    headers = {"part": by, "rest": _REST, "baseline": BASELINE, "all": "all conversions"}
    headers |= {f"touch {place}": touch for place, touch in enumerate(named)}
    return Dataset(
        f"credit_by_{by}",
        tuple(
            Field(column.name, headers.get(column.name, column.name), rounded(column.to_list(), 6))
            for column in wide.iter_columns()
            if column.name not in ("rest", "baseline") or bool((column != 0).any())
        ),
    )


def _drawing(by: str, part: pl.DataFrame, named: list[str]) -> Drawing:
    keys = [(f"touch {place}", name, f"--c{place}") for place, name in enumerate(named)]
    if (part["rest"] != 0).any():
        keys.append(("rest", _REST, _REST_COLOUR))
    if (part["baseline"] != 0).any():
        keys.append(("baseline", BASELINE, _BASELINE_COLOUR))
    if by in _PERIODS:
        return _over_time(by, part, keys)
    return _segments(part, keys)


def _over_time(by: str, part: pl.DataFrame, keys: list[tuple[str, str, str]]) -> Drawing:
    labels = [month_named(label) if by == "month" else label for label in part["part"]]
    traces = [
        bars(
            labels,
            part[key].round(4).to_list(),
            **_look(name, colour, "<b>%{x}</b><br>%{fullData.name}: %{y:,.1f}"),
        )
        for key, name, colour in keys
    ]
    axis = {**label_axis(), "nticks": 14}
    layout = {
        "height": 340,
        "barmode": "relative",
        "xaxis": axis,
        "yaxis": {"nticks": 6},
        "showlegend": True,
        "bargap": 0.12,
    }
    return Drawing(traces, layout, {"xaxis": {"nticks": 5}})


def _segments(part: pl.DataFrame, keys: list[tuple[str, str, str]]) -> Drawing:
    axis, phone, height = named_rows(part["part"].to_list())
    names = [plain(name) for name in part["part"]]
    traces = []
    for key, name, colour in keys:
        shares = percentages(
            part.select(pl.when(pl.col("all") > 0).then(pl.col(key) / pl.col("all"))).to_series().to_list()
        )
        look = _look(name, colour, "<b>%{customdata}</b><br>%{fullData.name}: %{x:.1f} %")
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "y": list(range(len(part))),
                "x": shares,
                "customdata": names,
                **look,
            }
        )
    layout = {
        "height": height,
        "barmode": "relative",
        "yaxis": axis,
        "xaxis": percent_axis(),
        "showlegend": True,
    }
    return Drawing(traces, layout, {"yaxis": phone, "xaxis": {"nticks": 5}})


def _look(name: str, colour: str, template: str) -> Trace:
    return {
        "name": plain(shorten(name, 28)),
        "meta": shorten(name, 28),
        "marker": {"color": colour},
        "hovertemplate": f"{template}<extra></extra>",
    }


def _table(view: View, name: str, title: str, by: str, data: Dataset, named: list[str]) -> Table:
    keys = [field.key for field in data.fields]
    columns = [Column("part", by.replace("_", " ").capitalize(), "name")]
    columns += [
        Column(f"touch {place}", shorten(touch, 22), "number", 1) for place, touch in enumerate(named)
    ]
    columns += [
        Column(key, title, "number", 1)
        for key, title in (("rest", _REST), ("baseline", BASELINE))
        if key in keys
    ]
    columns.append(Column("all", "all", "number", 1))
    return Table(
        f"{name}-table",
        f"{title}: conversions",
        data,
        tuple(columns),
        by=view.keys,
        chosen=view.chosen,
        shown=12,
        style="matrix",
    )
