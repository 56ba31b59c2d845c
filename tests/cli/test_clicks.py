"""The clicks study from the command line: run, predict, report, and what is refused before any work."""

from __future__ import annotations

import json
import shutil

import polars as pl
import pytest

import wanamaker as wm
from wanamaker.simulate import clicks

pytest.importorskip("xgboost")

STUDY = """
kind = "clicks"
[data]
path = "log.parquet"
truth = "truth.parquet"
[columns]
time = "click_time"
label = "is_attributed"
label_time = "attributed_time"
id = "click"
categorical = ["app", "ip", "channel"]
[split]
by = "time"
valid = 0.15
test = 0.25
[features]
windows = [
    { count = ["ip", "app"], within = "5m" },
    { since_last = ["ip"], within = "1d" },
]
vectors = 2
[model]
n_estimators = 25
learning_rate = 0.2
max_depth = 3
folds = 0
threads = 1
refit = false
[evaluation]
bootstrap = 20
explained = 300
[decision]
threshold = { cost_fp = 1, cost_fn = 50 }
[report]
title = "Spring"
"""
BARE = (
    *("evaluation.ablation=false", "evaluation.learning_curve=false", "evaluation.honesty=false"),
    *("evaluation.baselines=false", "evaluation.audit=false"),
)
"""Settings that leave out all that is measured beside the metrics."""

FILES = [
    *("study.toml", "schema.json", "metrics.json", "predictions.parquet", "explanations.parquet"),
    *("report.html", "manifest.json", "results.json"),
]


