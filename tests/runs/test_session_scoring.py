"""A sessions run scores rows of any shape, and leaves them as they were."""

from __future__ import annotations

import polars as pl
import pytest

import wanamaker as wm
from tests.visits import table, visits
from wanamaker.base.errors import RunError, SchemaError
from wanamaker.runs.load import load_run
from wanamaker.runs.manifest import write_manifest

pytest.importorskip("torch")

TRAINING = wm.Training(epochs=2, batch_size=64, threads=1)
EVER = """kind = "sessions"
[columns]
session = "visit"
time = "at"
event = "did"
outcome = "buy"
features = ["device"]
time_unit = "auto"
"""
TABLE = """kind = "sessions"
[columns]
label = "bought"
numeric = ["pages", "duration"]
categorical = ["device"]
"""


def run_of(folder, study, model):
    folder.mkdir()
    (folder / "study.toml").write_text(study, encoding="utf-8")
    if model is not None:
        model.save(folder / "model")
    write_manifest(folder, {"seed": 0})
    return load_run(folder)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    sessions = wm.sessions_from_events(
        visits(200), session="visit", time="at", event="did", outcome="buy", features=["device"]
    )
    model = wm.SessionModel(width=8, training=TRAINING).fit(sessions)
    return run_of(tmp_path_factory.mktemp("runs") / "run", EVER, model)


def test_an_outcome_that_has_come_is_not_asked_for_again(run):
    scored = run.predict(visits(30, seed=2))
    came = scored["did"] == "buy"
    assert scored["prediction"].is_null().to_list() == came.to_list()
    assert scored["prediction"].drop_nulls().is_between(0, 1).all()


def test_rows_that_are_no_event_have_no_prediction(run):
    rows = visits(10, seed=2).filter(pl.col("did") != "buy")
    gap = rows.with_columns(did=pl.when(pl.int_range(pl.len()) == 3).then(None).otherwise("did"))
    with pytest.warns(UserWarning, match="1 rows have no 'did'"):
        scored = run.predict(gap)
    assert scored["prediction"].is_null().arg_true().to_list() == [3]
    assert scored.drop("prediction").equals(gap)


def test_sessions_of_lists_have_one_prediction_per_row(run):
    rows = visits(12, seed=3).filter(pl.col("did") != "buy")
    lists = rows.group_by("visit", maintain_order=True).agg("did", "at", pl.col("device").first())
    scored = run.predict(lists)
    last = run.predict(rows).group_by("visit", maintain_order=True).last()
    assert scored["prediction"].to_list() == pytest.approx(last["prediction"].to_list())


def test_no_rows_have_no_predictions(run):
    scored = run.predict(visits(5)[:0])
    assert scored.columns[-1] == "prediction"
    assert scored.schema["prediction"] == pl.Float64
    assert len(scored) == 0


def test_a_feature_that_is_missing_is_named(run):
    with pytest.raises(SchemaError, match=r"not found in the rows: \['device'\]"):
        run.predict(visits(5).drop("device"))


@pytest.mark.parametrize("kind", ["polars", "pandas", "pyarrow"])
def test_every_kind_of_table_comes_back(run, kind):
    frame = visits(6)
    rows = {"polars": frame, "pandas": frame.to_pandas(), "pyarrow": frame.to_arrow()}[kind]
    assert type(run.predict(rows)) is type(rows)
    assert type(run.explain(rows)) is type(rows)


def test_a_table_of_sessions_is_scored_row_by_row(tmp_path):
    frame = table(200).drop("month")
    model = wm.SessionModel(width=8, training=TRAINING).fit(wm.sessions_from_table(frame, label="bought"))
    run = run_of(tmp_path / "run", TABLE, model)
    rows = frame.drop("bought").reverse()
    expected = model.predict(wm.sessions_from_table(frame, label="bought"))
    assert run.predict(rows)["prediction"].to_list() == pytest.approx(expected[::-1].tolist())
    assert run.predict(rows[:1])["prediction"][0] == pytest.approx(expected[-1])


def test_a_run_without_a_model_says_so(tmp_path):
    with pytest.raises(RunError, match="keeps no model that predicts"):
        run_of(tmp_path / "run", EVER, None).predict(visits(5))
