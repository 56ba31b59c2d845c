"""Ids become codes and hashes without collisions; columns become flags, amounts and names or are refused."""

from __future__ import annotations

import uuid
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wanamaker.base.errors import ParameterError, SchemaError
from wanamaker.events.codes import dense_codes, mixed, stable_hashes, string_buffers
from wanamaker.events.columns import as_amounts, as_flags, as_names
from wanamaker.events.memory import memory_limit

KEYS = st.lists(
    st.tuples(*[st.one_of(st.none(), st.sampled_from(["1", "11", "1|1", "", "é"]))] * 2), min_size=1
)


@given(KEYS)
def test_codes_number_distinct_tuples_in_order_of_first_appearance(keys):
    columns = [pl.Series([key[place] for key in keys], dtype=pl.String) for place in (0, 1)]
    codes, distinct = dense_codes(columns)
    numbered: dict = {}
    expected = [numbered.setdefault(key, len(numbered)) for key in keys]
    assert codes.tolist() == expected
    assert distinct.rows() == list(numbered)


@given(st.lists(st.integers(-(2**63), 2**63 - 1), unique=True))
def test_hashes_of_distinct_integers_never_collide(numbers):
    assert len(set(stable_hashes(pl.Series(numbers, dtype=pl.Int64)).tolist())) == len(numbers)


@given(st.lists(st.one_of(st.none(), st.text()), min_size=1))
def test_the_hash_of_a_text_depends_on_nothing_else(texts):
    series = pl.Series(texts, dtype=pl.String)
    together = stable_hashes(series).tolist()
    alone = [stable_hashes(series[place : place + 1]).item() for place in range(len(texts))]
    assert together == alone
    distinct = {text or "" for text in texts}
    assert len(set(together)) == len(distinct)


def test_hashes_are_the_same_in_every_process_and_version():
    assert stable_hashes(pl.Series(["a", "", "ü"])).tolist() == [
        int(mixed(np.array([fnv(text)], dtype=np.uint64))[0]) for text in ("a", "", "ü")
    ]


def fnv(text: str) -> int:
    state = 14695981039346656037
    for byte in text.encode():
        state = (state ^ byte) * 1099511628211 % 2**64
    return state


def test_mixing_is_splitmix64():
    # The first outputs of SplitMix64 seeded with 0 (Vigna's reference code).
    state = np.array([0, 0x9E3779B97F4A7C15], dtype=np.uint64)
    assert [hex(one) for one in mixed(state).tolist()] == ["0xe220a8397b1dcdaf", "0x6e789e6aa1b965f4"]


@given(st.lists(st.text(), max_size=6), st.integers(0, 3), st.integers(0, 6))
def test_string_buffers_are_the_texts_also_of_a_slice(texts, start, length):
    part = pl.Series(texts, dtype=pl.String)[start : start + length]
    offsets, data = string_buffers(part)
    found = [bytes(data[first:last]).decode() for first, last in pairwise(offsets)]
    assert found == part.to_list()


@pytest.mark.parametrize("dtype", [pl.Int8, pl.UInt8, pl.Int64, pl.Float32, pl.Float64, pl.Boolean])
def test_flags_of_every_numeric_type_are_read(dtype):
    values = pl.Series("flag", [0, 1, None], dtype=pl.Int8).cast(dtype)
    assert as_flags(values, "conversion").tolist() == [False, True, False]


def test_flags_of_nothing_are_false():
    assert as_flags(pl.Series("flag", [None, None]), "conversion").tolist() == [False, False]


def test_amounts_read_every_numeric_type_and_blanks_are_zero():
    for values in ([1, None], [1.0, None], pl.Series([1, None], dtype=pl.Decimal(10, 2))):
        assert as_amounts(pl.Series("cost", values), "cost").tolist() == [1.0, 0.0]
    assert as_amounts(pl.Series("cost", [None, None]), "cost").tolist() == [0.0, 0.0]


def test_a_refund_is_a_value_below_zero():
    assert as_amounts(pl.Series("value", [-5.0]), "value", signed=True).tolist() == [-5.0]


def test_names_are_trimmed_and_empty_ones_are_blank():
    assert as_names(pl.Series("touch", [" a ", "", "  ", None]), "touch").to_list() == ["a", None, None, None]


def test_names_of_structs_are_refused():
    with pytest.raises(SchemaError, match=r"must hold names or ids. Got type Struct"):
        as_names(pl.Series("touch", [{"a": 1}]), "touch")


def test_the_memory_limit_is_what_the_environment_says_in_gigabytes():
    assert memory_limit({"WANAMAKER_MEMORY_GB": "1.5"}) == 1.5e9
    assert memory_limit({}) > 1e6
    for bad in ("x", "0", "-1", "nan"):
        with pytest.raises(ParameterError, match=r"must be a positive number of GB"):
            memory_limit({"WANAMAKER_MEMORY_GB": bad})


def test_hashes_of_uuid_bytes_differ():
    ids = [uuid.UUID(int=number).bytes for number in range(50)]
    assert len(set(stable_hashes(pl.Series(ids)).tolist())) == 50
