"""Metrics of expected counts and amounts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from wanamaker.base.errors import DataError
from wanamaker.stats import regression_metrics as rm


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.floats(0.01, 9), st.integers(0, 3), st.integers(1, 3)),
        min_size=1,
        max_size=20,
    )
)
def test_metrics_are_those_of_sklearn_for_every_column_of_weights(rows):
    observed, predicted, first, second = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    weights = np.column_stack([first, second])
    for column, weight in enumerate(weights.T):
        if not weight.sum():
            assert np.isnan(rm.mae(observed, predicted, weights)[column])
            continue
        shares = {"sample_weight": weight}
        for found, expected in (
            (rm.mae, sk.mean_absolute_error(observed, predicted, **shares)),
            (rm.rmse, sk.root_mean_squared_error(observed, predicted, **shares)),
            (rm.poisson_deviance, sk.mean_poisson_deviance(observed, predicted, **shares)),
            (rm.bias, np.average(predicted - observed, weights=weight)),
        ):
            value = found(observed, predicted, weights)[column]
            assert value == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_what_cannot_be_judged_is_named():
    with pytest.raises(DataError, match=r"needs numbers from 0. Row 1: -1.0"):
        rm.poisson_deviance([0, -1], [1, 1])
    with pytest.raises(DataError, match=r"Each prediction must be finite. Row 0: nan"):
        rm.mae([0, 1], [np.nan, 1])
    with pytest.raises(DataError, match=r"Got 2 observed, 1 predicted, 2 weights"):
        rm.mae([0, 1], [1])
