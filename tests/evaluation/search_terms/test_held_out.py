"""Unseen terms: the same ones wherever they stand, and about as many in each fold."""

from __future__ import annotations

import numpy as np
import polars as pl

from wanamaker.evaluation.search_terms.held_out import term_folds

TERMS = pl.Series([f"term {number}" for number in range(2_000)])


def test_a_terms_fold_does_not_depend_on_other_rows_or_their_order():
    folds = dict(zip(TERMS, term_folds(TERMS, 5).tolist(), strict=True))
    some = TERMS.sample(300, seed=1)
    assert term_folds(some, 5).tolist() == [folds[term] for term in some]


def test_one_term_in_two_spellings_is_in_one_fold():
    spelt = pl.Series(["red shoes 7", "Red Shoes 7", "red-shoes  7", "shoes red 7", "?", "!"])
    folds = np.array([term_folds(spelt, 5, seed=seed) for seed in range(20)])
    assert (folds[:, 0] == folds[:, 1]).all()
    assert (folds[:, 0] == folds[:, 2]).all()
    assert (folds[:, 0] != folds[:, 3]).any()
    assert (folds[:, 4] != folds[:, 5]).any()


def test_folds_have_about_as_many_terms_each():
    counts = np.bincount(term_folds(TERMS, 5), minlength=5)
    assert counts.sum() == 2_000
    assert counts.min() > 330


def test_another_seed_gives_other_folds():
    assert (term_folds(TERMS, 5, seed=1) == term_folds(TERMS, 5)).mean() < 0.3
