"""Actual against expected, day by day and from small to large."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.data import from_rows
from wanamaker.reports.drawing import COLOURS, band, flat, line, silent, spoken, whiskers
from wanamaker.reports.figures import Drawing, Figure, Trace
from wanamaker.reports.numbers import count, number
from wanamaker.reports.page import Block, Facts, Section
from wanamaker.reports.search_terms.words import predictor_named, predictor_title

if TYPE_CHECKING:
    from wanamaker.reports.search_terms.results import SearchTermsResults

Rows = list[dict[str, Any]]


def dates_section(results: SearchTermsResults) -> Section | None:
    """Return the totals of each test day beside what was expected of it."""
    rows = results.dates
    if not rows:
        return None
    outside = sum(not row["low"] <= row["observed"] <= row["high"] for row in rows)
    lead = (
        "All test days, each expected from the days before it by "
        f"{predictor_named(results.facts['predictor'])} of its origin. Young days count as far as they are "
        "reported."
    )
    facts = Facts(
        (
            (
                "Outside of the band",
                f"{count(outside)} of {count(len(rows))} days",
                "One in twenty should be, if the expectations are right and days vary as the validation "
                "days did.",
            ),
        ),
        style="last",
    )
    return Section(
        "dates", "Actual against expected, by date", [_chart(rows), facts], lead=lead, short="By date"
    )


def _chart(rows: Rows) -> Figure:
    days = [row["date"] for row in rows]
    layout = {
        "height": 360,
        "xaxis": {"type": "date", "nticks": 8},
        "yaxis": {"rangemode": "tozero", "title": {"text": "conversions"}, "nticks": 6},
        "showlegend": True,
        "hovermode": "closest",
        "shapes": [_upright(day) for day in _starts(rows)],
    }
    behind = band(days, [row["low"] for row in rows], [row["high"] for row in rows])
    return Figure(
        "dates-chart",
        "Conversions by day",
        "Band: where 95 of 100 days should lie. Dotted: a new origin, from which on the models know more.",
        from_rows("by_date", rows, ["date", "part", "observed", "expected", "low", "high"]),
        {"": Drawing([*behind, *_series(rows, days)], layout)},
        alternative="A line of expected conversions with a band, and dots of those that came.",
    )


def _series(rows: Rows, days: list[str]) -> list[Trace]:
    expected, seen = ([row[key] for row in rows] for key in ("expected", "observed"))
    dots = {
        "mode": "markers",
        "marker": {"size": 6, "color": "--c1"},
        "hovertemplate": "%{x}: %{y:.1f} reported<extra></extra>",
    }
    hover = "%{x}: %{y:.1f} expected<extra></extra>"
    return [
        line(days, expected, "Expected", "--credit", hovertemplate=hover),
        {**line(days, seen, "Reported", "--c1"), **dots},
    ]


def _upright(day: str) -> dict[str, Any]:
    """Return a dotted line from the bottom to the top."""
    ends = {"x0": day, "x1": day, "yref": "paper", "y0": 0, "y1": 1}
    return {"type": "line", **ends, "line": {"color": "--grey", "width": 1, "dash": "dot"}}


def _starts(rows: Rows) -> list[str]:
    parts = dict.fromkeys(row["part"] for row in rows)
    return [next(row["date"] for row in rows if row["part"] == part) for part in list(parts)[1:]]


def calibration_section(results: SearchTermsResults) -> Section | None:
    """Return expected against happened in tenths, and how terms are ranked."""
    bins = results.calibration
    if not bins:
        return None
    blocks: list[Block] = [_bins(bins), Facts(tuple(_facts(results)), style="last")]
    if results.ranking.get("curves"):
        blocks.insert(1, _ranked(results))
    lead = (
        "Test days of all origins, from the smallest expectation to the largest, in tenths of all that was "
        "expected."
    )
    return Section("calibration", "Are the expectations right?", blocks, lead=lead, short="Calibration")


def _bins(bins: Rows) -> Figure:
    ends = [min(row["mean"] for row in bins) / 1.4, max(row["mean"] for row in bins) * 1.4]
    across = {"type": "log", "title": {"text": "expected of a term day"}, "tickformat": "~g", "nticks": 6}
    layout = {
        "height": 340,
        "xaxis": across,
        "yaxis": {"title": {"text": "came per expected one"}, "rangemode": "tozero", "nticks": 6},
    }
    keys = ["bin", "rows", "expected", "observed", "mean", "rate", "ratio", "ratio_low", "ratio_high"]
    return Figure(
        "calibration-chart",
        "What came of each expected conversion",
        "On the dotted line as many came as were expected; whiskers are 95 % intervals over terms, left out "
        "where fewer than five terms tell.",
        from_rows("calibration", flat(bins, "ratio"), keys),
        {"": Drawing([silent(ends, [1, 1]), _ratios(bins)], layout)},
        alternative="Dots: conversions that came per expected one, by the size of the expectation.",
    )


def _ratios(bins: Rows) -> Trace:
    told = [
        [number(row["mean"], 3), *(count(round(row[key], 1)) for key in ("expected", "observed", "rows"))]
        for row in bins
    ]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [row["mean"] for row in bins],
        "y": [row["ratio"]["value"] for row in bins],
        "marker": {"size": 9, "color": "--credit"},
        "error_y": whiskers([row["ratio"] for row in bins]),
        "customdata": told,
        "hovertemplate": "%{customdata[0]} expected of a term day<br>%{customdata[2]} came of "
        "%{customdata[1]} expected<br>%{customdata[3]} term days<extra></extra>",
    }


def _ranked(results: SearchTermsResults) -> Figure:
    curves, kept = results.ranking["curves"], results.facts["predictor"]
    names = sorted(curves, key=lambda name: name != kept)
    lines = [
        _gained(name, curves[name], COLOURS[place % len(COLOURS)], kept=name == kept)
        for place, name in enumerate(names)
    ]
    rows = [{"predictor": predictor_title(name), **row} for name in names for row in curves[name]]
    axis = {"tickformat": ".0%", "range": [0, 1.01], "nticks": 6}
    layout = {
        "height": 380,
        "xaxis": {**axis, "title": {"text": "share of the cost, best term days first"}},
        "yaxis": {**axis, "title": {"text": "share of the conversions"}},
        "showlegend": True,
        "hovermode": "closest",
    }
    return Figure(
        "ranking-chart",
        "If money went first to where most is expected",
        "Term days in the order of expected conversions per cost. Dotted: an order that knows nothing.",
        from_rows("ranking", rows, ["predictor", "cost", "conversions"]),
        {"": Drawing([silent([0, 1], [0, 1]), *lines], layout)},
        alternative="Lines: the share of conversions that the first rows hold, by their share of the cost.",
    )


def _gained(name: str, curve: Rows, colour: str, *, kept: bool) -> Trace:
    title = predictor_title(name)
    return line(
        [row["cost"] for row in curve],
        [row["conversions"] for row in curve],
        title,
        colour,
        line={"width": 2.6 if kept else 1.4},
        hovertemplate=f"{title}<br>%{{x:.0%}} of the cost: %{{y:.0%}} of conversions<extra></extra>",
    )


def _facts(results: SearchTermsResults) -> list[tuple[str, str, str]]:
    ratio = results.metrics["test"]["calibration_ratio"]
    facts = [
        (
            "Σ expected / Σ came",
            spoken(ratio, 2),
            "On the test days of the last origin, with its interval over terms; 1 is right.",
        )
    ]
    gini = results.ranking.get("gini")
    if gini and gini["value"] is not None:
        facts.append(
            (
                "Gini",
                spoken(gini, 2),
                f"Of the order of term days, all origins together; {number(results.ranking['best'], 2)} for "
                "one that knows what came.",
            )
        )
    return facts
