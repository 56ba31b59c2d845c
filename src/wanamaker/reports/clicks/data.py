"""The log and how it was split: rows, conversions, time spans, and how long labels took."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.data import from_rows
from wanamaker.reports.figures import Drawing, Figure, bars, label_axis, percent_axis, percentages
from wanamaker.reports.numbers import NARROW, count, figure, number, percent, period
from wanamaker.reports.page import Block, Facts, Section
from wanamaker.reports.tables import Column, Table

if TYPE_CHECKING:
    from wanamaker.reports.clicks.results import ClicksResults

_SPLITS = {
    "time": ("by time", "The model learned from the past and is tested on what came after."),
    "group": ("by group", "No value of the group's column is on both sides."),
    "random": ("at random", "Rows of one moment are on both sides; figures flatter the model."),
    "given": ("as given", "Train, valid and test came as tables of their own."),
}
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def data_section(results: ClicksResults) -> Section:
    """Return the parts as a table, what the split was, and the delay of labels."""
    blocks: list[Block] = [_table(results), Facts(tuple(_facts(results)))]
    if results.delay is not None:
        blocks.append(_delays(results.delay))
    return Section("data", "The log, and how it was split", blocks, short="Data and split")


def _table(results: ClicksResults) -> Table:
    rows = [{**row, "span": _span(row)} for row in results.parts]
    keys = ["part", "rows", "positives", "rate", "rate_low", "rate_high", "start", "end", "span"]
    columns = (
        Column("part", "Part", "name"),
        Column("rows", "Rows", "number"),
        Column("positives", "Conversions", "number"),
        Column("rate", "Rate", "percent", 3),
        Column("rate_low", f"95{NARROW}% interval", "percent", 3, upper="rate_high"),
        Column("span", "From – to (UTC)"),
    )
    return Table(
        "parts-table",
        "Parts of the log",
        from_rows("parts", rows, keys),
        columns,
        note="Train fits all that is fitted; valid stops the trees and calibrates; test is only measured.",
    )


def _span(row: dict[str, Any]) -> str:
    start, end = row.get("start"), row.get("end")
    if not start or not end:
        return "–"
    return f"{start[:16].replace('T', ' ')} – {end[:16].replace('T', ' ')}"


def _facts(results: ClicksResults) -> list[tuple[str, str, str]]:
    split = results.facts["split"]
    name, why = _SPLITS[split["by"]]
    column = f" of {split['column']}" if split.get("column") else ""
    facts = [("Split", f"{name}{column}", why)]
    if split.get("gap_seconds"):
        facts.append(("Gap", _duration(split["gap_seconds"]), "Left out between the parts."))
    if split.get("unmatured"):
        facts.append(
            (
                "Too young to judge",
                f"{count(split['unmatured'])} rows",
                f"Younger than {_duration(split['maturity_seconds'])} when their part ended: their label may "
                "still change, so they teach nothing and are not tested on.",
            )
        )
    if split.get("hidden"):
        facts.append(
            (
                "Known only later",
                f"{count(split['hidden'])} conversions",
                "They happened in the training part and became known after it ended, so the model learned "
                "from these rows as not converted, as it would have on that day.",
            )
        )
    dates, length = period(results.parts[0]["start"], results.parts[-1]["end"])
    return [*facts, ("Period", dates, length)]


def _delays(delay: dict[str, Any]) -> Figure:
    rows = delay["histogram"]
    labels = [row["delay"] for row in rows]
    shares = percentages([row["share"] for row in rows])
    trace = bars(
        labels,
        shares,
        marker={"color": "--credit"},
        customdata=[[count(row["conversions"]), percent(row["share"])] for row in rows],
        hovertemplate="%{x}<br>%{customdata[0]} conversions, %{customdata[1]}<extra></extra>",
    )
    half, most = (_duration(delay["quantiles"][key]) for key in ("0.5", "0.9"))
    return Figure(
        "delay-chart",
        "How long after the click the conversion became known",
        f"Half became known within {half}, nine in ten within {most}; the slowest took "
        f"{_duration(delay['quantiles']['1.0'])}. Younger rows may still convert.",
        from_rows("label_delay", rows, ["delay", "conversions", "share"]),
        {"": Drawing([trace], {"height": 260, "xaxis": label_axis(), "yaxis": percent_axis()})},
        alternative="Bars: share of conversions by the time until they were known.",
    )


def _duration(seconds: float) -> str:
    if seconds < _MINUTE:
        return f"{figure(seconds)} s"
    if seconds < _HOUR:
        return f"{number(seconds / _MINUTE, 1)} minutes"
    if seconds < 2 * _DAY:
        return f"{number(seconds / _HOUR, 1)} hours"
    return f"{number(seconds / _DAY, 1)} days"
