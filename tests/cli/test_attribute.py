"""``wanamaker attribute`` from a log to a run directory."""

from __future__ import annotations

import json

import polars as pl
import pytest

import wanamaker as wm
from wanamaker.runs.manifest import rewrite_manifest

FILES = {
    "study.toml", "schema.json", "model/methods.json", "metrics.json", "credit.parquet", "results.json",
    "report.html",
}  # fmt: skip


def test_a_log_becomes_a_run_directory_that_verifies(wanamaker, world_log, tmp_path):
    told = wanamaker("attribute", world_log, "--out", tmp_path / "run", "--bootstrap", 20)
    assert (told.code, told.err) == (0, "")
    run = wm.load_run(tmp_path / "run")
    assert set(run.manifest["files"]) == FILES
    assert run.manifest["seed"] == 0
    assert run.manifest["data"]["fingerprint"]


def test_the_credit_on_disk_is_the_credit_of_the_library(wanamaker, world_log, tmp_path):
    wanamaker(
        "attribute",
        world_log,
        "--out",
        tmp_path / "run",
        "--cost",
        "cost",
        "--value",
        "value",
        "--bootstrap",
        20,
    )
    journeys = wm.journeys_from_events(world_log, value="value", cost="cost")
    expected = wm.attribute(journeys, bootstrap=20).table
    assert wm.load_run(tmp_path / "run").credit.equals(expected)


def test_every_method_adds_up_in_the_metrics(wanamaker, world_log, tmp_path):
    wanamaker("attribute", world_log, "--out", tmp_path / "run", "--bootstrap", 0)
    metrics = wm.load_run(tmp_path / "run").metrics
    assert len(metrics["credit"]) == len(wm.attribution.METHODS)
    assert all(
        abs(method["difference"]) < 1e-9 * metrics["conversions"] for method in metrics["credit"].values()
    )


def test_without_bootstrap_there_are_no_intervals(wanamaker, small_log, tmp_path):
    wanamaker("attribute", small_log, "--out", tmp_path / "run", "--bootstrap", 0)
    columns = wm.load_run(tmp_path / "run").credit.columns
    assert not [name for name in columns if name.endswith(("_low", "_high"))]


def test_json_tells_the_credit_and_where_the_run_is(wanamaker, small_log, tmp_path):
    told = wanamaker(
        "attribute", small_log, "--out", tmp_path / "run", "--models", "last", "--bootstrap", 0, "--json"
    )
    result = json.loads(told.out)
    assert result["run"] == str(tmp_path / "run")
    assert result["conversions"] == 2
    assert {row["touch"]: row["conversions"] for row in result["credit"]} == {"a": 0, "b": 1, "c": 1}


def test_only_the_models_asked_for_are_run(wanamaker, small_log, tmp_path):
    wanamaker(
        "attribute",
        small_log,
        "--out",
        tmp_path / "run",
        "--models",
        "last,first",
        "--models",
        "linear",
        "--bootstrap",
        0,
    )
    assert wm.load_run(tmp_path / "run").credit["model"].unique(maintain_order=True).to_list() == [
        "last",
        "first",
        "linear",
    ]


def test_parameters_of_a_method_can_be_set(wanamaker, world_log, tmp_path):
    wanamaker(
        "attribute",
        world_log,
        "--out",
        tmp_path / "run",
        "--bootstrap",
        0,
        "--set",
        "methods.time_decay.half_life=1d",
    )
    run = wm.load_run(tmp_path / "run")
    expected = wm.attribute(
        wm.journeys_from_events(world_log), [wm.attribution.TimeDecay(half_life="1d")], bootstrap=0
    )
    found = run.credit.filter(pl.col("model") == "time_decay")["conversions"]
    assert found.to_list() == expected.table["conversions"].to_list()
    assert run.study["methods"]["time_decay"]["half_life"] == "1d"


def test_the_study_on_disk_gives_the_same_credit_again(wanamaker, world_log, tmp_path):
    wanamaker(
        "attribute",
        world_log,
        "--out",
        tmp_path / "a",
        "--lookback",
        "5d",
        "--max-touches",
        3,
        "--bootstrap",
        7,
    )
    told = wanamaker("run", tmp_path / "a" / "study.toml", "--out", tmp_path / "b")
    assert told.code == 0, told.err
    assert wm.load_run(tmp_path / "a").credit.equals(wm.load_run(tmp_path / "b").credit)


