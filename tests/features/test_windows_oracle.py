"""The batch of window features against DuckDB, which shares no code with it."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wanamaker as wm
from tests.features.logs import RESOLUTIONS, assert_same, features, rows, table, windows
from tests.reference import windows_sql as oracle

pytest.importorskip("duckdb")

LABELS = {"time": "at", "label": "bought", "label_time": "told"}


@st.composite
def cases(draw):
    resolution = draw(st.sampled_from(sorted(RESOLUTIONS)))
    return resolution, draw(windows(resolution)), draw(rows())


@pytest.mark.parametrize("frames", [False, True], ids=["joined", "frames"])
@settings(max_examples=40)
@given(case=cases())
def test_duckdb_gives_the_same(case, frames: bool) -> None:
    resolution, definitions, made = case
    log = table(made)
    told = {"resolution": RESOLUTIONS[resolution], "frames": frames, **LABELS}
    wanted = oracle.transform(definitions, log, **told)
    assert_same(features(definitions, resolution).transform(log), as_ours(wanted, definitions))


def as_ours(wanted, definitions):
    """Numbers as DuckDB gives them, decimals among them, in our types."""
    whole = {
        window.name
        for window in definitions
        if window.kind in {"count", "distinct"} or (window.kind, window.column) == ("total", "units")
    }
    kind = {name: int if name in whole else float for name in wanted}
    return {
        name: [None if value is None else kind[name](value) for value in values]
        for name, values in wanted.items()
    }


EVERY_KIND = [
    wm.count(by=["ip", "app"], within="5m"),
    wm.count(by=["ip", "app"], within="1h", after="5m"),
    wm.count(by=["site", "app", "ip"], within="5m", peers="arrived", name="arrived"),
    wm.distinct("app", by="ip", within="8h"),
    wm.distinct("site", by=["app", "ip"], within="2h", after="10m"),
    wm.total("units", by="ip", within="1h"),
    wm.total("cost", by="ip", within="1h"),
    wm.mean("cost", by=["ip", "site"], within="2h"),
    wm.mean("units", by="app", within="5m"),
    wm.since_last(by=["ip", "site"], within="1d"),
    wm.since_first(by="ip", within="1d"),
    wm.rate(by="app", within="1h", prior=10, mean=0.1),
    wm.rate(by="ip", within="1h", prior=10, mean=0.1, matured="5m", name="matured"),
]


def bursts(count: int, seed: int) -> pl.DataFrame:
    """A log of a day with bursts in one second, duplicate rows, and events exactly five minutes apart."""
    random = np.random.default_rng(seed)
    starts = random.integers(0, 86_400, count // 4)
    at = np.concatenate([starts, starts, starts + 300, random.integers(0, 86_400, count - 3 * len(starts))])
    ips = random.integers(1, 40, len(starts))
    log = pl.DataFrame(
        {
            "at": at.astype(float),
            "ip": np.concatenate([ips, ips, ips, random.integers(1, 40, count - 3 * len(starts))]),
            "app": random.choice([1, 11, 111], count),
            "site": random.choice(["a", "b", "c"], count),
            # Money in integer micros, of amounts that floats do not tell apart.
            "units": random.integers(2**53, 2**54, count) * random.choice([-1, 1], count),
            "cost": random.integers(-1_000, 1_000, count) / 8,
        }
    )
    bought = random.random(count) < 0.2
    told = log["at"] + random.choice([0.0, 1.0, 60.0, 5_000.0], count)
    return pl.concat([log, log.head(count // 10)]).with_columns(
        bought=pl.Series(np.concatenate([bought, bought[: count // 10]])).cast(pl.Int64),
        told=pl.concat([told, told.head(count // 10)]).set(
            pl.Series(~np.concatenate([bought, bought[: count // 10]])), None
        ),
    )


def test_bursts_duplicates_and_events_at_the_edge_agree() -> None:
    log = bursts(2_000, seed=1)
    windows_ = features(EVERY_KIND)
    for frames in (False, True):
        wanted = oracle.transform(EVERY_KIND, log, frames=frames, **LABELS)
        assert_same(windows_.transform(log), as_ours(wanted, EVERY_KIND), scale=1e3)


def test_an_empty_table_before_rows_agrees() -> None:
    log = bursts(200, seed=2)
    joined = pl.concat([log.clear(), log], rechunk=False)
    wanted = oracle.transform(EVERY_KIND, joined, **LABELS)
    assert_same(features(EVERY_KIND).transform(joined), as_ours(wanted, EVERY_KIND), scale=1e3)


def test_keys_that_overflow_when_packed_agree() -> None:
    random = np.random.default_rng(3)
    wide = random.choice([-(2**63), 2**63 - 1, 0, -1, 2**62], (2, 500))
    log = bursts(500, seed=4).head(500).with_columns(ip=wide[0], app=wide[1])
    definitions = [wm.count(by=["ip", "app"], within="1h"), wm.distinct("app", by="ip", within="1h")]
    wanted = oracle.transform(definitions, log, **LABELS)
    assert_same(features(definitions).transform(log), wanted)
