"""Frequencies, hashes and out-of-fold means are what their definitions say."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wanamaker as wm
from tests.features.categories.made import KEYS, frame, later, log, rows
from tests.reference import categories as reference


@given(rows(), rows(), st.sampled_from(KEYS))
def test_frequencies_equal_counting(train, asked, key):
    counted = reference.frequencies(asked, train, key)
    for scale, expected in {
        "count": counted,
        "log1p": [math.log1p(count) for count in counted],
        "share": [count / len(train) for count in counted],
    }.items():
        made = wm.FrequencyEncoder(columns=[list(key)], scale=scale).fit(frame(train))
        assert made.features(frame(asked)).to_series().to_list() == pytest.approx(expected)


def test_pairs_of_values_are_never_joined_into_one():
    glued = pl.DataFrame({"a": [1, 11], "b": [11, 1], "label": [1, 0], "time": [0, 0]})
    pair = [["a", "b"]]
    counts = wm.FrequencyEncoder(columns=pair, scale="count").fit(glued[:1]).features(glued)
    assert counts.to_series().to_list() == [1.0, 0.0]
    hashed = wm.HashedEncoder(columns=pair, buckets=2**31).fit(glued).features(glued)
    assert hashed.to_series().n_unique() == 2
    means = wm.TargetEncoder(columns=pair, label="label").fit(glued).features(glued[::-1])
    assert means.to_series()[0] < 0.5 < means.to_series()[1]
    ordered = wm.TimeOrderedTargetEncoder(columns=pair, label="label", time="time", mean=0.5).fit(glued)
    told = ordered.features(glued.with_columns(pl.lit(9).alias("time"))).to_series()
    assert told[1] < 0.5 < told[0]


# --- Hashes ------------------------------------------------------------------------------------------


def test_hashes_are_the_same_in_every_version():
    table = pl.DataFrame({"a": ["x", "ß", None], "b": [1, 2, 3]})
    made = wm.HashedEncoder(columns=["a", ["a", "b"]], seed=3).fit(table).features(table)
    assert made.rows() == [(623, 275), (280, 755), (0, 0)]


def test_codes_fill_the_buckets_evenly_and_keep_zero_for_nulls():
    table = pl.DataFrame({"a": [*range(50_000), None]})
    codes = wm.HashedEncoder(columns=["a"], buckets=10).fit(table).features(table).to_series()
    assert codes[-1] == 0
    counts = np.bincount(codes.to_numpy()[:-1], minlength=11)
    assert counts[0] == 0
    assert counts[1:].min() > 4_700
    other = wm.HashedEncoder(columns=["a"], buckets=10, seed=1).fit(table).features(table).to_series()
    assert (codes == other).mean() == pytest.approx(0.1, abs=0.02)


def test_the_name_of_the_column_is_part_of_the_hash():
    table = pl.DataFrame({"a": range(1_000), "b": range(1_000)})
    made = wm.HashedEncoder(columns=["a", "b"], buckets=2**31).fit(table).features(table)
    assert (made["hashed_a"] == made["hashed_b"]).sum() == 0


def test_a_bag_adds_one_signed_unit_per_column_that_is_there():
    table = log()
    columns = ["a", "c", ["a", "b"]]
    bag = wm.HashedEncoder(columns=columns, buckets=1_000, form="bag").fit(table).features(table)
    units = bag.select(pl.sum_horizontal(pl.all().abs().cast(pl.Int64))).to_series()
    there = table.select(2 * pl.col("a").is_not_null() + pl.col("c").is_not_null().cast(pl.Int64)).to_series()
    assert units.to_list() == there.to_list()
    assert bag.min_horizontal().min() == -1
    assert bag.max_horizontal().max() == 1


# --- Out of fold -------------------------------------------------------------------------------------


def target(key=("a",), *, prior=2.5, **more) -> wm.TargetEncoder:
    return wm.TargetEncoder(columns=[list(key)], label="label", prior=prior, **more)


@given(rows(), st.sampled_from(KEYS), st.sampled_from([None, "c", ["b", "c"]]), st.integers(2, 5))
def test_training_rows_equal_the_mean_over_the_other_folds(train, key, by, folds):
    encoder = target(key, by=by, folds=folds, seed=4)
    made = encoder.fit_transform(frame(train))
    held = frame(train).select("a", "b", "c")
    expected = reference.out_of_fold_means(train, encoder._folds(held).tolist(), key, prior=2.5)
    assert made.select("^target_.*$").to_series().to_list() == pytest.approx(expected, abs=1e-12)


def test_rows_of_one_group_share_a_fold_and_folds_are_even():
    table = pl.DataFrame({"a": [value % 500 for value in range(5_000)]})
    folds = target(by="a")._folds(table)
    assert pl.DataFrame({"a": table["a"], "fold": folds}).group_by("a").n_unique()["fold"].max() == 1
    assert np.bincount(target()._folds(table)).min() > 850
    assert (target(seed=1)._folds(table) == target()._folds(table)).mean() == pytest.approx(0.2, abs=0.03)


def test_other_rows_get_the_mean_over_all_training_rows():
    train = log()
    made = target().fit(train).features(later())
    shares = train.drop_nulls("a").group_by("a").agg(pl.len(), pl.col("label").sum())
    mean = train["label"].mean()
    known = {value: (total + 2.5 * mean) / (count + 2.5) for value, count, total in shares.iter_rows()}
    assert made.to_series().to_list() == pytest.approx([known.get(value, mean) for value in later()["a"]])


def test_a_feature_of_random_ids_tells_nothing_out_of_fold():
    random = np.random.default_rng(0)
    train = pl.DataFrame({"a": random.integers(0, 2_000, 6_000), "label": random.integers(0, 2, 6_000)})
    honest = target(prior=1).fit_transform(train)
    with pytest.warns(wm.DataWarning, match="each would hold its own label"):
        leaking = target(prior=1).fit(train).transform(train)
    gaps = [
        table.group_by("label").agg(pl.col("target_a").mean()).sort("label")["target_a"].diff()[1]
        for table in (honest, leaking)
    ]
    assert abs(gaps[0]) < 0.02
    assert gaps[1] > 0.2


def test_transforming_the_training_rows_warns_and_other_rows_do_not():
    train = log()
    fitted = target().fit(train)
    with pytest.warns(wm.DataWarning, match=r"Use fit_transform\(train\) for them"):
        fitted.features(train.drop("label"))
    fitted.transform(train[1:])
    fitted.transform(train[::-1])


def test_settings_out_of_range_are_refused():
    with pytest.raises(
        wm.ParameterError, match=r"'folds' parameter of TargetEncoder must be an integer from 2"
    ):
        target(folds=1).fit(log())
    with pytest.raises(wm.ParameterError, match=r"'prior' .* must be a number in the range \(0, inf\]"):
        wm.TargetEncoder(columns=["a"], label="label", prior=0).fit(log())
    with pytest.raises(wm.ParameterError, match=r"'scale' .* must be one of"):
        wm.FrequencyEncoder(columns=["a"], scale="log").fit(log())
    with pytest.raises(wm.ParameterError, match=r"'buckets' .* must be an integer from 1"):
        wm.HashedEncoder(columns=["a"], buckets=0).fit(log())


def test_the_columns_of_folds_are_checked():
    with pytest.raises(
        wm.ParameterTypeError, match=r"entry of the 'by' parameter of TargetEncoder must be a column"
    ):
        target(by=[3]).fit(log())
    with pytest.raises(wm.SchemaError, match=r"not found in the table: \['user'\]"):
        target(by="user").fit(log())
