"""The sessions study from the command line: run, predict, report, and what is refused before any work."""

from __future__ import annotations

import json
import shutil
import sys
import tomllib

import polars as pl
import pytest

import wanamaker as wm
from tests.visits import browsing, table, visits

pytest.importorskip("xgboost")
pytest.importorskip("torch")

STUDY = """
kind = "sessions"
[data]
path = "log.parquet"
[columns]
session = "visit"
time = "at"
event = "did"
outcome = "buy"
horizon = 2
user = "who"
numeric = ["price"]
features = ["device"]
[split]
valid = 0.2
test = 0.25
[model]
cells = ["bag", "gru"]
seeds = 2
width = 8
[training]
epochs = 3
batch_size = 32
learning_rate = 0.02
threads = 1
[evaluation]
bootstrap = 20
explained = 20
[report]
title = "Autumn"
"""
FILES = [
    *("study.toml", "schema.json", "metrics.json", "predictions.parquet", "explanations.parquet"),
    *("report.html", "manifest.json", "results.json"),
]
QUICK = ("evaluation.baselines=false", "evaluation.audit=false", "model.seeds=1", 'model.cells=["gru"]')


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sessions")
    visits(320, users=250).write_parquet(folder / "log.parquet")
    (folder / "autumn.toml").write_text(STUDY, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def finished(folder):
    """A whole run, made once; tests that change it copy it first."""
    from wanamaker.cli import main

    out = folder / "run"
    assert main(["run", str(folder / "autumn.toml"), "--out", str(out)]) == 0
    return out


def settings(*given):
    return [part for setting in given for part in ("--set", setting)]


def test_a_run_leaves_every_file(finished):
    assert all((finished / name).is_file() for name in FILES)
    assert (finished / "model" / "weights.safetensors").is_file()


def test_the_model_that_is_kept_has_learned_from_all_parts_unless_told_otherwise(finished, folder, wanamaker):
    told = wm.load_run(finished).model.training_
    assert told["refit"]
    out = folder / "not-refitted"
    ran = wanamaker("run", folder / "autumn.toml", "--out", out, *settings(*QUICK, "model.refit=false"))
    assert ran.code == 0, ran.err
    fitted = wm.load_run(out).model.training_
    assert "refit" not in fitted
    assert fitted["rows"] < told["rows"]


def test_metrics_compare_all_models_with_intervals_over_seeds(finished):
    told = json.loads((finished / "metrics.json").read_text())
    names = [row["name"] for row in told["comparison"]]
    assert names == ["bag", "gru", "logistic_counts", "trees_counts", "trees_recent"]
    for row in told["comparison"][:2]:
        assert len(row["fits"]) == row["seeds"] == 2
        assert row["roc_auc"]["low"] <= row["roc_auc"]["value"] <= row["roc_auc"]["high"]
        assert row["size"] > 0
        assert row["seconds"] > 0
    assert told["kept"]["model"] in ("bag", "gru")
    assert set(told["baselines"]) == {"base_rate", *names[2:]}


def test_metrics_are_those_of_the_predictions_file(finished):
    from wanamaker.stats.classification import calibration_ratio, roc_auc

    rows = pl.read_parquet(finished / "predictions.parquet")
    told = json.loads((finished / "metrics.json").read_text())
    labels, predictions, weights = (rows[name].to_numpy() for name in ("label", "prediction", "weight"))
    for name, counts in (("test", None), ("test_by_session", weights)):
        area, ratio = (measure(labels, predictions, counts)[0] for measure in (roc_auc, calibration_ratio))
        assert told[name]["roc_auc"]["value"] == pytest.approx(area)
        assert told[name]["calibration_ratio"]["value"] == pytest.approx(ratio)
    assert rows.group_by("session").agg(pl.col("weight").sum())["weight"].to_list() == pytest.approx(
        [1.0] * rows["session"].n_unique()
    )


@pytest.mark.slow
def test_the_study_that_is_kept_has_every_default_and_runs_again(wanamaker, finished, tmp_path):
    held = tomllib.loads((finished / "study.toml").read_text())
    assert held["model"]["layers"] == 1
    assert held["training"]["patience"] == 3
    told = wanamaker("run", finished / "study.toml", "--out", tmp_path / "again", *settings(*QUICK))
    assert told.code == 0, told.err


@pytest.mark.slow
def test_the_same_study_gives_the_same_predictions(wanamaker, folder, tmp_path):
    found = []
    for place in ("one", "two"):
        assert (
            wanamaker("run", folder / "autumn.toml", "--out", tmp_path / place, *settings(*QUICK)).code == 0
        )
        found.append(pl.read_parquet(tmp_path / place / "predictions.parquet"))
    assert found[0].equals(found[1])


def test_explanations_have_both_methods_for_every_event(finished):
    told = pl.read_parquet(finished / "explanations.parquet").filter(pl.col("position").is_not_null())
    assert told["session"].n_unique() == 20
    assert told.select("removal", "integrated_gradients", "probability").null_count().sum_horizontal()[0] == 0


def test_predictions_stand_beside_every_event_in_the_order_of_the_rows(wanamaker, folder, finished):
    rows = visits(60, seed=9).drop("bought").sample(fraction=1.0, shuffle=True, seed=1)
    rows.write_parquet(folder / "new.parquet")
    out = folder / "scored.parquet"
    told = wanamaker("predict", finished, folder / "new.parquet", "--out", out, "--overwrite")
    assert told.code == 0, told.err
    scored = pl.read_parquet(out)
    assert scored.drop("prediction").equals(rows)
    model = wm.load_run(finished).model
    for visit, part in scored.sort("at").group_by("visit", maintain_order=True):
        sessions = wm.sessions_from_events(
            rows.filter(pl.col("visit") == visit[0]),
            session="visit",
            time="at",
            event="did",
            user="who",
            numeric=["price"],
            features=["device"],
        )
        expected = model.predict_prefixes(sessions).tolist()
        assert part["prediction"].to_list() == pytest.approx(expected, abs=1e-6)


def test_later_events_change_no_earlier_prediction(finished):
    run = wm.load_run(finished)
    rows = visits(30, seed=4).drop("bought")
    whole = run.predict(rows)
    cut = rows.filter(pl.int_range(pl.len()).over("visit") < 2)
    early = run.predict(cut)
    kept = whole.filter(pl.int_range(pl.len()).over("visit") < 2)
    assert early["prediction"].to_list() == pytest.approx(kept["prediction"].to_list(), abs=1e-6)


def test_unknown_events_are_counted(wanamaker, folder, finished):
    rows = visits(20, seed=5).with_columns(
        pl.when(pl.col("did") == "page").then(pl.lit("new")).otherwise("did").alias("did")
    )
    rows.write_parquet(folder / "odd.parquet")
    told = wanamaker(
        "predict", finished, folder / "odd.parquet", "--out", folder / "odd_scored.parquet", "--overwrite"
    )
    unknown = int((rows["did"] == "new").sum())
    assert f"did: {unknown} values not seen in training" in told.out


def test_a_run_explains_new_rows(finished):
    told = wm.load_run(finished).explain(visits(5, seed=6).to_pandas())
    assert type(told).__module__.startswith("pandas")
    assert {"removal", "integrated_gradients"} <= set(told.columns)


def test_a_history_is_refused(finished):
    with pytest.raises(wm.ParameterError, match="reads no history"):
        wm.load_run(finished).predict(visits(5), history=visits(5))


def test_the_report_is_drawn_again_the_same(wanamaker, finished, tmp_path):
    shutil.copytree(finished, tmp_path / "run")
    before = (tmp_path / "run" / "report.html").read_text()
    assert wanamaker("report", tmp_path / "run").code == 0
    assert (tmp_path / "run" / "report.html").read_text() == before
    wm.load_run(tmp_path / "run")


def test_weights_that_do_not_fit_their_schema_are_refused(finished, tmp_path):
    from wanamaker.runs.manifest import rewrite_manifest

    shutil.copytree(finished, tmp_path / "run")
    place = tmp_path / "run" / "model" / "model.json"
    told = json.loads(place.read_text())
    told["parameters"]["width"] = 16
    place.write_text(json.dumps(told))
    rewrite_manifest(tmp_path / "run", "model/model.json")
    with pytest.raises(wm.RunError, match=r"shape|fit"):
        wm.load_run(tmp_path / "run").predict(visits(5))


def test_a_label_is_predicted_once_per_session(wanamaker, folder, tmp_path):
    browsing(300).write_parquet(tmp_path / "log.parquet")
    text = STUDY.replace('outcome = "buy"\nhorizon = 2\nuser = "who"', 'label = "bought"')
    (tmp_path / "label.toml").write_text(text, encoding="utf-8")
    told = wanamaker("run", tmp_path / "label.toml", "--out", tmp_path / "run", *settings(*QUICK))
    assert told.code == 0, told.err
    rows = pl.read_parquet(tmp_path / "run" / "predictions.parquet")
    assert rows["session"].is_unique().all()
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert "test_by_session" not in metrics
    assert metrics["prefixes"]["by_events"]


def test_a_table_of_sessions_is_studied_by_its_features(wanamaker, tmp_path):
    table(900).write_parquet(tmp_path / "table.parquet")
    (tmp_path / "table.toml").write_text(
        """
        kind = "sessions"
        [data]
        path = "table.parquet"
        [columns]
        label = "bought"
        numeric = ["pages", "duration"]
        categorical = ["device"]
        [split]
        by = "column"
        column = "month"
        train = ["Jan", "Feb", "Mar"]
        test = ["Apr"]
        [model]
        seeds = 2
        width = 8
        [training]
        epochs = 4
        batch_size = 64
        threads = 1
        [evaluation]
        bootstrap = 20
        """,
        encoding="utf-8",
    )
    told = wanamaker("run", tmp_path / "table.toml", "--out", tmp_path / "run", "--json")
    assert told.code == 0, told.err
    names = [row["name"] for row in json.loads(told.out)["comparison"]]
    assert names == ["features", "logistic_features", "trees_features"]
    run = wm.load_run(tmp_path / "run")
    scored = run.predict(table(50, seed=3))
    assert scored["prediction"].is_between(0, 1).all()
    assert run.explain(table(50, seed=3)).columns == ["pages", "duration", "device"]


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ('model.cells=["gru2"]', "'gru2' is no known cell. Did you mean 'gru'?"),
        ('columns.outcome="bay"', "The outcome 'bay' does not occur in column 'did'"),
        ("model.width=0", "'model.width'"),
        ('columns.event="do"', "['do']"),
    ],
)
@pytest.mark.filterwarnings("ignore::wanamaker.base.errors.DataWarning")
def test_what_cannot_be_studied_is_refused_before_any_work(wanamaker, folder, tmp_path, setting, message):
    told = wanamaker("run", folder / "autumn.toml", "--out", tmp_path / "run", "--set", setting)
    assert told.code == 2
    assert message in told.err
    assert not (tmp_path / "run").exists()


def test_without_torch_the_extra_is_named_before_any_work(wanamaker, folder, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    told = wanamaker("run", folder / "autumn.toml", "--out", tmp_path / "run")
    assert told.code == 2
    assert "A sessions study needs the optional part 'deep'" in told.err
    assert "pip install 'wanamaker[deep]'" in told.err


def test_without_xgboost_the_extra_is_named_before_any_work(wanamaker, folder, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "xgboost", None)
    told = wanamaker("run", folder / "autumn.toml", "--out", tmp_path / "run")
    assert told.code == 2
    assert "pip install 'wanamaker[trees]'" in told.err
    assert not (tmp_path / "run").exists()


def test_a_sessions_study_has_nothing_to_tune(wanamaker, folder):
    told = wanamaker("tune", folder / "autumn.toml")
    assert told.code == 2
    assert "has no parameters to tune" in told.err
