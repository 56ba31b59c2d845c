"""The page with every method: what reads otherwise once there are baselines and credit below zero."""

from __future__ import annotations

import polars as pl
import pytest

import wanamaker as wm
from tests.reports.found import compared, details
from tests.reports.made import Made
from tests.reports.pages import columns_of, figure_of, page_of, text_of
from tests.reports.reading import heads_of, rows_of


def alone_with_baseline(made: Made) -> pl.DataFrame:
    """Return credit in which only incremental has a baseline; the others give it to their second touch."""
    credit, other = made.credit(), pl.col("model") != "incremental"
    lost = credit.filter(other, touch="(baseline)").select("model", given="conversions")
    given = pl.when(pl.col("touch") == made.touches[1]).then("given").fill_null(0.0)
    joined = credit.join(lost, on="model", how="left").with_columns(conversions=pl.col("conversions") + given)
    return joined.filter(~(other & (pl.col("touch") == "(baseline)"))).drop("given")


def test_there_is_no_cost_per_conversion_where_credit_is_not_above_zero() -> None:
    page = page_of(compared())
    rows = [
        dict(zip(heads_of(page, "credit-table"), row, strict=True)) for row in rows_of(page, "credit-table")
    ]
    held = {row["Touch"]: row for row in rows}
    assert held["search"]["Conversions"].startswith("−")
    assert held["search"]["CPA"] == "–"
    assert held["social"]["CPA"] != "–"
    csv = columns_of(page, "credit")
    assert all(cpa is None or cpa > 0 for cpa in csv["cpa"])
    assert "There is no CPA where no credit above zero is given." in text_of(page, "credit")


def test_credit_below_zero_has_a_colour_of_its_own() -> None:
    page = page_of(compared())
    trace = figure_of(page, "credit-chart")["drawings"]["6"]["data"][0]
    colours = {
        row[0]: colour for row, colour in zip(trace["customdata"], trace["marker"]["color"], strict=True)
    }
    assert colours["search"] == "--spend"
    assert colours["social"] == "--credit"
    assert colours["(baseline)"] == "--grey"


def test_methods_that_try_to_tell_causes_stand_first_where_methods_disagree() -> None:
    heads = heads_of(page_of(compared()), "heat")
    assert heads[:5] == ["Touch", "Spread", "incremental", "incremental_normalised", "shapley"]
    assert heads[5:] == ["last", "linear", "markov", "markov_2", "shapley_count"]


def test_a_baseline_is_told_beside_the_proof_of_sums() -> None:
    made = compared(values=False)
    page = page_of(made, credit=alone_with_baseline(made))
    rows = {row[0]: row for row in rows_of(page, "conservation-table")}
    place = heads_of(page, "conservation-table").index("Baseline")
    assert rows["last"][place] == "–"
    assert float(rows["incremental"][place].replace(",", "")) > 0
    assert {row[heads_of(page, "conservation-table").index("Adds up")] for row in rows.values()} == {"yes"}


def test_breakdowns_show_the_baseline_apart() -> None:
    page = page_of(compared(breakdowns=("month", "country")))
    for by in ("month", "country"):
        csv = columns_of(page, f"credit_by_{by}")
        assert "(baseline)" in csv
        named = [values for name, values in csv.items() if name not in ("model", by, "all conversions")]
        for total, *parts in zip(csv["all conversions"], *named, strict=True):
            assert sum(parts) == pytest.approx(total, abs=1e-3)
    traces = figure_of(page, "by-5-month-chart")["drawings"]["6"]["data"]
    assert traces[-1]["name"] == "(baseline)"
    assert traces[-1]["marker"]["color"] == "--grey"


def test_methods_that_see_other_journeys_are_told_apart_in_the_truth() -> None:
    page = page_of(compared(truth=True))
    traces = figure_of(page, "truth-chart")["drawings"][""]["data"]
    named = {trace["name"]: [row[0] for row in trace["customdata"]] for trace in traces}
    assert named["Sees converting journeys alone"] == ["last", "linear", "shapley_count"]
    assert set(named["Compares converting journeys with others"]) == {
        *("markov", "markov_2", "shapley", "incremental", "incremental_normalised")
    }
    assert sorted(place for trace in traces for place in trace["y"]) == list(range(8))


def test_the_headline_asks_the_method_shown_first() -> None:
    made = compared()
    page = page_of(made, credit=alone_with_baseline(made), details=details(made))
    said = text_of(page, "in-short")
    assert "By incremental, “" in said
    assert "conversions (" in said
    assert "would have come anyway." in said


def test_methods_with_the_same_words_are_told_together() -> None:
    results = compared().results()
    for model in ("markov", "markov_2"):
        results.metadata["methods"][model].update(summary="A chain.", misleads="Always.")
    terms = [
        term.text
        for term in page_of(compared(), metadata=results.metadata).one("section", id="methods").all("dt")
    ]
    assert "markov, markov_2" in terms


def test_kinds_of_one_class_have_words_of_their_own() -> None:
    told = {label: method.words["summary"] for label, method in wm.attribution.METHODS.items()}
    assert "counts conversions" in told["shapley_count"]
    assert "without a baseline" in told["incremental_normalised"]
    apart = [label for label in told if not label.startswith("markov")]
    assert len({told[label] for label in apart}) == len(apart)


def test_paths_tell_their_form_and_how_they_were_observed() -> None:
    said = text_of(page_of(Made(times=False, costs=False)), "observation")
    assert "Aggregated paths" in said
    assert "Until the conversion" in said
