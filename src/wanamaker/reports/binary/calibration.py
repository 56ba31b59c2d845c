"""Whether a prediction of 2 % converts in 2 of 100."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wanamaker.reports.data import from_rows
from wanamaker.reports.drawing import FEW_POSITIVES, rare, silent, spoken, whiskers
from wanamaker.reports.figures import Drawing, Figure, Trace
from wanamaker.reports.numbers import count, percent
from wanamaker.reports.page import Block, Facts, Section

if TYPE_CHECKING:
    from wanamaker.reports.binary.results import BinaryResults

_AXES = {"xaxis": "predicted", "yaxis": "happened"}
_METHODS = {
    "platt": "Platt's: a line on the logit",
    "beta": "beta: a curve on the logit",
    "isotonic": "isotonic: steps that only rise",
    "none": "none",
}


def calibration_section(results: BinaryResults) -> Section | None:
    """Return the reliability chart, Σp/Σy with its interval, and how calibration was done."""
    bins = results.calibration.get("bins") or []
    if not bins:
        return None
    lead = "Test rows in bins of equal size, by prediction: what was predicted against what happened."
    blocks: list[Block] = [
        _chart(bins, rare(results.part("test")["rate"])),
        Facts(tuple(_facts(results)), style="last"),
    ]
    return Section("calibration", "Are the probabilities right?", blocks, lead=lead, short="Calibration")


def _chart(bins: list[dict[str, Any]], logarithmic: bool) -> Figure:  # noqa: FBT001
    shown = [row for row in bins if row["mean"] > 0]
    zero = sum(row["positives"] == 0 for row in shown)
    floor = min(row["mean"] for row in shown) / 3 if logarithmic else 0.0
    largest = max(max(row["mean"], row["high"]) for row in shown)
    ideal = silent([floor, largest], [floor, largest])
    axes = {name: _axis(title, logarithmic) for name, title in _AXES.items()}
    layout = {"height": 380, **axes}
    nothing = (
        f" Grey: {zero} of {len(shown)} bins without a conversion, set at the lower edge." if zero else ""
    )
    return Figure(
        "reliability",
        "Predicted against happened",
        "On the dotted line, predictions are right; whiskers are 95 % intervals of the rate "
        f"(Wilson){'; both scales are logarithmic' if logarithmic else ''}.{nothing}",
        from_rows("reliability", bins, ["mean", "rate", "low", "high", "rows", "positives"]),
        {"": Drawing([ideal, _dots(shown, floor)], layout)},
        alternative="Dots: rate of conversion against mean prediction, by bin.",
    )


def _dots(shown: list[dict[str, Any]], floor: float) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [row["mean"] for row in shown],
        "y": [max(row["rate"], floor) for row in shown],
        "marker": {"size": 9, "color": ["--credit" if row["positives"] else "--grey" for row in shown]},
        "error_y": whiskers([_raised(row, floor) for row in shown]),
        "customdata": [
            [percent(row["mean"], 3), percent(row["rate"], 3), count(row["positives"]), count(row["rows"])]
            for row in shown
        ],
        "hovertemplate": "predicted %{customdata[0]}<br>happened %{customdata[1]}"
        "<br>%{customdata[2]} of %{customdata[3]} rows<extra></extra>",
    }


def _raised(row: dict[str, Any], floor: float) -> dict[str, Any]:
    """Return a bin's rate as a figure that a logarithmic scale can show."""
    return {"value": max(row["rate"], floor), "low": max(row["low"], floor), "high": max(row["high"], floor)}


def _axis(title: str, logarithmic: bool) -> dict[str, Any]:  # noqa: FBT001
    if not logarithmic:
        return {"title": {"text": title}, "tickformat": ".0%", "rangemode": "tozero", "nticks": 7}
    return {"type": "log", "title": {"text": title}, "tickformat": ".2~%", "dtick": 1}


def _facts(results: BinaryResults) -> list[tuple[str, str, str]]:
    test, told = results.metrics["test"], results.calibration
    ratio, normalised = test["calibration_ratio"], test["normalised_log_loss"]
    within = ratio.get("low") is not None and ratio["low"] <= 1 <= ratio["high"]
    verdict = (
        "1 lies within the interval: no sign that the whole is off."
        if within
        else "1 lies outside of the interval: the level of the predictions is off on these rows."
    )
    facts = [
        ("Σp/Σy", spoken(ratio, 2), verdict),
        (
            "Normalised log loss",
            spoken(normalised, 3),
            "Log loss by that of the constant base rate; below 1, the predictions say more than the rate.",
        ),
        ("Calibrated by", _METHODS.get(told["method"], told["method"]), told["why"]),
    ]
    if results.part("test")["positives"] < FEW_POSITIVES:
        facts.append(
            (
                "ECE",
                spoken(test["ece"], 5),
                "Do not judge by it here: with so few conversions in each bin it is mostly noise.",
            )
        )
    return facts
