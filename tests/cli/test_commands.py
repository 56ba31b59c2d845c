"""The other commands, and the command line as a process."""

from __future__ import annotations

import json
import subprocess
import sys

import polars as pl
import pytest

import wanamaker as wm


def test_version_is_told(wanamaker):
    assert wanamaker("--version").out == f"wanamaker {wm.version()}\n"


def test_without_a_command_help_is_shown(wanamaker):
    told = wanamaker()
    assert told.code == 2
    assert "attribute" in told.out


def test_an_unknown_command_names_the_nearest(wanamaker):
    told = wanamaker("atribute")
    assert told.code == 2
    assert "Did you mean 'attribute'?" in told.err


def test_the_exit_code_reaches_the_shell(tmp_path):
    command = [sys.executable, "-m", "wanamaker", "attribute", "nothing.csv", "--out", str(tmp_path / "run")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("error: A file or directory was expected at 'nothing.csv'")
    assert done.stdout == ""


def test_a_simulated_log_has_its_truth_beside_it(wanamaker, tmp_path):
    told = wanamaker("simulate", "journeys", "--rows", 500, "--seed", 4, "--out", tmp_path / "w", "--json")
    result = json.loads(told.out)
    log, truth = pl.read_parquet(result["log"]), pl.read_parquet(result["truth"])
    assert log["uid"].n_unique() == 500
    assert len(log) == result["rows"]
    assert abs(truth["share"].sum() - 1) < 1e-9
    assert log.equals(wm.simulate.journeys(500, seed=4).log)


def test_a_disk_that_fills_up_while_a_table_is_written_is_told_and_leaves_no_table(tmp_path):
    limited = f"ulimit -f 16; exec {sys.executable} -m wanamaker simulate journeys --rows 20000 --out world"
    done = subprocess.run(["bash", "-c", limited], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("error: There is no room left to write 'world/log.parquet'")
    assert list((tmp_path / "world").iterdir()) == []


def test_an_unknown_world_names_the_known_ones(wanamaker, tmp_path):
    told = wanamaker("simulate", "journey", "--out", tmp_path / "w")
    assert told.code == 2
    assert "Did you mean 'journeys'?" in told.err


STUDY = """
kind = "attribution"
[data]
path = "log.parquet"
[columns]
cost = "cost"
[journeys]
observed = "full"
[attribution]
models = ["last", "time_decay"]
bootstrap = 5
[methods.time_decay]
half_life = "2d"
[report]
title = "Spring"
"""


@pytest.fixture
def study(tmp_path, world_log):
    (tmp_path / "log.parquet").write_bytes(world_log.read_bytes())
    path = tmp_path / "spring.toml"
    path.write_text(STUDY, encoding="utf-8")
    return path


def test_a_study_file_is_run_with_paths_from_its_own_folder(wanamaker, study, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    told = wanamaker("run", study, "--set", "attribution.bootstrap=0")
    assert told.code == 0, told.err
    run = wm.load_run(elsewhere / "runs" / "spring")
    assert run.study["report"]["title"] == "Spring"
    assert run.study["attribution"]["bootstrap"] == 0
    assert run.study["journeys"]["lookback"] == "30d"
    assert run.credit["model"].unique(maintain_order=True).to_list() == ["last", "time_decay"]


BAD = {
    "an unknown section": ("[data]", "[dta]", "'dta' is no known key", "'data'"),
    "an unknown kind": ('"attribution"', '"atribution"', "'atribution' is no known kind", "'attribution'"),
    "a wrong type": ("bootstrap = 5", 'bootstrap = "many"', "'attribution.bootstrap'", None),
    "no data": ('[data]\npath = "log.parquet"', "", "the key 'data' is missing", None),
    "broken TOML": ("[data]", "[data", "cannot be read as TOML", "one key = value per line"),
}


@pytest.mark.parametrize(("old", "new", "message", "hint"), BAD.values(), ids=BAD)
def test_a_mistake_in_a_study_names_file_and_key(wanamaker, study, tmp_path, old, new, message, hint):
    study.write_text(STUDY.replace(old, new), encoding="utf-8")
    told = wanamaker("run", study, "--out", tmp_path / "run")
    assert told.code == 2
    assert "spring.toml" in told.err
    assert message in told.err
    assert hint is None or hint in told.err
    assert not (tmp_path / "run").exists()


def test_a_study_without_a_kind_is_told_which_there_are(wanamaker, study, tmp_path):
    study.write_text(STUDY.replace('kind = "attribution"', ""), encoding="utf-8")
    assert "the key 'kind' is missing" in wanamaker("run", study, "--out", tmp_path / "run").err


@pytest.mark.slow
def test_the_demo_leaves_runs_whose_reports_show_the_planted_truth(wanamaker, tmp_path, monkeypatch):
    pytest.importorskip("xgboost")
    told = wanamaker("demo", "--quick", "--out", tmp_path / "demo", "--json")
    assert told.code == 0, told.err
    pages = {study: tmp_path / "demo" / study / "report.html" for study in ("attribution", "clicks")}
    assert json.loads(told.out) == {study: str(page) for study, page in pages.items()}
    run = wm.load_run(pages["attribution"].parent)
    assert {row["model"] for row in run.metrics["truth"]} == set(run.metrics["credit"])
    predicted = wm.load_run(pages["clicks"].parent)
    assert predicted.metrics["test"]["roc_auc"]["value"] > 0.6
    assert '<section id="truth"' in pages["clicks"].read_text(encoding="utf-8")

    monkeypatch.setattr("wanamaker.studies.demo.find_spec", lambda _: None)
    again = wanamaker("demo", "--quick", "--out", tmp_path / "demo", "--json")
    assert again.code == 0, again.err
    assert json.loads(again.out) == {"attribution": str(pages["attribution"])}, "replaced"
    assert "needs the optional part 'trees'" in again.err
