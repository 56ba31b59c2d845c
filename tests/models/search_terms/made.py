"""A small log of search terms with planted truth, and models of it."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import polars as pl

import wanamaker as wm

START = date(2026, 1, 5)
EFFECTS = {
    "buy": 1.2,
    "cheap": 0.5,
    "free": -1.2,
    "red": 0.0,
    "blue": 0.0,
    "shoes": 0.3,
    "hat": -0.2,
    "bag": 0.0,
}
TRAINING = wm.Training(epochs=5, batch_size=64, learning_rate=5e-3, threads=1, progress="off")


@cache
def log_of(terms: int = 90, days: int = 42, seed: int = 0) -> pl.DataFrame:
    """Return rows by term and day, with `expected` conversions; one term in twelve never converts."""
    rng = np.random.default_rng(seed)
    names, effects, useless = _terms(rng, terms)
    popular = rng.gamma(1.0, 6.0, len(names)) + 1.0
    parts = []
    for day in range(days):
        shown = np.flatnonzero(rng.random(len(names)) < 0.6)
        clicks = rng.poisson(popular[shown]).astype(float)
        expected = clicks * np.exp(-2.6 + effects[shown]) * ~useless[shown] * (1.0 + 0.3 * (day % 7 == 6))
        part = {
            "term": [names[place] for place in shown],
            "date": [START + timedelta(days=day)] * len(shown),
            "campaign": [f"c{place % 3}" for place in shown],
            "impressions": clicks * 9 + rng.poisson(4, len(shown)),
            "clicks": clicks,
            "cost": clicks * 0.7,
            "conversions": rng.poisson(expected).astype(float),
            "expected": expected,
        }
        parts.append(pl.DataFrame(part))
    return pl.concat(parts)


def parts_of(log: pl.DataFrame, days: int = 33) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the log up to some days from its start, and what follows."""
    cut = START + timedelta(days=days)
    return log.filter(pl.col("date") < cut), log.filter(pl.col("date") >= cut)


def useless_of(log: pl.DataFrame) -> set[str]:
    """Return the terms that never convert."""
    sums = log.group_by("term").agg(pl.col("expected").sum(), pl.col("clicks").sum())
    return set(sums.filter((pl.col("expected") == 0) & (pl.col("clicks") > 0))["term"])


def model(**settings: Any) -> wm.SearchTermModel:
    """Return a model that is quick to fit."""
    usual = {"known_ahead": ["clicks"], "loss": "poisson", "width": 8, "embedding": 8, "training": TRAINING}
    return wm.SearchTermModel(**{**usual, **settings})


@cache
def fitted() -> wm.SearchTermModel:
    """Return a model of the log's first days; no test may change it."""
    return model(campaign="campaign").fit(parts_of(log_of())[0].drop("expected"))


def _terms(rng: np.random.Generator, count: int) -> tuple[list[str], np.ndarray, np.ndarray]:
    words, found = list(EFFECTS), {}
    while len(found) < count:
        chosen = rng.choice(len(words), rng.integers(1, 5), replace=False)
        found[" ".join(words[place] for place in chosen)] = sum(EFFECTS[words[place]] for place in chosen)
    useless = np.arange(count) % 12 == 11
    return list(found), np.array(list(found.values())), useless
