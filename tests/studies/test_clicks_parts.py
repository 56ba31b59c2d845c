"""How the log of a clicks study is read, checked and split."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from wanamaker.base.errors import DataError, SchemaError
from wanamaker.studies.clicks.build import columns_of
from wanamaker.studies.clicks.parts import read_parts
from wanamaker.studies.clicks.study import ClicksStudy
from wanamaker.studies.clicks.windows import usual_windows

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
