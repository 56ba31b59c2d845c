"""The search-terms study from the command line: run, predict, report, and what is refused before any work."""

from __future__ import annotations

import json
import shutil
import tomllib

import numpy as np
import polars as pl
import pytest

import wanamaker as wm
from wanamaker.stats.regression_metrics import mae, poisson_deviance

pytest.importorskip("xgboost")
pytest.importorskip("torch")

STUDY = """
kind = "search_terms"
[data]
path = "world/export.csv"
truth = "world/truth.parquet"
[features]
known_ahead = ["impressions", "clicks"]
windows = [7]
[split]
origins = 2
horizon = 10
gap = 5
[model]
loss = "poisson"
width = 8
embedding = 8
seeds = 2
refit = false
[training]
epochs = 1
threads = 1
[delay]
report = "world/days_to_conversion.csv"
[evaluation]
bootstrap = 20
explained = 200
permutations = 20
[report]
title = "Spring"
"""
FILES = [
    *("study.toml", "schema.json", "metrics.json", "predictions.parquet", "explanations.parquet"),
    *("words.parquet", "bigrams.parquet", "stop_list.parquet", "stop_list.csv"),
    *("report.html", "manifest.json", "results.json"),
]
PREDICTORS = ["network", "glm", "trees", "rate", "last_week"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("terms")
    wm.simulate.search_terms(5_000, seed=1, days=70, delay="1d").write(folder / "world")
    (folder / "spring.toml").write_text(STUDY, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def finished(folder):
    """A whole run, made once; tests that change it copy it first."""
    from wanamaker.cli import main

    out = folder / "run"
    assert main(["run", str(folder / "spring.toml"), "--out", str(out)]) == 0
    return out


def settings(*given):
    return [part for setting in given for part in ("--set", setting)]


def test_a_run_leaves_every_file(finished):
    assert all((finished / name).is_file() for name in FILES)
    assert wm.load_run(finished).kind == "search_terms"


def test_metrics_are_those_of_the_predictions_file(finished):
    rows = pl.read_parquet(finished / "predictions.parquet")
    told = json.loads((finished / "metrics.json").read_text())
    label, expected = rows["label"].to_numpy(), (rows["prediction"] * rows["share"]).to_numpy()
    assert told["test"]["mae"]["value"] == pytest.approx(mae(label, expected)[0])
    floor = np.maximum(expected, 1e-6)
    assert told["test"]["poisson_deviance"]["value"] == pytest.approx(poisson_deviance(label, floor)[0])
    assert set(told["test"]) >= {"mae", "rmse", "poisson_deviance", "bias", "explained"}
    assert rows["prediction"].to_list() == rows[told["kept"]["predictor"]].to_list()


def test_all_predictors_stand_in_one_table_over_origins_and_for_unseen_terms(finished):
    told = json.loads((finished / "metrics.json").read_text())["comparison"]
    for split in ("rolling", "last", "unseen"):
        assert [row["name"] for row in told[split]] == PREDICTORS
        for row in told[split]:
            assert row["poisson_deviance"]["low"] <= row["poisson_deviance"]["value"]
            assert row["against"] != row["name"]
            assert row["difference"]["low"] <= row["difference"]["value"] <= row["difference"]["high"]
    assert len({row["origin"] for row in told["by_origin"]}) == 2


def test_predictions_for_the_test_rows_with_their_log_are_those_of_the_run(finished, folder):
    rows = pl.read_parquet(finished / "predictions.parquet")
    log = wm.read_search_terms(folder / "world" / "export.csv").daily()
    asked = log.filter(pl.col("date").is_between(rows["date"].min(), rows["date"].max()))
    asked = asked.drop("conversions", "value")
    scored = wm.load_run(finished).predict(asked, log)
    assert scored.drop("prediction").equals(asked)
    both = rows.join(scored.select("date", "term", again="prediction"), on=["date", "term"])
    assert len(both) == len(rows)
    assert both["again"].to_list() == pytest.approx(both["prediction"].to_list(), rel=1e-5, abs=1e-9)


def test_an_export_is_scored_as_it_was_downloaded(finished, folder, wanamaker, tmp_path):
    export, out = folder / "world" / "export.csv", tmp_path / "scored.parquet"
    told = wanamaker("predict", finished, export, "--out", out, "--history", export)
    assert told.code == 0, told.err
    scored = pl.read_parquet(out)
    report = wm.read_search_terms(export)
    assert scored.drop("prediction").equals(report.table)
    assert scored["prediction"].null_count() == 0
    assert (scored["prediction"] >= 0).all()


def test_rows_that_name_no_term_have_no_prediction_and_keep_their_place(finished, folder):
    log = pl.read_parquet(folder / "world" / "log.parquet")
    last = log.filter(pl.col("date") == log["date"].max())
    assert last["term"].null_count()
    scored = wm.load_run(finished).predict(last, log)
    assert scored["prediction"].is_null().to_list() == last["term"].is_null().to_list()


def test_an_explanation_adds_up_to_the_rate(finished, folder):
    log = wm.read_search_terms(folder / "world" / "export.csv").daily()
    told = wm.load_run(finished).explain(log.tail(30), log)
    effects = (told["text_effect"] + told["number_effect"]).to_numpy()
    logs = np.log((told["rate"] / told["typical_rate"]).to_numpy())
    assert effects == pytest.approx(logs, abs=1e-6)


def test_the_report_is_drawn_again_the_same(finished, wanamaker, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(finished, copy)
    before = (copy / "report.html").read_text(encoding="utf-8")
    assert wanamaker("report", copy).code == 0
    assert (copy / "report.html").read_text(encoding="utf-8") == before
    wm.load_run(copy)


def test_the_run_prints_both_splits_and_the_money(finished, folder, wanamaker, tmp_path):
    told = wanamaker("run", folder / "spring.toml", "--out", tmp_path / "run", "--json", *QUICK)
    assert told.code == 0, told.err
    held = json.loads(told.out)
    assert set(held) >= {"run", "report", "kept", "parts", "metrics", "comparison", "stop_list", "notes"}
    assert held["comparison"]["unseen"] == []
    rows = [pl.read_parquet(place / "predictions.parquet") for place in (finished, tmp_path / "run")]
    assert rows[0]["network"].to_list() == rows[1]["network"].to_list()  # the same seed, the same numbers


QUICK = settings("split.unseen=0", "split.origins=1", "model.seeds=1", "evaluation.audit=false")


def test_the_study_that_is_kept_has_every_default(finished):
    held = tomllib.loads((finished / "study.toml").read_text())
    assert held["training"]["batch_size"] == 512
    assert held["split"]["valid"] == 10
    assert held["delay"]["as_of"] > "2025"
    assert held["evaluation"]["confidence"] == 0.9


@pytest.mark.slow
def test_a_model_that_is_fitted_again_has_read_every_day_that_is_known(finished, folder, wanamaker, tmp_path):
    out = tmp_path / "run"
    told = wanamaker("run", finished / "study.toml", "--out", out, *QUICK, "--set", "model.refit=true")
    assert told.code == 0, told.err
    assert wm.load_run(out).model.training_["rows"] > wm.load_run(finished).model.training_["rows"]


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("split.origin=2", "'split.origin' is no known key.\nHint: Did you mean 'origins'?"),
        ("columns.trem=Suchbegriff", "'columns.trem' is no known key.\nHint: Did you mean 'term'?"),
        ("model.predictor=tree", "'tree' is no known predictor. Did you mean 'trees'?"),
        ("model.loss=poison", "'poison' is no known loss. Did you mean 'poisson'?"),
        ("features.exposure=impressions", "needs the day's impressions"),
        ("split.rounds=6", "gives 5 rounds at most"),
        ("delay.mean=3d", "give 'mean' or 'report', not both"),
        ("split.horizon=40", "need a log of"),
        ("delay.as_of=2025-02-01", "must lie after the log's last day"),
    ],
)
def test_what_cannot_work_is_refused_before_any_work(folder, wanamaker, tmp_path, setting, message):
    given = [setting]
    if setting.startswith("features.exposure"):
        given = ['features.known_ahead=["clicks"]', setting]
    told = wanamaker("run", folder / "spring.toml", "--out", tmp_path / "run", *settings(*given))
    assert told.code == 2
    assert message in told.err
    assert not (tmp_path / "run").exists()


def test_a_report_without_conversions_says_so(folder, wanamaker, tmp_path):
    log = pl.read_parquet(folder / "world" / "log.parquet").with_columns(conversions=pl.lit(0.0))
    log.write_parquet(tmp_path / "none.parquet")
    told = wanamaker(
        "run",
        folder / "spring.toml",
        "--out",
        tmp_path / "run",
        *settings(f"data.path={tmp_path / 'none.parquet'}"),
    )
    assert told.code == 2
    assert "The log must have conversions in 'conversions'" in told.err
    assert "[columns] conversions names another column" in told.err
