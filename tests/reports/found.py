"""What methods found beside their credit, made by hand: `Credit.details` and `Credit.calibration`."""

from __future__ import annotations

from typing import Any

import polars as pl

from tests.reports.made import Made

COMPARING = (
    "last",
    "linear",
    "markov",
    "markov_2",
    "shapley",
    "shapley_count",
    "incremental",
    "incremental_normalised",
)
LOSSES = {"logistic": 0.2370, "linear": 0.2344, "standard_error": 0.0005}


def compared(**more: Any) -> Made:
    """Return results with every kind of method; the first touch below zero, and a baseline."""
    return Made(**{"models": COMPARING, "negative": True, "observed": "full", **more})


def details(made: Made, **regression: Any) -> dict[str, dict[str, Any]]:
    """Return what the methods of `COMPARING` found; `regression` replaces parts of the incremental one."""
    goals = made.goals or ("",)
    return {
        "markov": {goal: chain(made, 1) for goal in goals},
        "markov_2": {goal: chain(made, 2) for goal in goals},
        "shapley": {goal: game() for goal in goals},
        "shapley_count": {goal: {"game": "count"} for goal in goals},
        "incremental": {goal: {**incremental(made, goal), **regression} for goal in goals},
    }


def chain(made: Made, order: int) -> dict[str, Any]:
    """Return a chain: from every touch half of the journeys end, the others go to the next touch."""
    following = dict(zip(made.touches, made.touches[1:] + made.touches[:1], strict=True))
    rows = [("(start)", made.touches[0], 100.0, 1.0)]
    for touch in made.touches:
        rows += [
            (touch, following[touch], 50.0, 0.5),
            (touch, "(converted)", 10.0, 0.1),
            (touch, "(not converted)", 40.0, 0.4),
        ]
    effects = [
        {"touch": touch, "removal_effect": 0.5 / (place + order)} for place, touch in enumerate(made.touches)
    ]
    return {
        "order": order,
        "states": 10**order,
        "conversion_probability": 0.1,
        "removal_effects": effects,
        "transitions": [
            dict(zip(("source", "target", "count", "probability"), row, strict=True)) for row in rows
        ],
    }


def game(**more: Any) -> dict[str, Any]:
    """Return the game of conversion rates."""
    rate = {"game": "rate", "base_rate": 0.0123, "converting_sets": 40, "sampled_sets": 0, "linear_sets": 2}
    return {**rate, **more}


def incremental(made: Made, goal: str = "") -> dict[str, Any]:
    """Return a regression whose drop-one effects are nine tenths of the credit."""
    credit = made.credit().filter(pl.col("model") == "incremental")
    if goal:
        credit = credit.filter(pl.col("goal") == goal)
    credited = dict(credit["touch", "conversions"].iter_rows())
    effects = [
        {
            "touch": touch,
            "effect": 0.02,
            "standard_error": 0.002,
            "conversions": credited[touch],
            "negative": credited[touch] < 0,
            "removal": 0.9 * credited[touch],
            "removal_low": 0.9 * credited[touch] - 20.0,
            "removal_high": 0.9 * credited[touch] + 20.0,
        }
        for touch in made.touches
    ]
    return {
        "form": "journeys",
        "link": "linear",
        "losses": LOSSES,
        "reference": None,
        "exposure": "count",
        "effects": effects,
        "baseline": credited["(baseline)"],
        "covariates": 0,
        "rows": 1234,
    }


def calibrated(made: Made, touch: str, **more: Any) -> dict[str, Any]:
    """Return credit with the calibrated method, and one lift test, as arguments of `Made.results`."""
    credit = made.credit()
    rows = credit.filter(pl.col("model") == "incremental").with_columns(
        pl.lit("incremental_calibrated").alias("model")
    )
    before = rows.filter(pl.col("touch") == touch)["conversions"].item()
    moved = pl.when(pl.col("touch") == touch).then(-50.0)
    moved = moved.when(pl.col("touch") == "(baseline)").then(50.0).otherwise(0.0)
    rows = rows.with_columns(pl.col("conversions") + moved)
    test = {
        "touch": touch,
        "start": None,
        "end": None,
        "conversions": before - 100.0,
        "standard_error": 10.0,
        "credited": before,
        "weight": 0.5,
        "before": before,
        "before_low": before - 20.0,
        "before_high": before + 20.0,
        "after": before - 50.0,
        "after_low": before - 64.0,
        "after_high": before - 36.0,
    }
    return {"credit": pl.concat([credit, rows]), "calibration": [{**test, **more}]}
