"""What each event adds: by leaving it out, and by gradients along the way from unknown events."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import wanamaker as wm
from tests.models.sessions.worlds import fitted, log_of, model, sessions_of
from wanamaker.base.errors import ParameterError

LOG = log_of(25, seed=8)
SESSIONS = sessions_of(LOG)
CELLS = ("rnn", "gru", "lstm", "transformer", "bag")
each_cell = pytest.mark.parametrize("cell", CELLS)


@each_cell
def test_removal_is_the_log_odds_with_the_event_less_those_without_it(cell):
    one = fitted(cell)
    table = one.explain(SESSIONS, "removal")
    margins = dict(zip(SESSIONS.table["session"], one.margins(SESSIONS), strict=True))
    log = LOG.sort("session", maintain_order=True)
    for row in table.sample(60, seed=0).iter_rows(named=True):
        mine = log.filter(pl.col("session") == row["session"])
        left = pl.concat([mine[: row["position"] - 1], mine[row["position"] :]])
        if left.is_empty():
            without = one.margins(SESSIONS.take([0]).prefix(0))[0]
        else:
            without = one.margins(sessions_of(left))[0]
        assert row["margin"] == pytest.approx(margins[row["session"]], abs=1e-6)
        assert row["effect"] == pytest.approx(margins[row["session"]] - without, abs=1e-5)
    assert table["base"].null_count() == len(table)


@each_cell
def test_integrated_gradients_add_up_to_the_way_from_unknown_events(cell):
    table = fitted(cell).explain(SESSIONS, "integrated_gradients")
    sums = table.group_by("session", maintain_order=True).agg(
        pl.col("effect").sum(), pl.col("margin").first(), pl.col("base").first()
    )
    assert np.allclose(sums["effect"], sums["margin"] - sums["base"], atol=1e-4)
    assert table["effect"].abs().max() > 1e-3


def test_a_session_of_unknown_events_is_where_the_way_begins():
    one = model(max_length=50).fit(sessions_of(log_of().with_columns(pl.col("price").fill_null(1.0))))
    place = pl.int_range(pl.len()).over("session")
    nothing = LOG.with_columns(
        event=pl.lit("never seen"),
        brand=pl.lit("never seen"),
        t=(place * one.fitted_.reader.pace.middle * 1e6).round().cast(pl.Int64).cast(pl.Datetime("us")),
        price=pl.lit(None, dtype=pl.Float64),
    )
    base = (
        one.explain(sessions_of(LOG), "integrated_gradients").group_by("session", maintain_order=True).first()
    )
    assert np.allclose(one.margins(sessions_of(nothing)), base["base"], atol=1e-5)


@pytest.mark.parametrize("method", ["removal", "integrated_gradients"])
def test_events_that_are_not_read_have_no_effect(method):
    table = fitted("gru").explain(SESSIONS, method)
    lengths = dict(zip(SESSIONS.table["session"], SESSIONS.lengths, strict=True))
    unread = [
        row["effect"] for row in table.iter_rows(named=True) if row["position"] <= lengths[row["session"]] - 6
    ]
    assert len(unread) > 10
    assert set(unread) == {0.0}
    assert len(table) == len(SESSIONS.events)


def test_work_in_pieces_gives_the_same(monkeypatch):
    one = fitted("gru")
    whole = one.explain(SESSIONS)
    monkeypatch.setattr("wanamaker.models.sessions.explain._STEPS_AT_ONCE", 50)
    assert np.allclose(one.explain(SESSIONS)["effect"], whole["effect"], atol=1e-6)


@pytest.mark.parametrize("method", ["removal", "integrated_gradients"])
def test_a_bidirectional_model_is_explained_too(method):
    one = model(cell="gru", bidirectional=True).fit(sessions_of(log_of()))
    table = one.explain(SESSIONS, method)
    assert table["effect"].is_finite().all()
    assert table["effect"].abs().max() > 0.0
    if method == "integrated_gradients":
        sums = table.group_by("session", maintain_order=True).agg(
            pl.col("effect").sum(), pl.col("margin", "base").first()
        )
        assert np.allclose(sums["effect"], sums["margin"] - sums["base"], atol=1e-4)


def test_the_event_that_decides_has_the_largest_effect():
    visits = [["a", "b", "a"], ["a", "a", "a"]]
    labels = [int(place % 2 == 0) if place % 20 else 0 for place in range(400)]  # "b", and then nearly always
    log = pl.DataFrame({"session": range(400), "event": visits * 200, "y": labels})
    sessions = wm.sessions_from_events(
        log.explode("event").with_row_index("t"), session="session", time="t", event="event", label="y"
    )
    one = model(training={"epochs": 30}).fit(sessions)
    for method in ("removal", "integrated_gradients"):
        first = one.explain(sessions.take([0]), method)["effect"].to_list()
        assert np.argmax(first) == 1
        assert first[1] > 0.5


def test_an_unknown_method_is_refused_with_the_nearest():
    with pytest.raises(ParameterError, match=r"one of 'removal', 'integrated_gradients'\. Got 'removals'"):
        fitted("gru").explain(SESSIONS, "removals")


def test_sessions_without_events_have_nothing_to_explain():
    for method in ("removal", "integrated_gradients"):
        assert fitted("gru").explain(SESSIONS.prefix(0), method).is_empty()
