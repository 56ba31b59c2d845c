"""A probability after every event, that reads nothing of what follows."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from tests.models.sessions.worlds import fitted, log_of, model, sessions_of
from wanamaker.base.errors import ParameterError, SchemaError

CELLS = ("rnn", "gru", "lstm", "transformer", "bag")
SESSIONS = sessions_of(log_of(80, seed=5))
each_cell = pytest.mark.parametrize("cell", CELLS)


@each_cell
def test_a_session_is_told_what_its_last_prefix_is_told(cell):
    one = fitted(cell)
    ends = one.predict_prefixes(SESSIONS)[SESSIONS.offsets[1:] - 1]
    assert np.allclose(one.predict(SESSIONS), ends, atol=1e-6, rtol=0)


@each_cell
@pytest.mark.parametrize("most", [1, 3, 7, 12])
def test_a_prefix_is_told_what_the_session_is_told_if_it_ends_there(cell, most):
    one = fitted(cell)
    longer = SESSIONS.take(SESSIONS.lengths >= most)
    after = one.predict_prefixes(longer)[longer.offsets[:-1] + most - 1]
    assert np.allclose(one.predict(longer.prefix(most)), after, atol=1e-6, rtol=0)
    # Beyond max_length the network reads nothing but the last events; how many there were is known.
    ends = one.margins(longer.prefix(most))
    assert np.allclose(one.margins(longer.prefix(most).last(6)), ends, atol=1e-6, rtol=0)


@each_cell
def test_windows_that_are_laid_out_in_pieces_are_told_the_same(cell, monkeypatch):
    one = fitted(cell)
    whole = one.predict_prefixes(SESSIONS)
    monkeypatch.setattr("wanamaker.models.sessions.fitted._STEPS_AT_ONCE", 7)
    assert np.allclose(one.predict_prefixes(SESSIONS), whole, atol=1e-6, rtol=0)


@each_cell
def test_what_comes_later_changes_nothing_that_was_said_before(cell):
    one = fitted(cell)
    longer = SESSIONS.take(SESSIONS.lengths >= 4)
    other = longer.take(np.arange(len(longer)))
    places = np.concatenate(
        [np.arange(a + 3, b) for a, b in zip(longer.offsets, longer.offsets[1:], strict=False)]
    )
    events = other.events.copy()
    events[places] = (events[places] + 1) % len(other.event_names)
    price = other.numeric["price"].copy()
    price[places] = 1e6
    other = type(other)(**{**vars_of(other), "events": events, "numeric": {"price": price}})
    changed, before = one.predict_prefixes(other), one.predict_prefixes(longer)
    kept = np.setdiff1d(np.arange(len(events)), places)
    assert np.allclose(changed[kept], before[kept], atol=1e-6, rtol=0)
    assert not np.allclose(changed[places], before[places], atol=1e-3)


def vars_of(sessions):
    return {name: getattr(sessions, name) for name in sessions.__dataclass_fields__}


def test_the_table_of_prefixes_has_one_row_per_event_in_order():
    one = fitted("gru")
    table = one.prefix_table(SESSIONS)
    assert table.columns == ["session", "position", "event", "probability"]
    assert table["probability"].to_numpy().tolist() == one.predict_prefixes(SESSIONS).tolist()
    assert table["position"].to_list() == [
        place + 1 for length in SESSIONS.lengths for place in range(length)
    ]
    listed = SESSIONS.to_frame().select("session", event="events").explode("event")
    assert table.select("session", "event").equals(listed)


def test_a_bidirectional_model_answers_for_whole_sessions_alone():
    one = model(cell="lstm", bidirectional=True).fit(SESSIONS)
    assert not one.causal
    assert one.training_["learned_from"] == "whole sessions"
    assert one.predict(SESSIONS).shape == (len(SESSIONS),)
    for ask in (one.predict_prefixes, one.prefix_table, lambda _: one.start({"device": None, "age": 1})):
        with pytest.raises(ParameterError, match="a bidirectional model reads the events that follow too"):
            ask(SESSIONS)
    with pytest.raises(ParameterError, match="answers once per session"):
        model(cell="gru", bidirectional=True).fit(sessions_of(log_of(80), outcome="cart", horizon=2))
    with pytest.raises(ParameterError, match="cannot learn from prefixes='all'"):
        model(cell="gru", bidirectional=True, prefixes="all").fit(SESSIONS)


def test_order_changes_what_cells_say_and_not_what_a_bag_says():
    log = log_of(200, seed=5).with_columns(t=pl.int_range(pl.len()).over("session"))
    turned = log.with_columns(pl.col("event", "brand", "price").reverse().over("session"))
    for cell in CELLS:
        one = model(cell=cell, max_length=50).fit(sessions_of(log))
        same = np.allclose(one.margins(sessions_of(log)), one.margins(sessions_of(turned)), atol=1e-5)
        assert same == (cell == "bag"), cell


def test_a_prefix_model_that_learned_from_whole_sessions_is_another():
    whole = model(prefixes="last").fit(SESSIONS)
    assert whole.training_["learned_from"] == "whole sessions"
    assert whole.training_["prefixes"] < fitted("gru").training_["prefixes"]
    assert whole.predict_prefixes(SESSIONS).shape == (len(SESSIONS.events),)


def test_sessions_without_a_column_of_training_are_refused_and_the_difference_is_shown():
    one = fitted("gru")
    other = sessions_of(log_of(20), numeric=[], categorical=["brand", "price"])
    with pytest.raises(SchemaError, match=r"Missing: 'price' \(numeric\). Not used: 'price' \(categorical\)"):
        one.predict(other)
    with pytest.raises(SchemaError, match=r"'device' \(categorical_features\), 'age' \(numeric_features\)"):
        one.predict_prefixes(sessions_of(log_of(20), features=None))
