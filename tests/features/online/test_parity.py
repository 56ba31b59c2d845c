"""Live windows against their definition by brute force, against the batch, and against themselves."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.features.logs import RESOLUTIONS, SCHEMA, assert_same, features, rows, table, windows
from tests.features.online.replays import compare, expected, live_names, replayed, streams, tell
from tests.reference.windows import tick

STORES = ["reference://", "memory://"]


@settings(max_examples=100)
@given(streams())
def test_every_value_is_what_its_definition_says_of_what_was_seen(stream) -> None:
    wanted = expected(stream)
    for store in STORES:
        for many in (False, True):
            found = replayed(stream, stream.live(store), many=many)
            compare(found, wanted, live_names(stream))


@settings(max_examples=60)
@given(st.data())
def test_events_in_order_have_the_values_of_the_batch(data) -> None:
    resolution = data.draw(st.sampled_from(sorted(RESOLUTIONS)))
    definitions = data.draw(windows(resolution))
    made = sorted(data.draw(rows()), key=lambda row: row["at"])
    told = features(definitions, resolution, id="id")
    log = table(made).with_columns(id=pl.int_range(pl.len()))
    wanted = told.transform(log)
    micros = RESOLUTIONS[resolution]
    # A label is told before the first event of a later tick: that is when the batch knows it.
    happens = [(tick(row["at"], micros), 1, number) for number, row in enumerate(made)]
    happens += [(tick(row["told"], micros), 2, number) for number, row in enumerate(made) if row["bought"]]
    live = told.online()
    found = []
    for _, kind, number in sorted(happens):
        if kind == 1:
            found.append(live.observe(log.row(number, named=True)))
        else:
            tell(live, (number, made[number]["told"]))
    compare(found, wanted.select(told.names).to_dicts(), told.names)


@settings(max_examples=60)
@given(streams())
def test_after_late_events_and_labels_every_read_is_that_of_the_batch_in_order_of_time(stream) -> None:
    live = stream.live("memory://")
    replayed(stream, live, many=True)
    log = pl.DataFrame(
        [row for kind, row in stream.steps if kind == "event"], schema=SCHEMA | {"id": pl.Int64}
    ).sort("at", maintain_order=True)
    newest = max(log["at"], default=0.0)
    asked = pl.DataFrame(
        [
            {"at": newest + ahead, "ip": ip, "app": app, "site": site}
            for ahead in (0.0, 0.25, 1.0, 7.0, 150.0)
            for ip in (1, 11, 5, None)
            for app, site in ((1, "a"), (111, "b"), (11, ""), (7, None))
        ],
        schema={name: SCHEMA[name] for name in ("at", "ip", "app", "site")},
    )
    told = features(stream.definitions, stream.resolution)
    wanted = told.lookup(log, asked)
    assert_same(live.lookup(asked), wanted.select(told.names).to_dict(as_series=False))


@settings(max_examples=60)
@given(streams(), st.integers(1, 7))
def test_however_a_table_is_cut_its_values_are_the_same_to_the_bit(stream, size) -> None:
    events = [row for kind, row in stream.steps if kind == "event"]
    log = pl.DataFrame(events, schema=SCHEMA | {"id": pl.Int64})
    whole = stream.live("memory://").observe_many(log)
    live = stream.live("memory://")
    parts = [live.observe_many(log[start : start + size]) for start in range(0, len(log), size)]
    if parts:
        assert pl.concat(parts, how="vertical_relaxed").equals(whole)


@pytest.mark.parametrize("store", STORES)
@settings(max_examples=25)
@given(stream=streams(most=15), cut=st.integers(0, 30))
def test_a_saved_state_goes_on_as_if_it_had_not_been_saved(stream, cut, store, tmp_path_factory) -> None:
    folder = tmp_path_factory.mktemp("live") / "state"
    live = stream.live(store)
    whole = replayed(stream, live, many=False)
    first = type(stream)(stream.definitions, stream.resolution, stream.lateness, stream.steps[:cut])
    rest = type(stream)(stream.definitions, stream.resolution, stream.lateness, stream.steps[cut:])
    before = stream.live(store)
    found = replayed(first, before, many=False)
    before.save(folder)
    after = type(before).load(folder)
    assert after.stats == before.stats
    found += replayed(rest, after, many=False)
    compare(found, whole, live_names(stream))
    assert after.stats.keys == live.stats.keys
