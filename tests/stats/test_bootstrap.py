"""Laws of the Poisson bootstrap: the right distribution, whole users, the same bits, honest intervals."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy import stats

import wanamaker as wm
from wanamaker.events.codes import stable_hashes
from wanamaker.stats.bootstrap import Resampling, interval

pytestmark = pytest.mark.filterwarnings("ignore::wanamaker.base.errors.DataWarning")


def keys(count: int, start: int = 0) -> np.ndarray:
    return stable_hashes(pl.Series(range(start, start + count)))


def draws(mean: float, count: int = 2_000, replicates: int = 100, seed: int = 7) -> np.ndarray:
    """Poisson draws of shape (count, replicates)."""
    weights = Resampling(replicates, seed).weights(keys(count), np.full(count, mean))
    return weights[:, 1:] * mean


# --- The distribution -----------------------------------------------------------------------------


@pytest.mark.parametrize("mean", [0.3, 1.0, 5.0, 29.0, 50.0, 1_000.0])
def test_draws_have_the_mean_and_the_variance_of_poisson(mean):
    found = draws(mean)
    size = found.size
    assert found.mean() == pytest.approx(mean, abs=4 * np.sqrt(mean / size))
    spread = np.sqrt((mean + 2 * mean**2) / size)
    # Above 30 draws are rounded normal ones, whose variance is larger by 1/12.
    assert found.var() == pytest.approx(mean, abs=4 * spread + (1 / 12 if mean > 30 else 0))
    assert (found >= 0).all()
    assert np.abs(found - found.round()).max() < 1e-9 * mean


@pytest.mark.parametrize("mean", [0.3, 1.0, 5.0, 29.0])
def test_draws_have_the_probabilities_of_poisson(mean):
    found = draws(mean).round().astype(int).ravel()
    most = int(stats.poisson.ppf(1 - 1e-4, mean))
    counts = np.bincount(np.minimum(found, most), minlength=most + 1)
    chances = stats.poisson.pmf(np.arange(most + 1), mean)
    chances[-1] = stats.poisson.sf(most - 1, mean)
    few = np.cumsum(chances) * len(found) < 10
    counts = np.concatenate([[counts[few].sum()], counts[~few]]) if few.any() else counts
    chances = np.concatenate([[chances[few].sum()], chances[~few]]) if few.any() else chances
    assert stats.chisquare(counts, chances / chances.sum() * counts.sum()).pvalue > 1e-4


@pytest.mark.parametrize("lag", [1, 2])
def test_draws_of_neighbouring_users_replicates_and_seeds_are_not_related(lag):
    found = draws(1.0)
    other_seed = draws(1.0, seed=8)
    for one, other in (
        (found[lag:], found[:-lag]),
        (found[:, lag:], found[:, :-lag]),
        (found, other_seed),
        (found[:, lag:], other_seed[:, :-lag]),
    ):
        related = np.corrcoef(one.ravel(), other.ravel())[0, 1]
        assert abs(related) < 4.5 / np.sqrt(one.size)


def test_the_first_column_is_the_data_as_they_are():
    assert (Resampling(5, 1).weights(keys(9), np.full(9, 3.5))[:, 0] == 1.0).all()


def test_no_replicates_leave_only_the_data_as_they_are():
    assert Resampling(0, 1).weights(keys(9), np.ones(9)).shape == (9, 1)


# --- Whole users, same bits -----------------------------------------------------------------------


def test_all_rows_of_a_user_have_the_same_weights_wherever_they_stand():
    users = stable_hashes(pl.Series(["x", "y", "x", "z", "x"]))
    weights = Resampling(50, 3).weights(users, np.ones(5))
    assert (weights[0] == weights[2]).all()
    assert (weights[0] == weights[4]).all()
    assert (weights[0] != weights[1]).any()


def test_the_same_seed_gives_the_same_bits_and_another_seed_others():
    first, again, other = (Resampling(20, seed).weights(keys(50), np.ones(50)) for seed in (4, 4, 5))
    assert (first == again).all()
    assert (first != other).any()


def test_more_replicates_keep_the_ones_before():
    few, many = (Resampling(count, 4).weights(keys(50), np.ones(50)) for count in (10, 30))
    assert (few == many[:, :11]).all()


def test_credit_of_the_same_seed_is_the_same_bit_for_bit():
    made = wm.journeys_from_events(wm.simulate.journeys(2_000, seed=1).log, value="value", cost="cost")
    first, again, other = (wm.attribute(made, bootstrap=30, seed=seed).table for seed in (9, 9, 10))
    assert first.equals(again)
    assert not first.equals(other)
    assert first["conversions"].equals(other["conversions"])


def users_of_two_touches(together: bool) -> pl.DataFrame:
    """Every user converts once by a and once by b; or a's users and b's are different people."""
    users = range(60)
    rows = [
        (user if together else user + 1_000 * place, time, name, 1)
        for user in users
        for place, (time, name) in enumerate(((1, "a"), (2, "b")))
    ]
    return pl.DataFrame(rows, schema=["uid", "timestamp", "campaign", "conversion"], orient="row")


def test_users_are_resampled_whole_so_their_journeys_vary_together():
    made = wm.journeys_from_events(users_of_two_touches(together=True))
    for row in wm.attribute(made, ["last"], bootstrap=50).table.iter_rows(named=True):
        assert (row["share_low"], row["share_high"]) == (0.5, 0.5)
        assert row["conversions_low"] < 60 < row["conversions_high"]
    made = wm.journeys_from_events(users_of_two_touches(together=False))
    for row in wm.attribute(made, ["last"], bootstrap=50).table.iter_rows(named=True):
        assert row["share_low"] < 0.48
        assert row["share_high"] > 0.52


def test_costs_vary_with_the_users_who_caused_them():
    log = users_of_two_touches(together=True).with_columns(cost=pl.lit(2.0))
    table = wm.attribute(wm.journeys_from_events(log, cost="cost"), ["last"], bootstrap=50).table
    assert table["cpa_low"].to_list() == table["cpa_high"].to_list() == [2.0, 2.0]
    assert (table["cost_low"] < 120).all()
    assert (table["cost_high"] > 120).all()


# --- Grouped counts -------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [25, 4_000])
def test_a_path_of_many_conversions_is_resampled_by_its_count(count):
    table = {"path": ["a", "b"], "total_conversions": [count, count]}
    credit = wm.attribute(wm.journeys_from_paths(table), ["last"], bootstrap=4_000).table
    half = (credit["conversions_high"] - credit["conversions_low"]).to_numpy() / 2
    assert half == pytest.approx(1.96 * np.sqrt(count), rel=0.1)
    share = (credit["share_high"] - credit["share_low"]).to_numpy() / 2
    assert share == pytest.approx(1.96 * np.sqrt(0.25 / (2 * count)), rel=0.1)


def test_intervals_of_grouped_paths_are_as_wide_as_those_of_one_row_per_journey():
    single = {"path": ["a > b"] * 900 + ["b"] * 300, "total_conversions": [1] * 1_200}
    grouped = {"path": ["a > b", "b"], "total_conversions": [900, 300]}
    widths = []
    for table in (single, grouped):
        credit = wm.attribute(wm.journeys_from_paths(table), ["linear"], bootstrap=3_000).table
        widths.append(
            [
                *(credit["conversions_high"] - credit["conversions_low"]),
                *(credit["share_high"] - credit["share_low"]),
            ]
        )
    assert widths[1] == pytest.approx(widths[0], rel=0.1)


# --- Intervals ------------------------------------------------------------------------------------


def test_an_interval_holds_the_middle_of_the_draws():
    low, high = interval(np.arange(1_001.0)[::-1].copy())
    assert [float(low), float(high)] == pytest.approx([25.0, 975.0])
    low, high = interval(np.array([[0.0, 10.0], [1.0, 1.0]]), level=0.5)
    assert [*low, *high] == pytest.approx([2.5, 1.0, 7.5, 1.0])


def test_draws_that_are_not_defined_are_left_out_and_an_infinite_end_is_not_known():
    gaps = np.array([[np.nan, 1.0, 2.0], [np.nan, np.nan, np.nan], [1.0, np.inf, np.inf]])
    low, high = interval(gaps)
    assert low[0] == 1.0
    assert high[0] == 2.0
    assert np.isnan([low[1], high[1], high[2]]).all()
    assert low[2] == 1.0


def simulated_experiments(experiments: int, users: int, seed: int) -> pl.DataFrame:
    """Many small logs side by side: users with several journeys that convert by a or by b.

    The number of users of each is Poisson, as the population of a period is. A user is a fan of a or
    of b, so that journeys of one user resemble each other.
    """
    random = np.random.default_rng(seed)
    sizes = random.poisson(users, experiments)
    owner = np.repeat(np.arange(experiments), sizes)
    fan = random.random(len(owner)) < 0.4
    journeys = random.integers(1, 6, len(owner))
    user = np.repeat(np.arange(len(owner)), journeys)
    chance = np.where(fan[user], 0.9, 0.1)
    return pl.DataFrame(
        {
            "uid": user,
            "experiment": owner[user],
            "timestamp": np.arange(len(user)),
            "campaign": np.where(random.random(len(user)) < chance, "a", "b"),
            "conversion": 1,
        }
    )


def test_intervals_cover_the_truth_about_95_times_in_100():
    experiments, users = 600, 150
    log = simulated_experiments(experiments, users, seed=11)
    made = wm.journeys_from_events(log, covariates=["experiment"])
    table = wm.attribute(made, ["last"], bootstrap=200, by="experiment").table.filter(touch="a")
    assert len(table) == experiments
    share = 0.4 * 0.9 + 0.6 * 0.1
    truths = {"share": share, "conversions": users * 3 * share}
    for name, truth in truths.items():
        covered = ((table[f"{name}_low"] <= truth) & (table[f"{name}_high"] >= truth)).mean()
        assert 0.92 < covered < 0.975, name


def test_intervals_that_take_journeys_for_users_are_too_narrow():
    log = simulated_experiments(300, 150, seed=12).with_row_index("journey")
    made = wm.journeys_from_events(log, journey="journey", covariates=["experiment"])
    table = wm.attribute(made, ["last"], bootstrap=200, by="experiment").table.filter(touch="a")
    covered = ((table["share_low"] <= 0.42) & (table["share_high"] >= 0.42)).mean()
    assert covered < 0.85
    assert "no_users" in {note.code for note in made.notes}