def test_paths_are_credited_like_journeys(wanamaker, tmp_path):
    paths = tmp_path / "paths.csv"
    paths.write_text("path,total_conversions,null\na > b,3,10\nb,1,5\n", encoding="utf-8")
    told = wanamaker(
        "attribute",
        paths,
        "--path",
        "path",
        "--nulls",
        "null",
        "--models",
        "last",
        "--out",
        tmp_path / "run",
        "--json",
    )
    assert told.code == 0, told.err
    assert {row["touch"]: row["conversions"] for row in json.loads(told.out)["credit"]} == {"a": 0, "b": 4}


def test_events_with_goals_are_kept_apart(wanamaker, tmp_path):
    log = tmp_path / "log.csv"
    log.write_text(
        "uid,timestamp,campaign,event,value\n"
        "1,1,a,click,\n1,2,b,click,\n1,3,,signup,\n1,4,c,click,\n1,5,,buy,9\n",
        encoding="utf-8",
    )
    told = wanamaker(
        "attribute", log, "--event", "event", "--conversions", "signup", "--conversions", "buy",
        "--value", "value", "--models", "last", "--bootstrap", 0, "--out", tmp_path / "run", "--json",
    )  # fmt: skip
    rows = json.loads(told.out)["credit"]
    credited = {(row["goal"], row["touch"]): row["conversions"] for row in rows if row["conversions"]}
    assert credited == {("signup", "b"): 1, ("buy", "c"): 1}


def test_conversion_events_are_those_that_never_come_with_a_touch(wanamaker, tmp_path):
    log = tmp_path / "log.csv"
    log.write_text(
        "uid,timestamp,campaign,event\n1,1,a,click\n1,2,b,view\n1,3,,buy\n2,1,a,click\n",
        encoding="utf-8",
    )
    told = wanamaker(
        "attribute",
        log,
        "--event",
        "event",
        "--models",
        "last",
        "--bootstrap",
        0,
        "--out",
        tmp_path / "r",
        "--json",
    )
    assert {row["touch"]: row["conversions"] for row in json.loads(told.out)["credit"]} == {"a": 0, "b": 1}
    assert "never come with a touch: ['buy']" in told.out


def test_breakdowns_by_period_and_segment_are_written(wanamaker, world_log, tmp_path):
    wanamaker(
        "attribute",
        world_log,
        "--out",
        tmp_path / "run",
        "--by",
        "month",
        "--models",
        "last",
        "--bootstrap",
        0,
    )
    run = wm.load_run(tmp_path / "run")
    parts = (
        run.frame("credit_by_month.parquet").group_by("touch").agg(pl.col("conversions").sum()).sort("touch")
    )
    assert parts["conversions"].to_list() == run.credit.sort("touch")["conversions"].to_list()


def test_each_credit_file_carries_its_metadata(wanamaker, small_log, tmp_path):
    wanamaker("attribute", small_log, "--out", tmp_path / "run", "--bootstrap", 0)
    metadata = json.loads(pl.read_parquet_metadata(tmp_path / "run" / "credit.parquet")["wanamaker"])
    assert metadata["methods"]["position"]["parameters"] == {"first": 0.4, "last": 0.4}
    assert metadata["observation"]["lookback"] == "30d"


def test_an_old_report_is_drawn_again_and_the_run_still_verifies(wanamaker, small_log, tmp_path):
    page = tmp_path / "run" / "report.html"
    wanamaker("attribute", small_log, "--out", tmp_path / "run", "--bootstrap", 0)
    before = page.read_text(encoding="utf-8")
    page.write_text("as an older version drew it", encoding="utf-8")
    rewrite_manifest(tmp_path / "run", "report.html")
    told = wanamaker("report", tmp_path / "run", "--json")
    assert json.loads(told.out) == {"report": str(page)}
    assert page.read_text(encoding="utf-8") == before
    wm.load_run(tmp_path / "run")


def test_an_occupied_output_is_refused_before_any_work(wanamaker, small_log, tmp_path):
    (tmp_path / "x").touch()
    told = wanamaker("attribute", small_log, "--out", tmp_path)
    assert told.code == 2
    assert told.err.startswith(f"error: The output directory {str(tmp_path)!r} is not empty.\nHint: ")
    assert wanamaker("attribute", small_log, "--out", tmp_path, "--overwrite", "--bootstrap", 0).code == 0
    assert not (tmp_path / "x").exists()


