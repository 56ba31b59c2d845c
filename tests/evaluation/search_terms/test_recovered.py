"""What was planted against what was found."""

from __future__ import annotations

import math

import polars as pl
import pytest

from wanamaker.evaluation.search_terms.recovered import found_effects, found_waste

TRUTH = pl.DataFrame(
    {
        "kind": ["word"] * 4 + ["term"] * 4,
        "name": ["free", "buy", "rare", "shop", "t1", "t2", "t3", "t4"],
        "effect": [-1.0, 0.8, 2.0, 0.1, None, 0.1, None, None],
        "lift": [-0.9, 0.7, 2.0, 0.2, None, None, None, None],
        "clicks": [500.0, 900.0, 3.0, 300.0, 10.0, 10.0, 10.0, 10.0],
        "cost": [1.0, 1.0, 1.0, 1.0, 60.0, 40.0, 20.0, 99.0],
        "conversions": [9.0, 9.0, 9.0, 9.0, 0.0, 0.5, 0.0, 0.0],
        "useless": [None] * 4 + [True, False, True, True],
        "hidden": [None] * 4 + [False, False, False, True],
    }
)


def test_words_are_put_in_order_by_those_with_support_alone():
    found = pl.DataFrame({"word": ["free", "buy", "shop", "rare"], "effect": [0.4, 1.9, 1.1, 0.01]})
    told = found_effects(TRUTH, found, kind="word", clicks=100)
    assert (told["words"], told["planted"]) == (3, 3)
    assert told["rank_correlation"] == pytest.approx(1.0)
    assert told["rows"][0] == pytest.approx(
        {"name": "buy", "clicks": 900.0, "planted": 0.7, "found": math.log(1.9)}
    )


def test_too_few_words_have_no_correlation():
    found = pl.DataFrame({"word": ["free", "buy"], "effect": [0.4, 1.9]})
    assert found_effects(TRUTH, found, kind="word", clicks=100)["rank_correlation"] is None


def test_waste_is_counted_by_terms_and_by_money_without_hidden_terms():
    told = found_waste(TRUTH, pl.Series(["t1", "t2", "unknown"]), limit=0.01)
    assert (told["useless"], told["listed"], told["right"], told["dear"]) == (2, 2, 1, 1)
    assert (told["precision"], told["recall"]) == (0.5, 0.5)
    assert (told["spend_precision"], told["spend_recall"]) == (0.6, 0.75)


def test_a_term_that_hardly_converts_is_listed_rightly_though_it_is_not_useless():
    told = found_waste(TRUTH, pl.Series(["t1", "t2"]), limit=0.02)
    assert (told["right"], told["dear"], told["spend_precision"]) == (1, 2, 1.0)
    assert told["dear_recall"] == pytest.approx(100 / 120)


def test_an_empty_list_has_no_precision():
    told = found_waste(TRUTH, pl.Series([], dtype=pl.String), limit=0.01)
    assert told["precision"] is None
    assert told["recall"] == 0.0
