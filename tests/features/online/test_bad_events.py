"""Events that cannot be counted: a clear error, and nothing has changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

import wanamaker as wm
from wanamaker.base.errors import DataError, ParameterError, ParameterTypeError, SchemaError
from wanamaker.features.online.live import LiveWindows

STORES = ["reference://", "memory://"]
WINDOWS = wm.WindowFeatures(
    [wm.count(by="ip", within="1h"), wm.total("cost", by="ip", within="1h")], time="at"
)
GOOD = {"ip": 1, "cost": 2, "at": 1_000, "more": object()}
BAD = [
    ({"ip": 1, "at": 1_000}, SchemaError, "lacks the columns: \\['cost'\\]"),
    ({}, SchemaError, "lacks the columns: \\['at', 'ip', 'cost'\\]"),
    (GOOD | {"at": None}, DataError, "Column 'at': the time is missing"),
    (GOOD | {"at": "soon"}, DataError, "Column 'at': 'soon' cannot be read as a time"),
    (GOOD | {"at": float("nan")}, DataError, "Column 'at': nan cannot be read as a time"),
    (GOOD | {"at": []}, DataError, "Column 'at': \\[\\] cannot be read as a time"),
    (GOOD | {"ip": 1.0}, DataError, "Column 'ip': a key must be an id or a name. Got 1.0 \\(float\\)"),
    (GOOD | {"ip": [1]}, DataError, "Column 'ip': a key must be an id or a name. Got \\[1\\] \\(list\\)"),
    (GOOD | {"ip": 1 << 200}, DataError, "is too large for a key"),
    (GOOD | {"cost": "2"}, DataError, "Column 'cost': '2' is no finite number"),
    (GOOD | {"cost": float("inf")}, DataError, "Column 'cost': inf is no finite number"),
    (GOOD | {"cost": 1 << 63}, DataError, "Column 'cost': 9223372036854775808 is no finite number"),
]


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize(("event", "kind", "message"), BAD)
def test_a_bad_event_is_refused_by_name_and_changes_nothing(store, event, kind, message) -> None:
    live = WINDOWS.online(store)
    with pytest.raises(kind, match=message):
        live.observe(event)
    assert live.stats.clock is None
    live.observe(GOOD)
    before = live.stats
    with pytest.raises(kind, match=message):
        live.observe(event)
    assert live.stats == before
    assert live.observe(GOOD | {"at": 1_001}) == {"count_ip_1h": 1, "total_cost_ip_1h": 2}


@pytest.mark.parametrize("store", STORES)
def test_an_event_that_is_too_late_says_how_late_and_how_late_it_may_be(store) -> None:
    live = WINDOWS.online(store, lateness="10s")
    live.observe(GOOD)
    live.observe(GOOD | {"at": 990})
    with pytest.raises(
        DataError, match=r"989 is 11s older than the newest \(1970-01-01T00:16:40Z\); 10s are"
    ):
        live.observe(GOOD | {"at": 989})
    late = pl.DataFrame({"ip": [1, 1, 1], "cost": [1, 1, 1], "at": [1_001, 1_002, 991]})
    with pytest.raises(DataError, match="Row 2: the event at 991 is 11s older"):
        live.observe_many(late)
    stats = live.stats
    assert (stats.events, stats.late_events, stats.refused_events) == (2, 1, 2)
    assert stats.clock == 1_000 * 1_000_000
    assert live.observe(GOOD | {"at": 1_000})["count_ip_1h"] == 1


def test_the_lateness_is_allowed_in_full_though_it_is_no_whole_number_of_ticks() -> None:
    live = WINDOWS.online(lateness="1500ms")
    live.observe(GOOD | {"at": 1_000.0})
    live.observe(GOOD | {"at": 998.5})
    assert live.stats.late_events == 1
    with pytest.raises(ParameterError, match="'lateness' must not be negative"):
        WINDOWS.online(lateness=timedelta(seconds=-1))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"ip": [1], "at": [5]}, "not found in the events: \\['cost'\\]"),
        ({"ip": [1.5], "at": [5], "cost": [1]}, "key column 'ip' must hold ids or names"),
        ({"ip": [1, 1], "at": [5, None], "cost": [1, 1]}, "Column 'at', row 1: the time is missing"),
        ({"ip": [1], "at": ["x"], "cost": [1]}, "Column 'at', row 0: 'x' cannot be read as a time"),
        ({"ip": [1], "at": [5], "cost": ["1"]}, "'cost' is summed and must be numeric"),
        ({"ip": [1], "at": [5], "cost": [float("inf")]}, "Column 'cost', row 0: inf is no finite number"),
        ({"ip": [1], "at": [5], "cost": [1], "count_ip_1h": [0]}, "already has a column 'count_ip_1h'"),
    ],
)
def test_a_bad_table_is_refused_and_none_of_it_is_counted(table, message) -> None:
    live = WINDOWS.online()
    with pytest.raises((SchemaError, DataError), match=message):
        live.observe_many(pl.DataFrame(table))
    assert live.stats.clock is None


def test_a_sum_of_unsigned_integers_must_fit() -> None:
    table = pl.DataFrame({"ip": [1], "at": [5], "cost": pl.Series([1 << 63], dtype=pl.UInt64)})
    with pytest.raises(DataError, match="Column 'cost', row 0: 9223372036854775808 is too large"):
        WINDOWS.online().observe_many(table)


def test_an_event_is_a_dict() -> None:
    with pytest.raises(ParameterTypeError, match="An event must be a dict of its columns"):
        WINDOWS.online().observe((1, 2))


def test_asking_for_what_is_gone_is_refused() -> None:
    live = WINDOWS.online(lateness="10s")
    live.observe(GOOD)
    with pytest.raises(DataError, match="Row 1: the time 989 lies 11s before the newest event"):
        live.lookup(pl.DataFrame({"ip": [1, 1], "at": [990, 989]}))
    with pytest.raises(DataError, match="Row 1: the time 989 lies 11s before the newest event"):
        live.lookup(pl.DataFrame({"ip": [[1, 2, 3], [1]], "at": [990, 989]}))


def test_the_unit_of_numbers_is_that_of_the_first_event_that_is_taken() -> None:
    live = WINDOWS.online()
    with pytest.raises(DataError):
        live.observe(GOOD | {"at": 1_700_000_000_000, "ip": 1.0})
    live.observe(GOOD | {"at": 1_700_000_000})
    assert live.observe(GOOD | {"at": 1_700_000_060})["count_ip_1h"] == 1
    assert live.stats.clock == 1_700_000_060_000_000


@pytest.mark.parametrize(
    "moment",
    [
        1_700_000_000,
        1_700_000_000.0,
        np.int64(1_700_000_000),
        "2023-11-14T22:13:20",
        "2023-11-14 22:13:20",
        "2023-11-14T22:13:20Z",
        "2023-11-14T22:13:20.000000",
        "2023-11-14T23:13:20+01:00",
        "2023-11-14T22:13:20.5",
        datetime(2023, 11, 14, 22, 13, 20),
        datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC),
    ],
)
def test_a_time_means_the_same_in_every_form(moment) -> None:
    live = WINDOWS.online()
    live.observe(GOOD | {"at": moment})
    assert live.stats.clock == 1_700_000_000_000_000


@pytest.mark.parametrize("store", STORES)
def test_a_restored_state_settles_the_unit_if_it_had_none_and_keeps_it_if_it_had(store, tmp_path) -> None:
    WINDOWS.online(store).save(tmp_path / "empty")
    live = LiveWindows.load(tmp_path / "empty")
    live.observe(GOOD | {"at": 1_700_000_000_000})
    live.save(tmp_path / "milliseconds")
    for again in (live, LiveWindows.load(tmp_path / "milliseconds")):
        # As seconds, this would be the time of the event, and one second more.
        with pytest.raises(DataError, match="the time 1700000001 lies"):
            again.lookup(pl.DataFrame({"ip": [1], "at": [1_700_000_001]}))
        with pytest.raises(DataError, match="the event at 1700000000 is"):
            again.observe(GOOD | {"at": 1_700_000_000})


def test_a_question_does_not_decide_the_unit() -> None:
    live = WINDOWS.online()
    live.lookup(pl.DataFrame({"ip": [1], "at": [1_700_000_000_000]}))
    live.observe(GOOD | {"at": datetime(2023, 11, 14, 22, 13, 20)})
    assert live.observe(GOOD | {"at": 1_700_000_060})["count_ip_1h"] == 1


@pytest.mark.parametrize("bad", [{"ip": 1.0}, {"at": 900}])
def test_a_refused_event_does_not_turn_totals_into_floats(bad) -> None:
    live = WINDOWS.online()
    big = (1 << 62) + 1
    live.observe(GOOD | {"cost": big})
    with pytest.raises(DataError):
        live.observe(GOOD | {"cost": 0.5} | bad)
    table = pl.DataFrame([{"ip": 1, "at": 1_000, "cost": 0.5}, {"ip": 1, "at": 999, "cost": 0.5}])
    with pytest.raises(DataError, match="Row 1"):
        live.observe_many(table)
    assert live.observe(GOOD | {"at": 1_001})["total_cost_ip_1h"] == big
    asked = live.lookup(pl.DataFrame({"ip": [1], "at": [1_001]}))["total_cost_ip_1h"]
    assert asked.dtype == pl.Int64
    live.observe(GOOD | {"at": 1_002, "cost": 0.5})
    assert live.lookup(pl.DataFrame({"ip": [1], "at": [1_003]}))["total_cost_ip_1h"].dtype == pl.Float64
