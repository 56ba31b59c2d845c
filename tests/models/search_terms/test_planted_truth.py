"""What is planted in a simulated world is found: words, and spend that brings nothing."""

from __future__ import annotations

from functools import cache

import polars as pl
import pytest
from scipy.stats import spearmanr

import wanamaker as wm

pytest.importorskip("torch")
pytest.importorskip("xgboost")

pytestmark = pytest.mark.slow

SUPPORT = 500
"""Clicks from which on a word has support."""


@cache
def fitted():
    """Return a simulated world, its log, and a model of it."""
    world = wm.simulate.search_terms(n=60_000, seed=4, start="2025-01-01", days=120)
    log = world.log.filter(pl.col("term").is_not_null())
    training = wm.Training(epochs=2, batch_size=512, learning_rate=5e-3, threads=1)
    model = wm.SearchTermModel(
        campaign="campaign", known_ahead=["clicks"], delay="5d", loss="poisson", training=training
    )
    return world, log, model.fit(log)


def test_words_with_support_rank_as_they_were_planted() -> None:
    world, log, model = fitted()
    planted = world.truth.filter(kind="word").select(word="name", lift="lift")
    table = model.words(log).filter(pl.col("exposure") >= SUPPORT).join(planted, on="word")
    assert len(table) >= 15
    assert spearmanr(table["factor"], table["lift"])[0] >= 0.8
    assert spearmanr(table["effect"], table["lift"])[0] >= 0.6


def test_spend_that_brings_nothing_is_found() -> None:
    world, log, model = fitted()
    terms = world.truth.filter(kind="term").select(term="name", useless="useless", true="conversions")
    table = model.stop_list(log, as_of=None).join(terms, on="term")
    cost = log.group_by("term").agg(pl.col("cost").sum(), pl.col("clicks").sum()).join(terms, on="term")
    popular = cost.filter(pl.col("useless") & (pl.col("clicks") >= 150))
    assert len(popular) > 0
    found = table.filter(pl.col("term").is_in(popular["term"].to_list()))["cost"].sum()
    assert found >= 0.8 * popular["cost"].sum()
    value = table["true"].sum() / table["cost"].sum()
    assert value < 0.25 * cost["true"].sum() / cost["cost"].sum()


def test_the_model_is_better_than_last_week_and_nearly_unbiased() -> None:
    _, _, model = fitted()
    scores = {name: one["poisson_deviance"] for name, one in model.training_["predictors"].items()}
    assert scores[model.predictor_] < 0.9 * scores["last_week"]
    told = model.training_["predictors"][model.predictor_]
    assert abs(told["bias"]) < 0.25 * model.training_["valid_conversions"] / model.training_["valid_rows"]
