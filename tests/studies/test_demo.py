"""The part of the demo in which a network gives credit."""

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
