"""The search for parameters from the command line."""

from __future__ import annotations

import json

import polars as pl
import pytest

import wanamaker as wm
from wanamaker.simulate import clicks

pytest.importorskip("xgboost")
pytest.importorskip("optuna")

STUDY = """
kind = "clicks"
[data]
path = "log.parquet"
[columns]
time = "click_time"
label = "is_attributed"
label_time = "attributed_time"
categorical = ["app", "ip"]
[features]
windows = [{ count = ["ip"], within = "5m" }]
vectors = 0
[model]
n_estimators = 15
folds = 0
threads = 1
refit = false
[tune]
folds = 2
[tune.space]
max_depth = { low = 2, high = 4 }
[evaluation]
bootstrap = 10
baselines = false
ablation = false
learning_curve = false
honesty = false
audit = false
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tuned")
    clicks(4_000, seed=5, base_rate=0.05).log.write_parquet(folder / "log.parquet")
    path = folder / "study.toml"
    path.write_text(STUDY, encoding="utf-8")
    return path


@pytest.mark.slow
def test_an_interrupted_search_goes_on_and_leaves_a_study_to_run(wanamaker, study, tmp_path, monkeypatch):
    from wanamaker.evaluation.tuning import tune as searching

    out = tmp_path / "search"

    def interrupted(*arguments, **options):
        searching(*arguments, **{**options, "trials": 2})
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("wanamaker.studies.clicks.tune.tune", interrupted)
        told = wanamaker("tune", study, "--out", out, "--trials", 4)
        assert told.code == 130
        assert [path.name for path in out.iterdir()] == ["trials.db"]

    told = wanamaker("tune", study, "--out", out, "--trials", 4, "--json")
    assert told.code == 0, told.err
    result = json.loads(told.out)
    trials = pl.read_parquet(out / "trials.parquet")
    assert result["trials"] == len(trials) == 4, "the two that were done count"
    assert set(result["best"]) == {"max_depth"}
    done = trials.filter(pl.col("state").str.to_uppercase() == "COMPLETE")
    assert result["value"] == pytest.approx(done["value"].min())

    ran = wanamaker("run", out / "study.toml", "--out", tmp_path / "run")
    assert ran.code == 0, ran.err
    run = wm.load_run(tmp_path / "run")
    assert run.study["model"]["max_depth"] == result["best"]["max_depth"]
    assert run.study["features"]["windows"] == [{"count": ["ip"], "within": "5m"}]
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert '<section id="tuning"' in page


def test_a_study_without_parameters_cannot_be_tuned(wanamaker, tmp_path, world_log):
    path = tmp_path / "credit.toml"
    path.write_text(f'kind = "attribution"\n[data]\npath = "{world_log}"\n', encoding="utf-8")
    told = wanamaker("tune", path, "--out", tmp_path / "search")
    assert told.code == 2
    assert "has no parameters to tune" in told.err
    assert not (tmp_path / "search").exists()


def test_an_unknown_parameter_of_the_space_names_the_nearest(wanamaker, study, tmp_path):
    told = wanamaker("tune", study, "--out", tmp_path / "s", "--set", "tune.space.max_dept={low=1, high=2}")
    assert told.code == 2
    assert "max_dept" in told.err
    assert "max_depth" in told.err


def test_the_search_sees_no_row_of_the_test_part(study, tmp_path, monkeypatch):
    from wanamaker.studies.clicks.tune import tune_clicks
    from wanamaker.studies.registry import load_study

    class SeenError(Exception):
        """Carries the rows that the search was given."""

    def seen(model, rows, **options):
        raise SeenError(rows)

    monkeypatch.setattr("wanamaker.studies.clicks.tune.tune", seen)
    with pytest.raises(SeenError) as told:
        tune_clicks(load_study(study), tmp_path / "search")
    rows = told.value.args[0]
    times = pl.read_parquet(study.parent / "log.parquet")["click_time"].sort()
    assert len(rows) == 3_200
    assert rows["click_time"].max() <= times[3_199]
