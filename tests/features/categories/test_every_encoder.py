"""What holds for every encoder of categories, whatever it computes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
import sklearn.base

import wanamaker as wm
from tests.features.categories.made import COLUMNS, ENCODERS, VECTORS, later, log

if TYPE_CHECKING:
    from pathlib import Path

    from wanamaker.features.categories.encoder import Encoder

TRAIN, LATER = log(), later()

every = pytest.mark.parametrize("name", ENCODERS)
vectors = pytest.mark.parametrize("name", VECTORS)


def fitted(name: str, train: pl.DataFrame = TRAIN) -> Encoder:
    return ENCODERS[name]().fit(train)


@every
def test_the_features_have_the_promised_names_in_order(name):
    encoder = fitted(name)
    made = encoder.features(LATER)
    assert made.columns == encoder.feature_names_
    assert len(made) == len(LATER)
    assert made.null_count().sum_horizontal().item() == 0


@every
def test_transform_keeps_rows_order_and_columns_and_changes_no_input(name):
    before = LATER.clone()
    encoder = fitted(name)
    told = encoder.transform(LATER)
    assert told.select(LATER.columns).equals(before)
    assert LATER.equals(before)
    assert told.select(encoder.feature_names_).equals(encoder.features(LATER))


@every
def test_the_order_of_training_rows_changes_nothing(name):
    shuffled = TRAIN.sample(fraction=1.0, shuffle=True, seed=5)
    assert fitted(name, shuffled).features(LATER).equals(fitted(name).features(LATER))


@every
def test_the_values_of_training_rows_go_with_the_rows(name):
    order = np.random.default_rng(3).permutation(len(TRAIN))
    whole = ENCODERS[name]().fit_transform(TRAIN)
    assert ENCODERS[name]().fit_transform(TRAIN[order]).equals(whole[order])


@every
def test_the_order_of_columns_and_columns_not_asked_for_change_nothing(name):
    turned = TRAIN.select(reversed(TRAIN.columns)).with_columns(pl.lit(1).alias("more"))
    encoder = fitted(name, turned)
    assert encoder.features(LATER.select(reversed(LATER.columns))).equals(fitted(name).features(LATER))


@every
def test_rows_that_are_transformed_change_nothing_fitted(name, tmp_path):
    encoder, untouched = fitted(name), fitted(name)
    encoder.features(LATER)
    encoder.transform(later(seed=8))
    encoder.save(tmp_path / "one")
    untouched.save(tmp_path / "other")
    for file in sorted((tmp_path / "other").iterdir()):
        assert (tmp_path / "one" / file.name).read_bytes() == file.read_bytes()


@every
def test_one_row_is_encoded_as_it_is_within_a_batch(name):
    encoder = fitted(name)
    whole = encoder.features(LATER)
    assert pl.concat([encoder.features(LATER[place]) for place in range(len(LATER))]).equals(whole)


@every
def test_a_saved_encoder_comes_back_the_same(name, tmp_path):
    encoder = fitted(name)
    encoder.save(tmp_path / "kept")
    loaded = wm.load_encoder(tmp_path / "kept")
    assert type(loaded) is type(encoder)
    assert loaded.features(LATER).equals(encoder.features(LATER))
    assert type(encoder).load(tmp_path / "kept").feature_names_ == encoder.feature_names_
    loaded.save(tmp_path / "again")
    assert json.loads((tmp_path / "again" / "encoder.json").read_text()) == json.loads(
        (tmp_path / "kept" / "encoder.json").read_text()
    )
    assert {file.suffix for file in (tmp_path / "kept").iterdir()} <= {".json", ".parquet"}


@every
@pytest.mark.parametrize("dtype", [pl.Int16, pl.UInt32, pl.UInt64])
def test_the_width_of_integers_changes_nothing(name, dtype):
    narrow = [frame.with_columns(pl.col("a", "b").cast(dtype)) for frame in (TRAIN, LATER)]
    assert fitted(name, narrow[0]).features(LATER).equals(fitted(name).features(LATER))
    assert fitted(name).features(narrow[1]).equals(fitted(name).features(LATER))


@every
def test_the_callers_kind_of_table_comes_back(name):
    encoder = ENCODERS[name]().fit(TRAIN.to_arrow())
    told = encoder.transform(LATER.to_arrow())
    assert pl.DataFrame(told).equals(fitted(name).transform(LATER))
    assert type(told).__module__.startswith("pyarrow")


@every
def test_clones_and_settings_are_those_of_scikit_learn(name):
    encoder = fitted(name)
    twin = sklearn.base.clone(encoder)
    assert twin.get_params() == encoder.get_params()
    with pytest.raises(wm.ParameterError, match=r"is not fitted\.\nHint: Call fit"):
        twin.transform(LATER)
    assert twin.fit(TRAIN).features(LATER).equals(encoder.features(LATER))
    with pytest.raises(wm.ParameterError, match=r"Unknown parameter of .*: 'dim'"):
        twin.set_params(dim=3)


@every
def test_the_same_settings_and_rows_give_the_same_bits(name):
    assert fitted(name).features(LATER).equals(fitted(name).features(LATER))


@vectors
def test_values_not_seen_in_training_and_nulls_have_zeros(name):
    strange = LATER.with_columns(
        pl.lit(None, pl.Int64).alias("a"), pl.lit(99, pl.Int64).alias("b"), pl.lit("w").alias("c")
    )
    made = fitted(name).features(strange)
    assert made.select(pl.all().abs().max()).rows() == [(0.0,) * made.width]
    assert fitted(name).features(LATER).select(pl.all().abs().max().min()).row(0) != (0.0,) * made.width


@every
def test_a_column_of_nulls_alone_is_encoded_as_missing(name):
    typed = LATER.with_columns(pl.lit(None, pl.Int64).alias("a"))
    untyped = LATER.with_columns(pl.lit(None).alias("a"))
    encoder = fitted(name)
    assert encoder.features(untyped).equals(encoder.features(typed))
    empty = ENCODERS[name]().fit(TRAIN.with_columns(pl.lit(None).alias("a")))
    assert len(empty.features(LATER)) == len(LATER)


@every
def test_an_empty_table_has_empty_features(name):
    made = fitted(name).features(LATER.clear())
    assert made.shape == (0, len(fitted(name).feature_names_))


@every
def test_float_keys_are_refused(name):
    wrong = TRAIN.with_columns(pl.col("a").cast(pl.Float64))
    with pytest.raises(wm.SchemaError, match=r"The key column 'a' must hold ids or names. Got type Float64."):
        ENCODERS[name]().fit(wrong)
    with pytest.raises(
        wm.SchemaError, match=r"Hint: Cast it first, for example pl.col\('a'\).cast\(pl.Int64\)"
    ):
        fitted(name).transform(LATER.with_columns(pl.col("a").cast(pl.Float64)))


@every
def test_a_column_that_held_another_type_in_training_is_refused(name):
    with pytest.raises(
        wm.SchemaError, match=r"The column 'a' held Int64 when the encoder was fitted. Got String"
    ):
        fitted(name).transform(LATER.with_columns(pl.col("a").cast(pl.String)))


@every
def test_a_missing_column_is_named(name):
    with pytest.raises(wm.SchemaError, match="The following columns were not found"):
        ENCODERS[name]().fit(TRAIN.drop("a"))
    with pytest.raises(wm.SchemaError, match=r"not found.*\['a'\]"):
        fitted(name).transform(LATER.drop("a"))


@every
def test_no_training_row_is_an_error(name):
    with pytest.raises(wm.DataError, match=r"learns from at least one row. Got none"):
        ENCODERS[name]().fit(TRAIN.clear())
    with pytest.raises(wm.DataError, match=r"learns from at least one row. Got none"):
        ENCODERS[name]().fit_transform(TRAIN.clear())


@every
def test_a_taken_name_is_refused(name):
    encoder = fitted(name)
    taken = encoder.feature_names_[-1]
    with pytest.raises(wm.SchemaError, match=f"already has a column {taken!r}"):
        encoder.transform(LATER.with_columns(pl.lit(0).alias(taken)))
    with pytest.raises(wm.SchemaError, match=f"already has a column {taken!r}"):
        ENCODERS[name]().fit_transform(TRAIN.with_columns(pl.lit(0).alias(taken)))


def test_dates_booleans_and_categoricals_are_keys():
    table = TRAIN.select(
        pl.from_epoch("time").dt.date().alias("day"),
        pl.from_epoch("time").dt.replace_time_zone("UTC").alias("moment"),
        (pl.col("b") > 2).alias("large"),
        pl.col("c").cast(pl.Categorical).alias("name"),
    )
    encoder = wm.FrequencyEncoder(columns=table.columns, scale="count").fit(table)
    made = encoder.features(table)
    for column in table.columns:
        expected = table.select(
            pl.when(pl.col(column).is_not_null()).then(pl.len().over(column)).otherwise(0)
        )
        assert made[f"frequency_{column}"].to_list() == expected.to_series().to_list()
    elsewhere = table.with_columns(
        pl.col("moment").dt.convert_time_zone("Asia/Tokyo").dt.cast_time_unit("ms")
    )
    assert encoder.features(elsewhere).equals(made)


def test_files_are_read_like_tables(tmp_path):
    TRAIN.write_parquet(tmp_path / "train.parquet")
    made = wm.FrequencyEncoder(columns=COLUMNS).fit(tmp_path / "train.parquet")
    assert made.features(LATER).equals(wm.FrequencyEncoder(columns=COLUMNS).fit(TRAIN).features(LATER))


def test_columns_that_are_no_columns_are_refused():
    for wrong, told in [("a", "must be a list of columns. Got 'a'"), ([], "must be a list of columns")]:
        with pytest.raises(wm.ParameterError, match=told):
            wm.FrequencyEncoder(columns=wrong).fit(TRAIN)
    with pytest.raises(wm.ParameterTypeError, match=r"must be a column or a list of columns. Got 3"):
        wm.FrequencyEncoder(columns=["a", 3]).fit(TRAIN)
    with pytest.raises(wm.ParameterError, match="have the name 'a_b'"):
        wm.FrequencyEncoder(columns=[["a", "b"], "a_b"]).fit(TRAIN)
    with pytest.raises(wm.ParameterError, match="names a column twice"):
        wm.FrequencyEncoder(columns=[["a", "a"]]).fit(TRAIN)


def test_a_damaged_or_foreign_directory_is_refused(tmp_path: Path):
    fitted("frequency").save(tmp_path / "kept")
    with pytest.raises(wm.FileReadError, match=r"A 'cat2vec' encoder was expected in .*Got 'frequency'"):
        wm.Cat2Vec.load(tmp_path / "kept")
    with pytest.raises(wm.OutputError, match="is not empty"):
        fitted("frequency").save(tmp_path / "kept")
    fitted("frequency").save(tmp_path / "kept", overwrite=True)
    (tmp_path / "kept" / "counts_0.parquet").write_bytes(b"cut short")
    with pytest.raises(wm.FileReadError, match=r"counts_0.parquet' cannot be read as parquet"):
        wm.load_encoder(tmp_path / "kept")
    content = json.loads((tmp_path / "kept" / "encoder.json").read_text())
    for key, value, told in [("version", 9, "'version' must be 1. Got 9"), ("kind", "odd", "Unknown kind")]:
        (tmp_path / "kept" / "encoder.json").write_text(json.dumps(content | {key: value}))
        with pytest.raises(wm.UserError, match=told):
            wm.load_encoder(tmp_path / "kept")
    with pytest.raises(wm.FileReadError, match="cannot be read as JSON"):
        wm.load_encoder(tmp_path / "nowhere")
