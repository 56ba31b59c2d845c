"""Topics of a day are learned on the days before it, and mean the same from day to day."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import polars as pl
import pytest

import wanamaker as wm
from tests.features.categories.made import HOUR, later, log
from wanamaker.features.categories.spectral import turned_onto
from wanamaker.features.categories.topics import METHODS

every_method = pytest.mark.parametrize("method", METHODS)


def tastes(days: int = 4, rows: int = 4_000, seed: int = 0) -> pl.DataFrame:
    """Users of three tastes and the apps they open: 12 apps of each taste, a few of the others."""
    random = np.random.default_rng(seed)
    users = random.integers(0, 90, days * rows)
    strays = random.random(days * rows) < 0.1
    taste = np.where(strays, random.integers(0, 3, days * rows), users % 3)
    return pl.DataFrame(
        {
            "user": users,
            "app": taste + 3 * random.integers(0, 12, days * rows),
            "day": np.repeat(np.arange(days), rows) * 86_400,
        }
    )


def pair(**more) -> wm.PairVectors:
    return wm.PairVectors(**({"pairs": [("a", "b")], "dims": 3, "time": "time", "every": "1h"} | more))


def by_taste(**more) -> wm.PairVectors:
    return wm.PairVectors(**({"pairs": [("user", "app")], "dims": 3, "time": "day"} | more))


@every_method
def test_later_days_change_no_earlier_value(method):
    whole = log().sort("time")
    hours = whole["time"] // HOUR
    together = pair(method=method).fit(whole)
    for hour in range(1, 5):
        alone = pair(method=method).fit(whole.filter(hours < hour))
        now = whole.filter(hours == hour)
        assert alone.features(now).equals(together.features(now))


@every_method
def test_a_row_never_sees_its_own_day(method):
    whole = log().sort("time")
    last = whole["time"] // HOUR == 4
    other = pl.concat([whole.filter(~last), whole.filter(last).with_columns(pl.col("b") + 50)])
    assert (
        pair(method=method).fit(other).features(whole).equals(pair(method=method).fit(whole).features(whole))
    )


def test_training_rows_and_the_same_rows_later_have_the_same_values():
    whole = log()
    made = pair()
    told = made.fit_transform(whole)
    assert made.transform(whole).equals(told)


def test_rows_of_the_first_day_have_zeros_and_rows_after_the_last_see_every_training_row():
    whole = log().sort("time")
    made = pair().fit(whole)
    first = whole.filter(pl.col("time") < HOUR)
    assert made.features(first).select(pl.all().abs().max()).max_horizontal()[0] == 0
    far = later().with_columns(pl.col("time") + 1_000 * HOUR)
    assert made.features(far).equals(made.features(later()))
    narrower = pair().fit(whole.filter(pl.col("time") < 4 * HOUR))
    assert not narrower.features(later()).equals(made.features(later()))


@every_method
def test_those_who_go_with_the_same_words_have_near_topics(method):
    table = tastes()
    made = (
        by_taste(method=method)
        .fit(table)
        .features(pl.DataFrame({"user": range(90), "day": [86_400 * 9] * 90}))
    )
    vectors = made.to_numpy()
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    near = unit @ unit.T
    alike = np.arange(90)[:, None] % 3 == np.arange(90)[None, :] % 3
    assert near[alike].mean() > near[~alike].mean() + 0.5


@every_method
def test_topics_mean_the_same_from_day_to_day(method):
    table = tastes()
    made = by_taste(method=method).fit(table)
    days = [
        made.features(pl.DataFrame({"user": range(90), "day": [86_400 * day] * 90})).to_numpy()
        for day in (1, 2, 3, 4)
    ]
    for one, other in pairwise(days):
        cosines = np.sum(one * other, axis=1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)
        assert cosines.min() > 0.8


def test_without_turning_they_would_not():
    random = np.random.default_rng(0)
    basis, _ = np.linalg.qr(random.standard_normal((20, 3)))
    rotation, _ = np.linalg.qr(random.standard_normal((3, 3)))
    assert basis @ rotation @ turned_onto(basis @ rotation, basis) == pytest.approx(basis)
    flipped = basis * [1, -1, 1]
    assert np.abs(flipped - basis).max() > 0.1
    assert flipped @ turned_onto(flipped, basis) == pytest.approx(basis)


def test_lda_gives_shares_and_nmf_nothing_negative():
    table = tastes(2)
    asked = pl.DataFrame({"user": range(90), "day": [86_400 * 9] * 90})
    shares = by_taste(method="lda").fit(table).features(asked)
    assert shares.sum_horizontal().to_numpy() == pytest.approx(np.ones(90), abs=1e-5)
    assert by_taste(method="nmf").fit(table).features(asked).min_horizontal().min() >= 0


@every_method
def test_more_topics_than_the_first_day_can_tell_are_fine(method):
    table = pl.DataFrame({"a": [1, 1, 2, 2], "b": [5, 5, 6, 7], "time": [0, 0, HOUR, HOUR]})
    made = pair(method=method, dims=4, min_count=1).fit(table)
    told = made.features(pl.DataFrame({"a": [1, 2], "time": [2 * HOUR] * 2}))
    assert told.shape == (2, 4)
    assert np.isfinite(told.to_numpy()).all()
    assert told.select(pl.all().abs()).sum_horizontal().min() > 0


def test_fitted_once_no_time_is_needed():
    table = tastes().drop("day")
    made = wm.PairVectors(pairs=[("user", "app")], dims=3, every=None).fit(table)
    asked = pl.DataFrame({"user": range(90)})
    expected = by_taste().fit(tastes().with_columns(pl.lit(0).alias("day")))
    assert made.features(asked).equals(expected.features(asked.with_columns(pl.lit(86_400).alias("day"))))


def test_documents_seen_too_rarely_by_then_have_zeros():
    table = pl.DataFrame({"a": [1, 1, 1, 2], "b": [5, 6, 5, 6], "time": [0, HOUR, 2 * HOUR, 2 * HOUR]})
    made = pair(min_count=2, dims=1).fit(table)
    asked = pl.DataFrame({"a": [1, 1, 1, 2], "time": [HOUR, 2 * HOUR, 3 * HOUR, 3 * HOUR]})
    assert (made.features(asked).to_series() != 0).to_list() == [False, True, True, False]


def test_unusable_settings_are_refused():
    with pytest.raises(wm.ParameterTypeError, match=r"must be two columns. Got \('a', 'a'\)"):
        pair(pairs=[("a", "a")]).fit(log())
    with pytest.raises(wm.ParameterTypeError, match=r"must be two columns. Got 'ab'"):
        pair(pairs=["ab"]).fit(log())
    with pytest.raises(wm.ParameterError, match="must be one or more, of different names"):
        pair(pairs=[]).fit(log())
    with pytest.raises(wm.ParameterError, match=r"it needs the 'time' parameter. Got None"):
        pair(time=None).fit(log())
    with pytest.raises(wm.ParameterError, match=r"must be one of 'svd', 'nmf', 'lda'. Got 'pca'"):
        pair(method="pca").fit(log())
    with pytest.raises(wm.ParameterError, match="'every' must be longer than zero"):
        pair(every="0s").fit(log())
    spread = pl.DataFrame({"a": [1] * 1_001, "b": [1] * 1_001, "time": [60 * row for row in range(1_001)]})
    with pytest.raises(wm.ParameterError, match=r"fits at most 1,000 times. every='1m' asks for 1,001"):
        pair(every="1m").fit(spread)
    with pytest.raises(wm.DataError, match="the time is missing"):
        pair().fit(log().with_columns(pl.lit(None, pl.Int64).alias("time")))
