"""What live windows hold is bounded by the longest window, and is let go by and by."""

from __future__ import annotations

import polars as pl
import pytest

import wanamaker as wm

STORES = ["reference://", "memory://"]


def clicks(keys: int, per_second: int) -> pl.DataFrame:
    """Clicks of keys that never come again."""
    return pl.DataFrame({"ip": range(keys), "app": [key % 3 for key in range(keys)]}).with_columns(
        at=pl.col("ip") // per_second
    )


@pytest.mark.parametrize("store", STORES)
def test_after_evict_only_what_a_window_reaches_is_held(store) -> None:
    live = wm.WindowFeatures([wm.count(by="ip", within="10s")], time="at").online(store)
    for second in range(100):
        live.observe({"ip": second % 50, "at": second})
    live.evict()
    # A read at second 99 reaches back to 89.
    assert (live.stats.keys, live.stats.events) == (11, 11)
    assert live.stats.evicted_keys + live.size == 100
    assert live.stats.dropped_events + live.stats.events == 100


@pytest.mark.parametrize("store", STORES)
def test_lateness_is_held_beyond_the_window(store) -> None:
    live = wm.WindowFeatures([wm.count(by="ip", within="10s")], time="at").online(store, lateness="5s")
    for second in range(100):
        live.observe({"ip": second, "at": second})
    live.evict()
    assert live.size == 16


def test_keys_held_are_at_most_twice_those_in_the_window_at_all_times() -> None:
    live = wm.WindowFeatures([wm.count(by="ip", within="100s")], time="at").online()
    log = clicks(60_000, per_second=10)
    in_window = 101 * 10
    most = 0
    for start in range(0, len(log), 500):
        live.observe_many(log[start : start + 500])
        most = max(most, live.size)
    assert in_window <= live.size <= most <= 2 * in_window
    assert live.stats.evicted_keys + live.size == 60_000


def test_memory_stops_growing_once_the_longest_window_is_full() -> None:
    asked = [wm.count(by="ip", within="100s"), wm.distinct("app", by="ip", within="50s")]
    live = wm.WindowFeatures([*asked, wm.total("ip", by="app", within="20s")], time="at").online()
    log = clicks(80_000, per_second=20)
    live.observe_many(log[:20_000])
    held = live.nbytes
    live.observe_many(log[20_000:])
    assert live.nbytes <= 1.3 * held


def test_a_key_with_many_events_gives_back_the_memory_of_a_burst() -> None:
    asked = [wm.count(by="ip", within="100s"), wm.distinct("app", by="ip", within="100s")]
    live = wm.WindowFeatures(asked, time="at", resolution="1ms").online()
    burst = pl.DataFrame({"ip": [1] * 20_000, "app": range(20_000), "at": [n / 1000 for n in range(20_000)]})
    live.observe_many(burst)
    assert live.stats.events == 20_000
    assert live.observe({"ip": 1, "app": 1, "at": 500.0}) == {
        "count_ip_100s": 0,
        "distinct_app_ip_100s": 0,
    }
    live.evict()
    assert live.stats.events == 1
    before = live.nbytes
    live.observe_many(burst.with_columns(pl.col("at") + 1_000, ip=pl.lit(2)))
    assert live.nbytes == before


def test_an_evicted_key_comes_back_as_if_it_were_new() -> None:
    live = wm.WindowFeatures([wm.count(by="ip", within="1h")], time="at").online()
    hour = 3_600
    for at in (0, 1, 2):
        live.observe({"ip": 1, "at": at})
    for number in range(10):
        live.observe({"ip": 2, "at": 10 * hour + number})
    assert live.size == 1
    assert live.observe({"ip": 1, "at": 11 * hour})["count_ip_1h"] == 0
    assert live.observe({"ip": 1, "at": 11 * hour + 1})["count_ip_1h"] == 1


@pytest.mark.parametrize("store", STORES)
def test_ids_are_held_as_long_as_a_label_matters(store) -> None:
    rate = wm.rate(by="ip", within="10s", mean=0.5, prior=0)
    windows = wm.WindowFeatures([rate], time="at", id="id", label="y", label_time="yt")
    live = windows.online(store)
    for second in range(50):
        live.observe({"ip": 1, "at": second, "id": second})
    live.evict()
    assert live.stats.ids == 11
    assert live.label(49 - 10, at=60)
    assert not live.label(49 - 11, at=60)
    assert live.stats.unheld_labels == 1


@pytest.mark.parametrize("store", STORES)
def test_evict_leaves_nothing_old_with_a_key_that_is_still_reached(store) -> None:
    asked = [wm.count(by="ip", within="10s"), wm.distinct("app", by="ip", within="10s")]
    live = wm.WindowFeatures(asked, time="at").online(store)
    for at in (0, 0, 1_000):
        live.observe({"ip": 1, "app": at, "at": at})
    live.evict()
    assert (live.stats.keys, live.stats.events, live.stats.dropped_events) == (1, 1, 2)


def test_values_of_a_burst_are_let_go_while_their_key_goes_on_slowly() -> None:
    asked = [wm.distinct("app", by="ip", within="100s")]
    live = wm.WindowFeatures(asked, time="at").online()
    burst = pl.DataFrame({"ip": [1] * 20_000, "app": range(20_000), "at": [0] * 20_000})
    live.observe_many(burst)
    other = pl.DataFrame({"ip": [2] * 400, "app": [1] * 400, "at": [200] * 400})
    live.observe({"ip": 1, "app": 1, "at": 200})
    live.observe_many(other)
    before = live.nbytes
    live.observe_many(burst.with_columns(ip=pl.lit(3), at=pl.lit(200)))
    assert live.nbytes == before
