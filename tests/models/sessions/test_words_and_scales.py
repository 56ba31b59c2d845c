"""What columns are read as, learned from training rows alone."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from wanamaker.journeys.sessions.sessions import Coded
from wanamaker.models.sessions.scales import Scale
from wanamaker.models.sessions.words import Words

NAMES = ("a", "b", "c", "d")
codes = st.lists(st.integers(-1, 3), min_size=1, max_size=40).map(lambda some: np.array(some, dtype=np.int32))
numbers = st.lists(
    st.one_of(st.floats(-1e9, 1e9), st.just(float("nan")), st.sampled_from([0.0, 1.0])),
    min_size=1,
    max_size=60,
).map(np.array)


@given(codes, st.integers(1, 5))
def test_names_that_are_often_enough_have_a_code_of_their_own_and_others_are_unknown(column, least):
    words = Words.of(Coded(column, NAMES), least)
    told = [None if code < 0 else NAMES[code] for code in column]
    found = words.read(Coded(column, NAMES))
    for name, code in zip(told, found, strict=True):
        assert (code >= 2) == (told.count(name) >= least)
        assert code == words.code(name)
    assert len(set(found[found >= 2])) == len({name for name in told if told.count(name) >= least})
    assert int(found.max()) < len(words)


@given(codes)
def test_codes_depend_on_names_and_not_on_how_another_log_numbers_them(column):
    words = Words(("d", "b", None))
    turned = Coded(np.where(column < 0, -1, 3 - column).astype(np.int32), NAMES[::-1])
    assert words.read(turned).tolist() == words.read(Coded(column, NAMES)).tolist()


def test_unknown_names_are_counted_and_missing_ones_are_not():
    words = Words(("a",))
    assert words.unseen(Coded(np.array([0, 1, 1, -1], dtype=np.int32), ("a", "new"))) == 2


def test_hashed_names_fall_into_buckets_and_none_is_unknown():
    words = Words.of(Coded(np.array([0, 1], dtype=np.int32), ("a", "b")), 5, buckets=3)
    found = words.read(Coded(np.arange(200, dtype=np.int32), tuple(map(str, range(200)))))
    assert set(found.tolist()) == {2, 3, 4}
    assert found.tolist() == [words.code(str(place)) for place in range(200)]
    assert len(words) == 5


@given(st.lists(st.one_of(st.none(), st.text(max_size=30)), min_size=1, max_size=20), st.integers(1, 1000))
def test_one_name_falls_into_the_bucket_that_it_falls_into_within_a_column(names, buckets):
    words = Words((), buckets)
    places = {name: place for place, name in enumerate(dict.fromkeys(names)) if name is not None}
    codes = np.array([-1 if name is None else places[name] for name in names], dtype=np.int32)
    table = [""] * (max(places.values(), default=-1) + 1)
    for name, place in places.items():
        table[place] = name
    assert words.read(Coded(codes, tuple(table))).tolist() == [words.code(name) for name in names]


@given(codes, st.integers(1, 3), st.sampled_from([0, 7]))
def test_words_are_the_same_after_json(column, least, buckets):
    words = Words.of(Coded(column, NAMES), least, buckets)
    again = Words.from_state(json.loads(json.dumps(words.to_state())))
    assert again.read(Coded(column, NAMES)).tolist() == words.read(Coded(column, NAMES)).tolist()
    assert len(again) == len(words)


@given(numbers)
def test_scaled_numbers_are_finite_keep_their_order_and_missing_ones_are_zero(values):
    scale = Scale.of(values)
    found = scale.read(values)
    assert np.isfinite(found).all()
    assert (found[np.isnan(values)] == 0.0).all()
    assert scale.missing == bool(np.isnan(values).any())
    there = np.argsort(values[~np.isnan(values)], kind="stable")
    assert (np.diff(found[~np.isnan(values)][there]) >= 0.0).all()


@pytest.mark.parametrize("count", [5, 1_000])
def test_a_number_is_read_as_the_normal_score_of_its_middle_rank(count):
    values = np.random.default_rng(0).gamma(0.3, 100.0, count)
    ranks = np.array([((values < one).sum() + 0.5 * (values == one).sum()) / count for one in values])
    nearly = 0.05 if count > 200 else 1e-6  # straight between knots
    assert np.allclose(Scale.of(values).read(values), ndtri(ranks), atol=nearly)


@given(numbers, st.floats(-1e12, 1e12))
def test_numbers_beyond_those_of_training_count_as_its_ends(values, far):
    scale = Scale.of(values)
    found = float(scale.read(np.array([far]))[0])
    assert scale.scores[0] - 1e-6 <= found <= scale.scores[-1] + 1e-6


@given(numbers)
def test_scales_are_the_same_after_json(values):
    scale = Scale.of(values)
    again = Scale.from_state(json.loads(json.dumps(scale.to_state())))
    assert again.read(values).tolist() == scale.read(values).tolist()
    assert again.missing == scale.missing
