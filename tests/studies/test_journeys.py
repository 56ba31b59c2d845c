"""The network of an attribution study: judged on later journeys, credited beside the other methods."""

from __future__ import annotations

import importlib.util
import json
import tomllib
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import wanamaker as wm
from wanamaker.base.errors import DataError, MissingExtraError, ParameterError, RunError, SchemaError
from wanamaker.journeys.from_events import journeys_from_events
from wanamaker.runs.load import load_run
from wanamaker.stats.classification import roc_auc
from wanamaker.studies.attribution import run_attribution
from wanamaker.studies.attribution_run import redraw_attribution_report
from wanamaker.studies.attribution_study import AttributionStudy
from wanamaker.studies.config import validated
from wanamaker.studies.journeys.build import check_network
from wanamaker.studies.journeys.network import parts_of
from wanamaker.studies.journeys.replayed import replayed

pytest.importorskip("torch")
pytest.importorskip("xgboost")
pytestmark = pytest.mark.filterwarnings("ignore::wanamaker.base.errors.DataWarning")

NETWORK = ("counterfactual", "network_shapley", "attention", "network_incremental")


def study_of(folder, **more):
    content = {
        "data": {"path": str(folder / "log.parquet"), "truth": str(folder / "truth.parquet")},
        "columns": {"value": "value", "cost": "cost"},
        "journeys": {"observed": "full"},
        "attribution": {"bootstrap": 5, "models": ["last", "linear"], "by": ["month"]},
        "network": {"width": 8},
        "training": {"epochs": 1, "threads": 1},
        "evaluation": {"bootstrap": 20},
    }
    return AttributionStudy.model_validate({**content, **more})


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    wm.simulate.journeys(2_000, seed=1, observed="full").write(folder)
    return folder


