"""The area under the ROC curve."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wanamaker.stats.classification import roc_auc


def by_pairs(labels, scores, weights):
    won = total = 0.0
    for i in np.flatnonzero(labels):
        for j in np.flatnonzero(~labels):
            pair = weights[i] * weights[j]
            total += pair
            won += pair * (1.0 if scores[i] > scores[j] else 0.5 if scores[i] == scores[j] else 0.0)
    return won / total if total else np.nan


@given(
    st.lists(
        st.tuples(st.booleans(), st.integers(0, 4), st.integers(0, 3), st.integers(0, 3)),
        min_size=1,
        max_size=25,
    )
)
def test_auc_is_the_share_of_pairs_in_the_right_order(rows):
    labels, scores, first, second = (np.array(column) for column in zip(*rows, strict=True))
    weights = np.column_stack([first, second]).astype(float)
    found = roc_auc(labels.astype(bool), scores.astype(float), weights)
    expected = [by_pairs(labels.astype(bool), scores, column) for column in weights.T]
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_a_perfect_order_is_one_and_the_reverse_zero():
    labels, scores = np.array([False, False, True, True]), np.array([0.1, 0.2, 0.3, 0.4])
    ones = np.ones((4, 1))
    assert roc_auc(labels, scores, ones)[0] == 1
    assert roc_auc(labels, -scores, ones)[0] == 0