@pytest.fixture(scope="session")
def clicks_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clicks")
    world = clicks(6_000, seed=2, base_rate=0.04)
    world.log.with_row_index("click").write_parquet(folder / "log.parquet")
    world.truth.write_parquet(folder / "truth.parquet")
    (folder / "spring.toml").write_text(STUDY, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def finished(clicks_folder):
    """A whole run, made once; tests that change it copy it first."""
    from wanamaker.cli import main

    out = clicks_folder / "run"
    assert main(["run", str(clicks_folder / "spring.toml"), "--out", str(out)]) == 0
    return out


@pytest.fixture
def run_bare(wanamaker, clicks_folder, tmp_path):
    """Run the study without its extras, changed in one place."""

    def run(old="", new="", *settings, out="bare"):
        text = STUDY.replace("log.parquet", str(clicks_folder / "log.parquet"))
        text = text.replace("truth.parquet", str(clicks_folder / "truth.parquet"))
        path = tmp_path / "changed.toml"
        path.write_text(text.replace(old, new) if old else text, encoding="utf-8")
        given = [part for setting in (*BARE, *settings) for part in ("--set", setting)]
        return wanamaker("run", path, "--out", tmp_path / out, *given)

    return run


def test_a_run_leaves_every_file_that_the_contract_names(finished):
    assert {path.name for path in finished.iterdir()} == {*FILES, "model"}
    assert any((finished / "model").iterdir())
    run = wm.load_run(finished)
    assert run.kind == "clicks"
    assert run.study["features"]["target_prior"] == 100.0, "defaults are filled in"


def test_metrics_have_values_and_intervals_under_their_names(finished):
    metrics = wm.load_run(finished).metrics
    names = {"roc_auc", "pr_auc", "log_loss", "normalised_log_loss", "calibration_ratio", "ece"}
    names |= {"f1", "precision", "recall"}
    for figures in (metrics["test"], metrics["valid"], *metrics["baselines"].values()):
        assert names <= set(figures)
    assert set(metrics["baselines"]) == {"base_rate", "logistic_one_hot", "trees_raw"}
    auc = metrics["test"]["roc_auc"]
    assert auc["low"] <= auc["value"] <= auc["high"]
    assert metrics["baselines"]["base_rate"]["roc_auc"]["value"] == 0.5
    assert next(row["name"] for row in metrics["ablation"]) == "(nothing)"
    assert len(metrics["learning_curve"]) > 1
    assert len(metrics["honesty"]) == 3


def test_comparisons_are_what_the_study_is_above_its_baselines(finished):
    metrics = wm.load_run(finished).metrics
    ours = metrics["test"]["roc_auc"]["value"]
    assert {told["against"] for told in metrics["comparisons"]} == set(metrics["baselines"]) - {"base_rate"}
    for told in metrics["comparisons"]:
        theirs = metrics["baselines"][told["against"]]["roc_auc"]["value"]
        assert told["value"] == pytest.approx(ours - theirs, abs=1e-12)
        assert told["low"] <= told["value"] <= told["high"]


def test_metrics_are_those_of_the_predictions_that_are_kept(finished):
    run = wm.load_run(finished)
    from wanamaker.stats.classification import roc_auc

    kept = run.frame("predictions.parquet")
    assert {"click", "label", "prediction"} <= set(kept.columns)
    found = roc_auc(kept["label"].to_numpy(), kept["prediction"].to_numpy())[0]
    assert found == pytest.approx(run.metrics["test"]["roc_auc"]["value"])
    assert len(kept) == run.manifest["rows"]["test"]


def test_a_run_predicts_the_test_rows_as_it_did(finished, clicks_folder):
    run = wm.load_run(finished)
    kept = run.frame("predictions.parquet")
    log = pl.read_parquet(clicks_folder / "log.parquet")
    first = kept["click_time"].min()
    past, new = log.filter(pl.col("click_time") < first), log.filter(pl.col("click_time") >= first)
    shuffled = new.drop("is_attributed", "attributed_time").sample(fraction=1.0, shuffle=True, seed=1)
    found = run.predict(shuffled, history=past)
    assert found.drop("prediction").equals(shuffled), "rows, order and columns stay"
    both = found.select("click", again="prediction").join(kept, on="click")
    assert len(both) == len(kept)
    assert (both["again"] - both["prediction"]).abs().max() < 1e-9


def test_explanations_sum_to_the_log_odds(finished, clicks_folder):
    run = wm.load_run(finished)
    log = pl.read_parquet(clicks_folder / "log.parquet").sort("click_time", "click")
    new, past = log.filter(pl.col("click_time") > log["click_time"][-20]), log[:-20]
    past = past.filter(pl.col("click_time") < new["click_time"].min())
    told = run.explain(new, history=past)
    assert len(told) == len(new)
    margins = run.model.margins(new, past)
    assert (told.sum_horizontal() - pl.Series(margins)).abs().max() < 1e-4


def test_explanations_are_of_the_predictions_that_are_kept(finished):
    run = wm.load_run(finished)
    kept, told = run.frame("predictions.parquet"), run.frame("explanations.parquet")
    features = [name for name in told.columns if name not in ("row", "click", "click_time")]
    margins = told.select("click", margin=pl.sum_horizontal(features)).join(kept, on="click")
    assert len(margins) == len(told) >= 300
    order = margins.select(pl.corr("margin", "prediction", method="spearman")).item()
    assert order > 0.999, "calibration keeps the order"


def test_columns_in_another_order_give_the_same_predictions(finished, clicks_folder):
    run = wm.load_run(finished)
    log = pl.read_parquet(clicks_folder / "log.parquet")[:200]
    turned = log.select(reversed(log.columns))
    assert run.predict(log)["prediction"].equals(run.predict(turned)["prediction"])


def test_the_callers_kind_of_table_comes_back(finished, clicks_folder):
    pandas = pytest.importorskip("pandas")
    log = pl.read_parquet(clicks_folder / "log.parquet")[:50]
    found = wm.load_run(finished).predict(log.to_pandas())
    assert isinstance(found, pandas.DataFrame)
    assert found.columns[-1] == "prediction"


def test_predictions_of_a_file_go_to_a_file(wanamaker, finished, clicks_folder, tmp_path):
    log = pl.read_parquet(clicks_folder / "log.parquet")
    later = log.with_columns(pl.col("click_time") + pl.duration(days=30)).drop("is_attributed")
    new = later[:100].with_columns(app=pl.lit(9, dtype=log.schema["app"]))
    new.write_parquet(tmp_path / "new.parquet")
    out = tmp_path / "scored.csv"
    history = clicks_folder / "log.parquet"
    told = wanamaker(
        "predict", finished, tmp_path / "new.parquet", "--out", out, "--history", history, "--json"
    )
    assert told.code == 0, told.err
    result = json.loads(told.out)
    assert result["rows"] == 100
    assert result["unseen"] == {"app": 100}
    scored = pl.read_csv(out)
    assert scored["click"].to_list() == new["click"].to_list()
    assert scored["prediction"].is_between(0.0, 1.0).all()
    again = wanamaker("predict", finished, tmp_path / "new.parquet", "--out", out, "--history", history)
    assert again.code == 2
    assert "exists" in again.err


def test_without_history_it_is_said_that_windows_begin_empty(wanamaker, finished, clicks_folder, tmp_path):
    told = wanamaker("predict", finished, clicks_folder / "log.parquet", "--out", tmp_path / "p.parquet")
    assert told.code == 0, told.err
    assert "No history is given" in told.err


def test_history_after_the_new_rows_is_refused(wanamaker, finished, clicks_folder, tmp_path):
    log = pl.read_parquet(clicks_folder / "log.parquet")
    log[:100].write_parquet(tmp_path / "new.parquet")
    out = tmp_path / "p.parquet"
    told = wanamaker(
        "predict", finished, tmp_path / "new.parquet", "--out", out,
        "--history", clicks_folder / "log.parquet",
    )  # fmt: skip
    assert told.code == 2
    assert "istory" in told.err
    assert not out.exists()


def test_missing_columns_are_shown_as_the_difference_of_the_schemas(
    wanamaker, finished, clicks_folder, tmp_path
):
    log = pl.read_parquet(clicks_folder / "log.parquet").rename({"channel": "chanel"})
    log.write_parquet(tmp_path / "new.parquet")
    told = wanamaker("predict", finished, tmp_path / "new.parquet", "--out", tmp_path / "p.parquet")
    assert told.code == 2
    assert "channel" in told.err
    assert not (tmp_path / "p.parquet").exists()


def test_a_suffix_that_names_no_format_is_refused_before_any_work(
    wanamaker, finished, clicks_folder, tmp_path
):
    told = wanamaker("predict", finished, clicks_folder / "log.parquet", "--out", tmp_path / "p.xlsx")
    assert told.code == 2
    assert "must name a format" in told.err


def test_a_run_without_a_model_cannot_predict(wanamaker, clicks_folder, world_log, tmp_path):
    done = wanamaker(
        "attribute", world_log, "--out", tmp_path / "credit", "--models", "last", "--bootstrap", 0
    )
    assert done.code == 0, done.err
    told = wanamaker(
        "predict", tmp_path / "credit", clicks_folder / "log.parquet", "--out", tmp_path / "p.csv"
    )
    assert told.code == 2
    assert "keeps no model that predicts" in told.err


def test_the_report_is_drawn_again_from_its_results(wanamaker, finished, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(finished, copy)
    before = (copy / "report.html").read_text(encoding="utf-8")
    told = wanamaker("report", copy)
    assert told.code == 0, told.err
    assert (copy / "report.html").read_text(encoding="utf-8") == before
    assert wm.load_run(copy).kind == "clicks"


def test_the_report_has_every_section_and_the_planted_truth(finished):
    page = (finished / "report.html").read_text(encoding="utf-8")
    for section in (
        *("in-short", "data", "quality", "calibration", "ranking", "decision", "truth", "ablation"),
        *("honesty", "learning", "importance", "explored", "audit", "notes"),
    ):
        assert f'<section id="{section}"' in page, section


def test_the_same_study_gives_the_same_run(run_bare, tmp_path):
    for out in ("one", "two"):
        told = run_bare(out=out)
        assert told.code == 0, told.err
    for name in (
        "metrics.json",
        "predictions.parquet",
        "explanations.parquet",
        "report.html",
        "results.json",
    ):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_the_study_that_a_run_wrote_gives_the_same_run(run_bare, wanamaker, tmp_path):
    assert run_bare().code == 0
    told = wanamaker("run", tmp_path / "bare" / "study.toml", "--out", tmp_path / "again")
    assert told.code == 0, told.err
    for name in ("study.toml", "metrics.json", "predictions.parquet", "report.html"):
        assert (tmp_path / "bare" / name).read_bytes() == (tmp_path / "again" / name).read_bytes(), name


def test_a_run_is_refused_where_there_is_one_and_replaced_where_asked(run_bare, wanamaker, tmp_path):
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "mine.txt").write_text("mine", encoding="utf-8")
    told = run_bare()
    assert told.code == 2
    assert "not empty" in told.err
    assert [path.name for path in (tmp_path / "bare").iterdir()] == ["mine.txt"]


def test_a_failure_leaves_nothing_behind(run_bare, tmp_path, monkeypatch):
    def fail(*_):
        message = "no page"
        raise RuntimeError(message)

    monkeypatch.setattr("wanamaker.studies.clicks.write.clicks_page", fail)
    assert run_bare().code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["changed.toml"]


BAD = {
    "an unknown key": ("valid = 0.15", "vald = 0.15", "'split.vald' is no known key", "'valid'"),
    "an unknown cost": ("cost_fn = 50", "cost_fm = 50", "is no known key", "'cost_fn'"),
    "an unknown window": ("since_last = ", "since_lst = ", "since_lst", "since_last"),
    "an unknown column of a window": ('["ip", "app"], within', '["ip", "ap"], within', "'ap'", "'app'"),
    "a band without room": ('within = "5m"', 'within = "5m", after = "1h"', "'after' must be shorter", None),
    "an unknown model": ("[model]", '[model]\nname = "xgbost"', "'model.name'", None),
    "a parameter out of range": ("learning_rate = 0.2", "learning_rate = -1", "'learning_rate'", None),
    "shares that leave nothing": ("test = 0.25", "test = 0.9", "must leave something to learn from", None),
    "a group without its column": ('by = "time"', 'by = "group"', "'column' names the group", None),
    "a threshold that is none": ("{ cost_fp = 1, cost_fn = 50 }", "1.5", "a probability from 0 to 1", None),
    "a missing log": ("log.parquet", "lgo.parquet", "was expected at", None),
    "a missing column": ('id = "click"', 'id = "clik"', "'clik'", "'click'"),
    "path and parts": ("[data]", '[data]\ntrain = "a.parquet"', "give either 'path' or parts", None),
}


@pytest.mark.parametrize(("old", "new", "message", "hint"), BAD.values(), ids=BAD)
def test_a_mistake_is_told_before_any_work(run_bare, tmp_path, old, new, message, hint):
    told = run_bare(old, new)
    assert told.code == 2, told.out + told.err
    assert message in told.err
    assert hint is None or hint in told.err
    assert "Traceback" not in told.err
    assert not (tmp_path / "bare").exists()


def _changed(clicks_folder, tmp_path, *columns):
    log = pl.read_parquet(clicks_folder / "log.parquet").with_columns(*columns)
    log.write_parquet(tmp_path / "bad.parquet")
    return f"data.path={tmp_path / 'bad.parquet'}"


def test_a_label_that_is_neither_0_nor_1_names_its_row(run_bare, clicks_folder, tmp_path):
    label = pl.when(pl.col("click") == 7).then(2).otherwise("is_attributed").alias("is_attributed")
    told = run_bare("", "", _changed(clicks_folder, tmp_path, label))
    assert told.code == 2
    assert "'is_attributed', row 7: 2 must be 0 or 1" in told.err


def test_a_label_known_before_its_event_is_refused(run_bare, clicks_folder, tmp_path):
    early = (pl.col("attributed_time") - pl.duration(days=9)).alias("attributed_time")
    told = run_bare("", "", _changed(clicks_folder, tmp_path, early))
    assert told.code == 2
    assert "attributed_time" in told.err or "label" in told.err
    assert "before" in told.err


@pytest.mark.parametrize("part", ["train", "test"])
def test_a_part_of_one_class_is_refused(run_bare, clicks_folder, tmp_path, part):
    late = pl.col("click") > 4_400
    gone = ~late if part == "train" else late
    label = pl.when(gone).then(0).otherwise("is_attributed").alias("is_attributed")
    known = pl.when(~gone).then("attributed_time").alias("attributed_time")
    told = run_bare("", "", _changed(clicks_folder, tmp_path, label, known))
    assert told.code == 2
    assert part in told.err
    assert "Hint:" in told.err
    assert not (tmp_path / "bare").exists()


def test_parts_may_come_as_tables_of_their_own(run_bare, clicks_folder, tmp_path):
    log = pl.read_parquet(clicks_folder / "log.parquet").sort("click_time")
    bounds = {"train": (0, 3_600), "valid": (3_600, 4_500), "test": (4_500, 6_000)}
    for part, (low, high) in bounds.items():
        log[low:high].write_parquet(tmp_path / f"{part}.parquet")
    lines = "\n".join(f'{part} = "{tmp_path / part}.parquet"' for part in bounds)
    path = f'path = "{clicks_folder / "log.parquet"}"\ntruth = "{clicks_folder / "truth.parquet"}"'
    told = run_bare(path, lines, "split.valid=0.1", "split.test=0.2")
    assert told.code == 0, told.err
    run = wm.load_run(tmp_path / "bare")
    assert run.manifest["rows"] == {"train": 3_600, "valid": 900, "test": 1_500}
    assert set(run.manifest["data"]) == {"train", "valid", "test"}


@pytest.mark.parametrize("split", ['by = "group"\ncolumn = "ip"', 'by = "random"'], ids=["group", "random"])
def test_other_splits_are_done_as_asked_and_said(run_bare, tmp_path, split):
    told = run_bare('by = "time"', split)
    assert told.code == 0, told.err
    run = wm.load_run(tmp_path / "bare")
    codes = {note["code"] for note in json.loads((tmp_path / "bare" / "results.json").read_text())["notes"]}
    assert "interleaved_parts" in codes
    page = (tmp_path / "bare" / "report.html").read_text(encoding="utf-8")
    assert ("split at random" in page) == ("random" in split)
    kept = run.frame("predictions.parquet")
    assert len(kept) == run.manifest["rows"]["test"]


def test_the_audit_sees_the_parts_and_the_predictions(run_bare, tmp_path):
    audited = "evaluation.audit=true"
    assert run_bare('by = "time"', 'by = "random"', audited).code == 0
    found = json.loads((tmp_path / "bare" / "results.json").read_text())["audit"]
    assert "L5" in {finding["detector"] for finding in found}, "parts that overlap in time"
    assert run_bare("x", "x", audited, out="by_time").code == 0
    found = json.loads((tmp_path / "by_time" / "results.json").read_text())["audit"]
    assert "L5" not in {finding["detector"] for finding in found}


def test_a_group_is_on_one_side_alone(run_bare, clicks_folder, tmp_path):
    assert run_bare('by = "time"', 'by = "group"\ncolumn = "ip"').code == 0
    log = pl.read_parquet(clicks_folder / "log.parquet")
    tested = set(wm.load_run(tmp_path / "bare").frame("predictions.parquet")["click"].to_list())
    inside = pl.col("click").is_in(list(tested))
    assert not set(log.filter(inside)["ip"]) & set(log.filter(~inside)["ip"])


def test_the_usual_windows_are_written_into_the_study(run_bare, tmp_path):
    old = STUDY[STUDY.index("windows = [") : STUDY.index("vectors = 2")]
    told = run_bare(old, "")
    assert told.code == 0, told.err
    windows = wm.load_run(tmp_path / "bare").study["features"]["windows"]
    assert {"count": ["app"], "within": "5m"} in windows
    assert {"since_last": ["app", "ip", "channel"], "within": "1d"} in windows


def test_a_model_fitted_again_keeps_the_metrics_of_the_one_before(run_bare, tmp_path):
    assert run_bare(out="kept").code == 0
    assert run_bare("refit = false", "refit = true", out="again").code == 0
    kept, again = wm.load_run(tmp_path / "kept"), wm.load_run(tmp_path / "again")
    assert kept.metrics == again.metrics
    assert again.model.training_["rows"] > kept.model.training_["rows"]
    assert again.model.n_trees_ == kept.model.n_trees_
