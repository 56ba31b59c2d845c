"""Which sessions are learned from and which judge: time, users and equal rows on one side."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.visits import browsing, table, visits
from wanamaker.base.errors import DataError
from wanamaker.studies.config import validated
from wanamaker.studies.sessions.parts import read_parts
from wanamaker.studies.sessions.split import PARTS
from wanamaker.studies.sessions.study import SessionsStudy

EVENTS = {"session": "visit", "time": "at", "event": "did", "label": "bought"}
TABLE = {"label": "bought", "numeric": ["pages", "duration"], "categorical": ["device"]}


def parts_of(frame, folder, columns=EVENTS, **split):
    path = folder / "log.parquet"
    frame.write_parquet(path)
    told = {"data": {"path": str(path)}, "columns": columns, "split": split}
    return read_parts(validated(SessionsStudy, told, "study"))


def disjoint(sets):
    return sum(map(len, sets)) == len(set().union(*sets))


def test_parts_follow_each_other_in_time(tmp_path):
    parts = parts_of(browsing(200), tmp_path, valid=0.2, test=0.2)
    train, valid, test = (parts.of(part) for part in PARTS)
    assert train.started.max() < valid.started.min()
    assert valid.started.max() < test.started.min()
    assert (len(train), len(valid), len(test)) == (120, 40, 40)


def test_no_event_of_an_earlier_part_comes_after_a_later_one_began(tmp_path):
    log = browsing(200).with_columns(
        pl.when(pl.col("visit") == 100).then(pl.col("at").dt.offset_by("3d")).otherwise("at").alias("late")
    )
    long = log.with_columns(at=pl.when(pl.int_range(pl.len()).over("visit") > 0).then("late").otherwise("at"))
    parts = parts_of(long, tmp_path, valid=0.2, test=0.2)
    assert parts.apart.left_out == {"unfinished": 1}
    for part, later in (("train", "valid"), ("valid", "test")):
        assert parts.of(part).times.max() < parts.of(later).started.min()


@given(seed=st.integers(0, 20))
def test_no_user_is_on_two_sides(seed, tmp_path_factory):
    folder = tmp_path_factory.mktemp("users")
    log = browsing(150, seed, users=60)
    for split in ({"by": "time"}, {"by": "random"}):
        parts = parts_of(log, folder, {**EVENTS, "user": "who"}, valid=0.2, test=0.3, **split)
        users = [set(parts.of(part).table["user"]) for part in PARTS]
        assert disjoint(users)


def test_a_user_stays_in_the_latest_part(tmp_path):
    log = browsing(200, users=120)
    parts = parts_of(log, tmp_path, {**EVENTS, "user": "who"}, valid=0.2, test=0.2)
    alone = parts_of(log, tmp_path, valid=0.2, test=0.2)
    assert parts.rows("test").tolist() == alone.rows("test").tolist()
    assert parts.apart.left_out["users"] == sum(
        len(alone.rows(part)) - len(parts.rows(part)) for part in PARTS
    )


def test_values_of_a_column_make_the_parts_in_their_order(tmp_path):
    frame = table(400)
    parts = parts_of(
        frame, tmp_path, TABLE, by="column", column="month", train=["Jan", "Feb", "Mar"], test=["Apr"]
    )
    assert parts.apart.values == {"train": ["Jan", "Feb"], "valid": ["Mar"], "test": ["Apr"]}
    for part, values in parts.apart.values.items():
        assert set(frame["month"].gather(parts.rows(part))) == set(values)


def test_a_value_that_does_not_occur_is_refused_by_name(tmp_path):
    with pytest.raises(
        DataError, match=r"lists 'Apri', which does not occur in column 'month'.\nHint: Did you mean 'Apr'"
    ):
        parts_of(table(), tmp_path, TABLE, by="column", column="month", train=["Jan", "Feb"], test=["Apri"])


def test_values_that_are_not_listed_are_in_no_part(tmp_path):
    parts = parts_of(
        table(), tmp_path, TABLE, by="column", column="month", train=["Jan", "Feb"], test=["Mar"]
    )
    assert parts.apart.left_out["unlisted"] == int((table()["month"] == "Apr").sum())


def test_train_must_leave_a_value_for_valid(tmp_path):
    with pytest.raises(DataError, match="must leave some for valid"):
        parts_of(table(), tmp_path, TABLE, by="column", column="month", train=["Jan"], test=["Feb"])


def test_equal_rows_are_on_one_side(tmp_path):
    frame = table(400)
    months = pl.Series("month", ["Jan", "Feb", "Mar", "Apr"] * 100)
    doubled = pl.concat([frame[:350], frame[:20], frame[370:]]).with_columns(months)
    split = {"by": "column", "column": "month", "train": ["Jan", "Feb"], "valid": ["Mar"], "test": ["Apr"]}
    parts = parts_of(doubled, tmp_path, TABLE, **split)
    held = [set(doubled[parts.rows(part)].drop("month").iter_rows()) for part in PARTS]
    assert parts.apart.left_out["duplicates"] > 0
    assert disjoint(held)


def test_rows_of_a_random_split_that_are_equal_stay_together(tmp_path):
    frame = pl.concat([table(200), table(200)])
    parts = parts_of(frame, tmp_path, TABLE, by="random", valid=0.2, test=0.3)
    held = [set(frame[parts.rows(part)].drop("month").iter_rows()) for part in PARTS]
    assert disjoint(held)


def test_where_most_rows_have_equals_they_say_nothing(tmp_path):
    frame = table(400).with_columns(pages=pl.col("pages") // 10, duration=pl.lit(1.0))
    split = {"by": "column", "column": "month", "train": ["Jan", "Feb", "Mar"], "test": ["Apr"]}
    assert "duplicates" not in parts_of(frame, tmp_path, TABLE, **split).apart.left_out


def test_sessions_that_begin_with_the_outcome_are_not_asked(tmp_path):
    columns = {"session": "visit", "time": "at", "event": "did", "outcome": "page"}
    log = browsing(200)
    first = log.group_by("visit", maintain_order=True).first()
    parts = parts_of(log, tmp_path, columns, valid=0.2, test=0.2)
    assert parts.unasked == int((first["did"] == "page").sum())
    assert (parts.sessions.lengths > 0).all()


def test_parts_that_came_as_tables_stay_what_they_are(tmp_path):
    log = browsing(200)
    cuts = {"train": (0, 120), "valid": (120, 160), "test": (160, 200)}
    for part, (start, stop) in cuts.items():
        log.filter(pl.col("visit").is_between(start, stop - 1)).write_parquet(tmp_path / f"{part}.parquet")
    data = {part: str(tmp_path / f"{part}.parquet") for part in cuts}
    parts = read_parts(validated(SessionsStudy, {"data": data, "columns": EVENTS}, "study"))
    for part, (start, stop) in cuts.items():
        assert parts.of(part).table["session"].to_list() == list(range(start, stop))


def test_a_session_in_two_parts_is_refused_by_name(tmp_path):
    log = browsing(100)
    log.filter(pl.col("visit") < 60).write_parquet(tmp_path / "train.parquet")
    log.filter(pl.col("visit") >= 59).write_parquet(tmp_path / "test.parquet")
    data = {part: str(tmp_path / f"{part}.parquet") for part in ("train", "test")}
    with pytest.raises(DataError, match="Session 59 is in two parts: 'train', 'test'"):
        read_parts(validated(SessionsStudy, {"data": data, "columns": EVENTS}, "study"))


def test_a_part_without_positives_is_refused_before_any_work(tmp_path):
    log = browsing(200).with_columns(bought=pl.col("bought") & (pl.col("visit") < 120))
    with pytest.raises(
        DataError, match=r"The valid part must hold rows with and without 'bought'. All of its 40"
    ):
        parts_of(log, tmp_path, valid=0.2, test=0.2)


def test_an_outcome_that_no_session_has_names_the_nearest(tmp_path):
    columns = {"session": "visit", "time": "at", "event": "did", "outcome": "bay"}
    with (
        pytest.warns(UserWarning, match="bay"),
        pytest.raises(DataError, match=r"'bay' does not occur .*\nHint: Did you mean 'buy'"),
    ):
        parts_of(visits(100), tmp_path, columns)


def test_labels_that_are_all_missing_are_refused(tmp_path):
    log = browsing(60).with_columns(bought=pl.lit(None, dtype=pl.Boolean))
    with pytest.raises(DataError, match="bought"):
        parts_of(log, tmp_path)


def test_a_split_column_with_two_values_in_a_session_is_refused(tmp_path):
    log = browsing(100).with_row_index("n").with_columns(pl.col("n") % 7)
    with pytest.raises(DataError, match="Column 'n' has two values in session 0"):
        parts_of(log, tmp_path, by="group", column="n")


def test_features_may_stand_in_a_table_of_their_own(tmp_path):
    log = browsing(100)
    known = log.group_by("visit", maintain_order=True).agg(pl.col("device").first(), pl.len().alias("pages"))
    known.write_parquet(tmp_path / "known.parquet")
    log.write_parquet(tmp_path / "log.parquet")
    data = {"path": str(tmp_path / "log.parquet"), "features": str(tmp_path / "known.parquet")}
    told = {"data": data, "columns": EVENTS, "split": {"valid": 0.2, "test": 0.2}}
    sessions = read_parts(validated(SessionsStudy, told, "study")).sessions
    assert sessions.categorical_features == ("device",)
    assert sessions.table["pages"].to_list() == known["pages"].cast(pl.Float64).to_list()