BAD = {
    "a misspelt column": (["--touch", "campain"], "['campain']", "Did you mean 'campaign'?"),
    "an unknown method": (["--models", "lst"], "Unknown attribution method: 'lst'", "Did you mean 'last'?"),
    "an unknown option": (["--lokback", "3d"], "No such option: --lokback", "--help"),
    "a bad duration": (["--lookback", "30"], "'lookback' must be a duration. Got '30'", "30d"),
    "a bad number": (
        ["--bootstrap", "-1"],
        "'attribution.bootstrap': Input should be greater than or equal to 0. Got -1",
        None,
    ),
    "an unknown unit": (["--time-unit", "min"], "'time_unit'", "'auto'"),
    "an unknown observation": (["--observed", "half"], "observed", None),
    "an unknown key": (
        ["--set", "attribution.bootstap=3"],
        "'attribution.bootstap' is no known key",
        "'bootstrap'",
    ),
    "a setting without a value": (["--set", "seed"], "A setting must be key=value. Got 'seed'", "--set"),
    "parameters of a method not run": (
        ["--models", "last", "--set", "methods.position.first=0.1"],
        "'position'",
        None,
    ),
    "an unknown parameter of a method": (["--set", "methods.position.frist=0.1"], "'frist'", "'first'"),
    "a landmark without a horizon": (["--landmark", "2026-01-01"], "--landmark must be T0,HORIZON", "14d"),
    "a count of paths for a log": (["--nulls", "conversion"], "'columns.nulls' is for paths", "--path"),
    "an event column without conversions": (
        ["--event", "campaign"],
        "'conversions' must list",
        "Its values are: ['a', 'b', 'c']",
    ),
}


@pytest.mark.parametrize(("arguments", "message", "hint"), BAD.values(), ids=BAD)
def test_a_mistake_is_one_line_with_a_hint_and_exit_2(
    wanamaker, small_log, tmp_path, arguments, message, hint
):
    told = wanamaker("attribute", small_log, "--out", tmp_path / "run", *arguments)
    assert told.code == 2
    lines = told.err.splitlines()
    assert lines[0].startswith("error: ")
    assert message in lines[0]
    assert "Traceback" not in told.err
    assert hint is None or hint in lines[1]
    assert not (tmp_path / "run").exists()


