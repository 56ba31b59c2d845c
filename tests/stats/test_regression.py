"""The regression is the one that other software fits, and its fitted numbers sum to what happened."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from wanamaker.stats.regression import Rows, fit_binary
from wanamaker.stats.regression.kernels import linear_predictor


def sparse(dense: np.ndarray) -> Rows:
    rows, columns = np.nonzero(dense)
    offsets = np.concatenate([[0], np.cumsum((dense != 0).sum(axis=1))]).astype(np.int64)
    return Rows(offsets, columns.astype(np.int32), dense[rows, columns].astype(np.float64), dense.shape[1])


def sample(seed: int, rows: int = 300, columns: int = 4) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    dense = random.poisson(0.7, (rows, columns)).astype(float)
    chance = 1 / (1 + np.exp(1.5 - dense @ random.normal(0, 0.8, columns)))
    won = random.binomial(5, chance).astype(float)
    return dense, won, random.integers(1, 4, rows) + 5 - won


@given(seed=st.integers(0, 200), penalty=st.sampled_from([0.1, 1.0, 30.0]))
def test_the_logistic_fit_is_that_of_scikit_learn(seed, penalty):
    dense, won, lost = sample(seed)
    found = fit_binary(sparse(dense), won, lost, penalty=penalty)
    other = LogisticRegression(C=1 / penalty, tol=1e-10, max_iter=10_000)
    doubled = np.vstack([dense, dense])
    labels = np.repeat([1, 0], len(dense))
    other.fit(doubled, labels, sample_weight=np.concatenate([won, lost]))
    assert found.beta[1:].tolist() == pytest.approx(other.coef_[0].tolist(), abs=1e-4)
    assert found.beta[0] == pytest.approx(other.intercept_[0], abs=1e-4)


@given(seed=st.integers(0, 200))
def test_the_linear_fit_is_ridge_regression(seed):
    dense, won, lost = sample(seed)
    found = fit_binary(sparse(dense), won, lost, link="linear", penalty=2.0)
    weights, share = won + lost, won.sum() / (won + lost).sum()
    design = np.column_stack([np.ones(len(dense)), dense])
    ridge = np.diag([0.0] + [2.0 / (share * (1 - share))] * dense.shape[1])
    expected = np.linalg.solve(design.T @ (design * weights[:, None]) + ridge, design.T @ won)
    assert found.beta.tolist() == pytest.approx(expected.tolist(), abs=1e-9)


@pytest.mark.parametrize("link", ["logistic", "linear"])
@given(seed=st.integers(0, 200), penalty=st.sampled_from([0.01, 1.0, 100.0]))
def test_fitted_probabilities_sum_to_the_successes(link, seed, penalty):
    dense, won, lost = sample(seed)
    rows = sparse(dense)
    eta = linear_predictor(rows.sparse, fit_binary(rows, won, lost, link=link, penalty=penalty).beta)
    chance = eta if link == "linear" else 1 / (1 + np.exp(-eta))
    assert ((won + lost) * chance).sum() == pytest.approx(won.sum(), rel=1e-9)


def test_a_start_changes_the_way_and_not_the_end():
    dense, won, lost = sample(5)
    rows = sparse(dense)
    cold = fit_binary(rows, won, lost)
    warm = fit_binary(rows, won, lost, start=np.array([3.0, -2.0, 1.0, 4.0, -5.0]))
    assert warm.beta.tolist() == pytest.approx(cold.beta.tolist(), abs=1e-8)


def test_rows_of_no_weight_and_rows_put_together_change_nothing():
    dense, won, lost = sample(6)
    both = np.vstack([dense, dense, dense])
    nothing = np.zeros(len(won))
    split = fit_binary(
        sparse(both),
        np.concatenate([won / 2, won / 2, nothing]),
        np.concatenate([lost / 2, lost / 2, nothing]),
    )
    assert split.beta.tolist() == pytest.approx(fit_binary(sparse(dense), won, lost).beta.tolist(), abs=1e-9)


def test_a_column_with_one_outcome_only_keeps_a_finite_coefficient():
    rows = sparse(np.array([[0.0], [1.0]]))
    beta = fit_binary(rows, np.array([10.0, 5.0]), np.array([90.0, 0.0])).beta
    assert 1.0 < beta[1] < 10.0
