"""Where a network looks among past days, by their date."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

import wanamaker as wm
from wanamaker.base.ragged import sums_by
from wanamaker.evaluation.search_terms.attended import attention_by_date

pytest.importorskip("torch")
pytest.importorskip("xgboost")

REPORTED = date(2025, 3, 2)


@pytest.fixture(scope="module")
def fitted():
    log = wm.simulate.search_terms(3_000, seed=0, days=60, delay="0d").log
    log = log.filter(pl.col("term").is_not_null())
    training = wm.Training(epochs=1, batch_size=256, threads=1)
    model = wm.SearchTermModel(
        known_ahead=["clicks"],
        history=14,
        windows=[7],
        loss="poisson",
        width=8,
        embedding=8,
        training=training,
    )
    return log, model.fit(log)


def test_every_row_spreads_a_weight_of_one_over_its_past_days(fitted):
    from wanamaker.evaluation.search_terms import attended

    log, model = fitted
    asked = model.fitted_.asked(log, log, REPORTED)
    offsets = asked.rows.past.offsets
    weights = attended._weights(model.fitted_.predictors["network"], asked.rows)
    owners = np.repeat(np.arange(len(asked.rows)), np.diff(offsets))
    sums = sums_by(owners, weights, len(asked.rows))
    assert (weights >= 0).all()
    assert sums[np.diff(offsets) > 0] == pytest.approx(1.0, abs=1e-5)


def test_days_are_told_against_what_is_usual_at_their_age_with_what_happened_on_them(fitted):
    log, model = fitted
    rows = attention_by_date(model, log, log, REPORTED, log)
    dates = [row["date"] for row in rows]
    assert dates == sorted(set(dates))
    seen = sum(row["days"] for row in rows)
    assert sum(row["attention"] * row["days"] for row in rows) / seen == pytest.approx(1.0)
    happened = dict(log.group_by("date").agg(pl.col("conversions").sum()).iter_rows())
    assert all(row["conversions"] == happened.get(date.fromisoformat(row["date"]), 0.0) for row in rows)


def test_without_rows_there_is_nothing_to_tell(fitted):
    log, model = fitted
    assert attention_by_date(model, log.clear(), log, REPORTED, log) == []
