"""Shapley credit is its definition, game by game and rule by rule."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import wanamaker as wm
from tests.reference import games as reference
from tests.strategies import identified_log, random_journeys
from wanamaker.stats.bootstrap import Resampling
from wanamaker.stats.shapley import shapley_values

pytestmark = pytest.mark.filterwarnings("ignore::wanamaker.base.errors.DataWarning")

Shapley = wm.attribution.Shapley


def build(journeys: list[dict], **options) -> wm.Journeys:
    given_options = {"user": "uid", "journey": "journey", "value": "value", "time_unit": "s"}
    return wm.journeys_from_events(
        identified_log(journeys), **(given_options | {"lookback": None, "observed": "full"} | options)
    )


def paths(table: dict) -> wm.Journeys:
    return wm.journeys_from_paths(table, conversions="won", nulls="lost", observed="full")


def levelled(journeys: list[dict]) -> list[dict]:
    """Add journeys by which base rate and effects can be told apart: each touch alone, and in pairs."""
    names = sorted({name for journey in journeys for name in journey["touches"]} | {"x", "y"})
    more = [[name] for name in names] + [[one, other] for one in names for other in names if one < other]
    example = journeys[0]
    return journeys + [
        example
        | {
            "journey": 1000 + number,
            "touches": touches,
            "times": list(range(len(touches))),
            "costs": [0] * len(touches),
            "converted": False,
        }
        for number, touches in enumerate(more)
    ]


# --- The value itself -----------------------------------------------------------------------------


@given(players=st.integers(1, 5), data=st.data())
def test_the_value_by_subsets_is_the_mean_over_all_orders(players, data):
    names = [f"p{number}" for number in range(players)]
    worth = data.draw(st.lists(st.integers(-20, 20), min_size=2**players, max_size=2**players))
    found = shapley_values(np.array(worth, dtype=float)[:, None])[:, 0]
    places = {name: 1 << number for number, name in enumerate(names)}
    expected = reference.shapley(names, lambda chosen: worth[sum(places[name] for name in chosen)])
    assert found.tolist() == pytest.approx([expected[name] for name in names], abs=1e-9)
    assert found.sum() == pytest.approx(worth[-1] - worth[0], abs=1e-9)


def test_the_value_of_no_player_is_nothing():
    assert shapley_values(np.zeros((1, 3))).shape == (0, 3)


# --- The game of counts ---------------------------------------------------------------------------


@given(journeys=random_journeys())
def test_credit_by_counts_is_the_shapley_value_of_counts(journeys):
    table = wm.attribute(build(journeys), ["shapley_count"], bootstrap=0).table
    names = {name for journey in journeys for name in journey["touches"]}
    expected = reference.shapley(names, reference.counted_worth(journeys))
    for touch, conversions in table.select("touch", "conversions").iter_rows():
        assert conversions == pytest.approx(float(expected[touch]), abs=1e-9)


# --- The game of rates ----------------------------------------------------------------------------


@given(journeys=random_journeys())
def test_credit_by_rates_is_the_reference(journeys):
    journeys = levelled(journeys)
    credit = wm.attribute(build(journeys), ["shapley"], bootstrap=0, per_touch=True)
    worth, base = reference.rates(journeys)
    assert credit.details["shapley"][""]["base_rate"] == pytest.approx(base, abs=1e-7)
    expected = [
        share
        for journey in journeys
        if journey["converted"]
        for share in reference.rate_shares(journey["touches"], worth)
    ]
    assert credit.per_touch["credit"].to_list() == pytest.approx(expected, abs=1e-6)
    sums = credit.per_touch.group_by("journey").agg(pl.col("credit").sum())["credit"]
    assert sums.to_list() == pytest.approx([1.0] * len(sums), abs=1e-12)
    totals = credit.per_touch.group_by("touch").agg(pl.col("credit").sum())
    table = dict(credit.table.select("touch", "conversions").iter_rows())
    for touch, conversions in totals.iter_rows():
        assert table[touch] == pytest.approx(conversions, abs=1e-9)


def test_touch_weights_of_the_game_of_rates_are_its_credit_and_need_all_journeys():
    journeys = wm.journeys_from_events(wm.simulate.journeys(3_000, seed=1).log, observed="full")
    weights = Shapley().touch_weights(journeys)
    assert weights.shape == journeys.touches.shape
    credit = wm.attribute(journeys, ["shapley"], bootstrap=0, per_touch=True).per_touch["credit"]
    won = np.repeat(journeys.converted, journeys.lengths)
    assert weights[won].tolist() == pytest.approx(credit.to_list(), abs=1e-12)
    with pytest.raises(wm.DataError, match="no journey that did not convert was given") as refusal:
        Shapley().touch_weights(journeys.converting)
    assert "not only those that converted" in refusal.value.hint


def test_the_base_rate_is_the_intercept_of_the_additive_fit_and_not_the_overall_rate():
    # Rates 0.02 + 0.1 a + 0.3 b exactly; the overall rate is 0.27.
    journeys = paths({"path": ["a", "b", "a > b"], "won": [12, 32, 42], "lost": [88, 68, 58]})
    details = wm.attribute(journeys, ["shapley"], bootstrap=0).details["shapley"][""]
    assert details["base_rate"] == pytest.approx(0.02, abs=1e-5)


def test_a_set_that_no_journey_has_is_worth_what_the_fit_says():
    # {b, c} and {a, c} are never seen alone; every rate is additive, so credit is that of the additive game.
    journeys = paths(
        {
            "path": ["a", "b", "c", "a > b", "a > b > c"],
            "won": [12, 22, 32, 32, 62],
            "lost": [88, 78, 68, 68, 38],
        }
    )
    credit = wm.attribute(journeys, ["shapley"], bootstrap=0)
    shares = dict(credit.table.select("touch", "share").iter_rows())
    won = {"a": 12 + 32 / 3 + 62 / 6, "b": 22 + 64 / 3 + 62 / 3, "c": 32 + 62 / 2}
    assert shares == pytest.approx({name: value / 160 for name, value in won.items()}, abs=1e-5)


def test_a_touch_with_a_negative_value_gets_nothing_and_the_others_share_all():
    journeys = paths({"path": ["a", "b", "a > b"], "won": [30, 5, 20], "lost": [70, 95, 80]})
    credit = wm.attribute(journeys, ["shapley"], bootstrap=0, per_touch=True)
    worth, _ = reference.rates(
        [
            {"touches": path.split(" > "), "converted": number < won}
            for path, won in (("a", 30), ("b", 5), ("a > b", 20))
            for number in range(100)
        ]
    )
    assert reference.shapley({"a", "b"}, worth)["b"] < 0
    pair = credit.per_touch.filter(journey=2)
    assert dict(pair.select("touch", "credit").iter_rows()) == {"a": 1.0, "b": 0.0}


def test_where_no_touch_has_a_positive_value_credit_is_linear():
    journeys = paths(
        {
            "path": ["a", "b", "a > b > a", "c", "b > c"],
            "won": [40, 40, 1, 1, 50],
            "lost": [60, 60, 99, 99, 50],
        }
    )
    worth = wm.attribute(
        journeys,
        [Shapley(game=lambda names: -float(len(names)))],
        bootstrap=0,
        per_touch=True,
    )
    longest = worth.per_touch.filter(journey=2)["credit"].to_list()
    assert longest == pytest.approx([1 / 3] * 3)


def test_rates_can_be_drawn_to_the_fit():
    world = wm.simulate.journeys(3_000, seed=2)
    journeys = wm.journeys_from_events(world.log, observed="full")
    plain, drawn, fitted = (
        wm.attribute(journeys, [Shapley(prior=prior)], bootstrap=0) for prior in (0.0, 100.0, 1e9)
    )
    apart = [
        float(np.abs((one.table["conversions"] - fitted.table["conversions"]).to_numpy()).sum())
        for one in (plain, drawn)
    ]
    assert 0 < apart[1] < apart[0]
    assert drawn.table["conversions"].sum() == pytest.approx(journeys.conversions.sum())


# --- A game of your own ---------------------------------------------------------------------------


def test_a_function_of_the_set_is_the_game():
    asked = []

    def model(names: frozenset[str]) -> float:
        asked.append(names)
        return 0.1 + 0.3 * ("a" in names) + 0.1 * ("b" in names)

    journeys = wm.journeys_from_paths({"path": ["a > b", "b > a > b"], "total_conversions": [4, 4]})
    credit = wm.attribute(journeys, [Shapley(game=model)], bootstrap=5, per_touch=True)
    assert credit.models == ["shapley_model"]
    first, second = (credit.per_touch.filter(journey=number)["credit"].to_list() for number in (0, 1))
    assert first == pytest.approx([0.75, 0.25])
    assert second == pytest.approx([0.125, 0.75, 0.125])
    assert credit.table["conversions"].sum() == pytest.approx(8)
    assert set(asked) == {frozenset(), frozenset("a"), frozenset("b"), frozenset("ab")}


@pytest.mark.parametrize("answer", ["much", float("nan"), None])
def test_a_function_that_returns_no_number_is_told_for_which_set(answer):
    journeys = wm.journeys_from_paths({"path": ["a > b"], "total_conversions": [4]})
    with pytest.raises(wm.DataError, match=r"must return a (finite )?number for .* Got"):
        wm.attribute(journeys, [Shapley(game=lambda names: answer)], bootstrap=0)


# --- Many touches ---------------------------------------------------------------------------------


def long_journeys(count: int) -> wm.Journeys:
    names = [f"t{number:02}" for number in range(count)]
    everything = " > ".join(names)
    rows = [(name, 5 + number, 95 - number) for number, name in enumerate(names)]
    rows += [(f"{one} > {other}", 12, 88) for one, other in pairwise(names)]
    rows.append((everything, 30, 70))
    path, won, lost = zip(*rows, strict=True)
    return paths({"path": list(path), "won": list(won), "lost": list(lost)})


def test_sampled_values_are_the_exact_ones_within_their_standard_error():
    journeys = long_journeys(10)
    exact, sampled = (
        wm.attribute(journeys, [Shapley(exact_up_to=limit, samples=400)], bootstrap=0) for limit in (10, 9)
    )
    errors = {row["touch"]: row["conversions"] for row in sampled.details["shapley"][""]["standard_errors"]}
    assert sampled.details["shapley"][""]["sampled_sets"] == 1
    assert "standard_errors" not in exact.details["shapley"][""]
    gaps = (sampled.table["conversions"] - exact.table["conversions"]).to_numpy()
    scores = gaps / np.array([errors[touch] for touch in exact.table["touch"]])
    assert max(errors.values()) > 0
    assert np.abs(scores).max() < 4.5
    assert np.abs(gaps).max() < 1.0


def test_sampling_depends_on_seed_and_set_alone():
    journeys = long_journeys(14)
    order = np.random.default_rng(0).permutation(len(journeys))
    first, again, other = (
        wm.attribute(part, [Shapley(samples=50, seed=seed)], bootstrap=0).table["conversions"].to_list()
        for part, seed in ((journeys, 0), (journeys.take(order), 0), (journeys, 1))
    )
    assert first == pytest.approx(again, abs=1e-9)
    assert first != pytest.approx(other, abs=1e-9)


def test_a_function_of_many_touches_is_sampled_by_the_same_orders():
    journeys = long_journeys(14)
    names = journeys.names

    def additive(chosen: frozenset[str]) -> float:
        return float(sum(names.index(name) + 1 for name in chosen))

    credit = wm.attribute(journeys, [Shapley(game=additive, samples=20)], bootstrap=0, per_touch=True)
    longest = credit.per_touch.filter(pl.col("journey") == len(journeys) - 1)["credit"].to_list()
    assert longest == pytest.approx([(place + 1) / 105 for place in range(14)], abs=1e-9)


# --- Positions ------------------------------------------------------------------------------------


@pytest.mark.parametrize("game", ["rate", "count"])
def test_credit_by_position_sums_to_the_credit(game):
    world = wm.simulate.journeys(3_000, seed=1)
    journeys = wm.journeys_from_events(world.log, observed="full")
    credit = wm.attribute(journeys, [Shapley(game=game, ordered=True)], bootstrap=0)
    told = pl.DataFrame(credit.details[credit.models[0]][""]["positions"])
    sums = dict(told.group_by("touch").agg(pl.col("conversions").sum()).iter_rows())
    for touch, conversions in credit.table.select("touch", "conversions").iter_rows():
        assert sums.get(touch, 0.0) == pytest.approx(conversions, abs=1e-9)
    assert told["position"].min() == 0


# --- Replicates, parts, goals ---------------------------------------------------------------------


def test_a_replicate_is_the_estimate_of_a_log_drawn_with_its_weights():
    world = wm.simulate.journeys(2_000, seed=3)
    journeys = wm.journeys_from_events(world.log, observed="full", value="value")
    resampling = Resampling(3, 7)
    found = Shapley().learned(journeys, resampling).credit(journeys, resampling)
    weights = resampling.weights(journeys.users, np.ones(len(journeys)))
    for replicate in (1, 3):
        rows = np.repeat(np.arange(len(journeys)), weights[:, replicate].astype(int))
        drawn = journeys.take(rows)
        alone = wm.attribute(drawn, ["shapley"], bootstrap=0).table
        assert found.conversions[:-1, replicate].tolist() == pytest.approx(
            alone["conversions"].to_list(), abs=1e-6
        )
        assert found.value[:-1, replicate].tolist() == pytest.approx(alone["value"].to_list(), abs=1e-4)


def test_parts_are_credited_by_the_rates_of_all_journeys():
    world = wm.simulate.journeys(5_000, seed=2)
    journeys = wm.journeys_from_events(world.log, observed="full", value="value")
    whole = wm.attribute(journeys, ["shapley"], bootstrap=0).table
    parts = wm.attribute(journeys, ["shapley"], bootstrap=0, by="week").table
    sums = parts.group_by("touch").agg(pl.col("conversions", "value").sum()).sort("touch")
    expected = whole.sort("touch")
    for name in ("conversions", "value"):
        assert sums[name].to_list() == pytest.approx(expected[name].to_list(), abs=1e-6)


# --- Against the planted truth --------------------------------------------------------------------


def test_rates_find_the_truth_where_journeys_are_observed_in_full_and_counts_do_not():
    world = wm.simulate.journeys(200_000, seed=4)
    journeys = wm.journeys_from_events(world.log, observed="full")
    errors = wm.evaluate_credit(
        wm.attribute(journeys, ["shapley", "shapley_count"], bootstrap=0), world.truth
    )
    rate, count = errors["total_variation"]
    assert rate < 0.06
    assert count > 0.2


def test_rates_mislead_where_journeys_stop_at_their_conversion():
    world = wm.simulate.journeys(100_000, seed=4, observed="until_conversion")
    journeys = wm.journeys_from_events(world.log, observed="until_conversion")
    errors = wm.evaluate_credit(wm.attribute(journeys, ["shapley", "last"], bootstrap=0), world.truth)
    rate, last = errors["total_variation"]
    assert rate > 2 * last


# --- Refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"game": "rates"}, "'game' parameter of Shapley must be one of 'rate', 'count'. Got 'rates'"),
        ({"game": dict}, "must be 'rate', 'count' or a function"),
        ({"exact_up_to": 17}, "'exact_up_to' parameter of Shapley must be an integer from 1 to 16. Got 17"),
        ({"samples": 1}, "'samples' parameter of Shapley must be an integer of 2 or more"),
        ({"prior": -1.0}, "'prior' parameter of Shapley"),
        ({"ordered": 1}, "'ordered' parameter of Shapley must be true or false"),
    ],
)
def test_parameters_out_of_range_are_refused(options, message):
    with pytest.raises((wm.ParameterError, wm.ParameterTypeError), match=message):
        Shapley(**options)
