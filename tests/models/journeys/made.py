"""Small journeys and quick models for tests."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import polars as pl

import wanamaker as wm

QUICK = wm.Training(epochs=3, batch_size=64, learning_rate=5e-3, threads=1, progress="off")
"""Enough to learn something of small worlds in a second."""


def journeys_of(world: Any, *, observed: str = "full", **options: Any) -> wm.Journeys:
    """Return the journeys of a simulated world."""
    return wm.journeys_from_events(
        world.log,
        user="uid",
        time="timestamp",
        touch="campaign",
        converted="conversion",
        observed=observed,
        **options,
    )


def small(n: int = 2_000, seed: int = 0, *, confounded: bool = True) -> wm.Journeys:
    """Return journeys with a covariate that is a number and one that is a category."""
    world = wm.simulate.journeys(n=n, seed=seed, confounded=confounded, base_rate=0.05)
    log = world.log
    if confounded:
        kind = pl.when(pl.col("intent") > 0.5).then(pl.lit("new")).otherwise(pl.lit("old"))
        log = log.with_columns(kind=kind)
    covariates = ["intent", "kind"] if confounded else []
    return wm.journeys_from_events(
        log,
        user="uid",
        time="timestamp",
        touch="campaign",
        converted="conversion",
        covariates=covariates,
        observed="full",
    )


def journeys_at(paths: list[list[tuple[str, int]]], converted: list[int]) -> wm.Journeys:
    """Return journeys of the given touches at the given seconds, one user each."""
    rows = [
        {"uid": user, "timestamp": second, "campaign": touch, "conversion": 0}
        for user, path in enumerate(paths)
        for touch, second in path
    ]
    lasts = np.cumsum([len(path) for path in paths]) - 1
    for user, last in enumerate(lasts):
        rows[last]["conversion"] = converted[user]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", wm.DataWarning)  # such as that there is one touch alone
        return wm.journeys_from_events(pl.DataFrame(rows), lookback=None, observed="full", time_unit="s")


def quick(**options: Any) -> wm.JourneyModel:
    """Return a small model that trains in a second."""
    return wm.JourneyModel(**{"width": 8, "embedding": 4, "training": QUICK, **options})
