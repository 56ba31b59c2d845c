"""Laws of the numbers that a report begins with."""

from __future__ import annotations

import polars as pl
import pytest

import wanamaker as wm
from wanamaker.journeys.summary import summarise

pytestmark = pytest.mark.filterwarnings("ignore::wanamaker.base.errors.DataWarning")


def test_the_headline_counts_what_is_in_the_log():
    log = wm.simulate.journeys(500, seed=4).log
    headline = summarise(wm.journeys_from_events(log, value="value", cost="cost", lookback=None)).headline
    assert headline["users"] == log["uid"].n_unique()
    assert headline["touches"] == len(log)
    assert headline["conversions"] == log["conversion"].sum()
    assert headline["value"] == pytest.approx(log.filter(conversion=1)["value"].sum())
    assert headline["cost"] == pytest.approx(log["cost"].sum())


def test_several_goals_do_not_multiply_the_cost_or_the_touches():
    log = pl.DataFrame(
        {
            "uid": 1,
            "timestamp": [1, 2, 3, 4],
            "campaign": ["a", None, "b", None],
            "event": ["view", "sign up", "view", "buy"],
            "cost": [1.0, 0.0, 2.0, 0.0],
        }
    )
    made = wm.journeys_from_events(log, event="event", conversions=["buy", "sign up"], cost="cost")
    headline = summarise(made).headline
    assert headline["cost"] == 3.0
    assert headline["touches"] == 2


def test_lengths_and_delays_count_every_converting_journey_once():
    made = wm.journeys_from_events(wm.simulate.journeys(500, seed=4).log, max_touches=2)
    summary = summarise(made)
    assert sum(row["converting"] for row in summary.lengths) == made.conversions.sum()
    assert sum(row["converting"] + row["other"] for row in summary.lengths) == len(made)
    held = made.conversions[made.lengths > 0].sum()
    assert sum(row["converting"] for row in summary.delays) == held


def test_flows_leave_every_step_as_they_enter_it():
    made = wm.journeys_from_events(wm.simulate.journeys(500, seed=4).log)
    flows = pl.DataFrame(summarise(made).flows)
    for step in range(1, 4):
        moves = flows.filter(step=step)
        entered = moves.filter(~pl.col("target").str.starts_with("(") | (pl.col("target") == "(other)"))
        left = flows.filter(step=step + 1)
        assert entered["journeys"].sum() == left["journeys"].sum()


def test_top_paths_have_the_rates_of_the_log():
    log = pl.DataFrame(
        {
            "uid": [1, 1, 2, 2, 3, 4],
            "timestamp": [1, 2, 1, 2, 1, 1],
            "campaign": ["a", "b", "a", "b", "b", "b"],
            "conversion": [0, 1, 0, 0, 1, 1],
        }
    )
    paths = summarise(wm.journeys_from_events(log)).paths
    assert [(one["path"], one["conversions"], one["journeys"], one["rate"]) for one in paths] == [
        (["b"], 2.0, 2.0, 1.0),
        (["a", "b"], 1.0, 2.0, 0.5),
    ]
