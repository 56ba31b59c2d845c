"""The world of search terms holds what it promises."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from scipy.stats import spearmanr
from sklearn.linear_model import PoissonRegressor

import wanamaker as wm
from wanamaker.base.errors import ParameterError, ParameterTypeError
from wanamaker.simulate.search_terms import stream
from wanamaker.simulate.search_terms import terms as terms_module
from wanamaker.simulate.search_terms.delays import BUCKETS, shares_of_buckets, shares_reported

KEYS = ["term", "date", "campaign", "ad_group", "keyword", "match_type"]
COUNTS = ["impressions", "clicks", "cost", "conversions", "value"]


@pytest.fixture(scope="module")
def world():
    return wm.simulate.search_terms(120_000, seed=4, days=120)


def kind(world, name):
    return world.truth.filter(pl.col("kind") == name)


def column(world, name, of):
    return kind(world, name)[of].to_numpy()


def test_the_same_seed_gives_the_same_log_and_another_one_another():
    one, same, other = (wm.simulate.search_terms(3_000, seed=seed) for seed in (5, 5, 6))
    assert_frame_equal(one.log, same.log, check_exact=True)
    assert_frame_equal(one.truth, same.truth, check_exact=True)
    assert not one.log.equals(other.log)


def test_a_log_is_the_same_however_many_days_are_made_at_once(monkeypatch):
    whole = wm.simulate.search_terms(4_000, seed=2, days=30)
    monkeypatch.setattr(stream, "_ROWS_AT_ONCE", 1_000)
    cut = wm.simulate.search_terms(4_000, seed=2, days=30)
    assert_frame_equal(whole.log, cut.log, check_exact=True)
    assert_frame_equal(whole.truth, cut.truth, check_exact=True)


def test_the_log_has_the_columns_and_about_the_rows_that_were_asked_for(world):
    assert world.log.columns == [*KEYS, *COUNTS]
    assert world.log.schema["date"] == pl.Date
    assert all(world.log.schema[name] == pl.Float64 for name in COUNTS)
    assert world.log["term"].is_not_null().sum() == pytest.approx(120_000, rel=0.03)
    assert world.log["date"].is_sorted()
    assert world.kind == "search_terms"


def test_a_row_is_a_place_in_which_a_term_was_shown_on_a_day(world):
    named = world.log.filter(pl.col("term").is_not_null())
    assert not named.select(KEYS).is_duplicated().any()
    assert named["impressions"].min() >= 1
    assert (world.log["clicks"] <= world.log["impressions"]).all()
    assert (
        (world.log.filter(pl.col("clicks") == 0).select("cost", "conversions", "value") == 0).to_numpy().all()
    )
    several = named.group_by("term", "date").len()
    assert several["len"].max() == 2


def test_terms_have_one_to_six_different_words_of_the_vocabulary(world):
    terms = kind(world, "term")["name"]
    words = terms.str.split(" ")
    assert terms.is_unique().all()
    assert (words.list.len().min(), words.list.len().max()) == (1, 6)
    assert set(words.explode()) <= set(kind(world, "word")["name"])


def test_hidden_terms_are_the_rarest_and_make_one_row_per_day_and_campaign(world):
    hidden = world.log.filter(pl.col("term").is_null())
    assert not hidden.select("date", "campaign").is_duplicated().any()
    assert hidden.select("ad_group", "keyword", "match_type").null_count().row(0) == (hidden.height,) * 3
    terms = kind(world, "term")
    unnamed = terms.filter("hidden")
    assert hidden["clicks"].sum() == unnamed["clicks"].sum()
    assert hidden["cost"].sum() == pytest.approx(unnamed["cost"].sum())
    assert unnamed["clicks"].sum() / terms["clicks"].sum() == pytest.approx(0.1, abs=0.02)
    assert unnamed["clicks"].mean() < terms.filter(~pl.col("hidden"))["clicks"].mean() / 5
    named = world.log["term"].drop_nulls().unique()
    assert not named.is_in(unnamed["name"].implode()).any()


def test_nothing_is_hidden_if_nothing_is_to_be():
    open_world = wm.simulate.search_terms(3_000, seed=1, hidden=0.0)
    assert open_world.log["term"].null_count() == 0
    assert not kind(open_world, "term")["hidden"].any()


def test_the_truth_adds_up_to_the_log(world):
    for name in ("clicks", "cost"):
        told = world.log[name].sum()
        for of in ("term", "day", "weekday", "baseline"):
            assert kind(world, of)[name].sum() == pytest.approx(told)
    assert kind(world, "term")["final"].sum() == kind(world, "day")["final"].sum()
    by_term = world.log.group_by(pl.col("term").alias("name")).agg(pl.col("clicks").sum().alias("seen"))
    joined = kind(world, "term").join(by_term, on="name")
    assert joined["clicks"].equals(joined["seen"])


def test_words_have_the_sums_of_the_terms_that_hold_them(world):
    of_terms = kind(world, "term").with_columns(pl.col("name").str.split(" ").alias("word")).explode("word")
    sums = of_terms.group_by(pl.col("word").alias("name")).agg(
        pl.col("clicks", "cost", "conversions", "final").sum()
    )
    told = kind(world, "word").select(sums.columns).filter(pl.col("name").is_in(sums["name"].implode()))
    assert_frame_equal(told.sort("name"), sums.sort("name"))


@pytest.mark.parametrize("options", [{}, {"fractional": True}, {"zero_inflation": 0.0, "dispersion": 0.0}])
def test_conversions_come_as_often_as_they_are_expected(options):
    world = wm.simulate.search_terms(60_000, seed=9, days=60, **options)
    expected, final = (kind(world, "baseline")[name].item() for name in ("conversions", "final"))
    spread = 3.0 if options != {"zero_inflation": 0.0, "dispersion": 0.0} else 1.0
    assert abs(final - expected) < 4 * math.sqrt(spread * expected)
    useful = kind(world, "term").filter(pl.col("conversions") > 0)
    for part in useful.sort(pl.col("conversions") / pl.col("clicks")).iter_slices(useful.height // 5 + 1):
        assert abs((part["final"] - part["conversions"]).sum()) < 4 * math.sqrt(
            spread * part["conversions"].sum()
        )


@pytest.mark.parametrize(
    ("options", "wider"),
    [
        ({"dispersion": 0.0, "zero_inflation": 0.0}, False),
        ({"dispersion": 3.0, "zero_inflation": 0.0}, True),
        ({"dispersion": 0.0, "zero_inflation": 0.7}, True),
    ],
)
def test_counts_are_poisson_unless_spread_or_zeros_are_planted(options, wider):
    world = wm.simulate.search_terms(
        100_000, seed=1, days=60, hidden=0.0, delay="0d", word_effect=0.5, **options
    )
    mean = expected_rows(world)
    off = world.log["conversions"].to_numpy() - mean
    ratio = (off**2).sum() / mean.sum()
    error = math.sqrt((2 * mean**2 + mean).sum()) / mean.sum()
    assert (ratio > 1 + 6 * error) if wider else abs(ratio - 1) < 4 * error


def expected_rows(world):
    """Conversions expected of each row, from the parts of the truth that its docstring names."""
    effects = {
        name: dict(kind(world, name).select("name", "effect").iter_rows())
        for name in ("term", "day", "baseline")
    }
    log = world.log.select(
        pl.col("clicks"),
        pl.col("term").replace_strict(effects["term"], return_dtype=pl.Float64).alias("of_term"),
        pl.col("date").cast(pl.String).replace_strict(effects["day"]).alias("of_day"),
    )
    rate = (log["of_term"] + log["of_day"] + effects["baseline"]["(baseline)"]).exp().fill_null(0.0)
    mean = (log["clicks"] * rate).to_numpy()
    assert mean.sum() == pytest.approx(kind(world, "baseline")["conversions"].item())
    return mean


def test_useless_terms_never_convert_and_are_as_popular_as_others(world):
    terms = kind(world, "term")
    useless = terms.filter("useless")
    assert useless["final"].sum() == useless["conversions"].sum() == 0
    assert useless["effect"].null_count() == useless.height
    assert useless.height / terms.height == pytest.approx(0.1, abs=0.001)
    assert useless["cost"].sum() / terms["cost"].sum() == pytest.approx(0.1, abs=0.03)
    logged = world.log.filter(pl.col("term").is_in(useless["name"].implode()))
    assert logged["cost"].sum() > 0
    assert logged.select("conversions", "value").sum().row(0) == (0.0, 0.0)


def test_a_poisson_regression_on_the_log_finds_the_effects_of_the_words(world):
    log = world.log.filter(pl.col("term").is_not_null())
    terms = (
        log.group_by("term")
        .agg(pl.col("clicks", "conversions").sum())
        .filter(pl.col("clicks") > 0)
        .sort("term")
    )
    words, pairs = kind(world, "word"), kind(world, "bigram")
    split, spaced = terms["term"].str.split(" "), pl.format(" {} ", pl.col("term"))
    has = [split.list.contains(word) for word in words["name"]]
    has += [
        terms.select(spaced.str.contains(f" {pair} ", literal=True)).to_series() for pair in pairs["name"]
    ]
    design = np.stack([one.to_numpy() for one in has], axis=1).astype(float)
    clicks = terms["clicks"].to_numpy()
    model = PoissonRegressor(alpha=1e-4, max_iter=500)
    model.fit(design, terms["conversions"].to_numpy() / clicks, sample_weight=clicks)
    supported = np.flatnonzero(words["clicks"].to_numpy() >= 500)
    found = model.coef_[: words.height][supported]
    assert len(supported) > 40
    assert spearmanr(found, words["effect"].to_numpy()[supported]).statistic > 0.9
    of_pairs = model.coef_[words.height :]
    assert spearmanr(of_pairs, pairs["effect"].to_numpy()).statistic > 0.6


def test_the_lift_of_a_word_is_what_its_terms_would_lose_without_its_effects(world):
    words = dict(kind(world, "word").select("name", "effect").iter_rows())
    pairs = dict(kind(world, "bigram").select("name", "effect").iter_rows())
    terms = kind(world, "term").select("name", "conversions").rows()
    lifts = dict(kind(world, "word").select("name", "lift").iter_rows())
    for word in ("buy", "free", "wanderlyn", next(iter(pairs)).split()[0]):
        with_it = without = 0.0
        for term, conversions in terms:
            split = term.split()
            if word in split:
                own = [f"{a} {b}" for a, b in pairwise(split) if word in (a, b)]
                with_it += conversions
                without += conversions * math.exp(-words[word] - sum(pairs.get(pair, 0.0) for pair in own))
        assert lifts[word] == pytest.approx(math.log(with_it / without))


def test_a_named_word_has_its_effect_times_the_factor():
    effects = {}
    for factor in (1.0, 0.5, 0.0):
        world = wm.simulate.search_terms(2_000, seed=1, word_effect=factor)
        effects[factor] = kind(world, "word").filter(pl.col("name") == "free")["effect"].item()
    assert effects == {1.0: -1.8, 0.5: -0.9, 0.0: 0.0}


def test_what_is_reported_by_age_is_the_planted_curve(world):
    known = world.log.group_by("date").agg(pl.col("conversions").sum()).sort("date")["conversions"].to_numpy()
    final = column(world, "day", "final")
    share = column(world, "delay", "effect")[::-1]
    assert abs(known - final * share)[-30:].sum() / final[-30:].sum() < 0.15
    spread = np.sqrt(np.maximum(final * share * (1 - share), 1e-9))
    off = (known - final * share)[-20:] / spread[-20:]
    assert np.abs(off).max() < 4
    assert known[:60].sum() == pytest.approx(final[:60].sum(), rel=0.001)
    assert known[-1] < 0.3 * final[-1]


def test_the_share_reported_is_that_of_clicks_spread_over_their_day():
    rng = np.random.default_rng(0)
    known_after = rng.random(400_000) + rng.exponential(4.0, 400_000)
    for age, share in enumerate(shares_reported(12, 4.0), start=1):
        assert (known_after <= age).mean() == pytest.approx(share, abs=0.004)


def test_the_buckets_of_the_delay_hold_all_conversions():
    rng = np.random.default_rng(0)
    drawn = rng.exponential(6.0, 400_000)
    for (low, high), share in zip(BUCKETS, shares_of_buckets(6.0), strict=True):
        assert ((drawn >= low) & (drawn < high)).mean() == pytest.approx(share, abs=0.004)
    assert shares_of_buckets(0.0)[0] == 1.0
    assert shares_of_buckets(30.0).sum() == pytest.approx(1.0)


def test_without_delay_everything_is_known_at_once():
    world = wm.simulate.search_terms(5_000, seed=2, delay="0d")
    assert world.log["conversions"].sum() == kind(world, "baseline")["final"].item()


def test_fractions_are_hundredths_and_whole_conversions_are_whole_else(world):
    assert (world.log["conversions"] == world.log["conversions"].round()).all()
    parts = wm.simulate.search_terms(20_000, seed=2, fractional=True).log["conversions"].to_numpy()
    assert np.abs(parts * 100 - np.rint(parts * 100)).max() < 1e-9
    assert (parts != np.rint(parts)).sum() > 100


def test_weekday_and_season_change_searches_and_rates_unless_switched_off():
    year = {"days": 364, "start": "2025-01-06", "n": 60_000, "seed": 8, "hidden": 0.0}
    season, none = (wm.simulate.search_terms(season=factor, **year) for factor in (1.0, 0.0))
    assert (column(none, "day", "effect") == 0).all()
    clicks = column(season, "weekday", "clicks")
    assert clicks[0] > 1.15 * clicks[5]
    rate = column(season, "weekday", "conversions") / clicks
    assert rate[0] > 1.2 * rate[5]
    level = column(none, "weekday", "conversions") / column(none, "weekday", "clicks")
    assert level.max() < 1.2 * level.min()
    days = column(season, "day", "conversions") / column(season, "day", "clicks")
    assert days[330:350].mean() > 1.3 * days[150:170].mean()


def test_the_base_rate_is_about_that_of_all_clicks():
    world = wm.simulate.search_terms(40_000, seed=3, base_rate=0.1, season=0.0)
    sums = kind(world, "baseline")
    assert sums["conversions"].item() / sums["clicks"].item() == pytest.approx(0.1, rel=0.1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"useless": 1.0},
            r"'useless' parameter of simulate.search_terms must be a number in the range \[0, 0.9\]",
        ),
        ({"words": 10}, "'words' parameter of simulate.search_terms must be an integer from 60"),
        ({"delay": "60d"}, r"'delay' .* must be from 0 to 30 days. Got '60d'.\nHint: delay='5d'"),
        ({"delay": "soon"}, r"'delay' must be a duration. Got 'soon'.\nHint: "),
        ({"start": "1 May"}, "'start' parameter of simulate.search_terms must be an ISO date"),
        ({"terms": 20}, r"20 terms of simulate.search_terms.* cannot fill 9000 rows in 180 days.\nHint: "),
    ],
)
def test_an_option_that_is_not_right_is_refused_with_what_to_write(options, message):
    with pytest.raises(ParameterError, match=message):
        wm.simulate.search_terms(9_000, **options)


def test_more_terms_than_words_make_are_refused(monkeypatch):
    monkeypatch.setattr(terms_module, "_ROUNDS", 1)
    with pytest.raises(
        ParameterError, match=r"60 words .* too few for 9000 different terms.\nHint: .*words=120"
    ):
        wm.simulate.search_terms(9_000, words=60, terms=9_000)


def test_an_option_of_the_wrong_type_is_refused():
    with pytest.raises(ParameterTypeError, match=r"'fractional' parameter .* must be true or false. Got 1"):
        wm.simulate.search_terms(9_000, fractional=1)


@pytest.mark.parametrize(
    "options", [{"n": 1}, {"n": 30, "days": 1}, {"n": 200, "bigrams": 0, "useless": 0.0}]
)
def test_small_worlds_are_worlds(options, tmp_path):
    world = wm.simulate.search_terms(**options)
    assert kind(world, "term").height >= 60
    folder = world.write(tmp_path)
    assert pl.read_parquet(folder / "log.parquet").equals(world.log)
