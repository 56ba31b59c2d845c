"""What a log would have brought had money followed the credit."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.reference import replays as reference
from wanamaker.attribution.attribute import attribute
from wanamaker.base.errors import DataError, ParameterError, SchemaError
from wanamaker.evaluation.budget_replay import AS_SPENT, EVENLY, budget_replay
from wanamaker.evaluation.budget_replay.allocation import purses
from wanamaker.journeys.from_events import journeys_from_events

pytestmark = pytest.mark.filterwarnings("ignore::wanamaker.base.errors.DataWarning")

CHANNELS = ("a", "b", "c")

rows = st.lists(
    st.tuples(
        st.integers(1, 5),  # user
        st.integers(0, 6),  # time: many ties
        st.sampled_from(CHANNELS),
        st.booleans(),
        st.sampled_from([0.0, 0.25, 1.0, 1.5, 3.000001]),
    ),
    min_size=1,
    max_size=30,
)
weights = st.lists(st.integers(0, 9), min_size=3, max_size=3).filter(any)
shares = st.sampled_from([1.0, 0.5, 0.3, 1 / 8, 1 / 16])


def log_of(given_rows):
    names = ("uid", "timestamp", "campaign", "conversion", "cost")
    return pl.DataFrame(given_rows, schema=list(names), orient="row")


def built(given_rows):
    return journeys_from_events(log_of(given_rows), cost="cost")


def credit_of(parts, model="mine"):
    return pl.DataFrame({"model": model, "touch": CHANNELS, "conversions": [float(p) for p in parts]})


def replayed(journeys, credit, budget, **more):
    return budget_replay(journeys, credit, [budget], **more)


def usable(given_rows, parts):
    """Whether the log costs something on a channel with credit, and has every channel."""
    seen = {channel for _, _, channel, _, _ in given_rows}
    paid = {channel for _, _, channel, _, cost in given_rows if cost > 0}
    told = {channel for channel, part in zip(CHANNELS, parts, strict=True) if part}
    return seen == set(CHANNELS) and bool(paid & told)


@given(rows, weights, shares, st.sampled_from(["roi", "credit"]), st.booleans())
def test_the_replay_is_that_of_the_slow_reference_and_never_spends_beyond_its_budget(
    given_rows, parts, budget, allocation, capped
):
    assume(usable(given_rows, parts))
    journeys = built(given_rows)
    table = replayed(journeys, credit_of(parts), budget, allocation=allocation, capped=capped)
    spent = np.bincount(
        journeys.ledger.touches, np.rint(journeys.ledger.amounts * 1e6), len(journeys.names)
    ).astype(np.int64)
    credited = dict(zip(CHANNELS, parts, strict=True))
    wanted = np.array(
        [credited[name] if cost else 0 for name, cost in zip(journeys.names, spent, strict=True)]
    )
    mine = wanted / np.maximum(spent, 1) if allocation == "roi" else wanted.astype(float)
    by_model = {"mine": mine, AS_SPENT: spent.astype(float), EVENLY: (spent > 0).astype(float)}
    money = int(budget * int(spent.sum()))
    for row in table.iter_rows(named=True):
        held = purses(by_model[row["model"]], spent, money, capped=capped or row["model"] == AS_SPENT)
        kept, paid, broken = reference.replay(journeys, held.tolist())
        assert row["conversions"] == kept
        assert row["cost"] == pytest.approx(sum(paid) / 1e6, abs=1e-9)
        assert row["journeys_broken"] == len(broken)
        assert row["cost"] <= row["allowed"] <= budget * spent.sum() / 1e6 + 1e-9
        assert all(p <= h for p, h in zip(paid, held, strict=True))


@given(rows, weights)
def test_with_the_whole_budget_everything_happens_whoever_has_the_credit(given_rows, parts):
    assume(usable(given_rows, parts))
    journeys = built(given_rows)
    table = replayed(journeys, credit_of(parts), 1.0)
    assert table["conversions"].to_list() == [journeys.conversions.sum()] * 3
    assert table["journeys_broken"].to_list() == [0, 0, 0]
    assert table["touches_bought"].to_list() == [len(journeys.ledger.touches)] * 3
    assert table["cost"].to_list() == pytest.approx([journeys.ledger.amounts.sum()] * 3)


@given(rows, weights, shares, st.randoms(use_true_random=False))
def test_the_order_of_the_journeys_changes_nothing(given_rows, parts, budget, random):
    assume(usable(given_rows, parts))
    journeys = built(given_rows)
    order = list(range(len(journeys)))
    random.shuffle(order)
    one = replayed(journeys, credit_of(parts), budget)
    other = replayed(journeys.take(np.array(order)), credit_of(parts), budget)
    assert one.equals(other)


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 50)), min_size=1, max_size=6), st.integers(0, 300)
)
def test_no_purse_holds_more_than_its_channel_cost_and_none_of_the_money_lies_idle(channels, money):
    parts, spent = (np.array(column) for column in zip(*channels, strict=True))
    parts = np.where(spent > 0, parts, 0)
    assume(parts.any())
    held = purses(parts.astype(float), spent, money, capped=True)
    assert (held <= spent).all()
    assert (held >= 0).all()
    assert held.sum() <= money
    assert held.sum() >= min(money, spent.sum()) - len(spent)  # whole units alone are lost
    exact = reference.capped(parts.tolist(), spent.tolist(), min(money, int(spent.sum())))
    assert np.abs(held - np.array([float(amount) for amount in exact])).max() <= len(spent)


def small():
    """Two channels; each touch costs 1; user 2 needs b after a."""
    return [
        (1, 1, "a", True, 1.0),
        (2, 2, "a", False, 1.0),
        (3, 3, "b", True, 1.0),
        (2, 4, "b", True, 1.0),
    ]


def test_a_touch_that_cannot_be_bought_breaks_its_journey_and_frees_what_comes_after():
    credit = pl.DataFrame({"model": "mine", "touch": ["a", "b"], "conversions": [1.0, 0.0]})
    table = replayed(built(small()), credit, 0.5).filter(pl.col("model") == "mine")
    row = table.row(0, named=True)
    # The purse of a holds 2 and pays for users 1 and 2; b has none, so users 2 and 3 lose their touch of b.
    assert (row["conversions"], row["cost"], row["touches_bought"], row["journeys_broken"]) == (
        1.0,
        2.0,
        2,
        2,
    )
    assert row["cpa"] == 2.0
    assert row["conversions_kept"] == pytest.approx(1 / 3)


def test_conversions_without_a_touch_and_touches_without_a_cost_are_always_there():
    log = pl.DataFrame(
        {
            "uid": [1, 2, 3],
            "timestamp": [1, 2, 3],
            "campaign": ["free", None, "paid"],
            "event": ["touch", "buy", "touch"],
            "cost": [0.0, 0.0, 5.0],
        }
    ).vstack(
        pl.DataFrame(
            {"uid": [1], "timestamp": [9], "campaign": [None], "event": ["buy"], "cost": [0.0]},
            schema_overrides={"campaign": pl.String},
        )
    )
    journeys = journeys_from_events(log, event="event", conversions=["buy"], cost="cost")
    credit = pl.DataFrame(
        {"model": "mine", "touch": ["free", "paid", "(unattributed)"], "conversions": [1.0, 1.0, 1.0]}
    )
    table = budget_replay(journeys, credit, [0.1])
    assert table["conversions"].to_list() == [2.0, 2.0, 2.0]
    assert table["cost"].to_list() == [0.0, 0.0, 0.0]


def test_value_gives_roas_and_roi_and_leads_the_allocation():
    log = log_of(small()).with_columns(worth=pl.Series([10.0, 0.0, 1.0, 1.0]))
    journeys = journeys_from_events(log, cost="cost", value="worth")
    credit = attribute(journeys, ["last"], bootstrap=0)
    row = budget_replay(journeys, credit, [0.5]).row(0, named=True)
    # last gives a 10 of value for 2 of cost, b 2 for 2: five sixths of the money go to a, which cost no more.
    assert row["value"] == 10.0
    assert row["roas"] == row["value"] / row["cost"]
    assert row["roi"] == (row["value"] - row["cost"]) / row["cost"]
    assert budget_replay(built(small()), credit_of([1, 1, 0]).head(2), [0.5])["roas"].null_count() == 3


def test_lookback_and_cuts_leave_every_touch_to_be_paid_for():
    journeys = journeys_from_events(log_of(small()), cost="cost", max_touches=1)
    assert len(journeys.touches) == 3
    table = budget_replay(journeys, credit_of([1, 1, 0]).head(2), [1.0])
    assert table["touches_bought"].to_list() == [4, 4, 4]


def test_each_goal_is_replayed_by_itself():
    log = pl.DataFrame(
        {
            "uid": [1, 1, 2, 2],
            "timestamp": [1, 2, 3, 4],
            "campaign": ["a", None, "b", None],
            "event": ["touch", "buy", "touch", "call"],
            "cost": [1.0, 0.0, 1.0, 0.0],
        }
    )
    journeys = journeys_from_events(log, event="event", conversions=["buy", "call"], cost="cost")
    credit = attribute(journeys, ["last"], bootstrap=0)
    table = budget_replay(journeys, credit, [0.5])
    held = table.filter(pl.col("model") == "last").select("goal", "conversions").sort("goal")
    assert held.rows() == [("buy", 1.0), ("call", 1.0)]


def test_without_costs_it_says_what_is_missing():
    journeys = journeys_from_events(log_of(small()))
    with pytest.raises(DataError, match=r"have no costs\.\nHint: Build them with cost='column'"):
        budget_replay(journeys, credit_of([1, 1, 1]))
    free = journeys_from_events(log_of(small()).with_columns(cost=0.0), cost="cost")
    with pytest.raises(DataError, match="All costs are 0"):
        budget_replay(free, credit_of([1, 1, 1]))


def test_credit_that_does_not_match_is_refused():
    journeys = built(small())
    with pytest.raises(DataError, match="names the touch 'c', which the journeys do not have"):
        budget_replay(journeys, credit_of([1, 1, 1]))
    with pytest.raises(DataError, match="'mine' gives no credit to any channel that costs money"):
        budget_replay(journeys, credit_of([0, -1, 0]).head(2))
    with pytest.raises(SchemaError, match=r"Missing: \['conversions'\]"):
        budget_replay(journeys, pl.DataFrame({"model": ["m"], "touch": ["a"]}))


@pytest.mark.parametrize("bad", [0.0, 1.5, -1.0, float("nan"), "half", True])
def test_budgets_that_are_no_shares_are_refused(bad):
    if bad is True:
        bad = []
    with pytest.raises(ParameterError, match="each above 0 and at most 1"):
        budget_replay(built(small()), credit_of([1, 1, 0]).head(2), [bad] if bad != [] else bad)


def test_an_unknown_allocation_is_refused():
    with pytest.raises(ParameterError, match="allocation"):
        budget_replay(built(small()), credit_of([1, 1, 0]).head(2), allocation="guess")