@pytest.fixture(scope="module")
def run(world, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "run"
    study = study_of(world, evaluation={"bootstrap": 20, "ablation": True, "common_date": True})
    run_attribution(study, out)
    return load_run(out)


@pytest.fixture(scope="module")
def journeys(world):
    return journeys_from_events(world / "log.parquet", value="value", cost="cost", observed="full")


def test_the_networks_credit_stands_beside_that_of_the_other_methods_and_adds_up(run, journeys):
    sums = dict(run.credit.group_by("model").agg(pl.col("conversions").sum()).iter_rows())
    assert set(sums) == {"last", "linear", *NETWORK}
    for credited in sums.values():
        assert credited == pytest.approx(journeys.conversions.sum())
    assert set(run.frame("credit_by_month.parquet")["model"]) == set(sums)
    assert {row["model"] for row in run.metrics["truth"]} == set(sums)


def test_predictions_are_of_the_journeys_that_ended_last_and_metrics_follow_from_them(run, journeys):
    table, told = run.frame("predictions.parquet"), run.metrics["test"]
    boundary = pl.Series([run.manifest["boundaries"][1]]).str.to_datetime(time_zone="UTC").item()
    assert table["ended"].min() >= boundary
    assert len(table) == run.manifest["parts"]["test"] == pytest.approx(len(journeys) / 5, rel=0.02)
    found = float(roc_auc(table["label"].to_numpy(), table["prediction"].to_numpy())[0])
    assert told["roc_auc"]["value"] == pytest.approx(found)
    assert told["roc_auc"]["low"] < found < told["roc_auc"]["high"]


def test_metrics_hold_test_valid_and_every_baseline(run):
    named = {"roc_auc", "pr_auc", "log_loss", "normalised_log_loss", "calibration_ratio", "ece", "f1"}
    assert named <= set(run.metrics["test"])
    assert named <= set(run.metrics["valid"])
    assert list(run.metrics["baselines"]) == [
        "last_touch_rate",
        "logistic_counts",
        "xgboost_counts",
        "xgboost_counts_timing",
        "channel_free",
    ]


def test_results_hold_ablation_one_date_and_replay(run):
    kept = json.loads((run.path / "results.json").read_text(encoding="utf-8"))
    variants = [row["model"] for row in kept["network"]["ablation"]]
    cells = ["cell rnn", "cell gru", "cell transformer"]
    assert variants == ["as given", "without attention", "without decay", *cells]
    one_date = kept["network"]["common_date"]
    assert one_date["comparison"][0]["model"] == "network"
    replayed = {row["model"] for row in kept["replay"]["rows"]}
    assert {"last", "counterfactual", "(as spent)", "(evenly)"} <= replayed
    assert {row["budget"] for row in kept["replay"]["rows"]} == {1 / 2, 1 / 4, 1 / 8, 1 / 16}
    assert kept["replay"]["reference"] == "last"
    row = next(row for row in kept["replay"]["rows"] if row["model"] == "counterfactual")
    assert row["conversions_low"] <= row["conversions"] <= row["conversions_high"]
    assert row["conversions_difference_low"] is not None


def test_the_network_that_is_kept_is_the_judged_one_fitted_again_on_all_journeys(run, journeys):
    kept = json.loads((run.path / "results.json").read_text(encoding="utf-8"))["network"]["facts"]["learned"]
    again = run.model.training_
    assert again["refit"]
    assert again["rows"] == len(journeys) > kept["rows"]
    assert len(again["curve"]) == kept["best_epoch"]
    named = (
        "calibration",
        "calibration_reason",
        "under_trained",
        "best_epoch",
        "valid_roc_auc",
        "valid_rows",
    )
    assert [again[name] for name in named] == [kept[name] for name in named]


def test_the_study_that_a_run_keeps_can_be_run_again(run):
    held = tomllib.loads((run.path / "study.toml").read_text(encoding="utf-8"))
    again = validated(AttributionStudy, held, "study.toml")
    assert again.network.width == 8
    assert again.replay.allocation == "roi"
    assert again.attribution.models == ("last", "linear")


def test_a_report_drawn_again_is_the_same(run):
    before = (run.path / "report.html").read_bytes()
    redraw_attribution_report(run)
    assert (run.path / "report.html").read_bytes() == before
    text = before.decode()
    for part in ("network", "network-trained", "replay", "one-date-chart", "ablation-chart", "loss-chart"):
        assert f'id="{part}' in text or f'"{part}"' in text


def test_budgets_are_replayed_without_a_network_too(world, tmp_path):
    plain = {"network": None, "training": {}, "evaluation": {}}
    results = run_attribution(study_of(world, **plain, replay={"budgets": [0.25]}), tmp_path / "run").results
    assert [row["model"] for row in results.replay["rows"]] == ["last", "linear", "(as spent)", "(evenly)"]
    assert results.network is None


def test_where_the_money_goes_depends_on_the_outcomes_of_earlier_journeys_alone(world, journeys):
    study = study_of(world)
    split = parts_of(study, journeys)

    def spent(turned):
        outcomes = journeys.conversions.copy()
        outcomes[turned] = 1.0 - outcomes[turned]
        other = replace(journeys, conversions=outcomes, nulls=1.0 - outcomes, values=outcomes * 10)
        rows = replayed(study, other, split, [])["rows"]
        return [(row["model"], row["budget"], row["cost"], row["touches_bought"]) for row in rows]

    nothing, later, earlier = (spent(part) for part in (split.test[:0], split.test, split.train))
    assert later == nothing
    assert earlier != nothing


# --- Predicting ------------------------------------------------------------------------------------


def test_a_run_predicts_after_each_touch_what_its_model_predicts_for_the_journey_so_far(run, world, journeys):
    log = pl.read_parquet(world / "log.parquet")
    told = run.predict(log)
    assert told.drop("prediction").equals(log)
    assert told["prediction"].null_count() == 0
    whole = run.model.predict(journeys)
    last = told.with_row_index().sort("uid", "timestamp", maintain_order=True)
    last = last.with_columns(pl.col("conversion").cum_sum().over("uid") - pl.col("conversion"))
    ends = last.group_by("uid", "conversion", maintain_order=True).last()["prediction"].sort()
    assert ends.to_numpy() == pytest.approx(np.sort(whole), abs=1e-6)


def test_predictions_do_not_depend_on_the_order_of_rows_on_later_touches_or_on_outcomes(run, world):
    log = (
        pl.read_parquet(world / "log.parquet").unique(["uid", "timestamp"]).sort("uid", "timestamp").head(400)
    )
    told = run.predict(log)
    shuffled = log.sample(fraction=1.0, shuffle=True, seed=0)
    again = run.predict(shuffled).sort("uid", "timestamp")
    assert again["prediction"].to_numpy() == pytest.approx(told["prediction"].to_numpy(), abs=1e-9)
    early = log.filter(pl.col("timestamp") < log["timestamp"].median())
    fewer = run.predict(early).join(told, on=["uid", "timestamp"])
    assert fewer["prediction"].to_numpy() == pytest.approx(fewer["prediction_right"].to_numpy(), abs=1e-9)
    unknown = run.predict(log.drop("conversion"))
    first = (
        log.with_columns(won=pl.col("conversion").cum_sum().over("uid") - pl.col("conversion"))["won"] == 0
    )
    mine, theirs = unknown.filter(first)["prediction"], told.filter(first)["prediction"]
    assert mine.to_numpy() == pytest.approx(theirs.to_numpy(), abs=1e-9)


def test_the_effects_of_a_journeys_touches_lead_from_no_touch_to_its_prediction(run, world):
    log = pl.read_parquet(world / "log.parquet").sort("uid", "timestamp").head(300)
    told = run.explain(log)
    assert told["effect"].to_numpy() == pytest.approx((told["prediction"] - told["before"]).to_numpy())
    follows = (log["uid"] == log["uid"].shift(1)) & (log["conversion"].shift(1) == 0)
    follows = follows.fill_null(value=False)
    steady = told.filter(follows)["before"].to_numpy()
    assert steady == pytest.approx(told["prediction"].shift(1).filter(follows).to_numpy())


def test_rows_that_lack_a_column_history_and_runs_without_a_network_are_refused(run, world, tmp_path):
    log = pl.read_parquet(world / "log.parquet").head(50)
    with pytest.raises(SchemaError, match="campaign"):
        run.predict(log.drop("campaign"))
    with pytest.raises(ParameterError, match="An attribution run reads no history"):
        run.predict(log, log)
    assert run.predict(log.head(0)).columns == [*log.columns, "prediction"]
    plain = study_of(world, network=None, training={}, evaluation={})
    run_attribution(plain, tmp_path / "plain")
    with pytest.raises(RunError, match=r"keeps no model that predicts.\nHint: Give the run"):
        load_run(tmp_path / "plain").predict(log)


# --- Bad input -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"network": {"widht": 8}}, r"'network.widht' is no known key\.\nHint: .*width"),
        ({"network": {"credit": ["shaply"]}}, "'shaply' is no way in which a network gives credit.*shapley"),
        ({"network": {"credit": ["shapley", "shapley"]}}, "list each way of giving credit once"),
        ({"network": {"dropout": 1.0}}, "network.dropout"),
        ({"training": {"epochs": 2}}, r"\[training\] is for a network, and there is no section \[network\]"),
        ({"evaluation": {"ablation": True}}, r"\[evaluation\] is for a network"),
        ({"split": {"test": 0.3}}, r"\[split\] is for a network or a replay"),
        ({"network": {}, "split": {"test": 0.6, "valid": 0.5}}, "valid and test together are below 1"),
        ({"replay": {"budgets": [0.5, 2]}}, "budgets are shares of what was spent"),
        ({"replay": {"budgets": []}}, "and at least one"),
        ({"network": {}, "evaluation": {"common_date": {"landmark": 3}}}, "with both and nothing else"),
    ],
)
def test_keys_that_are_unknown_idle_or_out_of_range_are_refused(more, message):
    with pytest.raises(ParameterError, match=message):
        validated(AttributionStudy, {"data": {"path": "log.parquet"}, **more}, "study.toml")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"network": {"cell": "lstn"}}, "'cell' parameter of JourneyModel"),
        ({"network": {"cell": "transformer", "width": 12}}, "multiple of 8"),
        ({"network": {"attention": False, "credit": ["attention"]}}, "of a network without attention"),
        (
            {"network": {"covariates": ["age"]}},
            r"names 'age', which is no covariate.*\nHint: Write",
        ),
        ({"network": {}, "training": {"schedule": "steps"}}, "'schedule' parameter of Training"),
        ({"network": {}, "columns": {"path": "path"}}, r"\[network\] needs a log of events"),
        (
            {"network": {}, "columns": {"event": "e"}, "journeys": {"conversions": ["buy", "call"]}},
            "A network answers for one goal",
        ),
        (
            {
                "network": {},
                "journeys": {"landmark": ["2025-01-01", "7d"]},
                "evaluation": {"common_date": True},
            },
            "common_date does nothing",
        ),
        ({"replay": {}}, r"no column of costs is named\.\nHint: Write cost = "),
        ({"replay": {}, "columns": {"path": "path"}}, r"\[replay\] needs a log of events"),
    ],
)
def test_what_a_network_or_a_replay_cannot_do_is_refused_before_any_work(more, message):
    study = AttributionStudy.model_validate({"data": {"path": "missing.parquet"}, **more})
    with pytest.raises(ParameterError, match=message):
        check_network(study)


