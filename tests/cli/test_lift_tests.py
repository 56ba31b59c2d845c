"""Lift tests of a study, from the command line to the run directory and back."""

from __future__ import annotations

import contextlib
import io
import json

import polars as pl
import pytest

import wanamaker as wm
from wanamaker.base.storage import read_json
from wanamaker.cli import main

pytestmark = pytest.mark.filterwarnings("ignore::wanamaker.base.errors.DataWarning")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("world")
    world = wm.simulate.journeys(2_000, seed=3)
    world.write(place)
    wm.simulate.lift_tests(world, ["email", "shopping"]).write_csv(place / "tests.csv")
    return place


@pytest.fixture
def attributed(wanamaker, folder, tmp_path):
    def run(*options, models="last,incremental", bootstrap=10):
        return wanamaker(
            *("attribute", folder / "log.parquet", "--observed", "full", "--out", tmp_path / "run"),
            *("--models", models, "--bootstrap", bootstrap, "--lift-tests", folder / "tests.csv"),
            *options,
        )

    return run


@pytest.fixture(scope="module")
def told_run(folder):
    """Return what one run with everything told, and its directory."""
    options = ["--observed", "full", "--models", "last,incremental", "--bootstrap", "10", "--by", "month"]
    files = {"--lift-tests": "tests.csv", "--truth": "truth.parquet", "--out": "run"}
    places = [text for flag, name in files.items() for text in (flag, str(folder / name))]
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main(["attribute", str(folder / "log.parquet"), *options, *places, "--json"]) == 0
    return out.getvalue(), folder / "run"


def test_the_credit_of_a_run_is_that_of_the_library(told_run, folder):
    told, run = told_run
    journeys = wm.journeys_from_events(folder / "log.parquet", observed="full")
    credit = wm.attribute(journeys, ["last", "incremental"], bootstrap=10).calibrate(folder / "tests.csv")
    assert wm.load_run(run).credit.equals(credit.frame)
    assert read_json(run / "results.json")["calibration"] == credit.calibration.to_dicts()
    models = {row["model"] for row in json.loads(told)["credit"]}
    assert models == {"last", "incremental", "incremental_calibrated"}


def test_the_truth_and_the_sums_speak_of_calibrated_credit(told_run):
    metrics = wm.load_run(told_run[1]).metrics
    judged = [row["model"] for row in metrics["truth"]]
    assert judged == ["last", "incremental", "incremental_calibrated"]
    assert metrics["credit"]["incremental_calibrated"]["difference"] == pytest.approx(0.0, abs=1e-6)


def test_the_study_that_a_run_leaves_gives_the_same_again(told_run, wanamaker, tmp_path):
    run = wm.load_run(told_run[1])
    assert run.study["attribution"]["models"] == ["last", "incremental"]
    assert run.study["data"]["lift_tests"].endswith("tests.csv")
    told = wanamaker("run", told_run[1] / "study.toml", "--out", tmp_path / "again")
    assert told.code == 0, told.err
    again = wm.load_run(tmp_path / "again")
    assert again.credit.equals(run.credit)
    kept = [read_json(place / "results.json")["calibration"] for place in (told_run[1], tmp_path / "again")]
    assert kept[0] == kept[1]


def test_the_report_is_drawn_again_from_what_was_kept(told_run, wanamaker):
    page = told_run[1] / "report.html"
    before = page.read_text(encoding="utf-8")
    told = wanamaker("report", told_run[1])
    assert told.code == 0, told.err
    assert page.read_text(encoding="utf-8") == before
    assert "incremental_calibrated" in before


def test_the_path_of_lift_tests_starts_at_the_study(wanamaker, folder, tmp_path):
    (folder / "study.toml").write_text(
        'kind = "attribution"\n[data]\npath = "log.parquet"\nlift_tests = "tests.csv"\n'
        '[journeys]\nobserved = "full"\n[attribution]\nmodels = ["incremental"]\nbootstrap = 4\n',
        encoding="utf-8",
    )
    told = wanamaker("run", folder / "study.toml", "--out", tmp_path / "run")
    assert told.code == 0, told.err
    assert "incremental_calibrated" in wm.load_run(tmp_path / "run").credit["model"].to_list()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"models": "last"}, "'incremental', which is not among the models ['last']"),
        ({"bootstrap": 0}, "Hint: Attribute with bootstrap=200."),
    ],
)
def test_options_that_leave_nothing_to_calibrate_are_refused(attributed, tmp_path, options, message):
    told = attributed(**options)
    assert told.code == 2
    assert message in told.err
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("tests", "message"),
    [
        (
            "touch,conversions,standard_error\nemial,1,1\n",
            "row 0: a touch of the log was expected. Got 'emial'",
        ),
        ("touch,conversions,standard_error\nemail,1,0\n", "a finite number above 0 was expected"),
        ("touch,start,conversions,standard_error\nemail,2024-06-01,1,1\n", "a period within the log"),
        ("touch,conversions\nemail,1\n", "'standard_error'"),
        ("touch,conversions,standard_error\n", "at least one lift test was expected"),
    ],
)
def test_tests_that_cannot_be_used_are_refused_before_the_credit(
    attributed, tmp_path, monkeypatch, tests, message
):
    def unexpected(*_args, **_kwargs):
        raise AssertionError

    monkeypatch.setattr("wanamaker.studies.attribution.attribute", unexpected)
    (tmp_path / "bad.csv").write_text(tests, encoding="utf-8")
    told = attributed("--lift-tests", tmp_path / "bad.csv")
    assert told.code == 2
    assert message in told.err
    assert "bad.csv" in told.err
    assert not (tmp_path / "run").exists()


def test_a_log_without_incremental_credit_is_told(wanamaker, tmp_path):
    pl.DataFrame({"path": ["a", "b"], "total_conversions": [3, 1]}).write_csv(tmp_path / "paths.csv")
    (tmp_path / "tests.csv").write_text("touch,conversions,standard_error\na,1,1\n", encoding="utf-8")
    told = wanamaker(
        *("attribute", tmp_path / "paths.csv", "--path", "path", "--lift-tests", tmp_path / "tests.csv"),
        *("--out", tmp_path / "run"),
    )
    assert told.code == 2
    assert "which does not apply: it compares converting journeys with others" in told.err
