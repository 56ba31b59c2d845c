"""Where the network looks among past days, and how it learned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.data import from_rows
from wanamaker.reports.drawing import band, line
from wanamaker.reports.figures import Drawing, Figure, Trace
from wanamaker.reports.loss_curves import loss_figure
from wanamaker.reports.numbers import number
from wanamaker.reports.page import Block, Facts, Section
from wanamaker.reports.search_terms.words import loss_named

if TYPE_CHECKING:
    from wanamaker.reports.search_terms.results import SearchTermsResults

Rows = list[dict[str, Any]]


def attention_section(results: SearchTermsResults) -> Section | None:
    """Return the attention of past days beside conversions, over time and shifted."""
    days = results.attention.get("days") or []
    if not days:
        return None
    blocks: list[Block] = [_days(days)]
    shifts = results.attention.get("shifts") or []
    if shifts:
        blocks += [_shifts(shifts), Facts(tuple(_verdict(shifts)), style="last")]
    lead = (
        "How much the network looks at each past day when it predicts later ones, beside what happened on "
        "that day. A weight of 1 is what days of the same age have on average. Attention that follows "
        "conversions would show; it does not say that a day has an effect."
    )
    return Section("attention", "Attention against conversions", blocks, lead=lead, short="Attention")


def _days(days: Rows) -> Figure:
    layout = {
        "height": 320,
        "xaxis": {"type": "date", "nticks": 8},
        "yaxis": {"title": {"text": "times the usual"}, "rangemode": "tozero", "nticks": 5},
        "showlegend": True,
        "hovermode": "closest",
    }
    return Figure(
        "attention-chart",
        "Over time",
        "Weight of each past day against what days of its age have on average, and its conversions "
        "against their mean; those of recent days as they are to be expected in the end.",
        from_rows("attention", days, ["date", "attention", "days", "conversions"]),
        {"": Drawing(_series(days), layout)},
        alternative="Two lines by date: attention and conversions.",
    )


def _series(days: Rows) -> list[Trace]:
    dates = [row["date"] for row in days]
    usual = sum(row["conversions"] for row in days) / len(days) or 1.0
    weights, happened = (
        [row["attention"] for row in days],
        [row["conversions"] / usual for row in days],
    )
    hover = "%{x}: %{y:.2f} times the mean<extra></extra>"
    return [
        line(dates, weights, "Attention", "--credit", hovertemplate="%{x}: weight %{y:.2f}<extra></extra>"),
        line(dates, happened, "Conversions", "--c1", line={"width": 1.4}, hovertemplate=hover),
    ]


def _shifts(shifts: Rows) -> Figure:
    places = [row["shift"] for row in shifts]
    behind = band(places, [row["low"] for row in shifts], [row["high"] for row in shifts])
    found = line(
        places,
        [row["correlation"] for row in shifts],
        "Correlation",
        "--credit",
        mode="lines+markers",
        line={"width": 1.4},
        showlegend=False,
        hovertemplate="shifted by %{x} days: %{y:.2f}<extra></extra>",
    )
    layout = {
        "height": 280,
        "xaxis": {"title": {"text": "days by which conversions come later"}, "dtick": 7},
        "yaxis": {"title": {"text": "correlation"}, "range": [-1, 1], "nticks": 5, "zeroline": True},
    }
    return Figure(
        "shifts-chart",
        "Shifted in time",
        "Correlation of both series, weekday and trend taken out. Band: where chance alone would lie 95 "
        "times in 100, by putting the weeks of one series in random order.",
        from_rows("shifts", shifts, ["shift", "correlation", "low", "high", "widest"]),
        {"": Drawing([*behind, found], layout)},
        alternative="Dots: correlation by shift in days, with a band of what chance would do.",
    )


def _verdict(shifts: Rows) -> list[tuple[str, str, str]]:
    largest = max(shifts, key=lambda row: abs(row["correlation"]))
    within = abs(largest["correlation"]) <= largest["widest"]
    told = (
        "within what chance does somewhere among so many shifts: no sign that attention follows conversions."
        if within
        else (
            "more than chance does anywhere among so many shifts: attention and conversions go together "
            "there."
        )
    )
    where = f"{number(largest['correlation'], 2)} at {number(largest['shift'])} days"
    return [("Largest", where, f"{number(largest['widest'], 2)} is the limit over all shifts; {told}")]


def losses_section(results: SearchTermsResults) -> Section | None:
    """Return the network's loss by epoch, and which loss it learned by."""
    if not results.losses.get("curve"):
        return None
    chart = loss_figure({"Network": results.losses}, f"loss ({loss_named(results.losses['chosen'])})")
    blocks: list[Block] = [chart, Facts(tuple(_tried(results)), style="last")]
    lead = "The network of the last origin: its loss by epoch on training and on validation days."
    return Section("losses", "How the network learned", blocks, lead=lead, short="Loss curve")


def _tried(results: SearchTermsResults) -> list[tuple[str, str, str]]:
    chosen, tried = results.losses["chosen"], results.losses.get("tried")
    if not tried:
        return [("Loss", loss_named(chosen), "As the study says.")]
    told = ", ".join(
        f"{loss_named(name)} {number(value, 4)}"
        for name, value in sorted(tried.items(), key=lambda one: one[1])
    )
    why = (
        "Chosen at the first origin, on its validation days: no later day decides. Deviance of the means "
        "by each: "
    )
    return [("Loss", loss_named(chosen), f"{why}{told}.")]
