"""What must not change credit does not change it."""

from __future__ import annotations

from collections import defaultdict

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wanamaker as wm
from tests.reference.rules import UNTIMED
from tests.strategies import identified_log, random_journeys

pytestmark = pytest.mark.filterwarnings("ignore::wanamaker.base.errors.DataWarning")

MODELS = ["first", "last", "linear", "time_decay", "position", "w_shaped"]
RULES = [*MODELS, "last_non_direct"]
LEARNED = [name for name in wm.attribution.METHODS if name not in RULES]


def build(log, **options) -> wm.Journeys:
    given_options = {"user": "uid", "journey": "journey", "value": "value", "cost": "cost", "time_unit": "s"}
    return wm.journeys_from_events(log, **(given_options | {"lookback": None} | options))


def ordered(table: pl.DataFrame) -> list[tuple]:
    return table.sort("model", "touch").rows()


def assert_close(found: pl.DataFrame, expected: pl.DataFrame, columns: list[str] | None = None) -> None:
    """Equal to 1e-12 of the number's size, nulls in the same places."""
    columns = columns or expected.columns
    for one, other in zip(ordered(found.select(columns)), ordered(expected.select(columns)), strict=True):
        for a, b in zip(one, other, strict=True):
            assert a == (pytest.approx(b, rel=1e-12, abs=1e-12) if isinstance(b, float) else b)


@given(journeys=random_journeys(), order=st.randoms(use_true_random=False))
def test_the_order_of_users_changes_no_number_and_no_interval(journeys, order):
    shuffled = list(journeys)
    order.shuffle(shuffled)
    first, second = (
        wm.attribute(build(identified_log(one)), RULES, bootstrap=30).table for one in (journeys, shuffled)
    )
    assert_close(second, first)


@given(journeys=random_journeys())
def test_renaming_touches_renames_the_rows_and_changes_nothing_else(journeys):
    names = {"a": "zebra", "b": "apple", "c": "ü > %", "direct": "b"}
    renamed = [one | {"touches": [names[name] for name in one["touches"]]} for one in journeys]
    before, after = (
        wm.attribute(build(identified_log(one)), MODELS, bootstrap=20).table for one in (journeys, renamed)
    )
    assert_close(after, before.with_columns(pl.col("touch").replace(names)))


@given(journeys=random_journeys(), shift=st.integers(-(10**9), 10**9))
def test_moving_all_times_by_the_same_changes_no_credit(journeys, shift):
    moved = [one | {"times": [time + shift for time in one["times"]]} for one in journeys]
    before, after = (
        wm.attribute(build(identified_log(one)), RULES, bootstrap=0).table for one in (journeys, moved)
    )
    assert_close(after, before)


@given(journeys=random_journeys())
def test_renaming_users_changes_no_estimate(journeys):
    other = [one | {"user": 10**12 - one["user"]} for one in journeys]
    before, after = (
        wm.attribute(build(identified_log(one)), RULES, bootstrap=0).table for one in (journeys, other)
    )
    assert_close(after, before)


def test_splitting_the_log_into_files_changes_no_bit(tmp_path):
    log = wm.simulate.journeys(3_000, seed=5).log
    log.write_parquet(tmp_path / "whole.parquet")
    parts = tmp_path / "parts"
    for number, start in enumerate(range(0, len(log), 700)):
        folder = parts / f"{number // 3}"
        folder.mkdir(parents=True, exist_ok=True)
        log[start : start + 700].write_parquet(folder / f"part-{number:03}.parquet")
    made = [
        wm.attribute(wm.journeys_from_events(place, value="value", cost="cost"), bootstrap=10).table
        for place in (log, tmp_path / "whole.parquet", str(parts))
    ]
    assert made[0].equals(made[1])
    assert made[0].equals(made[2])


# --- Methods that learn from all journeys ---------------------------------------------------------


def learned(log: pl.DataFrame, observed: str) -> pl.DataFrame:
    journeys = wm.journeys_from_events(log, value="value", cost="cost", observed=observed)
    return wm.attribute(journeys, LEARNED, bootstrap=4).table


