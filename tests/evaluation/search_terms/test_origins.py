"""Rolling origins: what a forecaster could have known, and nothing later."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanamaker.base.errors import DataError
from wanamaker.evaluation.search_terms.origins import rolling_origins


@given(
    origins=st.integers(1, 4), horizon=st.integers(1, 20), valid=st.integers(1, 20), gap=st.integers(0, 20)
)
def test_each_origin_learns_chooses_waits_and_is_tested_in_this_order(origins, horizon, valid, gap):
    last = origins * horizon + valid + gap + 6
    found = rolling_origins(0, last, origins=origins, horizon=horizon, valid=valid, gap=gap)
    for one in found:
        spans = [one.days(part) for part in ("train", "valid", "gap", "test")]
        assert [begin for begin, _ in spans[1:]] == [end for _, end in spans[:-1]]
        assert [end - begin for begin, end in spans[1:]] == [valid, gap, horizon]
        assert spans[0][1] - spans[0][0] >= 7


@given(origins=st.integers(2, 5), horizon=st.integers(1, 10))
def test_test_days_follow_on_each_other_and_the_last_are_the_logs_last(origins, horizon):
    found = rolling_origins(0, 99, origins=origins, horizon=horizon, valid=5, gap=2)
    assert found[-1].stop == 100
    assert all(after.start == before.stop for before, after in itertools.pairwise(found))


def test_a_log_that_is_too_short_says_how_long_it_must_be():
    with pytest.raises(
        DataError,
        match=r"2 origins of 10 days, 3 days of gap and 5 of validation need a log of 35 days or more. "
        r"Got 34 days: 1970-01-01 to 1970-02-03.\nHint: Set a smaller split.origins",
    ):
        rolling_origins(0, 33, origins=2, horizon=10, valid=5, gap=3)
    assert rolling_origins(0, 34, origins=2, horizon=10, valid=5, gap=3)


def test_parts_without_days_are_not_told():
    (one,) = rolling_origins(0, 40, origins=1, horizon=10, valid=5, gap=0)
    assert "gap_from" not in one.as_dict()
    assert one.as_dict()["test_to"] == "1970-02-10"
