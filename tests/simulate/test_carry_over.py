"""Touches that bring about touches, and the truth with them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import combinations, pairwise
from math import comb

import numpy as np
import polars as pl
import pytest

from wanamaker.base.errors import ParameterError
from wanamaker.simulate import DEFAULT_CHANNELS, Channel, World, journeys
from wanamaker.simulate.carry_over import add_triggered, trigger_pairs, triggered_counts
from wanamaker.simulate.exposure import draw_touches
from wanamaker.simulate.population import Population, draw_population, streams_of
from wanamaker.simulate.setting import Setting

DAY = 86_400
CHANNELS = (
    Channel(name="a", reach=0.6, frequency=2.0, triggers="b", trigger_rate=0.4, effect=0.1),
    Channel(name="b", reach=0.3, effect=0.3, triggers="c", trigger_rate=0.5, cost=2.0),
    Channel(name="c", reach=0.4, effect=0.05, cost=1.0),
    Channel(name="d", reach=0.5, triggers="c", trigger_rate=1.0),
    Channel(name="e", reach=0.5, effect=0.2),
)


@cache
def world_of(*, observed: str = "full", confounded: bool = False) -> World:
    return journeys(60_000, carry_over=True, observed=observed, confounded=confounded, seed=5)


def population_of(world: World) -> Population:
    setting = Setting.of(world.parameters)
    return draw_population(setting, streams_of(setting.seed))


def small_population(users: int) -> tuple[World, Population]:
    world = journeys(users, channels=CHANNELS, carry_over=True, seed=2, base_rate=0.1)
    return world, population_of(world)


def test_each_organic_touch_triggers_with_its_rate_and_no_triggered_one_does():
    touches = small_population(40_000)[1].touches
    organic = touches.source == touches.channel
    made = np.zeros((5, 5))
    np.add.at(made, (touches.source[~organic], touches.channel[~organic]), 1)
    happened = np.bincount(touches.channel[organic], minlength=5)
    rates = made / happened[:, None]
    np.testing.assert_allclose(rates[[0, 1, 3], [1, 2, 2]], [0.4, 0.5, 1.0], atol=0.015)
    assert np.count_nonzero(made) == 3


def test_a_triggered_touch_follows_its_trigger_within_two_days_and_the_users_time():
    spread = 5 * DAY
    alone = draw_touches(np.array([[1, 0]] * 20_000), spread, np.random.default_rng(0))
    channels = CHANNELS[0], CHANNELS[1]
    touches = add_triggered(alone, channels, np.array([[0, 1]]), spread, np.random.default_rng(1))
    triggers, followers = touches.channel == 0, touches.channel == 1
    began = dict(zip(touches.user[triggers].tolist(), touches.seconds[triggers].tolist(), strict=True))
    lag = touches.seconds[followers] - [began[user] for user in touches.user[followers].tolist()]
    assert lag.min() > 0
    assert 2 * DAY - 1000 < lag.max() <= 2 * DAY
    assert touches.seconds.max() < spread
    assert len(lag) == pytest.approx(0.4 * 20_000, rel=0.05)


def test_a_touch_in_the_last_second_of_a_user_triggers_nothing():
    alone = draw_touches(np.array([[3, 0]]), 1, np.random.default_rng(0))
    channels = replace(CHANNELS[0], trigger_rate=1.0), CHANNELS[1]
    touches = add_triggered(alone, channels, np.array([[0, 1]]), 1, np.random.default_rng(1))
    assert touches.channel.tolist() == [0, 0, 0]


def test_touches_stay_by_user_and_in_time_and_counts_tell_both_kinds():
    population = small_population(5_000)[1]
    touches = population.touches
    assert (np.diff(touches.user) >= 0).all()
    assert np.diff(touches.seconds)[np.diff(touches.user) == 0].min() >= 0
    organic = touches.source == touches.channel
    counted = np.zeros_like(population.counts)
    np.add.at(counted, (touches.user[organic], touches.channel[organic]), 1)
    np.testing.assert_array_equal(counted, population.counts)
    assert population.triggered.sum() == (~organic).sum()
    np.testing.assert_array_equal(
        population.triggered, triggered_counts(touches, population.pairs, len(population.base))
    )


def conversions_of_coalitions(population: Population) -> dict[frozenset[int], float]:
    """Return the expected conversions of every coalition, touch by touch: it and its source must be in."""
    touches, effects = population.touches, population.effects
    everyone = range(len(population.channels))
    expected = {}
    for size in range(len(everyone) + 1):
        for coalition in combinations(everyone, size):
            exists = np.isin(touches.channel, coalition) & np.isin(touches.source, coalition)
            fails = 1.0 - population.base
            np.multiply.at(fails, touches.user[exists], 1.0 - effects[touches.channel[exists]])
            expected[frozenset(coalition)] = float((1.0 - fails).sum())
    return expected


def test_truth_is_the_shapley_value_over_worlds_without_the_channels_touch_by_touch():
    world, population = small_population(300)
    expected = conversions_of_coalitions(population)
    everyone = frozenset(range(5))
    for channel in everyone:
        credit = 0.0
        for coalition in (chosen for chosen in expected if channel not in chosen):
            gain = expected[coalition | {channel}] - expected[coalition]
            credit += gain / (5 * comb(4, len(coalition)))
        removal = expected[everyone] - expected[everyone - {channel}]
        row = world.truth.row(channel, named=True)
        assert row["conversions"] == pytest.approx(credit, rel=1e-11)
        assert row["removal"] == pytest.approx(removal, rel=1e-11)
    assert world.truth["conversions"][-1] == pytest.approx(expected[frozenset()], rel=1e-12)
    assert world.truth["conversions"].sum() == pytest.approx(expected[everyone], rel=1e-12)
    unprompted = expected[everyone] - (1 - (1 - population.conversion_probability()) / 0.9).sum()
    assert world.truth["removal"][-1] == pytest.approx(unprompted, rel=1e-9)


def test_a_channel_without_effect_has_the_credit_of_what_it_triggers():
    truth = small_population(2_000)[0].truth
    idle = truth.filter(touch="d")
    assert idle["effect"].item() == 0.0
    assert idle["conversions"].item() > 10


@pytest.mark.parametrize("confounded", [False, True])
@pytest.mark.parametrize("observed", ["full", "until_conversion"])
def test_conversions_match_the_truth_total_within_sampling_error(observed, confounded):
    world = world_of(observed=observed, confounded=confounded)
    expected = world.truth["conversions"].sum()
    assert abs(world.log["conversion"].sum() - expected) < 4 * np.sqrt(expected)


def test_triggered_touches_cost_what_their_channels_touches_cost():
    log = world_of().log
    price = {channel.name: channel.cost for channel in DEFAULT_CHANNELS}
    paid = log.group_by("campaign").agg(pl.col("cost").min().alias("low"), pl.col("cost").max().alias("high"))
    for campaign, low, high in paid.iter_rows():
        assert low == high == price[campaign]


def test_in_the_default_world_carry_over_raises_the_credit_of_triggers_and_triggered():
    shares = dict(world_of().truth.select("touch", "conversions").iter_rows())
    without = dict(journeys(60_000, seed=5).truth.select("touch", "conversions").iter_rows())
    raised = {name for name, credit in shares.items() if credit > 1.02 * without[name]}
    assert raised == {"display", "search_brand", "video", "search_generic"}
    assert shares["display"] > 1.5 * without["display"]


def test_carry_over_adds_touches_and_leaves_the_others_where_they_were():
    alone, more = journeys(2_000, seed=1).log, journeys(2_000, seed=1, carry_over=True).log
    touches = ["uid", "timestamp", "campaign"]
    assert more.height > alone.height
    assert alone.join(more, on=touches, how="anti").height == 0
    assert more.group_by("campaign").len().join(alone.group_by("campaign").len(), on="campaign").filter(
        pl.col("len") > pl.col("len_right")
    )["campaign"].sort().to_list() == ["search_brand", "search_generic"]


def test_a_trigger_rate_of_zero_is_the_world_without_carry_over():
    idle = [replace(channel, trigger_rate=0.0) for channel in DEFAULT_CHANNELS]
    plain, switched = (journeys(2_000, channels=idle, carry_over=on) for on in (False, True))
    assert switched.log.equals(plain.log)
    assert switched.truth.equals(plain.truth)


def test_without_the_switch_triggers_are_not_looked_at():
    part = [channel for channel in DEFAULT_CHANNELS if channel.name in {"display", "email"}]
    plain = [replace(channel, triggers=None, trigger_rate=0.0) for channel in part]
    assert journeys(500, channels=part).log.equals(journeys(500, channels=plain).log)


def test_a_triggered_channel_that_is_not_there_is_refused_with_the_nearest():
    lost = [Channel(name="radio", reach=0.5, triggers="serch", trigger_rate=0.2), CHANNELS[0]]
    lost.append(Channel(name="search", reach=0.5, effect=0.1))
    with pytest.raises(
        ParameterError,
        match=r"The 'triggers' parameter of Channel 'radio' must name a channel of the world. Got 'serch'.\n"
        r"Hint: Did you mean 'search'",
    ):
        journeys(10, channels=lost, carry_over=True)


def chain(length: int) -> list[Channel]:
    names = [f"c{place}" for place in range(length)]
    ends = [Channel(name=names[-1], reach=0.5, effect=0.1)]
    return ends + [
        Channel(name=name, reach=0.5, triggers=later, trigger_rate=0.1) for name, later in pairwise(names)
    ]


def test_more_than_eight_linked_channels_are_refused():
    assert trigger_pairs(tuple(chain(8))).shape == (7, 2)
    with pytest.raises(
        ParameterError, match=r"At most 8 channels .* linked by 'triggers'. Got 9: .*\nHint: "
    ):
        journeys(10, channels=chain(9), carry_over=True)
