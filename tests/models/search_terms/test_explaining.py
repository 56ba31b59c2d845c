"""Explanations add up, find what was planted, and say nothing of what does nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_allclose
from scipy.stats import spearmanr

from tests.models.search_terms.made import EFFECTS, fitted, log_of, parts_of, useless_of
from wanamaker.models.search_terms.log_sums import _dispersion
from wanamaker.models.search_terms.shares import effects_of, log_rates, share_of_text

pytest.importorskip("torch")
pytest.importorskip("xgboost")

LOG = log_of()
TRAIN, TEST = parts_of(LOG)


def asked_with(name: str):
    """Return the fitted model, asked with another of its predictors."""
    one = fitted()
    again = type(one)(**one.get_params())
    again._keep(replace(one.fitted_, winner=name), one.training_)
    return again


@pytest.mark.parametrize("name", ["network", "glm", "trees", "rate"])
def test_text_and_numbers_add_up_to_what_is_expected(name: str) -> None:
    table = asked_with(name).explain(TEST, LOG)
    whole = table["text_effect"] + table["number_effect"]
    assert_allclose(whole, (table["rate"] / table["typical_rate"]).log(), atol=1e-9)
    assert_allclose(table["text_share"] + table["number_share"], 1.0)
    assert_allclose(table["expected"], asked_with(name).predict(TEST, LOG))
    assert_allclose(table["expected"], table["rate"] * table["exposure"], rtol=1e-4)
    assert table["term"].to_list() == TEST["term"].to_list()


def test_a_predictor_that_reads_no_words_owes_nothing_to_them() -> None:
    table = asked_with("rate").explain(TEST, LOG)
    assert_allclose(table["text_effect"], 0.0, atol=1e-9)
    shares = asked_with("rate").shares(TEST, LOG)
    assert shares["share"].to_list() == pytest.approx([0.0, 1.0])


def test_shares_over_all_rows_add_up() -> None:
    table = asked_with("glm").shares(TEST, LOG)
    assert table["part"].to_list() == ["text", "numbers"]
    assert table["share"].sum() == pytest.approx(1.0)
    rows = asked_with("glm").explain(TEST, LOG)
    assert table["mean_effect"][0] == pytest.approx(rows["text_effect"].abs().mean())


def test_effects_are_the_shapley_values_of_two_players() -> None:
    one = fitted().fitted_
    rows = one.asked(TEST[:6], LOG).rows
    typical = one.typical.take(np.arange(3))
    glm = one.predictors["glm"]
    found = effects_of(glm, rows, typical)
    for row in range(len(rows)):
        first, last = [], []
        for other in range(len(typical)):
            base = log_rates(glm, typical.take(np.array([other])))[0]
            whole = log_rates(glm, rows.take(np.array([row])))[0]
            mixed = replace(
                typical.take(np.array([other])), texts=rows.texts, terms=rows.terms[row : row + 1]
            )
            turned = replace(
                rows.take(np.array([row])), texts=typical.texts, terms=typical.terms[other : other + 1]
            )
            first.append(log_rates(glm, mixed)[0] - base)
            last.append(whole - log_rates(glm, turned)[0])
        assert found.text[row] == pytest.approx((np.mean(first) + np.mean(last)) / 2, abs=1e-5)


def test_where_nothing_moves_both_have_half() -> None:
    assert share_of_text(np.zeros(2), np.zeros(2)).tolist() == [0.5, 0.5]


def test_planted_words_are_found() -> None:
    table = asked_with("glm").words(LOG)
    joined = table.join(pl.DataFrame({"word": list(EFFECTS), "planted": list(EFFECTS.values())}), on="word")
    assert len(joined) == len(EFFECTS)
    assert spearmanr(joined["factor"], joined["planted"])[0] > 0.85
    assert spearmanr(joined["effect"], joined["planted"])[0] > 0.7
    assert joined.sort("effect", descending=True)["word"][0] == "buy"


def test_words_have_effects_whoever_is_asked() -> None:
    by_rate = asked_with("rate")
    assert by_rate.words(LOG).equals(asked_with(by_rate.fitted_.worded).words(LOG))
    assert by_rate.words(LOG)["effect"].n_unique() > 3


def test_words_tell_how_sure_their_rates_are() -> None:
    table = fitted().words(LOG, min_terms=1)
    assert (table["rate_low"] < table["rate"]).all()
    assert (table["rate"] < table["rate_high"]).all()
    assert (table["attention"].is_between(0, 1)).all()
    rates = LOG.filter(pl.col("term").str.contains(r"\bbuy\b"))
    row = table.row(by_predicate=pl.col("word") == "buy", named=True)
    assert row["conversions"] == pytest.approx(rates["conversions"].sum())
    assert row["exposure"] == pytest.approx(rates["clicks"].sum())
    assert row["cost"] == pytest.approx(rates["cost"].sum())
    assert row["terms"] == rates["term"].n_unique()


def test_words_of_few_terms_are_left_out() -> None:
    middle = int(fitted().words(LOG)["terms"].median()) + 1
    few = fitted().words(LOG, min_terms=middle)
    assert few["terms"].min() >= middle
    assert len(few) < len(EFFECTS)


def test_pairs_do_no_more_than_their_words_where_nothing_else_was_planted() -> None:
    table = asked_with("glm").bigrams(LOG, min_terms=2)
    assert len(table) > 5
    assert_allclose(table["beyond_words"], 1.0, atol=0.5)
    assert all(" " in pair for pair in table["bigram"])


def test_useless_spend_is_found() -> None:
    table = fitted().stop_list(LOG, confidence=0.9)
    useless = useless_of(LOG)
    clicks = LOG.filter(pl.col("term").is_in(list(useless))).group_by("term").agg(pl.col("clicks").sum())
    plain = set(clicks.filter(pl.col("clicks") >= 150)["term"])
    assert plain
    assert plain <= set(table["term"])
    listed = LOG.filter(pl.col("term").is_in(table["term"].to_list()))
    value, of_all = (rows["expected"].sum() / rows["cost"].sum() for rows in (listed, LOG))
    assert value < 0.25 * of_all  # what they truly bring is not worth their cost
    assert (table["per_cost_high"] < table["limit"]).all()
    assert table["cost"].to_list() == sorted(table["cost"], reverse=True)


def test_a_higher_limit_lists_more() -> None:
    few, many = (fitted().stop_list(LOG, limit=limit) for limit in (0.01, 0.2))
    assert set(few["term"]) < set(many["term"])


def test_words_to_bid_on_convert_better_than_all() -> None:
    table = asked_with("glm").bid_list(LOG)
    assert "buy" in table["word"].to_list()
    assert "free" not in table["word"].to_list()
    assert (table["rate_low"] > table["account_rate"]).all()


def test_numbers_without_effect_tell_nothing() -> None:
    table = asked_with("rate").features(TEST, LOG)
    assert set(table["feature"]) >= {"(past days)", "(text)", "weekday_sun"}
    assert_allclose(table["permutation"], 0.0, atol=1e-12)


def test_text_tells_something() -> None:
    table = asked_with("glm").features(TRAIN, TRAIN, most_rows=300)
    row = table.row(by_predicate=pl.col("feature") == "(text)", named=True)
    assert row["permutation"] > 0
    assert table["permutation"].to_list() == sorted(table["permutation"], reverse=True)


@pytest.mark.parametrize("days", [2, 3, 10])
def test_the_dispersion_is_that_of_days_however_few_a_term_has(days: int) -> None:
    """Each day's conversions are five times a Poisson count of a fifth: five times as wide."""
    rng, terms = np.random.default_rng(days), 40_000 // days
    counted = rng.uniform(0.5, 2.0, (terms, days))
    counts = 5.0 * rng.poisson(0.4 * counted / 5.0)
    parts = counted / counted.sum(axis=1, keepdims=True)
    means = counts.sum(axis=1, keepdims=True) * parts
    found = _dispersion(counts.ravel(), means.ravel(), parts.ravel())
    assert found == pytest.approx(5.0, rel=0.05)


def test_terms_of_one_day_tell_nothing_of_the_dispersion() -> None:
    counts = np.array([0.0, 9.0, 4.0])
    assert _dispersion(counts, counts, np.ones(3)) == 1.0
