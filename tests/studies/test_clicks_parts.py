"""How the log of a clicks study is read, checked and split."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from wanamaker.base.errors import DataError, ParameterError, SchemaError
from wanamaker.studies.clicks.build import click_model, columns_of
from wanamaker.studies.clicks.measured import judged_of
from wanamaker.studies.clicks.parts import read_parts
from wanamaker.studies.clicks.predicted import Predicted
from wanamaker.studies.clicks.study import ClicksStudy
from wanamaker.studies.clicks.windows import usual_windows
from wanamaker.studies.config import validated

HOUR = 3_600


def log_of(rows: int = 100, delay: int = 60) -> pl.DataFrame:
    """Return a click a minute, every tenth converted, known after so many seconds."""
    times = np.arange(rows) * 60
    label = (np.arange(rows) % 10 == 3).astype(int)
    known = [time + delay if won else None for time, won in zip(times.tolist(), label, strict=True)]
    return pl.DataFrame({"t": times, "app": np.arange(rows) % 7, "y": label, "known": known})


def study_of(folder, log: pl.DataFrame, **sections) -> ClicksStudy:
    log.write_parquet(folder / "log.parquet")
    content = {
        "data": {"path": str(folder / "log.parquet")},
        "columns": {"time": "t", "label": "y", "label_time": "known", "categorical": ["app"]},
        **sections,
    }
    return ClicksStudy.model_validate(content)


def parts_of(folder, log: pl.DataFrame, **sections):
    study = study_of(folder, log, **sections)
    return read_parts(study, columns_of(study))


def found_of(parts) -> Predicted:
    """Return predictions for the parts, rising."""
    valid, test = (np.linspace(0.1, 0.9, len(parts.rows(part))) for part in ("valid", "test"))
    return Predicted(valid, test, np.array([], dtype=np.int64), pl.DataFrame(), pl.DataFrame(), {})


def test_parts_follow_each_other_and_hold_every_row(tmp_path):
    parts = parts_of(tmp_path, log_of())
    rows = [parts.rows(part) for part in ("train", "valid", "test")]
    assert np.array_equal(np.concatenate(rows), np.arange(100))
    assert parts.in_order
    assert len(parts.history("test")) == 80
    assert len(parts.history("valid")) == 70


def test_a_label_known_after_its_part_is_learned_as_0_and_judged_as_it_is(tmp_path):
    parts = parts_of(tmp_path, log_of(delay=HOUR))
    learned = parts.learnable("train")
    first = int(parts.times[parts.rows("valid")].min()) // 1_000_000
    seen = parts.seen("train")
    known = seen["known"].fill_null(0) < first
    assert learned["y"].to_list() == [int(y and k) for y, k in zip(seen["y"], known, strict=True)]
    assert learned.filter(pl.col("y") == 0)["known"].null_count() == learned.filter(pl.col("y") == 0).height
    assert int(seen["y"].sum()) > int(learned["y"].sum()) > 0
    assert parts.labels_of("test").sum() == 2, "test labels stay as they turned out"


def test_rows_in_the_gap_teach_nothing_and_are_history_all_the_same(tmp_path):
    parts = parts_of(tmp_path, log_of(), split={"gap": "3m"})
    assert len(parts.rows("train")) < 70
    assert len(parts.history("valid")) == 70


def test_young_rows_are_left_out_of_the_last_fit(tmp_path):
    parts = parts_of(tmp_path, log_of(1_000), split={"maturity": "10m"})
    whole, matured = parts.matured(None), parts.matured("10m")
    assert len(whole) == 1_000
    assert matured["t"].max() == whole["t"].max() - 600


def test_the_order_of_the_rows_does_not_change_the_parts(tmp_path):
    log = log_of()
    shuffled = log.sample(fraction=1.0, shuffle=True, seed=3)
    parts, again = parts_of(tmp_path, log), parts_of(tmp_path, shuffled)
    for part in ("train", "valid", "test"):
        assert parts.seen(part).equals(again.seen(part).sort("t"))


def test_only_the_columns_of_the_study_are_read(tmp_path):
    parts = parts_of(tmp_path, log_of().with_columns(secret=pl.lit(1)))
    assert parts.log.columns == ["t", "y", "known", "app"]


def test_parts_of_different_types_show_the_difference(tmp_path):
    log = log_of()
    log[:80].write_parquet(tmp_path / "train.parquet")
    log[80:].with_columns(pl.col("t").cast(pl.Float64)).write_parquet(tmp_path / "test.parquet")
    paths = {part: str(tmp_path / f"{part}.parquet") for part in ("train", "test")}
    study = study_of(tmp_path, log, data=paths)
    with pytest.raises(SchemaError, match="t: Int64 in train, Float64 in test"):
        read_parts(study, columns_of(study))


def test_valid_is_cut_off_train_where_it_is_not_given(tmp_path):
    log = log_of()
    log[:80].write_parquet(tmp_path / "train.parquet")
    log[80:].write_parquet(tmp_path / "test.parquet")
    paths = {part: str(tmp_path / f"{part}.parquet") for part in ("train", "test")}
    parts = parts_of(tmp_path, log, data=paths, split={"valid": 0.25})
    assert [len(parts.rows(part)) for part in ("train", "valid", "test")] == [60, 20, 20]
    assert parts.in_order


@pytest.mark.parametrize(
    ("part", "gone"),
    [("train", pl.col("t") < 70 * 60), ("test", pl.col("t") >= 80 * 60)],
    ids=["train", "test"],
)
def test_given_parts_of_one_class_are_refused_by_name(tmp_path, part, gone):
    log = log_of().with_columns(y=pl.when(gone).then(0).otherwise("y"), known=pl.when(~gone).then("known"))
    log[:70].write_parquet(tmp_path / "train.parquet")
    log[70:80].write_parquet(tmp_path / "valid.parquet")
    log[80:].write_parquet(tmp_path / "test.parquet")
    paths = {part: str(tmp_path / f"{part}.parquet") for part in ("train", "valid", "test")}
    study = study_of(tmp_path, log, data=paths)
    with pytest.raises(DataError, match=rf"The {part} part must hold rows with and without a conversion"):
        read_parts(study, columns_of(study))


def test_usual_windows_count_each_column_and_all_together():
    windows = usual_windows(["ip", "app"])
    assert len(windows) == 12
    assert {"since_last": ["ip", "app"], "within": "1d"} in windows
    assert usual_windows([]) == ()


@pytest.mark.parametrize(
    ("split", "idle"),
    [
        ({"by": "random", "gap": "1h"}, "'gap' does nothing with by = \"random\": leave it out"),
        ({"by": "group", "column": "app", "maturity": "1h"}, "'maturity' does nothing with by = \"group\""),
        ({"seed": 3}, "'seed' does nothing with by = \"time\""),
    ],
)
def test_an_option_that_a_split_does_not_use_is_refused(split, idle):
    content = {"data": {"path": "x"}, "columns": {"time": "t", "label": "y"}, "split": split}
    with pytest.raises(ParameterError, match=rf"^study: 'split': {idle}"):
        validated(ClicksStudy, content, "study")


@pytest.mark.parametrize(
    ("data", "split"),
    [({}, {"test": 0.3}), ({}, {"by": "random"}), ({}, {"gap": "1h"}), ({"valid": "v"}, {"valid": 0.3})],
    ids=["share", "by", "gap", "valid"],
)
def test_an_option_that_given_parts_do_not_use_is_refused(data, split):
    content = {"data": {"train": "a", "test": "b", **data}, "columns": {"time": "t", "label": "y"}}
    name = next(iter(split))
    with pytest.raises(ParameterError, match=rf"'split.{name}' does nothing where the parts are given"):
        validated(ClicksStudy, {**content, "split": split}, "study")


@pytest.mark.parametrize("part", ["train", "valid", "test"])
def test_a_given_part_without_rows_is_refused_by_name(tmp_path, part):
    log = log_of()
    for name, rows in {"train": log[:60], "valid": log[60:80], "test": log[80:]}.items():
        (rows[:0] if name == part else rows).write_parquet(tmp_path / f"{name}.parquet")
    paths = {name: str(tmp_path / f"{name}.parquet") for name in ("train", "valid", "test")}
    with pytest.raises(DataError, match=rf"The {part} part must hold rows .* It has no rows"):
        parts_of(tmp_path, log, data=paths)


def test_the_threshold_is_chosen_by_what_was_known_when_the_test_rows_began(tmp_path):
    log = log_of(400, delay=HOUR)
    parts = parts_of(tmp_path, log, split={"valid": 0.4, "test": 0.3})
    turned_out, known = parts.labels_of("valid"), parts.learnable("valid")["y"].to_numpy().astype(bool)
    assert turned_out.sum() > known.sum() > 0
    # Rows that convert score by when they do: known ones high, later ones in the middle, others low.
    scores = np.where(known, 0.8, np.where(turned_out, 0.4, 0.1))
    none = np.array([], dtype=np.int64)
    test = np.full(len(parts.rows("test")), 0.2)
    found = Predicted(scores, test, none, pl.DataFrame(), pl.DataFrame(), {})
    judged = judged_of(study_of(tmp_path, log), parts, found)
    assert 0.4 < judged.threshold <= 0.8


def test_intervals_resample_whole_groups_where_the_split_is_by_group(tmp_path):
    log = log_of(400).with_columns(who=pl.int_range(400) % 37)
    split = {"by": "group", "column": "who"}
    parts = parts_of(tmp_path, log, split=split)
    keys = judged_of(study_of(tmp_path, log, split=split), parts, found_of(parts)).keys
    groups = parts.log["who"][parts.rows("test")]
    assert pl.DataFrame({"who": groups, "key": keys}).unique().height == groups.n_unique() < len(groups)
    by_time = parts_of(tmp_path, log)
    assert judged_of(study_of(tmp_path, log), by_time, found_of(by_time)).keys is None


def test_the_windows_of_a_study_are_those_of_its_model(tmp_path):
    asked = ({"count": ["app"], "within": "5m"},)
    assert click_model(study_of(tmp_path, log_of(), features={"windows": asked})).windows == asked
    assert click_model(study_of(tmp_path, log_of())).windows == usual_windows(("app",))
    assert click_model(study_of(tmp_path, log_of(), features={"windows": ()})).windows == ()
