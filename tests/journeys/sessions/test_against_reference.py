"""Sessions of random logs are exactly those of the slow, obvious reference."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wanamaker as wm
from tests.reference import sessions as reference
from tests.strategies import ID_POOLS

pytestmark = pytest.mark.filterwarnings("ignore::wanamaker.base.errors.DataWarning")

EVENTS = ["view", "cart", " cart ", "buy", None, ""]
QUESTIONS = st.sampled_from([(None, None), ("buy", None), ("buy", 1), ("buy", 3), ("never", None)])
COLUMNS = {"session": "session", "time": "t", "event": "event", "numeric": ["price"], "categorical": ["page"]}


@st.composite
def logs(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rows in random order, with ties, blanks, missing prices and ids that collide when glued."""
    pool = draw(st.sampled_from(ID_POOLS))
    row = st.fixed_dictionaries(
        {
            "session": st.one_of(st.sampled_from(pool), st.sampled_from([*pool, None])),
            "t": st.integers(0, 6),
            "event": st.sampled_from(EVENTS),
            "price": st.sampled_from([1.5, -2.0, math.nan, None]),
            "page": st.sampled_from(["a", " a", "b", None]),
        }
    )
    rows = draw(st.lists(row, min_size=1, max_size=30))
    known = {"session": pool[0], "t": 0, "event": "view", "price": 1.0, "page": "a"}
    return [*rows, known]


def frame_of(rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = {"session": None, "t": pl.Int64, "event": pl.String, "price": pl.Float64, "page": pl.String}
    return pl.DataFrame(rows, schema_overrides={name: kind for name, kind in schema.items() if kind})


def read(rows, outcome, horizon):
    return wm.sessions_from_events(frame_of(rows), outcome=outcome, horizon=horizon, **COLUMNS)


def slices(sessions, flat):
    """One list of values per session."""
    return [
        list(flat[low:high]) for low, high in zip(sessions.offsets[:-1], sessions.offsets[1:], strict=True)
    ]


def told(sessions, expected):
    """Every column of the sessions beside what the reference holds."""
    assert sessions.table["session"].to_list() == [session.id for session in expected]
    names = np.array([*sessions.event_names, ""], dtype=object)
    events = [session.events for session in expected]
    assert slices(sessions, names[sessions.events]) == [[event["event"] for event in own] for own in events]
    assert slices(sessions, sessions.times) == [[event["t"] * 1_000_000 for event in own] for own in events]
    assert slices(sessions, sessions.log_rows) == [[event["row"] for event in own] for own in events]
    pages = sessions.categorical["page"]
    page_names = np.array([*pages.names, None], dtype=object)
    assert slices(sessions, page_names[pages.codes]) == [
        [None if event["page"] is None else event["page"].strip() for event in own] for own in events
    ]
    prices = [[event["price"] for event in own] for own in events]
    for ours, own in zip(slices(sessions, sessions.numeric["price"]), prices, strict=True):
        assert np.array_equal(ours, np.array(own, dtype=float), equal_nan=True)
    if expected[0].step_labels is not None:
        assert slices(sessions, sessions.step_labels) == [session.step_labels for session in expected]


@given(logs(), QUESTIONS)
def test_order_columns_and_answers_are_those_of_the_definition(rows, question):
    outcome, horizon = question
    sessions, expected = read(rows, outcome, horizon), reference.read(rows, outcome, horizon)
    told(sessions, expected)
    assert (sessions.labels is None) == (outcome is None or horizon is not None)
    if sessions.labels is not None:
        assert sessions.labels.tolist() == [session.label for session in expected]
        assert sessions.table["label"].to_list() == sessions.labels.tolist()
        assert sessions.asked.tolist() == [bool(session.events) for session in expected]
    starts = [session.started for session in expected]
    assert sessions.table["started"].dt.epoch("s").to_list() == starts


@given(logs(), QUESTIONS, st.data())
def test_parts_are_the_same_parts_of_the_reference(rows, question, data):
    outcome, horizon = question
    sessions, expected = read(rows, outcome, horizon), reference.read(rows, outcome, horizon)
    chosen = data.draw(st.lists(st.integers(0, len(expected) - 1), min_size=1))
    events = data.draw(st.integers(0, 5))
    told(sessions.take(chosen), [expected[number] for number in chosen])
    for part, cut in ((sessions.prefix(events), slice(0, events)), (sessions.last(events), None)):
        kept = cut or slice(-events if events else 10**6, None)
        told(part, [shortened(session, kept) for session in expected])
        assert part.table.equals(sessions.table)


def shortened(session, cut):
    labels = None if session.step_labels is None else session.step_labels[cut]
    return reference.Session(session.id, session.events[cut], session.label, session.started, labels)


@given(logs(), QUESTIONS, st.randoms(use_true_random=False))
def test_the_order_of_rows_of_different_times_changes_no_session(rows, question, shuffle):
    distinct = {(row["session"], row["t"]): row for row in rows}
    rows = list(distinct.values())
    mixed = list(rows)
    shuffle.shuffle(mixed)
    frames = [read(some, *question).to_frame().sort("session") for some in (rows, mixed)]
    assert frames[0].equals(frames[1])


@given(logs(), QUESTIONS)
def test_a_row_per_session_with_lists_is_the_same_log(rows, question):
    frame = frame_of(rows).filter(pl.col("session").is_not_null())
    lists = frame.group_by("session", maintain_order=True).agg(pl.all())
    outcome, horizon = question
    one, other = (
        wm.sessions_from_events(table, outcome=outcome, horizon=horizon, **COLUMNS)
        for table in (frame, lists)
    )
    assert one.to_frame().equals(other.to_frame())
    assert set(other.log_rows.tolist()) <= set(range(len(lists)))


@given(logs(), QUESTIONS)
def test_the_frame_holds_every_column_as_lists(rows, question):
    sessions = read(rows, *question)
    frame = sessions.to_frame()
    assert frame["events"].list.len().to_list() == sessions.lengths.tolist()
    for number, row in enumerate(frame.iter_rows(named=True)):
        low, high = sessions.offsets[number], sessions.offsets[number + 1]
        assert row["events"] == [sessions.event_names[code] for code in sessions.events[low:high]]
        since = (sessions.times[low:high] - sessions.times[low : low + 1]) / 1e6
        assert row["seconds"] == since.tolist()
        assert [math.nan if price is None else price for price in row["price"]] == pytest.approx(
            sessions.numeric["price"][low:high].tolist(), nan_ok=True
        )
        if sessions.step_labels is not None:
            assert row["step_label"] == sessions.step_labels[low:high].tolist()
