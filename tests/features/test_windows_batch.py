"""The batch of window features against their definition, by brute force."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wanamaker as wm
from tests.features.logs import RESOLUTIONS, assert_same, features, rows, table, windows
from tests.reference import windows as reference

LABELS = {"time": "at", "label": "bought", "label_time": "told"}


@st.composite
def cases(draw):
    resolution = draw(st.sampled_from(sorted(RESOLUTIONS)))
    return resolution, draw(windows(resolution)), draw(rows())


@settings(max_examples=150)
@given(cases())
def test_every_value_is_what_its_definition_says(case) -> None:
    resolution, definitions, made = case
    wanted = reference.transform(definitions, made, resolution=RESOLUTIONS[resolution], **LABELS)
    found = features(definitions, resolution).transform(table(made))
    assert_same(found, wanted)
    kinds = {"count": pl.Int32, "distinct": pl.Int32}
    for window in definitions:
        whole = pl.Int64 if (window.kind, window.column) == ("total", "units") else pl.Float64
        assert found.schema[window.name] == kinds.get(window.kind, whole)


@settings(max_examples=60)
@given(cases(), st.randoms(use_true_random=False))
def test_a_lookup_of_other_keys_is_what_the_definition_says(case, random) -> None:
    resolution, definitions, made = case
    keys = [
        {
            "at": random.randint(-30, 30) / 8,
            "ip": random.choice([1, 11, 5, None]),
            "app": random.choice([1, 111, 7]),
            "site": random.choice(["a", "c", None]),
        }
        for _ in range(8)
    ]
    wanted = reference.lookup(
        definitions,
        made,
        keys,
        time="at",
        resolution=RESOLUTIONS[resolution],
        label="bought",
        label_time="told",
    )
    asked = pl.DataFrame(keys, schema={"at": pl.Float64, "ip": pl.Int64, "app": pl.Int64, "site": pl.String})
    assert_same(features(definitions, resolution).lookup(table(made), asked), wanted)


@settings(max_examples=60)
@given(cases(), rows(most=10))
def test_future_rows_change_no_past_value(case, more) -> None:
    resolution, definitions, made = case
    log = table(made)
    last = max((row["at"] for row in made), default=0.0)
    later = [{**row, "at": last + 10 + abs(row["at"]), "told": None, "bought": 0} for row in more]
    whole = features(definitions, resolution)
    before = whole.transform(log)
    # Labels that become known later are future as well: they may not show either.
    after = whole.transform(pl.concat([table(later), log, table(later)]))
    assert after.slice(len(later), len(log)).equals(before)


@settings(max_examples=60)
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_changes_no_value(case, random) -> None:
    resolution, definitions, made = case
    # Peers that arrived are counted in the log's order; all other windows know no order.
    definitions = [window for window in definitions if window.peers == "strict"]
    if not definitions:
        return
    log = table(made).with_columns(more=pl.lit("kept")).with_row_index("row")
    wanted = features(definitions, resolution).transform(log)
    assert wanted.select(log.columns).equals(log)
    assert wanted.columns == [*log.columns, *(window.name for window in definitions)]
    order = list(range(len(log)))
    random.shuffle(order)
    mixed = log[order].select(random.sample(log.columns, len(log.columns)))
    found = features(definitions, resolution).transform(mixed)
    assert found.select(mixed.columns).equals(mixed)
    names = [window.name for window in definitions]
    back = found.sort("row").select(names)
    assert_same(back, wanted.select(names).to_dict(as_series=False), scale=1e7)


@settings(max_examples=60)
@given(cases(), st.data())
def test_history_and_new_rows_give_the_tail_of_one_whole_log(case, data) -> None:
    resolution, definitions, made = case
    made = sorted(made, key=lambda row: row["at"])
    cut = data.draw(st.integers(0, len(made)))
    past, new = made[:cut], made[cut:]
    unlabelled = [{**row, "bought": 0, "told": None} for row in new]
    whole = features(definitions, resolution)
    wanted = whole.transform(table([*past, *unlabelled])).slice(cut)
    # Labels of new rows are not read, whether they are there or not, or cannot be.
    labels = data.draw(st.sampled_from([pl.all(), pl.exclude("bought", "told"), pl.exclude("told")]))
    given_new = table(new).select(labels)
    found = whole.transform(given_new, history=table(past))
    names = [window.name for window in definitions]
    assert found.select(names).equals(wanted.select(names))


# --- Keys ------------------------------------------------------------------------------------------


def by_hand(log: pl.DataFrame, by: list[str]) -> list[int]:
    """Count earlier rows with an equal key, in the order of the log."""
    keys = log.select(by).rows()
    return [sum(key == other for other in keys[:place]) for place, key in enumerate(keys)]


EXTREMES = [-(2**63), 2**63 - 1, -1, 0, 1, 2**62, -(2**62)]


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_keys_of_extreme_integers_stay_apart(count: int) -> None:
    random = np.random.default_rng(count)
    columns = {f"k{place}": pl.Series(random.choice(EXTREMES, 400), dtype=pl.Int64) for place in range(count)}
    log = pl.DataFrame({"at": range(400), **columns})
    by = list(columns)
    found = wm.WindowFeatures([wm.count(by=by, within="1d", name="n")], time="at").transform(log)
    assert found["n"].to_list() == by_hand(log, by)


def test_unsigned_keys_above_half_their_range_stay_apart() -> None:
    values = [0, 2**63, 2**64 - 1, 1, 2**63 - 1, 2**63, 0, 2**64 - 1, 2**63 + 1]
    log = pl.DataFrame({"at": range(9), "k": pl.Series(values, dtype=pl.UInt64), "l": [1, -1, 1] * 3})
    for by in (["k"], ["k", "l"]):
        found = wm.WindowFeatures([wm.count(by=by, within="1d", name="n")], time="at").transform(log)
        assert found["n"].to_list() == by_hand(log, by)


@pytest.mark.parametrize(
    "values",
    [
        pl.Series(["1", "11", "", "1", "é", "", "é"]),
        pl.Series([True, False, True, True, False, False, True]),
        pl.Series(["a", "b", "a", "b", "c", "c", "a"], dtype=pl.Categorical),
        pl.Series(["a", "b", "a", "b", "c", "c", "a"], dtype=pl.Enum(["c", "b", "a"])),
        pl.Series([b"a", b"\x00", b"a", b"\x00", b"", b"", b"a"]),
        pl.Series([1, 2, 1, 2, 3, 3, 1], dtype=pl.Date),
        pl.Series([1000, 2000, 1000, 2000, 3000, 3000, 1000], dtype=pl.Datetime("ns")),
        pl.Series([1000, 2000, 1000, 2000, 3000, 3000, 1000], dtype=pl.Time),
        pl.Series([1, 255, 1, 0, 255, 0, 1], dtype=pl.UInt8),
        pl.Series([1, -128, 1, 127, -128, 127, 1], dtype=pl.Int8),
        pl.Series([1, 2**100, 1, -(2**100), 2**100, 2, 1], dtype=pl.Int128),
        pl.Series([None] * 7, dtype=pl.Null),
    ],
    ids=lambda values: str(values.dtype),
)
def test_keys_of_every_type_are_told_apart(values: pl.Series) -> None:
    log = pl.DataFrame({"at": range(7), "k": values})
    definitions = [wm.count(by="k", within="1d", name="n"), wm.distinct("k", by="at", within="1d", name="d")]
    found = wm.WindowFeatures(definitions, time="at").transform(log)
    wanted = [None] * 7 if values.dtype == pl.Null else by_hand(log, ["k"])
    assert found["n"].to_list() == wanted


def test_distinct_floats_are_told_apart_by_value() -> None:
    values = [0.0, -0.0, 1.5, float("nan"), -float("nan"), None, 1.5]
    log = pl.DataFrame({"at": range(7), "k": [1] * 7, "v": values})
    found = wm.WindowFeatures([wm.distinct("v", by="k", within="1d", name="d")], time="at").transform(log)
    assert found["d"].to_list() == [0, 1, 1, 2, 3, 3, 3]


def test_many_rows_in_no_order_are_counted_as_in_order() -> None:
    random = np.random.default_rng(0)
    log = pl.DataFrame(
        {
            "at": random.integers(0, 20_000, 50_000),
            "wide": random.integers(-(2**62), 2**62, 300)[random.integers(0, 300, 50_000)],
            "other": random.integers(-(2**62), 2**62, 3)[random.integers(0, 3, 50_000)],
        }
    )
    by = ["wide", "other"]
    found = wm.WindowFeatures([wm.count(by=by, within="100s", name="n")], time="at").transform(log)
    wanted = (
        log.with_row_index("row")
        .join(log.rename({"at": "then"}), on=by)
        .filter((pl.col("then") < pl.col("at")) & (pl.col("then") >= pl.col("at") - 100))
        .group_by("row")
        .len()
    )
    assert found["n"].sum() == wanted["len"].sum()
    joined = found.with_row_index("row").join(wanted, on="row", how="left")
    assert (joined["n"] == joined["len"].fill_null(0)).all()


# --- Sums ------------------------------------------------------------------------------------------


def summed(values: pl.Series, **told) -> list:
    log = pl.DataFrame({"at": range(len(values)), "k": [1] * len(values), "v": values})
    window = wm.total("v", by="k", name="s", **{"within": "1d", **told})
    return wm.WindowFeatures([window], time="at").transform(log)["s"].to_list()


def test_a_large_amount_that_cancels_leaves_no_trace() -> None:
    assert summed(pl.Series([1e16, 1.0, -1e16, 0.0])) == [0.0, 1e16, 1e16 + 1, 1.0]


def test_a_large_amount_that_has_left_leaves_no_trace() -> None:
    assert summed(pl.Series([1e300, 0.1, 0.2, 0.0]), within="2s") == [0.0, 1e300, 1e300, 0.1 + 0.2]


def test_money_in_micros_is_exact_beyond_what_floats_hold() -> None:
    micros = [9_007_199_254_740_993, 1, -9_007_199_254_740_993, 2**62, 2**62 - 1]
    found = summed(pl.Series(micros))
    assert found == [0, 9_007_199_254_740_993, 9_007_199_254_740_994, 1, 2**62 + 1]


def test_sums_may_pass_beyond_64_bits_and_come_back_only_where_nobody_looks() -> None:
    log = pl.DataFrame({"at": [0, 0, 0, 1], "k": [1] * 4, "v": [2**62, 2**62, -(2**62), 0]})
    found = wm.WindowFeatures([wm.total("v", by="k", within="1d", name="s")], time="at").transform(log)
    assert found["s"].to_list() == [0, 0, 0, 2**62]


def test_sums_of_flags_and_of_nothing_are_whole() -> None:
    assert summed(pl.Series([True, None, True, False])) == [0, 1, 1, 2]
    assert summed(pl.Series([None, None])) == [0, 0]


# --- What the contract says ------------------------------------------------------------------------


def test_an_event_exactly_at_the_start_counts_and_one_at_the_end_does_not() -> None:
    log = pl.DataFrame({"at": [0, 300, 301, 600], "k": [1] * 4})
    definitions = [wm.count(by="k", within="5m"), wm.count(by="k", within="10m", after="5m")]
    found = wm.WindowFeatures(definitions, time="at").transform(log)
    assert found["count_k_5m"].to_list() == [0, 1, 1, 2]
    assert found["count_k_5m_10m"].to_list() == [0, 0, 1, 1]


def test_neither_the_event_nor_its_peers_count_unless_they_arrived_before() -> None:
    log = pl.DataFrame({"at": [0, 0, 0, 1], "k": [1] * 4})
    definitions = [
        wm.count(by="k", within="5m"),
        wm.count(by="k", within="5m", peers="arrived", name="arrived"),
    ]
    found = wm.WindowFeatures(definitions, time="at").transform(log)
    assert found["count_k_5m"].to_list() == [0, 0, 0, 3]
    assert found["arrived"].to_list() == [0, 1, 2, 3]


def test_a_conversion_counts_from_the_tick_after_it_was_known() -> None:
    log = pl.DataFrame(
        {"at": [0, 1, 2, 3, 9], "k": [1] * 5, "y": [1, 0, 0, 0, 0], "told": [2, None, None, None, None]}
    )
    window = wm.rate(by="k", within="5s", prior=2, mean=0.5, name="r")
    found = wm.WindowFeatures([window], time="at", label="y", label_time="told").transform(log)
    assert found["r"].to_list() == [0.5, 1 / 3, 1 / 4, 2 / 5, 0.5]


def test_a_matured_band_ends_where_the_later_of_both_does() -> None:
    log = pl.DataFrame({"at": range(7), "k": [1] * 7, "y": [1] * 7, "told": range(7)})
    told = {"by": "k", "within": "5s", "prior": 1, "mean": 0.0}
    definitions = [
        wm.rate(**told, matured="3s", name="matured"),
        wm.rate(**told, after="1s", matured="3s", name="later_matured"),
        wm.rate(**told, after="4s", matured="2s", name="later_after"),
    ]
    found = wm.WindowFeatures(definitions, time="at", label="y", label_time="told").transform(log)
    for name, inside in (("matured", 3), ("later_matured", 3), ("later_after", 1)):
        assert found[name][6] == inside / (1 + inside)


def test_a_prior_of_nothing_gives_the_plain_share_and_the_mean_of_an_empty_window() -> None:
    log = pl.DataFrame({"at": [0, 1, 2], "k": [1] * 3, "y": [1, 0, 0], "told": [0, None, None]})
    windows = wm.WindowFeatures(
        [wm.rate(by="k", within="1m", prior=0, name="r")], time="at", label="y", label_time="told"
    )
    assert windows.fit(log).transform(log)["r"].to_list() == [1 / 3, 1.0, 0.5]


MILLIS = pl.DataFrame(
    {
        "at": [0, 400, 1_000, 1_000, 2_500, 3_000],
        "ip": [1] * 6,
        "bought": [1, 0, 1, 0, 0, 0],
        "told": [900, None, 2_000, None, None, None],
    }
)
"""Times that would be read as seconds, were their unit not told."""


def test_the_unit_of_numbers_is_kept_wherever_times_are_read(tmp_path) -> None:
    definitions = [
        wm.count(by="ip", within="1500ms"),
        wm.since_first(by="ip", within="5s"),
        wm.rate(by="ip", within="3s", prior=1, mean=0.25),
    ]
    told = {"resolution": "500ms", "time": "at", "label": "bought", "label_time": "told"}
    windows = wm.WindowFeatures(definitions, time_unit="ms", **told)
    dates = MILLIS.with_columns(pl.col("at", "told").cast(pl.Datetime("ms")))
    by_date = wm.WindowFeatures(definitions, **told)
    wanted = by_date.transform(dates).select(windows.names)
    assert wanted["since_first_ip"].to_list() == [None, None, 1.0, 1.0, 2.5, 3.0]
    assert windows.transform(MILLIS).select(windows.names).equals(wanted)
    assert (
        wm.WindowFeatures.from_spec(windows.to_spec()).transform(MILLIS).select(windows.names).equals(wanted)
    )
    asked = pl.DataFrame({"at": [700, 2_999], "ip": [1, 1]})
    as_dates = asked.with_columns(pl.col("at").cast(pl.Datetime("ms")))
    found = windows.lookup(MILLIS, asked).select(windows.names)
    assert found.equals(by_date.lookup(dates, as_dates).select(windows.names))
    past, new = MILLIS.head(4), MILLIS.slice(4)
    wanted = by_date.transform(dates.slice(4), history=dates.head(4)).select(windows.names)
    assert windows.transform(new, history=past).select(windows.names).equals(wanted)
    new.write_parquet(tmp_path / "new.parquet")
    past.write_parquet(tmp_path / "past.parquet")
    out = tmp_path / "out.parquet"
    windows.transform_file(tmp_path / "new.parquet", out, history=tmp_path / "past.parquet")
    assert pl.read_parquet(out).select(windows.names).equals(wanted)


def test_history_of_other_types_is_the_same_history() -> None:
    log = pl.DataFrame({"at": [0, 1, 2, 3], "ip": [1, 2, 1, 1], "site": ["a", "b", "b", "a"]})
    definitions = [wm.count(by="ip", within="1m"), wm.distinct("site", by="ip", within="1m")]
    windows = wm.WindowFeatures(definitions, time="at")
    past = log.head(2).select(
        pl.from_epoch("at").dt.to_string("%FT%T"),
        pl.col("ip").cast(pl.UInt8),
        pl.col("site").cast(pl.Categorical),
    )
    wanted = windows.transform(log.slice(2), history=log.head(2))
    assert wanted["count_ip_1m"].to_list() == [1, 2]
    assert windows.transform(log.slice(2), history=past).equals(wanted)


def test_negative_times_and_fractions_fall_into_the_tick_below() -> None:
    log = pl.DataFrame({"at": [-1.5, -0.5, -0.25, 0.0], "k": [1] * 4})
    found = wm.WindowFeatures([wm.count(by="k", within="1s", name="n")], time="at").transform(log)
    assert found["n"].to_list() == [0, 1, 1, 2]


@pytest.mark.parametrize("kind", ["polars", "pandas", "pyarrow", "lazy", "file", "directory", "csv"])
def test_every_kind_of_table_gives_the_same_and_comes_back(kind: str, tmp_path) -> None:
    log = pl.DataFrame({"at": [0, 10, 10, 20], "ip": [1, 1, 2, 1], "site": ["a", "b", "a", "a"]})
    (tmp_path / "logs").mkdir()
    for place, name in enumerate(["1.parquet", "2.parquet"]):
        log.slice(2 * place, 2).write_parquet(tmp_path / "logs" / name)
    log.write_parquet(tmp_path / "log.parquet")
    log.write_csv(tmp_path / "log.csv")
    given = {
        "polars": log,
        "pandas": log.to_pandas(),
        "pyarrow": log.to_arrow(),
        "lazy": log.lazy(),
        "file": tmp_path / "log.parquet",
        "directory": str(tmp_path / "logs"),
        "csv": tmp_path / "log.csv",
    }[kind]
    windows = wm.WindowFeatures([wm.count(by="ip", within="1m"), wm.count(by="site", within="1m")], time="at")
    found = windows.transform(given)
    assert type(found) is (type(given) if kind in {"polars", "pandas", "pyarrow"} else pl.DataFrame)
    assert pl.DataFrame(found)["count_ip_1m"].to_list() == [0, 1, 0, 2]
    assert pl.DataFrame(found)["count_site_1m"].to_list() == [0, 0, 1, 2]


def test_a_log_in_parts_is_read_as_one() -> None:
    whole = pl.DataFrame({"at": range(10), "ip": [1, 2] * 5, "v": range(10)})
    parts = pl.concat([whole.slice(0, 0), whole.slice(0, 3), whole.slice(3)], rechunk=False)
    definitions = [wm.count(by="ip", within="1m"), wm.total("v", by="ip", within="1m")]
    windows = wm.WindowFeatures(definitions, time="at")
    assert windows.transform(parts).equals(windows.transform(whole))


def test_the_log_is_left_as_it_was() -> None:
    log = pl.DataFrame({"at": [3, 1, 2], "ip": [5, 5, None]})
    before = log.clone()
    wm.WindowFeatures([wm.count(by="ip", within="1m")], time="at").transform(log)
    assert log.equals(before)


# --- Lists of keys ---------------------------------------------------------------------------------

LOG = pl.DataFrame({"u": [1, 1, 2, 2], "i": ["a", "b", "a", None], "at": [0, 1, 2, 3], "v": [1, 2, 3, 4]})
LISTS = wm.WindowFeatures(
    [
        wm.count(by=["u", "i"], within="1m"),
        wm.total("v", by="u", within="1m"),
        wm.since_last(by="i", within="10s"),
    ],
    time="at",
)


def test_features_of_a_list_of_keys_are_lists_of_its_length() -> None:
    lists = [["a", "b", None], ["a"], ["b"], [], None]
    found = LISTS.lookup(LOG, pl.DataFrame({"u": [1, 2, None, 3, 1], "i": lists, "at": [5, 2, 4, 4, 1]}))
    assert found["count_u_i_1m"].to_list() == [[1, 1, None], [0], [None], [], None]
    assert found["since_last_i"].to_list() == [[3.0, 4.0, None], [2.0], [3.0], [], None]
    assert found["total_v_u_1m"].to_list() == [3, 0, None, 0, 1]


def test_two_lists_of_one_key_go_side_by_side() -> None:
    asked = pl.DataFrame({"u": [[1, 2], [2]], "i": [["a", "a"], ["b"]], "at": [9, 9]})
    assert LISTS.lookup(LOG, asked)["count_u_i_1m"].to_list() == [[1, 1], [0]]
    fixed = asked.head(1).with_columns(pl.col("u").cast(pl.Array(pl.Int64, 2)))
    assert LISTS.lookup(LOG, fixed)["count_u_i_1m"].to_list() == [[1, 1]]


def test_a_key_with_one_of_two_lists_null_is_null() -> None:
    asked = pl.DataFrame({"u": [[1], None, [1]], "i": [["a"], ["a"], None], "at": [9, 9, 9]})
    assert LISTS.lookup(LOG, asked)["count_u_i_1m"].to_list() == [[1], None, None]


@pytest.mark.parametrize(
    ("happened", "asked"),
    [
        (pl.Series([2**40, 7, 2**40]), pl.Series([7, 2**40 % 2**32], dtype=pl.UInt32)),
        (pl.Series([2**64 - 1, 7, 5], dtype=pl.UInt64), pl.Series([7, -1])),
        (pl.Series(["b", "a", "b"], dtype=pl.Categorical), pl.Series(["a", "c"], dtype=pl.Categorical)),
        (pl.Series(["b", "a", "b"], dtype=pl.Enum(["b", "a"])), pl.Series(["a", "c"])),
    ],
    ids=["narrow", "unsigned", "categories", "enum"],
)
def test_keys_of_another_type_meet_by_their_value(happened: pl.Series, asked: pl.Series) -> None:
    windows = wm.WindowFeatures([wm.count(by="k", within="1m", name="n")], time="at")
    found = windows.lookup(
        pl.DataFrame({"k": happened, "at": [0, 0, 0]}), pl.DataFrame({"k": asked, "at": 5})
    )
    assert found["n"].to_list() == [1, 0]


def test_a_lookup_in_an_empty_log_finds_nothing() -> None:
    asked = pl.DataFrame({"u": [1, 2], "i": ["a", None], "at": [5, 2]})
    found = LISTS.lookup(LOG.clear(), asked)
    assert found.select(LISTS.names).rows() == [(0, 0, None), (None, 0, None)]
    assert LISTS.lookup(LOG, asked.clear()).height == 0


def test_keys_of_another_integer_type_are_compared_by_value() -> None:
    log = LOG.with_columns(pl.col("u").cast(pl.UInt64))
    asked = pl.DataFrame({"u": pl.Series([1, -1], dtype=pl.Int8), "i": ["a", "a"], "at": [5, 5]})
    assert LISTS.lookup(log, asked)["total_v_u_1m"].to_list() == [3, 0]