def test_a_fault_of_the_package_is_exit_1(wanamaker, small_log, tmp_path, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr("wanamaker.studies.attribution.run_attribution", broken)
    told = wanamaker("attribute", small_log, "--out", tmp_path / "run")
    assert told.code == 1
    assert "a fault of wanamaker itself" in told.err


def test_a_warning_about_the_data_is_one_line_on_the_error_stream(wanamaker, tmp_path):
    log = tmp_path / "log.csv"
    log.write_text("uid,timestamp,campaign,conversion\n1,1,a,1\n1,2,b,1\n1,3,a,1\n", encoding="utf-8")
    told = wanamaker("attribute", log, "--out", tmp_path / "run", "--bootstrap", 0)
    assert told.code == 0
    assert told.err.startswith("warning: 'conversion' is set on several touches in a row for 1 runs")
    assert "conversion_id" in told.err
    assert "conversion_id" in (tmp_path / "run" / "report.html").read_text(encoding="utf-8")


def test_a_full_disk_leaves_nothing_half_written(wanamaker, small_log, tmp_path, monkeypatch):
    import errno
    from pathlib import Path

    original = Path.write_text

    def full(self, *args, **kwargs):
        if self.name == "report.html":
            raise OSError(errno.ENOSPC, "No space left on device")
        return original(self, *args, **kwargs)

    monkeypatch.setattr(Path, "write_text", full)
    told = wanamaker("attribute", small_log, "--out", tmp_path / "run", "--bootstrap", 0)
    assert told.code == 2
    assert "no room left to write" in told.err
    assert list(tmp_path.iterdir()) == []


def rerun(wanamaker, tmp_path):
    """Run the study that a run left once more, from another folder."""
    told = wanamaker("run", tmp_path / "run" / "study.toml", "--out", tmp_path / "again")
    assert told.code == 0, told.err
    return wm.load_run(tmp_path / "run").credit, wm.load_run(tmp_path / "again").credit


def test_a_study_without_a_lookback_is_run_again_without_one(wanamaker, tmp_path):
    log = tmp_path / "log.csv"
    log.write_text(
        "uid,timestamp,campaign,conversion\n1,2026-01-01,a,0\n1,2026-06-01,b,1\n", encoding="utf-8"
    )
    wanamaker("attribute", log, "--lookback", "none", "--bootstrap", 0, "--out", tmp_path / "run")
    first, second = rerun(wanamaker, tmp_path)
    assert first.filter(model="first", touch="a")["conversions"].item() == 1
    assert first.equals(second)


def test_a_study_of_paths_given_by_a_relative_path_is_run_again(wanamaker, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "paths.csv").write_text("path,total_conversions\na > b,3\nb,1\n", encoding="utf-8")
    wanamaker("attribute", "paths.csv", "--path", "path", "--bootstrap", 5, "--out", "run")
    first, second = rerun(wanamaker, tmp_path)
    assert first.equals(second)


def test_paths_that_were_observed_in_full_are_credited_as_such_also_when_run_again(
    wanamaker, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    rows = "a,20,80\nb,10,90\na > b,25,75\n"
    (tmp_path / "paths.csv").write_text(f"path,total_conversions,lost\n{rows}", encoding="utf-8")
    given = ("attribute", "paths.csv", "--path", "path", "--nulls", "lost", "--bootstrap", 5)
    wanamaker(*given, "--observed", "full", "--out", "run")
    details = json.loads((tmp_path / "run" / "results.json").read_text(encoding="utf-8"))["details"]
    assert details["incremental"][""]["form"] == "journeys"
    assert wm.load_run(tmp_path / "run").study["journeys"]["observed"] == "full"
    first, second = rerun(wanamaker, tmp_path)
    assert first.equals(second)


def test_the_study_on_disk_says_what_was_left_to_its_default(wanamaker, small_log, tmp_path):
    wanamaker("attribute", small_log, "--bootstrap", 0, "--out", tmp_path / "run")
    run = wm.load_run(tmp_path / "run")
    study = run.study
    assert study["columns"]["user"] == "uid"
    assert study["columns"]["converted"] == "conversion"
    assert study["journeys"]["observed"] == "until_conversion"
    applying = run.credit["model"].unique(maintain_order=True).to_list()
    assert study["attribution"]["models"] == applying
    assert set(wm.attribution.METHODS) - set(applying) == {"shapley", "incremental", "incremental_normalised"}
    assert study["methods"]["position"] == {"first": 0.4, "last": 0.4}


def test_a_segment_without_conversions_keeps_its_costs_and_the_report_is_drawn(wanamaker, tmp_path):
    log = tmp_path / "log.csv"
    log.write_text(
        "uid,timestamp,campaign,conversion,a/b,a_b,cost\n1,1,a,1,x,p,1\n2,1,b,0,y,p,2\n", encoding="utf-8"
    )
    told = wanamaker(
        "attribute", log, "--covariate", "a/b,a_b", "--by", "a/b,a_b", "--cost", "cost", "--models", "last",
        "--bootstrap", 0, "--out", tmp_path / "run",
    )  # fmt: skip
    assert told.code == 0, told.err
    run = wm.load_run(tmp_path / "run")
    parts = run.frame("credit_by_a%2Fb.parquet")
    assert (parts["cost"].sum(), set(parts["a/b"])) == (3, {"x", "y"})
    assert set(run.frame("credit_by_a_b.parquet")["a_b"]) == {"p"}
    assert wanamaker("report", tmp_path / "run").code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--models", "lst"], "Unknown attribution method: 'lst'"),
        (["--seed", "-3"], "'attribution.seed'"),
        (["--by", "mnth"], "Unknown part to split by: 'mnth'"),
        (["--separator", "|"], "'journeys.separator' is for paths"),
    ],
)
def test_a_bad_option_is_refused_before_the_log_is_read(wanamaker, tmp_path, arguments, message):
    told = wanamaker("attribute", tmp_path / "no.parquet", "--out", tmp_path / "run", *arguments)
    assert told.code == 2
    assert message in told.err
