"""A network and a replay from the command line."""

from __future__ import annotations

import json

import polars as pl
import pytest

pytest.importorskip("torch")
pytest.importorskip("xgboost")
pytestmark = pytest.mark.filterwarnings("ignore::wanamaker.base.errors.DataWarning")

STUDY = """
kind = "attribution"
[data]
path = "{log}"
[columns]
cost = "cost"
[journeys]
observed = "full"
[attribution]
bootstrap = 0
models = ["last"]
[network]
width = 8
credit = ["counterfactual"]
refit = false
[training]
epochs = 1
threads = 1
[evaluation]
bootstrap = 0
"""


@pytest.fixture
def study(tmp_path, world_log):
    path = tmp_path / "study.toml"
    path.write_text(STUDY.format(log=world_log), encoding="utf-8")
    return path


def test_a_study_with_a_network_prints_it_beside_its_baselines_and_its_run_predicts(
    wanamaker, study, tmp_path, world_log
):
    told = wanamaker("run", study, "--out", tmp_path / "run")
    assert told.code == 0, told.err
    for name in ("network", "xgboost_counts_timing", "channel_free", "counterfactual"):
        assert name in told.out
    assert "…" not in told.out, "no figure is cut off"
    out = tmp_path / "scored.parquet"
    assert wanamaker("predict", tmp_path / "run", world_log, "--out", out).code == 0
    rows, log = pl.read_parquet(out), pl.read_parquet(world_log)
    assert rows.drop("prediction").equals(log)
    assert rows["prediction"].is_between(0, 1).all()


def test_json_holds_the_comparison_and_the_replay(wanamaker, study, tmp_path):
    told = wanamaker("run", study, "--out", tmp_path / "run", "--json", "--set", "evaluation.baselines=false")
    held = json.loads(told.out)
    assert [row["model"] for row in held["network"]["comparison"]] == ["network"]
    assert {row["model"] for row in held["replay"]["rows"]} == {
        "last",
        "counterfactual",
        "(as spent)",
        "(evenly)",
    }


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("network.widht=3", "'network.widht' is no known key"),
        ("network.cell=lstn", "'cell' parameter of JourneyModel must be one of"),
        ("replay.budgets=[2.0]", "budgets are shares of what was spent"),
        ("training.epochs=0", "training.epochs"),
    ],
)
def test_a_fault_in_the_network_is_one_line_and_leaves_nothing(wanamaker, study, tmp_path, setting, message):
    told = wanamaker("run", study, "--out", tmp_path / "run", "--set", setting)
    assert told.code == 2
    assert message in told.err
    assert "Traceback" not in told.err
    assert not (tmp_path / "run").exists()