@pytest.mark.parametrize("observed", ["full", "until_conversion"])
def test_what_does_not_matter_changes_no_credit_that_is_learned(observed):
    log = wm.simulate.journeys(2_000, seed=5, observed=observed).log
    names = {name: f"{99 - place:02} {name}" for place, name in enumerate(sorted(log["campaign"].unique()))}
    other = {
        "the order of rows": log.sample(fraction=1.0, shuffle=True, seed=1),
        "the order of columns": log.select(reversed(log.columns)),
        "a move of all times": log.with_columns(pl.col("timestamp") + 86_400 * 7),
        "the names of touches": log.with_columns(pl.col("campaign").replace(names)),
    }
    expected = learned(log, observed).sort("model", "touch")
    for what, changed in other.items():
        found = learned(changed, observed)
        back = {new: old for old, new in names.items()}
        found = found.with_columns(pl.col("touch").replace(back)).sort("model", "touch")
        for column in expected.columns:
            one, two = found[column], expected[column]
            if two.dtype.is_float():
                one, two = (numbers.fill_null(float("nan")) for numbers in (one, two))
                close = pytest.approx(two.to_list(), rel=1e-6, abs=1e-6, nan_ok=True)
                assert one.to_list() == close, (what, column)
            else:
                assert one.to_list() == two.to_list(), (what, column)


@given(journeys=random_journeys())
def test_raw_journeys_and_grouped_paths_give_the_same_credit(journeys):
    grouped: dict[str, list[float]] = defaultdict(lambda: [0, 0.0, 0])
    for one in journeys:
        entry = grouped[" > ".join(one["touches"])]
        entry[0] += one["converted"]
        entry[1] += one["value"] * one["converted"]
        entry[2] += not one["converted"]
    table = pl.DataFrame(
        {
            "path": list(grouped),
            "n": [entry[0] for entry in grouped.values()],
            "worth": [entry[1] for entry in grouped.values()],
            "lost": [entry[2] for entry in grouped.values()],
        }
    )
    raw = wm.attribute(build(identified_log(journeys)), UNTIMED, bootstrap=0).table
    paths = wm.journeys_from_paths(table, conversions="n", value="worth", nulls="lost")
    assert paths.nulls.sum() + paths.conversions.sum() == len(journeys)
    made = wm.attribute(paths, UNTIMED, bootstrap=0).table
    columns = ["model", "touch", "conversions", "share", "value", "support"]
    for one, other in zip(ordered(made.select(columns)), ordered(raw.select(columns)), strict=True):
        assert one == (*other[:2], *(pytest.approx(number, abs=1e-9) for number in other[2:]))


# --- Parts sum to the whole -----------------------------------------------------------------------

SUMMED = ["conversions", "value", "cost"]


def sums(tables: list[pl.DataFrame]) -> pl.DataFrame:
    joined = pl.concat([table.select("model", "touch", *SUMMED) for table in tables])
    return joined.group_by("model", "touch").agg(pl.col(SUMMED).sum()).sort("model", "touch")


def assert_parts(parts: list[pl.DataFrame], whole: pl.DataFrame) -> None:
    found, expected = sums(parts), sums([whole])
    for one, other in zip(found.rows(), expected.rows(), strict=True):
        assert one == (*other[:2], *(pytest.approx(number, abs=1e-9) for number in other[2:]))


@given(journeys=random_journeys(), sides=st.lists(st.booleans(), min_size=10, max_size=10))
def test_credit_of_journeys_taken_in_parts_sums_to_that_of_the_whole(journeys, sides):
    made = build(identified_log(journeys))
    here = [number for number in range(len(made)) if sides[number]]
    there = [number for number in range(len(made)) if not sides[number]]
    parts = [made.take(rows) for rows in (here, there)]
    tables = [wm.attribute(part, RULES, bootstrap=0).table for part in parts if part.conversions.sum()]
    found = sums(tables).drop("cost")
    expected = sums([wm.attribute(made, RULES, bootstrap=0).table]).drop("cost")
    for one, other in zip(found.rows(), expected.rows(), strict=True):
        assert one == (*other[:2], *(pytest.approx(number, abs=1e-9) for number in other[2:]))


