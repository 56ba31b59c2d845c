"""Each predictor against a slow, obvious reference or another library."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_allclose
from scipy.sparse import csr_matrix, hstack

from tests.models.search_terms.made import START, log_of, model, parts_of
from wanamaker.features.terms.delay import DelayCurve
from wanamaker.models.search_terms import fitting
from wanamaker.models.search_terms.design import Design
from wanamaker.models.search_terms.fitting import thinned
from wanamaker.models.search_terms.predictors.glm import Glm
from wanamaker.models.search_terms.predictors.last_week import LastWeek
from wanamaker.models.search_terms.predictors.rate import Rate
from wanamaker.models.search_terms.predictors.trees import _rarity, _tf_idf
from wanamaker.models.search_terms.scales import Scales
from wanamaker.models.search_terms.tables import Tables

LOG = log_of().drop("expected")
TRAIN, TEST = parts_of(LOG)
CURVE = DelayCurve((0.5, 0.8, 1.0))


@cache
def examples(*, delay: bool = False, campaign: bool = False):
    """Return the training rows as predictors read them."""
    one = model(delay=CURVE if delay else None, campaign="campaign" if campaign else None)
    tables = Tables.of(one, TRAIN)
    days = tables.labelled(TRAIN, "rows")
    reader = fitting._reader(one, tables, days)
    return reader.read(days, days, None, labelled=True), days


@pytest.mark.parametrize("delay", [False, True])
def test_sums_of_the_past_are_those_of_the_log(delay: bool) -> None:
    rows, days = examples(delay=delay, campaign=True)
    curve = CURVE if delay else DelayCurve.none()
    last = int(days.day[-1]) + 1
    final = days.measures["conversions"] / curve.share(last - days.day.astype(np.int64))
    for row in (0, 400, 900, len(days) - 1):
        before = days.day < days.day[row]
        share = np.zeros(len(days))
        share[before] = curve.share((days.day[row] - days.day[before]).astype(np.int64))
        members = [
            days.codes == days.codes[row],
            days.campaign == days.campaign[row],
            np.ones(len(days), bool),
        ]
        for level, of in enumerate(members):
            known = float((final * share)[of].sum())
            exposure = float((days.measures["clicks"] * share)[of].sum())
            assert rows.sums.conversions[row, level] == pytest.approx(known, abs=1e-6)
            assert rows.sums.exposure[row, level] == pytest.approx(exposure, rel=1e-6, abs=1e-6)
        week = members[0] & (days.day >= days.day[row] - 7)
        assert rows.sums.week[row] == pytest.approx(float((final * share)[week].sum()), abs=1e-6)


def test_last_week_is_a_seventh_of_it() -> None:
    rows, _ = examples()
    assert_allclose(LastWeek().predict(rows), rows.sums.week / 7)


def test_a_rate_is_drawn_from_the_term_to_its_campaign_to_all() -> None:
    rows, _ = examples(campaign=True)
    rate = Rate(prior=2.0, above=5.0, mean=0.1)
    row = 700
    sums = rows.sums
    overall = (sums.conversions[row, 2] + 1.0) / (sums.exposure[row, 2] + 10.0)
    campaign = (sums.conversions[row, 1] + 50.0 * overall) / (sums.exposure[row, 1] + 50.0)
    term = (sums.conversions[row, 0] + 20.0 * campaign) / (sums.exposure[row, 0] + 20.0)
    assert rate.rates(rows)[row] == pytest.approx(term)
    assert rate.predict(rows)[row] == pytest.approx(term * rows.exposure[row])


def test_the_prior_that_predicts_best_is_taken() -> None:
    rows, _ = examples()
    best = Rate.fit(rows)
    for prior in (0.1, 1000.0):
        assert best._loss(rows) <= Rate(prior, best.above, best.mean)._loss(rows)


@pytest.mark.parametrize("spread", [0.1, 1.0])
def test_the_regression_is_that_of_scikit_learn(spread: float) -> None:
    from sklearn.linear_model import PoissonRegressor

    rows, _ = examples()
    scales = Scales.of(rows.numbers)
    found = Design.of(rows, scales).fitted(spread)
    matrix = hstack([csr_matrix(scales.read(rows.numbers)), rows.texts.present[rows.terms]], format="csr")
    weights = rows.counted
    # Its objective is the weighted mean of half deviances of rates, and α/2 Σ β².
    alpha = 1.0 / (spread**2 * weights.sum())
    reference = PoissonRegressor(alpha=alpha, tol=1e-9, max_iter=5_000)
    reference.fit(matrix.astype(np.float64), rows.known_labels / weights, sample_weight=weights)
    told = np.exp(found[0] + matrix @ found[1:])
    assert_allclose(told, reference.predict(matrix), rtol=0.02)


def test_the_regression_adds_up_to_what_was_learned_from() -> None:
    rows, _ = examples()
    glm = Glm.fit(rows, None, {"spread": 0.3})
    assert glm.predict(rows) @ rows.shares == pytest.approx(rows.known_labels.sum(), rel=1e-3)


def test_tf_idf_is_that_of_scikit_learn() -> None:
    from sklearn.feature_extraction.text import TfidfTransformer

    rows, _ = examples()
    counts = rows.texts.present
    wanted = TfidfTransformer().fit_transform(counts)
    assert_allclose(_tf_idf(rows.texts, _rarity(rows.texts)).toarray(), wanted.toarray(), rtol=1e-5)


def test_thinning_keeps_every_conversion_and_the_weight_of_all_rows() -> None:
    rows, _ = examples()
    some = thinned(rows, 0.3, seed=1)
    assert some.known_labels.sum() == rows.known_labels.sum()
    assert some.weights.sum() == pytest.approx(len(rows))
    assert len(some) < len(rows)
    assert (some.weights[some.known_labels > 0] == 1).all()


def test_windows_that_reach_beyond_the_log_are_filled_up() -> None:
    days = [START + (TRAIN["date"][0] - START) for _ in range(1)]
    log = pl.DataFrame({"term": ["a b"] * 12, "clicks": [5.0] * 12, "conversions": [1.0] * 12})
    log = log.with_columns(date=pl.lit(days[0]) + pl.duration(days=pl.int_range(12)))
    one = model(min_count=1)
    tables = Tables.of(one, log)
    read = tables.labelled(tables.frame(log), "rows")
    rows = fitting._reader(one, tables, read).read(read, read, None, labelled=True)
    column = rows.numbers[:, rows.names.index("term_clicks_28d")]
    assert np.expm1(column[1:]) == pytest.approx(28 * 5.0, rel=1e-4)
    assert column[0] == 0.0


def test_the_exposure_of_a_day_without_clicks_is_what_such_days_bring() -> None:
    rows, days = examples()
    none = days.measures["clicks"] == 0
    assert none.any()
    assert (rows.exposure[none] == rows.exposure[none][0]).all()
    assert 0 < rows.exposure[none][0] < 0.1
    assert_allclose(rows.exposure[~none], days.measures["clicks"][~none])
