"""What a log would have brought had money followed the credit."""

from __future__ import annotations

from dataclasses import replace

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
from wanamaker.evaluation.budget_replay.purchases import Purchases
from wanamaker.journeys.from_events import journeys_from_events
from wanamaker.stats.bootstrap import Resampling

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


# --- Intervals ---------------------------------------------------------------------------------------


@given(rows, st.lists(st.integers(0, 3), min_size=30, max_size=30), st.lists(st.integers(0, 40), min_size=3))
def test_a_replicate_is_the_replay_of_a_log_in_which_each_journey_stands_as_often(given_rows, often, held):
    journeys = built(given_rows)
    assume(np.nan_to_num(journeys.ledger.amounts).sum() > 0)
    copies = np.ones((len(journeys), 2), dtype=np.uint8)
    copies[:, 1] = often[: len(journeys)]
    purchases = replace(Purchases.of(journeys, Resampling(0)), copies=copies)
    money = np.array(held[: len(journeys.names)], dtype=np.int64)[:, None] * 500_000
    kept = purchases.within(np.repeat(money, 2, axis=1))
    for column in (0, 1):
        written = journeys.take(np.repeat(np.arange(len(journeys)), copies[:, column]))
        conversions, paid, broken = reference.replay(written, money[:, 0].tolist())
        assert kept.conversions[column] == conversions
        assert kept.cost[column] == pytest.approx(sum(paid) / 1e6, abs=1e-9)
        assert column or kept.broken == len(broken)


@given(rows, weights, shares)
def test_the_figures_are_those_without_intervals_and_a_seed_gives_the_same_interval(
    given_rows, parts, budget
):
    assume(usable(given_rows, parts))
    journeys = built(given_rows)
    plain = replayed(journeys, credit_of(parts), budget, replicates=0)
    one, again = (replayed(journeys, credit_of(parts), budget, replicates=9, seed=3) for _ in range(2))
    ends = [name for name in plain.columns if name.endswith(("_low", "_high"))]
    assert one.equals(again)
    assert one.drop(ends).equals(plain.drop(ends))
    assert plain.select(ends).null_count().row(0) == (3,) * len(ends)


def people(rng, count):
    """A log of people who see up to four ads, of whom those with more of c convert more often."""
    lengths = rng.integers(1, 5, count)
    users = np.repeat(np.arange(count), lengths)
    channels = rng.choice(3, len(users), p=[0.5, 0.3, 0.2])
    seen = np.bincount(users, channels == 2, count)
    last = np.cumsum(lengths) - 1
    converted = np.zeros(len(users), dtype=np.int64)
    converted[last] = rng.random(count) < 0.1 + 0.2 * np.minimum(seen, 3)
    times = (
        rng.integers(0, 10_000, count)[users] + np.arange(len(users)) - np.repeat(last - lengths + 1, lengths)
    )
    costs = np.array([1.0, 2.0, 4.0])[channels]
    log = {
        "timestamp": times,
        "campaign": np.array(CHANNELS)[channels],
        "conversion": converted,
        "cost": costs,
    }
    return journeys_from_events(pl.DataFrame({"uid": users, **log}), cost="cost", lookback=None)


@pytest.mark.slow
def test_intervals_hold_what_fresh_users_would_bring_as_often_as_they_say():
    rng = np.random.default_rng(0)
    credit = pl.concat([credit_of([1, 1, 9]), credit_of([6, 2, 1], "other")])
    tables = [
        budget_replay(people(rng, rng.poisson(600)), credit, [0.5], reference="other", replicates=100, seed=k)
        for k in range(80)
    ]
    mine = pl.concat([table.filter(pl.col("model") == "mine") for table in tables])
    for name in ("conversions", "conversions_kept", "cpa", "conversions_difference", "cpa_difference"):
        value, low, high = (mine[f"{name}{end}"] for end in ("", "_low", "_high"))
        held = ((low <= value.mean()) & (value.mean() <= high)).mean()
        assert held >= 0.85, name
        assert 0.75 < ((high - low) / 3.92).mean() / value.std() < 1.3, name


def test_with_the_whole_budget_nothing_is_chance_but_how_many_convert():
    journeys = people(np.random.default_rng(1), 300)
    row = replayed(journeys, credit_of([1, 2, 3]), 1.0).row(0, named=True)
    assert (row["conversions_kept_low"], row["conversions_kept_high"]) == (1.0, 1.0)
    assert row["conversions_low"] < row["conversions"] < row["conversions_high"]
    assert (row["conversions_difference_low"], row["conversions_difference_high"]) == (0.0, 0.0)


def test_a_method_differs_from_itself_under_another_name_by_nothing_in_every_replicate():
    journeys = people(np.random.default_rng(1), 300)
    credit = pl.concat([credit_of([1, 2, 3]), credit_of([1, 2, 3], "same")])
    table = budget_replay(journeys, credit, [0.5, 0.25], reference="mine")
    told = [name for name in table.columns if "_difference" in name and not name.startswith("roi")]
    assert set(table.filter(pl.col("model") == "same").select(told).unpivot()["value"]) == {0.0}
    assert table.filter(pl.col("model") == "mine").select(told).null_count().row(0) == (2,) * len(told)
    beside = table.filter(pl.col("model") == AS_SPENT)
    one, other = (beside["conversions"], table.filter(pl.col("model") == "mine")["conversions"])
    assert beside["conversions_difference"].to_list() == (one - other).to_list()


def test_what_intervals_cannot_be_made_of_is_refused():
    told = built(small()), credit_of([1, 1, 0]).head(2), [0.5]
    with pytest.raises(
        ParameterError, match=r"The reference 'mini' is no model .*\nHint: Did you mean 'mine'"
    ):
        budget_replay(*told, reference="mini")
    with pytest.raises(ParameterError, match="'replicates' parameter of budget_replay must be an integer"):
        budget_replay(*told, replicates=-1)
    with pytest.raises(ParameterError, match="'seed' parameter of budget_replay must be an integer"):
        budget_replay(*told, seed=-1)
    dear = journeys_from_events(log_of(small()).with_columns(cost=1e12), cost="cost")
    with pytest.raises(DataError, match=r"nor beyond 2\.9e\+11 in sum"):
        budget_replay(dear, *told[1:])
