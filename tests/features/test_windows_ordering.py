"""Rows by key: every key apart from every other, and its rows in their order."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanamaker.features.batch.ordering.codes import coded, dense, packed
from wanamaker.features.batch.ordering.sorting import rows_in_time, runs_by_key

KEYS = st.one_of(
    st.tuples(st.just(3), st.lists(st.integers(0, 7), max_size=40)),
    st.tuples(st.just(40), st.lists(st.integers(0, 2**40 - 1) | st.integers(0, 3), max_size=40)),
    # With 6 bits for the row these fill a word to its last bit.
    st.tuples(st.just(58), st.lists(st.integers(0, 2**58 - 1) | st.integers(0, 3), min_size=33, max_size=60)),
    st.tuples(st.just(63), st.lists(st.integers(0, 2**63 - 1) | st.integers(0, 3), max_size=40)),
)


def by_hand(keys: list[int], rows: list[int], least: int) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for row in rows:
        found.setdefault(keys[row], []).append(row)
    return {key: members for key, members in found.items() if len(members) >= least}


@given(KEYS, st.integers(1, 3), st.booleans(), st.randoms(use_true_random=False))
def test_rows_of_a_key_stand_together_in_their_order(told, least: int, some: bool, random) -> None:
    bits, keys = told
    rows = random.sample(range(len(keys)), random.randint(0, len(keys))) if some else list(range(len(keys)))
    given_rows = np.array(rows, dtype=np.int32) if some else None
    found, begins = runs_by_key(np.array(keys, dtype=np.int64), bits, given_rows, least=least)
    runs = [found[begin:end].tolist() for begin, end in pairwise(begins)]
    assert {keys[run[0]]: run for run in runs} == by_hand(keys, rows, least)
    assert begins[0] == 0
    assert begins[-1] == len(found)


@given(st.lists(st.integers(0, 50), max_size=60))
def test_rows_are_ordered_by_time_stably(ticks: list[int]) -> None:
    found = rows_in_time(np.array(ticks, dtype=np.int64))
    wanted = sorted(range(len(ticks)), key=lambda row: ticks[row])
    assert (list(range(len(ticks))) if found is None else found.tolist()) == wanted
    assert (found is None) == (wanted == list(range(len(ticks))))


WIDE = st.one_of(st.integers(-(2**63), 2**63 - 1), st.sampled_from([-(2**63), 2**63 - 1, 0, 1]), st.none())


@given(st.integers(1, 5).flatmap(lambda count: st.lists(st.tuples(*[WIDE] * count), min_size=1, max_size=30)))
def test_packed_keys_are_equal_exactly_where_all_columns_are(rows) -> None:
    columns = [coded(pl.Series(values, dtype=pl.Int64)) for values in zip(*rows, strict=True)]
    key = packed(columns)
    null = np.zeros(len(rows), dtype=bool) if key.null is None else key.null
    assert null.tolist() == [None in row for row in rows]
    codes = key.codes.tolist()
    for place, row in enumerate(rows):
        for other in range(place):
            if not null[place] and not null[other]:
                assert (codes[place] == codes[other]) == (row == rows[other])
    assert key.bits <= 64


def test_dense_codes_have_no_gaps() -> None:
    keys = np.array([2**62, 5, 2**62, 0, 5], dtype=np.int64)
    found = dense(keys, 63)
    assert found.codes.tolist() == [2, 1, 2, 0, 1]
    assert found.bits == 2


@pytest.mark.parametrize("count", [0, 1])
def test_no_rows_and_one_row_have_an_order(count: int) -> None:
    rows, begins = runs_by_key(np.zeros(count, dtype=np.int64), 0)
    assert rows.tolist() == list(range(count))
    assert begins.tolist() == list(range(count + 1))