@pytest.mark.parametrize("by", ["day", "week", "month", "segment"])
@given(journeys=random_journeys())
def test_credit_by_part_sums_to_that_of_the_whole(by, journeys):
    made = build(identified_log(journeys), covariates=["segment"])
    assert_parts(
        [
            wm.attribute(made, RULES, bootstrap=0, by=by).table.select(
                "model", by, "touch", "conversions", "value", cost=0.0
            )
        ],
        wm.attribute(made, RULES, bootstrap=0).table.with_columns(cost=0.0),
    )


def test_costs_by_part_sum_to_the_whole_also_where_a_part_has_no_conversion():
    log = pl.DataFrame(
        {
            "uid": [1, 2],
            "timestamp": [0, 40 * 86_400],
            "campaign": ["a", "a"],
            "conversion": [1, 0],
            "journey": [1, 2],
            "value": [1.0, None],
            "cost": [2.0, 30.0],
        }
    )
    made = build(log)
    assert wm.attribute(made, ["last"], bootstrap=0).table["cost"].sum() == 32.0
    assert wm.attribute(made, ["last"], bootstrap=0, by="month").table["cost"].sum() == 32.0


def test_goals_are_kept_apart_and_each_sums_to_its_own_conversions():
    log = pl.DataFrame(
        {
            "uid": 1,
            "timestamp": [1, 2, 3, 4, 5],
            "campaign": ["a", None, "b", None, None],
            "event": ["view", "sign up", "view", "buy", "buy"],
            "value": [None, 1.0, None, 10.0, 20.0],
        }
    )
    made = wm.journeys_from_events(log, event="event", conversions=["buy", "sign up"], value="value")
    table = wm.attribute(made, bootstrap=0).table
    found = table.group_by("goal", "model").agg(pl.col("conversions", "value", "share").sum())
    for goal, expected in (("buy", [2.0, 30.0, 1.0]), ("sign up", [1.0, 1.0, 1.0])):
        for row in found.filter(goal=goal).select("conversions", "value", "share").rows():
            assert list(row) == pytest.approx(expected, abs=1e-9)


def test_periods_are_those_of_the_journeys_end_in_utc():
    log = pl.DataFrame(
        {
            "uid": [1, 1, 2],
            "timestamp": ["2026-01-31T23:00:00Z", "2026-02-01T01:30:00+01:00", "2026-02-01T00:00:00Z"],
            "campaign": ["a", "b", "c"],
            "conversion": [0, 1, 1],
        }
    )
    made = wm.journeys_from_events(log)
    for by, expected in (
        ("day", {"b": "2026-02-01", "c": "2026-02-01"}),
        ("month", {"b": "2026-02-01", "c": "2026-02-01"}),
        ("week", {"b": "2026-01-26", "c": "2026-01-26"}),
    ):
        log_ends = wm.attribute(made, ["last"], bootstrap=0, by=by).table.filter(pl.col("conversions") > 0)
        told = dict(log_ends.select("touch", by).rows())
        # 2026-02-01T01:30+01:00 is half past midnight in UTC.
        assert told == expected


def test_a_segment_that_is_not_known_is_a_part_of_its_own():
    log = pl.DataFrame(
        {"uid": [1, 2], "timestamp": 1, "campaign": ["a", "b"], "conversion": 1, "region": ["n", None]}
    )
    made = wm.journeys_from_events(log, covariates=["region"])
    table = wm.attribute(made, ["last"], bootstrap=0, by="region").table
    found = table.filter(pl.col("conversions") > 0).select("region", "touch")
    assert sorted(found.rows()) == [("(unknown)", "b"), ("n", "a")]


@pytest.mark.parametrize("name", ["share", "cost", "cpa", "roas", "support", "conversions_low"])
def test_a_segment_named_like_a_column_of_the_result_is_refused_clearly(name):
    log = pl.DataFrame(
        {"uid": [1, 2], "timestamp": 1, "campaign": ["a", "b"], "conversion": 1, name: ["n", "s"]}
    )
    with pytest.raises(ValueError, match=f"must not be named like a column of the result. Got '{name}'"):
        wm.attribute(wm.journeys_from_events(log, covariates=[name]), by=name)
