"""Laws of the search-term model: what it expects, what it reads, and what it does not."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import spearmanr

import wanamaker as wm
from tests.models.search_terms.made import TRAINING, fitted, log_of, model, parts_of
from wanamaker.features.terms.delay import DelayCurve
from wanamaker.models.search_terms.settings import PREDICTORS
from wanamaker.stats.regression_metrics import poisson_deviance

pytest.importorskip("torch")
pytest.importorskip("xgboost")

LOG = log_of()
TRAIN, TEST = parts_of(LOG)


def test_what_is_expected_is_near_the_truth() -> None:
    table = fitted().predictions(TEST, LOG)
    assert set(table.columns) == {*PREDICTORS, "exposure"}
    for name in ("network", "glm", "trees", "rate"):
        assert table[name].sum() == pytest.approx(TEST["expected"].sum(), rel=0.35), name
        assert spearmanr(table[name], TEST["expected"])[0] > 0.8, name


def test_words_tell_of_terms_that_were_never_seen() -> None:
    new = TEST.filter(pl.col("clicks") > 0).with_columns(term=pl.col("term") + " ")
    for name in ("glm", "network"):
        alone = fitted().predict_with(name, new)
        truth = new.filter(pl.col("expected") > 0)
        kept = (new["expected"] > 0).to_numpy()
        assert spearmanr(alone[kept] / truth["clicks"], truth["expected"] / truth["clicks"])[0] > 0.6, name


def test_the_best_on_validation_is_asked() -> None:
    told = fitted().training_
    scores = {name: one["poisson_deviance"] for name, one in told["predictors"].items()}
    assert fitted().predictor_ == told["predictor"] == min(scores, key=lambda name: scores[name])
    assert_array_equal(fitted().predict(TEST, LOG), fitted().predict_with(told["predictor"], TEST, LOG))
    assert scores[told["predictor"]] < scores["last_week"]


def test_the_one_that_is_asked_for_is_asked() -> None:
    one = model(predictor="rate").fit(TRAIN)
    assert one.predictor_ == "rate"
    assert "'rate' was asked for" in one.training_["predictor_reason"]
    assert set(one.training_["predictors"]) == set(PREDICTORS)


def test_the_loss_with_the_best_means_is_kept() -> None:
    one = model(loss="auto", training=wm.Training(epochs=1, batch_size=256)).fit(TRAIN)
    losses = one.training_["losses"]
    assert set(losses) == {"poisson", "negative_binomial", "tweedie", "zero_inflated"}
    assert one.training_["loss"] == min(losses, key=lambda name: losses[name])
    network = one.training_["predictors"]["network"]["poisson_deviance"]
    assert network == pytest.approx(min(losses.values()))


@pytest.mark.parametrize("loss", ["negative_binomial", "tweedie", "zero_inflated"])
def test_every_loss_learns_means(loss: str) -> None:
    one = model(loss=loss).fit(TRAIN)
    expected = one.predict_with("network", TEST, LOG)
    assert expected.sum() == pytest.approx(TEST["expected"].sum(), rel=0.25)
    assert spearmanr(expected, TEST["expected"])[0] > 0.8


def test_the_day_itself_and_later_days_are_not_read() -> None:
    first = TEST["date"].min()
    early = TEST.filter(pl.col("date") == first)
    changed = TEST.with_columns(pl.col("clicks") * 50, pl.col("cost") * 9, pl.col("conversions") + 5)
    whole = fitted().predictions(early, pl.concat([TRAIN, changed]))
    assert whole.equals(fitted().predictions(early, TRAIN))


def test_conversions_of_rows_that_are_asked_about_are_not_read() -> None:
    other = TEST.with_columns(conversions=pl.lit(99.0))
    assert fitted().predictions(other, LOG).equals(fitted().predictions(TEST, LOG))
    assert fitted().predictions(TEST.drop("conversions"), LOG).equals(fitted().predictions(TEST, LOG))


def test_rows_of_one_term_and_day_share_its_expectation() -> None:
    half = TEST.with_columns(pl.col("clicks", "impressions", "cost") / 2)
    twice = pl.concat([half, half])
    one = fitted().predict(TEST, LOG)
    assert_allclose(fitted().predict(twice, LOG), np.concatenate([one, one]) / 2)


def test_rows_of_one_term_and_day_are_summed_in_training() -> None:
    half = TRAIN.with_columns(pl.col("clicks", "impressions", "cost", "conversions") / 2)
    twice = pl.concat([half, half])
    first, second = (model(campaign="campaign").fit(rows).predictions(TEST, LOG) for rows in (TRAIN, twice))
    assert first.equals(second)


def test_more_clicks_mean_as_many_more_conversions() -> None:
    for name in ("glm", "network", "rate"):
        more = TEST.with_columns(pl.col("clicks") * 1.0001)
        before, after = (fitted().predict_with(name, rows, LOG) for rows in (TEST, more))
        there = (TEST["clicks"] > 0).to_numpy()
        assert (after[there] > before[there] * 0.999).all()


def test_clicks_are_expected_where_they_are_not_known_ahead() -> None:
    one = model(known_ahead=[], training=wm.Training(epochs=2, batch_size=256)).fit(TRAIN)
    told = one.predictions(TEST.select("term", "date"), LOG)
    assert told["exposure"].sum() == pytest.approx(TEST["clicks"].sum(), rel=0.2)
    assert told["rate"].sum() == pytest.approx(TEST["expected"].sum(), rel=0.25)


def test_impressions_can_be_the_exposure() -> None:
    one = model(known_ahead=["impressions"], exposure="impressions").fit(TRAIN)
    told = one.predictions(TEST, LOG)
    there = (TEST["impressions"] > 0).to_numpy()
    assert_allclose(told["exposure"].filter(there), TEST["impressions"].filter(there))
    assert told["rate"].sum() == pytest.approx(TEST["expected"].sum(), rel=0.2)


def test_recent_days_count_as_far_as_their_conversions_are_reported() -> None:
    curve = DelayCurve((0.3, 0.6, 0.8, 0.9, 1.0))
    last = TRAIN["date"].max() + timedelta(days=1)
    ages = (pl.lit(last) - pl.col("date")).dt.total_days()
    shares = pl.Series(curve.share(TRAIN.select(ages).to_series().to_numpy()))
    reported = TRAIN.with_columns(pl.col("conversions") * shares)
    sums = {}
    for delay in (None, curve):
        one = model(delay=delay, training=wm.Training(epochs=1, batch_size=256)).fit(reported)
        sums[delay is None] = one.predict_with("rate", TEST, reported).sum()
    assert sums[True] < sums[False] < 1.1 * TEST["expected"].sum()
    assert sums[False] == pytest.approx(TEST["expected"].sum(), rel=0.1)


def test_days_further_ahead_are_told_what_was_known_last() -> None:
    row = TEST.filter(pl.col("clicks") > 5)[:1]
    ahead = pl.concat(
        [
            row.with_columns(pl.lit(TRAIN["date"].max()).alias("date") + pl.duration(days=by))
            for by in (1, 8, 29)
        ]
    )
    told = fitted().predictions(ahead, TRAIN)
    for name in ("glm", "trees", "rate", "last_week"):
        assert told[name][1] == pytest.approx(told[name][0], rel=1e-6), name  # a week on: the same weekday
    whole = fitted().predictions(TEST, TRAIN)
    for name in ("network", "glm", "trees", "rate"):
        assert whole[name].sum() == pytest.approx(TEST["expected"].sum(), rel=0.35), name


def test_fewer_zeros_leave_expectations_unbiased() -> None:
    one = model(keep_zeros=0.4).fit(TRAIN)
    for name in ("network", "glm", "trees"):
        total = one.predict_with(name, TRAIN, TRAIN).sum()
        assert total == pytest.approx(TRAIN["conversions"].sum(), rel=0.2), name


def test_a_refit_learns_from_all_rows_and_chooses_nothing_anew() -> None:
    again = fitted().refit(LOG)
    old, new = fitted().training_, again.training_
    assert again.predictor_ == fitted().predictor_
    assert new["rows"] == old["rows"] + old["valid_rows"] + len(TEST)
    assert new["chosen"] == old["chosen"]
    assert new["refit"] is True
    assert len(new["curve"]) == old["chosen"]["network"]["epochs"]
    assert again.fitted_.predictors["trees"].chosen == old["chosen"]["trees"]
    assert fitted().training_ is old


def test_other_validation_rows_change_nothing_but_choices() -> None:
    first, rest = parts_of(TRAIN, 25)
    other = rest.with_columns(term=pl.lit("nowhere ") + pl.col("term"))
    readers = [model().fit(first, valid).fitted_.reader for valid in (rest, other)]
    assert readers[0].to_state() == readers[1].to_state()


def test_given_vectors_are_joined_by_term() -> None:
    rng = np.random.default_rng(0)
    terms = LOG["term"].unique().sort()[:-5]
    table = pl.DataFrame({"term": terms, "x": rng.normal(size=len(terms)), "y": rng.normal(size=len(terms))})
    one = model(vectors=table, training=wm.Training(epochs=1, batch_size=256)).fit(TRAIN)
    told = one.unseen(LOG)
    assert told["vectors"] == LOG.filter(~pl.col("term").is_in(terms.to_list())).height
    assert any("terms have no vector" in note for note in one.training_["notes"])
    by_function = model(
        vectors=lambda asked: np.ones((len(asked), 2)), training=wm.Training(epochs=1, batch_size=256)
    ).fit(TRAIN)
    assert len(by_function.predict(TEST, LOG)) == len(TEST)


def test_what_is_unknown_is_counted() -> None:
    rows = pl.DataFrame(
        {"term": ["buy red shoes", "buy zeppelin", " ".join(["buy"] * 25)], "date": ["2026-03-01"] * 3}
    ).with_columns(clicks=pl.lit(1.0), campaign=pl.lit("c0"))
    assert fitted().unseen(rows) == {"words": 1, "terms_cut": 1}
    assert len(fitted().predict(rows)) == 3


def test_files_hold_the_whole_model(tmp_path) -> None:
    one = fitted()
    one.save(tmp_path / "kept")
    loaded = wm.SearchTermModel.load(tmp_path / "kept")
    assert loaded.predictions(TEST, LOG).equals(one.predictions(TEST, LOG))
    assert loaded.explain(TEST, LOG).equals(one.explain(TEST, LOG))
    assert loaded.training_ == one.training_
    assert loaded.get_params() == one.get_params() | {"windows": (1, 7, 28), "known_ahead": ("clicks",)}
    suffixes = {file.suffix for file in (tmp_path / "kept").rglob("*") if file.is_file()}
    assert suffixes <= {".json", ".parquet", ".ubj", ".safetensors"}


def test_files_keep_vectors_and_delays(tmp_path) -> None:
    table = pl.DataFrame({"term": LOG["term"].unique().sort()}).with_columns(x=pl.lit(0.5))
    curve = DelayCurve((0.5, 1.0))
    short = wm.Training(epochs=1, batch_size=256)
    one = model(vectors=table, delay=curve, holidays=["2026-01-06"], training=short).fit(TRAIN)
    one.save(tmp_path / "kept")
    loaded = wm.SearchTermModel.load(tmp_path / "kept")
    assert loaded.predict(TEST, LOG).tolist() == one.predict(TEST, LOG).tolist()
    assert loaded.delay == curve
    assert loaded.training == short


def test_the_table_of_predictors_is_reproduced() -> None:
    first, rest = parts_of(TRAIN, 29)
    one = model(training=TRAINING).fit(first, rest)
    told = one.training_["predictors"]["rate"]["poisson_deviance"]
    again = one.predict_with("rate", rest, first)
    assert told > 0
    assert poisson_deviance(rest["conversions"], np.maximum(again, 1e-6))[0] == pytest.approx(told, rel=0.1)


def test_asking_leaves_the_network_as_it_is_asked() -> None:
    fitted().predict_with("network", TEST, LOG)
    assert not fitted().fitted_.predictors["network"].network.training
    assert fitted().words(LOG).equals(fitted().words(LOG))


def test_training_goes_on_where_it_was_interrupted(tmp_path) -> None:
    short = wm.Training(epochs=1, batch_size=256, checkpoint=tmp_path / "kept")
    first = model(loss="auto", training=short).fit(TRAIN)
    again = model(loss="auto", training=short).fit(TRAIN)
    assert {one.name for one in (tmp_path / "kept").iterdir()} == set(first.training_["losses"])
    assert again.training_["curve"] == first.training_["curve"]  # seconds included: nothing was trained again
    assert again.predictions(TEST, LOG).equals(first.predictions(TEST, LOG))
