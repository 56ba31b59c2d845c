"""``wanamaker audit`` from a table to findings."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

import wanamaker as wm


@pytest.fixture
def table(tmp_path):
    rng = np.random.default_rng(1)
    label = rng.random(2_000) < 0.2
    frame = pl.DataFrame(
        {
            "views": rng.poisson(4, 2_000),
            "status": np.where(label, "sent", "open"),
            "user": rng.integers(0, 300, 2_000),
            "part": rng.choice(["train", "test"], 2_000),
            "bought": label.astype(int),
        }
    )
    frame.write_csv(tmp_path / "t.csv")
    return tmp_path / "t.csv"


def test_findings_are_told(wanamaker, table):
    told = wanamaker("audit", table, "--label", "bought")
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("critical L1 status\n  status alone predicts bought with an AUC of 1.0000")
    assert told.out.endswith("1 finding\n")


def test_json_tells_what_the_library_tells(wanamaker, table):
    told = wanamaker("audit", table, "--label", "bought", "--group", "user", "--split", "part", "--json")
    content = json.loads(told.out)
    expected = wm.audit(table, "bought", group="user", split="part")
    assert content["findings"] == [finding.as_dict() for finding in expected]
    assert (content["label"], content["group"]) == ("bought", ["user"])
    assert [finding["detector"] for finding in content["findings"]] == ["L1", "L5"]


def test_a_report_is_written_as_json_and_as_a_page(wanamaker, table, tmp_path):
    told = wanamaker("audit", table, "--label", "bought", "--out", tmp_path / "found" / "audit.json")
    assert told.out.endswith(f"report: {tmp_path / 'found' / 'audit.json'}\n")
    assert json.loads((tmp_path / "found" / "audit.json").read_text())["findings"][0]["columns"] == ["status"]
    wanamaker("audit", table, "--label", "bought", "--out", tmp_path / "audit.html")
    page = (tmp_path / "audit.html").read_text()
    assert "status alone predicts bought" in page
    assert "Critical · L1" in page


def test_a_clean_table_is_said_to_be_without_findings(wanamaker, table, tmp_path):
    pl.read_csv(table).drop("status").write_parquet(tmp_path / "clean.parquet")
    told = wanamaker("audit", tmp_path / "clean.parquet", "--label", "bought", "--out", tmp_path / "a.html")
    assert told.out.startswith("no findings\n")
    assert "Nothing was found" in (tmp_path / "a.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["--label", "bougth"], "were not found in", "Did you mean 'bought'?"),
        (["--label", "views"], "must be 0 or 1 in the label column", "Hint:"),
        (
            ["--label", "bought", "--out", "a.txt"],
            "--out must end in one of .json, .html",
            "Write --out a.json",
        ),
        (["--label", "bought", "--grup", "user"], "No such option", "--help"),
        ([], "Missing option '--label'", "--help"),
    ],
)
def test_mistakes_are_told_in_one_line_with_a_hint(wanamaker, table, arguments, message, hint):
    told = wanamaker("audit", table, *arguments)
    assert told.code == 2
    assert message in told.err
    assert hint in told.err
    assert "Traceback" not in told.err
