"""A value of an event and a row of a table have the same words exactly if they are the same value."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wanamaker.features.online.words import column_words, value_words

KEYS = [
    ([0, 1, -1, 2**63 - 1, -(2**63), None], pl.Int64),
    ([0, 255], pl.UInt8),
    ([0, 2**63, 2**64 - 1, None], pl.UInt64),
    ([0, -1, 2**64, -(2**64), 2**126], pl.Int128),
    ([True, False, None], pl.Boolean),
    (["", "a", "É", "a" * 15, "b" * 16, "c" * 17, "1", None], pl.String),
    (["a", "b", None, "a"], pl.Categorical),
    (["a", "b", None, "a"], pl.Enum(["b", "a"])),
    ([b"", b"a", None], pl.Binary),
    ([dt.date(1969, 12, 31), dt.date(2024, 2, 29), None], pl.Date),
    ([dt.datetime(1969, 12, 31, 1), dt.datetime(2024, 2, 29), None], pl.Datetime("us")),
    ([dt.datetime(1969, 12, 31, 1), None], pl.Datetime("ms")),
    ([dt.datetime(1969, 12, 31, 1), None], pl.Datetime("ns")),
    ([dt.timedelta(seconds=-1), None], pl.Duration("ms")),
    ([dt.time(1, 2, 3, 4), None], pl.Time),
]


@pytest.mark.parametrize(("values", "dtype"), KEYS)
def test_a_table_gives_the_words_that_its_values_give(values, dtype) -> None:
    column = pl.Series("key", values, dtype=dtype)
    assert column_words(column).tolist() == [list(value_words(value, "key")) for value in values]
    part = column[1:]
    assert column_words(part).tolist() == column_words(column)[1:].tolist()


def test_values_of_different_sorts_are_different() -> None:
    values = [
        *(
            1,
            "1",
            b"1",
            dt.date(1970, 1, 2),
            dt.datetime(1970, 1, 1, 0, 0, 0, 1),
            dt.timedelta(microseconds=1),
        ),
        *(dt.time(0, 0, 0, 1), None, 2**64 + 1, -1, 2**64 - 1, 2**127, -(2**127), 0),
    ]
    assert len({value_words(value, "key") for value in values}) == len(values)


def test_equal_values_of_different_types_are_equal() -> None:
    assert value_words(np.int8(1), "key") == value_words(1, "key") == value_words(True, "key")
    assert value_words(np.str_("a"), "key") == value_words("a", "key")
    moment = dt.datetime(2024, 1, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    assert value_words(moment, "key") == value_words(dt.datetime(2024, 1, 1, 11), "key")
    assert value_words(np.datetime64("2024-01-01T11:00"), "key") == value_words(moment, "key")


def test_counted_floats_are_equal_to_the_integers_that_they_are() -> None:
    column = pl.Series("value", [1.0, -0.0, 0.5, float("nan"), None, 1e300])
    words = column_words(column, counted=True)
    assert words.tolist() == [list(value_words(value, "value", counted=True)) for value in column]
    assert words[:2].tolist() == [list(value_words(1, "value")), list(value_words(0, "value"))]
    assert value_words(Decimal("0.50"), "value", counted=True) == value_words(
        Decimal("0.5"), "value", counted=True
    )


@settings(max_examples=50)
@given(st.lists(st.text(), unique=True))
def test_texts_have_words_of_their_own(texts) -> None:
    words = column_words(pl.Series("key", texts, dtype=pl.String))
    assert len({tuple(row) for row in words.tolist()}) == len(texts)


def test_texts_are_murmur_hashes_as_published() -> None:
    # MurmurHash3_x64_128, seed 0, as the C++ of smhasher gives it for these texts.
    published = {
        "": (0, 0),
        "hello": (0xCBD8A7B341BD9B02, 0x5B1E906A48AE1D19),
        "The quick brown fox jumps over the lazy dog": (0xE34BBC7BBC071B6C, 0x7A433CA9C49A9347),
    }
    for text, halves in published.items():
        found = np.array(value_words(text, "key")[1:]).view(np.uint64)
        assert tuple(found.tolist()) == halves


def test_values_are_told_apart_to_the_last_nanosecond_and_digit() -> None:
    times = pl.Series("time", [0, 1, 999, 1_000], dtype=pl.Int64).cast(pl.Time)
    assert len({tuple(row) for row in column_words(times).tolist()}) == len(times)
    close = [Decimal(f"1.{n:037}") for n in (1, 2)]
    amounts = pl.Series("amount", [Decimal("1.5"), *close], dtype=pl.Decimal(38, 37))
    words = column_words(amounts, counted=True).tolist()
    assert len({tuple(row) for row in words}) == len(amounts)
    assert words == [list(value_words(value, "amount", counted=True)) for value in amounts]
