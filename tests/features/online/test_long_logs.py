"""Logs that are long enough for tables to grow, for keys to be evicted and for memory to be used again."""

from __future__ import annotations

import numpy as np
import polars as pl

import wanamaker as wm

ROWS = 40_000
DEFINED = [
    wm.count(by="ip", within="5m"),
    wm.count(by="ip", within="1h", after="5m"),
    wm.count(by=["ip", "app"], within="20m", peers="arrived", name="arrived"),
    wm.distinct("app", by="ip", within="30m"),
    wm.distinct("ip", by="app", within="10m", after="2m"),
    wm.distinct("ip", by="app", within="1h"),
    wm.total("cost", by="app", within="1h"),
    wm.total("units", by=["ip", "name"], within="1h"),
    wm.mean("cost", by="name", within="3m"),
    wm.since_last(by="name", within="1h"),
    wm.since_first(by=["ip", "app"], within="40m"),
    wm.rate(by="app", within="45m", matured="5m", mean=0.2),
    wm.rate(by="name", within="30m", mean=0.2, prior=1),
]


def clicks(seed: int = 0) -> pl.DataFrame:
    """Clicks of keys that come and go, in order of time, some with nulls."""
    random = np.random.default_rng(seed)
    at = np.sort(random.integers(0, 6 * 3_600, ROWS))
    era = at // 1_800
    frame = pl.DataFrame(
        {
            "ip": era * 700 + random.zipf(1.3, ROWS) % 1_500,
            "app": random.zipf(1.6, ROWS) % 20,
            "name": np.char.add("name ", (random.zipf(1.5, ROWS) % 4_000).astype(str)),
            "units": random.integers(-5, 5, ROWS),
            "cost": random.normal(0, 1, ROWS),
            "at": at + 1_700_000_000,
            "id": np.arange(ROWS),
            "y": (random.random(ROWS) < 0.02).astype(np.int8),
        }
    )
    delay = pl.Series(random.integers(0, 1_200, ROWS))
    blank = [
        pl.when(pl.Series(random.random(ROWS) > 0.02)).then(pl.col(name)).alias(name)
        for name in ("ip", "cost")
    ]
    return frame.with_columns(*blank, yt=pl.when(pl.col("y") == 1).then(pl.col("at") + delay))


def windows() -> wm.WindowFeatures:
    return wm.WindowFeatures(DEFINED, time="at", id="id", label="y", label_time="yt")


def assert_close(found: pl.DataFrame, wanted: pl.DataFrame) -> None:
    for name in windows().names:
        assert found[name].dtype == wanted[name].dtype
        if found[name].dtype.is_integer():
            assert found[name].equals(wanted[name]), name
        else:
            one, other = found[name].to_numpy(), wanted[name].to_numpy()
            np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9, err_msg=name)


def test_a_long_stream_with_its_labels_has_the_values_of_the_batch() -> None:
    log = clicks()
    live = windows().online()
    labels = log.filter(pl.col("y") == 1).select("id", "yt").sort("yt")
    # Each label is told before the first event of a later tick: that is when the batch knows of it.
    due = labels["yt"].search_sorted(log["at"], side="left")
    made, told = [], 0
    for (count,), chunk in log.group_by(due.alias("due"), maintain_order=True):
        if count > told:
            live.label_many(labels[told:count])
            told = count
        made.append(live.observe_many(chunk))
    assert_close(pl.concat(made), windows().transform(log))
    assert live.stats.evicted_keys > 1_000
    assert live.stats.unheld_labels == 0


def test_a_long_stream_out_of_order_ends_as_the_batch_in_order() -> None:
    log = clicks(1)
    random = np.random.default_rng(2)
    late = log.with_columns(order=pl.col("at") + pl.Series(random.integers(0, 300, ROWS))).sort("order")
    live = windows().online(lateness="5m")
    for start in range(0, ROWS, 7_000):
        live.observe_many(late[start : start + 7_000].drop("order"))
    live.label_many(late.filter(pl.col("y") == 1).select("id", "yt"))
    newest = log["at"].max()
    asked = (
        log.select("ip", "app", "name")
        .unique()
        .sample(5_000, seed=0)
        .with_columns(at=newest + pl.Series(random.integers(0, 2_000, 5_000)))
    )
    wanted = windows().lookup(log, asked)
    assert_close(live.lookup(asked), wanted)
    assert live.stats.late_events > 10_000


def test_one_by_one_is_at_once_and_ends_in_the_same_state() -> None:
    log = clicks(3)[:6_000]
    one, many = windows().online(), windows().online()
    found = pl.DataFrame(
        [one.observe(row) for row in log.iter_rows(named=True)],
        schema_overrides={name: pl.Float64 for name in windows().names if "rate" in name or "mean" in name},
        infer_schema_length=None,
    )
    wanted = many.observe_many(log)
    for name in windows().names:
        assert found[name].cast(wanted[name].dtype).equals(wanted[name]), name
    assert one.stats == many.stats
