"""The parts of the demo that need networks."""

from __future__ import annotations

import pytest

from wanamaker.runs.load import load_run
from wanamaker.studies import demo

pytest.importorskip("torch")
pytest.importorskip("xgboost")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::wanamaker.base.errors.DataWarning")
def test_the_networks_credit_stands_beside_the_classical_ones_and_the_planted_truth(tmp_path):
    page = demo._journeys(tmp_path, quick=True)
    run = load_run(page.parent)
    errors = {row["model"]: row["total_variation"] for row in run.metrics["truth"]}
    assert {"last", "markov", "shapley", "incremental", "counterfactual", "attention"} <= set(errors)
    assert errors["counterfactual"] < errors["last"]
    assert errors["counterfactual"] < errors["attention"]
    assert '<section id="replay"' in page.read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_messy_export_gives_its_planted_words_and_waste_back(tmp_path):
    page = demo._search_terms(tmp_path, quick=True)
    run = load_run(page.parent)
    told = run.metrics["truth"]
    assert told["words"]["rank_correlation"] > 0.5
    assert told["waste"]["spend_precision"] > 0.7
    assert run.manifest["rows"]["test"] > 0
    assert '<section id="truth"' in page.read_text(encoding="utf-8")
