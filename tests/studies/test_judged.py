"""What is measured on test rows that do not all count the same."""

from __future__ import annotations

import numpy as np
import pytest

from wanamaker.stats.bootstrap import Resampling
from wanamaker.studies.judged import Judged, decision_of, gains_rows, reliability_rows
from wanamaker.studies.sections import DecisionOptions

RNG = np.random.default_rng(0)
LABELS = RNG.random(80) < 0.4
SCORES = np.clip(0.4 * LABELS + 0.5 * RNG.random(80), 0.01, 0.99)
COUNTS = RNG.integers(1, 4, 80)


def judged(labels, scores, weights):
    parts = {"valid": labels, "test": labels}, {"valid": scores, "test": scores}
    return Judged(*parts, None, Resampling(0), 0.5, {"valid": weights, "test": weights})


@pytest.fixture(scope="module")
def weighted():
    return judged(LABELS, SCORES, COUNTS.astype(float))


@pytest.fixture(scope="module")
def repeated():
    return judged(np.repeat(LABELS, COUNTS), np.repeat(SCORES, COUNTS), None)


def test_a_row_that_counts_twice_counts_as_two_rows(weighted, repeated):
    for name, figure in weighted.metrics("test").items():
        assert figure["value"] == pytest.approx(repeated.metrics("test")[name]["value"]), name
    assert weighted.beyond(1 - SCORES)["value"] == pytest.approx(
        repeated.beyond(1 - np.repeat(SCORES, COUNTS))["value"]
    )


def test_decisions_count_by_weight(weighted, repeated):
    options = DecisionOptions(threshold={"cost_fp": 1.0, "cost_fn": 3.0})  # type: ignore[arg-type]
    told, expected = (decision_of(options, one) for one in (weighted, repeated))
    assert told["at"] == pytest.approx(expected["at"])
    assert told["of"] == expected["of"] == COUNTS.sum()
    assert told["cost_of_nothing"] == pytest.approx(expected["cost_of_nothing"])


def test_gains_and_bins_count_by_weight(weighted, repeated):
    told, expected = (gains_rows(one, (0.1, 0.5)) for one in (weighted, repeated))
    assert [row["captured"] for row in told] == pytest.approx([row["captured"] for row in expected])
    assert [row["rows"] for row in told] == [row["rows"] for row in expected]
    held, wanted = (reliability_rows(one) for one in (weighted, repeated))
    assert sum(row["rows"] for row in held) == sum(row["rows"] for row in wanted) == COUNTS.sum()
