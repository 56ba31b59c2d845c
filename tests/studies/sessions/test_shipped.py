"""The real sessions that come with the package, and the study on them."""

from __future__ import annotations

import sys

import polars as pl
import pytest

from wanamaker.base.errors import MissingExtraError
from wanamaker.studies.sessions.shipped import online_shoppers, online_shoppers_study
from wanamaker.studies.sessions.study import SessionsStudy


def test_the_file_is_whole_and_says_whose_it_is():
    rows = pl.read_parquet(online_shoppers())
    assert rows.shape == (12_330, 18)
    assert int(rows["Revenue"].sum()) == 1_908
    told = (online_shoppers().parent / "ATTRIBUTION.md").read_text(encoding="utf-8")
    assert "Sakar" in told
    assert "CC BY 4.0" in told


def test_the_month_of_the_test_is_not_among_what_is_read():
    study = SessionsStudy.model_validate(online_shoppers_study())
    assert "Month" not in study.columns.read
    assert not set(study.split.train or ()) & set(study.split.test)  # type: ignore[arg-type]


@pytest.mark.slow
def test_the_study_questions_what_is_computed_from_transactions(tmp_path):
    pytest.importorskip("torch")
    pytest.importorskip("xgboost")
    from wanamaker.studies.sessions.run import run_sessions

    told = online_shoppers_study()
    told["model"] |= {"seeds": 1, "refit": False}
    told["training"] |= {"epochs": 4}
    told["evaluation"] = {"bootstrap": 10, "explained": 20}
    results = run_sessions(SessionsStudy.model_validate(told), tmp_path / "run").results
    assert results.metrics["test"]["roc_auc"]["value"] > 0.75
    assert ["PageValues"] in [finding["columns"] for finding in results.audit or []]
    assert results.explained["effects"][0]["name"] == "PageValues"
    assert [row["values"] for row in results.parts][-1] == ["Nov", "Dec"]


def test_the_demo_with_networks_names_the_extra_before_any_work(tmp_path, monkeypatch):
    from wanamaker.studies.demo import run_demo

    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtraError, match="The demo with networks needs the optional part 'deep'"):
        run_demo(tmp_path / "demo", networks=True)
    assert not (tmp_path / "demo").exists()
