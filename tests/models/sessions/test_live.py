"""Live is batch: after every event the same probability, whatever comes."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wanamaker as wm
from tests.models.sessions.worlds import fitted, log_of, model, sessions_of
from wanamaker.base.errors import DataError, SchemaError

KINDS = {
    **{cell: {"cell": cell} for cell in ("rnn", "gru", "lstm", "transformer", "bag")},
    **{f"{cell}, 2 layers": {"cell": cell, "layers": 2} for cell in ("gru", "lstm", "transformer")},
    "one event": {"cell": "gru", "max_length": 1},
}
each_kind = pytest.mark.parametrize("kind", KINDS)

events = st.lists(
    st.fixed_dictionaries(
        {
            "event": st.sampled_from(["view", "cart", "leave", "search", "never seen", "  view "]),
            "gap": st.sampled_from([0, 0, 1, 59, 3_600, 10_000_000]),
            "brand": st.sampled_from(["a", "b", "new", None, ""]),
            "price": st.sampled_from([None, 0.0, 19.5, 1e9, -3.0]),
        }
    ),
    min_size=1,
    max_size=15,
)
features = st.fixed_dictionaries(
    {"device": st.sampled_from(["phone", "tablet", None]), "age": st.sampled_from([None, 33.0, 200])}
)


def as_batch(happened, known):
    times = np.cumsum([one["gap"] for one in happened]) + 1_700_000_000
    columns = {name: pl.Series([one[name] for one in happened]) for name in ("event", "brand", "price")}
    log = pl.DataFrame(
        {"session": ["x"] * len(happened), "user": 1, "t": times, **columns},
        schema_overrides={"brand": pl.String, "price": pl.Float64},
    )
    statics = {
        "device": pl.lit(known["device"], dtype=pl.String),
        "age": pl.lit(known["age"], dtype=pl.Float64),
    }
    return sessions_of(log.with_columns(**statics)), times


@each_kind
@given(happened=events, known=features)
@settings(max_examples=12, deadline=None)
def test_live_is_batch_after_every_event(kind, happened, known):
    one = fitted(**KINDS[kind])
    batch, times = as_batch(happened, known)
    after = one.predict_prefixes(batch)
    live = one.start(known)
    for place, (event, at) in enumerate(zip(happened, times.tolist(), strict=True)):
        told = live.observe({**event, "time": at, "more": "not read"})
        assert told == live.probability
        assert live.events == place + 1
        assert abs(told - after[place]) < 1e-6


@each_kind
def test_a_session_that_has_just_begun_is_told_what_an_empty_one_is_told(kind):
    one = fitted(**KINDS[kind])
    batch, _ = as_batch(
        [{"event": "view", "gap": 0, "brand": None, "price": None}], {"device": "phone", "age": 5.0}
    )
    assert (
        abs(one.start({"device": "phone", "age": 5.0}).probability - one.predict(batch.prefix(0))[0]) < 1e-6
    )


def test_a_model_that_learned_from_empty_sessions_knows_what_to_say_of_them():
    sessions = sessions_of(log_of(200))
    one = model().fit(wm.Sessions(**{**fields_of(sessions), **emptied(sessions)}))
    fresh = one.start({"device": "phone", "age": 5.0})
    batch, _ = as_batch(
        [{"event": "view", "gap": 0, "brand": None, "price": None}], {"device": "phone", "age": 5.0}
    )
    assert abs(fresh.probability - one.predict(batch.prefix(0))[0]) < 1e-6
    assert one.fitted_.empty is None
    assert fitted("gru").fitted_.empty is not None


def fields_of(sessions):
    return {name: getattr(sessions, name) for name in sessions.__dataclass_fields__}


def emptied(sessions):
    """Return the columns of sessions of which every second one has no events."""
    half = [sessions.take([row]).prefix(0 if row % 2 else 10**6) for row in range(len(sessions))]
    kept = np.concatenate(
        [
            np.arange(a, b)
            for row, (a, b) in enumerate(zip(sessions.offsets, sessions.offsets[1:], strict=False))
            if row % 2 == 0
        ]
    )
    cut = {name: getattr(sessions, name)[kept] for name in ("events", "times")}
    brand = sessions.categorical["brand"]
    return {
        **cut,
        "offsets": np.concatenate([[0], np.cumsum([len(one.events) for one in half])]),
        "categorical": {"brand": brand._replace(codes=brand.codes[kept])},
        "numeric": {"price": sessions.numeric["price"][kept]},
        "log_rows": None,
    }


def test_times_may_be_moments_texts_or_numbers():
    one = fitted("gru")
    base = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
    moments = [base, base + timedelta(seconds=90.5), base + timedelta(hours=2)]
    forms = (
        lambda moment: moment,
        lambda moment: moment.replace(tzinfo=None),
        lambda moment: moment.isoformat(),
        lambda moment: moment.timestamp(),
        lambda moment: int(moment.timestamp() * 1e6),
        lambda moment: np.float64(moment.timestamp()),
    )
    found = []
    for form in forms:
        live = one.start({"device": None, "age": None})
        given_ = {"event": "view", "brand": "a", "price": 5}
        found.append([live.observe({**given_, "time": form(moment)}) for moment in moments])
    assert np.allclose(found, found[0], atol=1e-9)
    assert len(set(found[0])) == 3


def test_sessions_under_way_do_not_disturb_each_other():
    one = fitted("lstm")
    event = {"event": "view", "time": 5, "brand": "a", "price": 5}
    first, second = one.start({"device": None, "age": 1}), one.start({"device": None, "age": 1})
    told = [first.observe({**event, "time": at}) for at in (1, 2, 9)]
    second.observe({**event, "event": "cart"})
    third = one.start({"device": None, "age": 1})
    assert [third.observe({**event, "time": at}) for at in (1, 2, 9)] == told


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"time": 3}, "must come in order of time. One is 2 s early"),
        ({"time": "soon"}, "'time': 'soon' cannot be read as a time"),
        ({"time": None}, "'time': the time is missing"),
        ({"price": "dear"}, "'dear' is no number in the numeric column"),
        ({"price": float("inf")}, "is no finite number"),
        ({"brand": ["a"]}, r"'brand' must be a name. Got \['a'\]"),
        ({"event": " "}, "'event' must name what happened. Got ' '"),
    ],
)
def test_an_event_that_cannot_be_read_is_refused_and_changes_nothing(change, message):
    live = fitted("gru").start({"device": None, "age": None})
    event = {"event": "view", "time": 5, "brand": "a", "price": 5}
    before = live.observe(event)
    with pytest.raises(DataError, match=message):
        live.observe({**event, **change})
    assert live.probability == before
    assert live.events == 1
    again = fitted("gru").start({"device": None, "age": None})
    again.observe(event)
    assert live.observe(event) == again.observe(event)


def test_a_missing_column_is_named():
    one = fitted("gru")
    with pytest.raises(SchemaError, match="The features must have 'device'"):
        one.start({"age": 5})
    with pytest.raises(
        SchemaError,
        match=r"must have 'price'. Got \['brand', 'event', 'prize', 'time'\].*\n.*Did you mean 'prize'",
    ):
        one.start({"age": 5, "device": None}).observe({"event": "view", "time": 5, "brand": "a", "prize": 5})


def test_a_model_of_features_alone_has_its_answer_at_the_start():
    table = pl.DataFrame({"x": np.arange(300.0), "kind": ["a", "b", None] * 100, "y": [0, 1, 1] * 100})
    sessions = wm.sessions_from_table(table, label="y")
    one = model().fit(sessions)
    told = [
        one.start({"x": row["x"], "kind": row["kind"]}).probability for row in table[:5].iter_rows(named=True)
    ]
    assert np.allclose(told, one.predict(sessions)[:5], atol=1e-6)
    with pytest.raises(SchemaError, match="Training had no events"):
        one.start({"x": 1, "kind": "a"}).observe({"event": "view"})


@pytest.mark.slow
@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm", "transformer", "bag"])
@pytest.mark.parametrize("max_length", [10, 300])
def test_an_event_takes_less_than_a_millisecond(cell, max_length):
    one = model(cell=cell, width=32, max_length=max_length).fit(sessions_of(log_of(100)))
    live = one.start({"device": None, "age": 40})
    spent = []
    for place in range(400):
        event = {"event": "view", "time": place * 10, "brand": "a", "price": 5.0}
        before = time.process_time_ns()
        live.observe(event)
        spent.append(time.process_time_ns() - before)
    assert np.quantile(spent[-50:], 0.2) < 1_000_000  # other work on the machine is not ours