@pytest.mark.parametrize(("missing", "extra"), [("torch", "deep"), ("xgboost", "trees")])
def test_a_missing_optional_part_is_named(missing, extra, monkeypatch):
    found = importlib.util.find_spec

    def find(name):
        return None if name == missing else found(name)

    monkeypatch.setattr("wanamaker.nn.require.find_spec", find)
    monkeypatch.setattr("wanamaker.studies.journeys.build.find_spec", find)
    study = AttributionStudy.model_validate({"data": {"path": "log.parquet"}, "network": {}})
    with pytest.raises(MissingExtraError, match=rf"pip install 'wanamaker\[{extra}\]'"):
        check_network(study)


def test_a_log_with_conversions_on_one_side_alone_is_refused(tmp_path):
    log = pl.DataFrame(
        {
            "uid": range(200),
            "timestamp": range(200),
            "campaign": ["a", "b"] * 100,
            "conversion": [*[0] * 180, *[1] * 20],
        }
    )
    log.write_parquet(tmp_path / "log.parquet")
    study = AttributionStudy.model_validate({"data": {"path": str(tmp_path / "log.parquet")}, "network": {}})
    with pytest.raises(DataError, match="The 'train' part must have rows of both classes"):
        run_attribution(study, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_date_at_which_nothing_can_be_compared_is_refused_before_any_training(world, tmp_path, monkeypatch):
    monkeypatch.setattr("wanamaker.models.journeys.fitting.fit_journeys", None)
    study = study_of(world, evaluation={"common_date": {"landmark": "2031-01-01", "horizon": "7d"}})
    with pytest.raises(ParameterError, match=r"nothing can be compared at 2031-01-01.*\nHint: Choose a date"):
        run_attribution(study, tmp_path / "run")


def test_attention_is_left_out_where_the_network_has_none(world, tmp_path):
    study = study_of(
        world,
        network={"width": 8, "attention": False, "refit": False},
        evaluation={"baselines": False, "bootstrap": 0},
        attribution={"bootstrap": 0, "models": ["last"]},
    )
    run_attribution(study, tmp_path / "run")
    found = load_run(tmp_path / "run")
    assert set(found.credit["model"]) == {"last", "counterfactual", "network_shapley", "network_incremental"}
    assert list(found.metrics["baselines"]) == ["channel_free"]
