"""Keys are found whatever their type, one at a time or many at once."""

from __future__ import annotations

import datetime

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wanamaker as wm
from wanamaker.features.categories import columns
from wanamaker.features.categories.columns import Vocabulary, canonical

POOLS = {
    pl.Int64: [-5, 0, 1, 11, 2**62],
    pl.String: ["", "1", "11", "É", "z"],
    pl.Date: [datetime.date(2026, 1, day) for day in range(1, 6)],
    pl.Boolean: [True, False],
}


@given(st.data(), st.sampled_from([1, 50]))
def test_codes_are_places_in_the_sorted_values_for_few_rows_as_for_many(data, few):
    types = data.draw(st.lists(st.sampled_from(list(POOLS)), min_size=1, max_size=3))
    names = [f"k{place}" for place in range(len(types))]
    row = st.tuples(*[st.sampled_from([*POOLS[dtype], None]) for dtype in types])
    seen, asked = (data.draw(st.lists(row, min_size=low, max_size=30)) for low in (1, 0))
    schema = dict(zip(names, types, strict=True))
    known = Vocabulary.of(pl.DataFrame(seen, schema=schema, orient="row"), names)
    whole = sorted({row for row in seen if None not in row})
    assert known.values.rows() == whole
    before, columns._FEW = columns._FEW, 0 if few == 1 else few
    try:
        codes = known.codes(pl.DataFrame(asked, schema=schema, orient="row"))
    finally:
        columns._FEW = before
    assert codes.tolist() == [whole.index(row) if row in whole else -1 for row in asked]


def test_one_row_is_found_among_many_values():
    many = pl.DataFrame({"a": np.arange(10_000) // 100, "b": np.arange(10_000) % 100})
    known = Vocabulary.of(many, ["a", "b"])
    asked = pl.DataFrame({"a": [37, 100, None], "b": [5, 5, 5]}, schema={"a": pl.Int64, "b": pl.Int64})
    assert known.codes(asked).tolist() == [3_705, -1, -1]


@pytest.mark.parametrize("values", [[[1]], [{"x": 1}], [b"x"], [datetime.time(1)]])
def test_values_that_are_no_keys_are_refused(values):
    with pytest.raises(wm.SchemaError, match=r"The key column 'a' must hold"):
        canonical(pl.DataFrame({"a": values}), ["a"])
