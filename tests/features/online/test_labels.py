"""Labels that become known later."""

from __future__ import annotations

import polars as pl
import pytest

import wanamaker as wm
from wanamaker.base.errors import DataError, ParameterError

STORES = ["reference://", "memory://"]


def live_rates(store: str, **told):
    windows = wm.WindowFeatures(
        [wm.rate(by="app", within="1h", prior=2, mean=0.5)], time="at", id="id", label="y", label_time="yt"
    )
    return windows.online(store, **told)


@pytest.mark.parametrize("store", STORES)
def test_a_conversion_counts_strictly_after_it_was_known(store) -> None:
    live = live_rates(store)
    live.observe({"app": 1, "at": 0, "id": "a"})
    assert live.label("a", at=100)
    rates = [live.observe({"app": 1, "at": at, "id": f"at {at}"})["rate_app_1h"] for at in (100, 101, 102)]
    assert rates == pytest.approx([1 / 3, 2 / 4, 2 / 5])


@pytest.mark.parametrize("store", STORES)
def test_a_label_that_comes_late_counts_for_reads_after_its_own_time(store) -> None:
    live = live_rates(store, lateness="1h")
    live.observe({"app": 1, "at": 0, "id": 1})
    live.observe({"app": 1, "at": 50, "id": 2})
    live.label(1, at=10)
    asked = pl.DataFrame({"app": [1, 1, 1], "at": [10, 11, 60]})
    assert live.lookup(asked)["rate_app_1h"].to_list() == pytest.approx([1 / 3, 2 / 3, 2 / 4])


@pytest.mark.parametrize("store", STORES)
def test_a_label_in_the_future_waits_for_its_time(store) -> None:
    live = live_rates(store)
    live.observe({"app": 1, "at": 0, "id": 1})
    live.label(1, at=1_000)
    asked = pl.DataFrame({"app": [1, 1], "at": [1_000, 1_001]})
    assert live.lookup(asked)["rate_app_1h"].to_list() == pytest.approx([1 / 3, 2 / 3])


@pytest.mark.parametrize("store", STORES)
def test_what_becomes_of_every_label_is_told(store) -> None:
    live = live_rates(store)
    live.observe({"app": 1, "at": 5, "id": 1})
    live.observe({"app": 1, "at": 6, "id": 2})
    assert [live.label(1, at=7), live.label(1, at=7), live.label(77, at=7), live.label("2", at=7)] == [
        *(True, False, False, False)
    ]
    assert live.label_many(pl.DataFrame({"id": [2, 2, 78], "yt": [9, 9, 9]})) == {
        "counted": 1,
        "repeated": 1,
        "unheld": 1,
    }
    stats = live.stats
    assert (stats.labels, stats.repeated_labels, stats.unheld_labels) == (2, 2, 3)


@pytest.mark.parametrize("store", STORES)
def test_labels_that_cannot_be_are_refused_and_none_of_them_counts(store) -> None:
    live = live_rates(store)
    live.observe_many(pl.DataFrame({"app": [1, 1], "at": [5, 6], "id": [1, 2]}))
    before = live.lookup(pl.DataFrame({"app": [1], "at": [1_000]}))
    with pytest.raises(DataError, match="label of 1 lies before its event: 1970-01-01T00:00:04Z"):
        live.label(1, at=4)
    with pytest.raises(DataError, match="Row 1: the label of 1 lies before its event"):
        live.label_many(pl.DataFrame({"id": [2, 1], "yt": [9, 4]}))
    with pytest.raises(DataError, match="Row 1: the label of 2 is known since 1970-01-01T00:00:09Z"):
        live.label_many(pl.DataFrame({"id": [2, 2], "yt": [9, 10]}))
    with pytest.raises(DataError, match="'never' cannot be read as a time"):
        live.label(1, at="never")
    with pytest.raises(ParameterError, match="'id' must be the id of an event"):
        live.label(None, at=9)
    assert live.lookup(pl.DataFrame({"app": [1], "at": [1_000]})).equals(before)
    assert live.label(2, at=9)
    with pytest.raises(
        DataError, match=r"of 2 is known since 1970-01-01T00:00:09Z\. Got 1970-01-01T00:00:10Z"
    ):
        live.label(2, at=10)


@pytest.mark.parametrize("store", STORES)
def test_an_id_that_is_held_is_refused_and_nothing_is_counted(store) -> None:
    live = live_rates(store)
    live.observe({"app": 1, "at": 5, "id": 1})
    before = live.stats
    with pytest.raises(DataError, match="an event with the id 1 was counted already"):
        live.observe({"app": 1, "at": 6, "id": 1})
    with pytest.raises(DataError, match="Row 2: an event with the id 3 was counted already"):
        live.observe_many(pl.DataFrame({"app": [1, 1, 1], "at": [7, 8, 9], "id": [2, 3, 3]}))
    after = live.stats
    assert (after.events, after.ids, after.clock) == (before.events, before.ids, before.clock)
    assert after.refused_events == 2
    live.observe_many(pl.DataFrame({"app": [1, 1], "at": [7, 8], "id": [2, 3]}))
    assert live.stats.ids == 3


def test_labels_need_an_id_and_a_rate() -> None:
    plain = wm.WindowFeatures([wm.count(by="app", within="1h")], time="at", id="id").online()
    with pytest.raises(ParameterError, match="none of the windows is a rate"):
        plain.label(1, at=2)
    rates = [wm.rate(by="app", within="1h", mean=0.5)]
    unnamed = wm.WindowFeatures(rates, time="at", label="y", label_time="yt").online()
    unnamed.observe({"app": 1, "at": 5})
    with pytest.raises(ParameterError, match="Labels need the 'id' parameter"):
        unnamed.label(1, at=2)


@pytest.mark.parametrize("store", STORES)
def test_a_refused_table_leaves_ids_as_they_were(store) -> None:
    live = live_rates(store)
    live.observe({"app": 1, "at": 5, "id": 1})
    # By the time of the second row, no label of the first event could matter: its id may be used again.
    table = pl.DataFrame({"app": [1, 1, 1], "at": [9_000, 9_001, 9_002], "id": [2, 1, 2]})
    with pytest.raises(DataError, match="Row 2: an event with the id 2 was counted already"):
        live.observe_many(table)
    assert live.stats.ids == 1
    assert live.label(1, at=6)
    assert live.lookup(pl.DataFrame({"app": [1], "at": [7]}))["rate_app_1h"].to_list() == [2 / 3]
    assert len(live.observe_many(table[:2])) == 2
    assert live.stats.ids == 2


@pytest.mark.parametrize("store", STORES)
def test_an_event_without_its_id_is_refused(store) -> None:
    live = live_rates(store)
    with pytest.raises(DataError, match="Column 'id': the id is missing"):
        live.observe({"app": 1, "at": 5, "id": None})
    with pytest.raises(DataError, match="Column 'id', row 1: the id is missing"):
        live.observe_many(pl.DataFrame({"app": [1, 1], "at": [5, 6], "id": [1, None]}))
    with pytest.raises(DataError, match="Column 'id', row 0: the id is missing"):
        live.label_many(pl.DataFrame({"id": [None], "yt": [9]}, schema={"id": pl.Int64, "yt": pl.Int64}))
    assert live.stats.clock is None
