"""The search-terms report on made-up results of every shape."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from tests.reports.made import HOSTILE
from tests.reports.made_terms import MadeTerms
from tests.reports.pages import figure_of, sections_of, text_of
from tests.reports.reading import Element, heads_of, read, rows_of
from wanamaker.reports.search_terms import search_terms_page

SHAPES = {
    "export": MadeTerms(),
    "table": MadeTerms(export=False, truth=False),
    "no cost": MadeTerms(cost=False),
    "no delay": MadeTerms(delay=False),
    "a rule wins": MadeTerms(kept="rate"),
    "no intervals": MadeTerms(intervals=False),
    "one origin": MadeTerms(origins=1, unseen=False),
}
ALL = [
    "in-short", "lists", "words", "comparison", "dates", "calibration", "truth", "numbers", "attention",
    "losses", "read", "data", "delay", "audit", "notes",
]  # fmt: skip


def page_of(made: MadeTerms, **more: object) -> Element:
    return read(search_terms_page(made.results(**more)))


def test_a_full_result_has_every_part() -> None:
    assert sections_of(page_of(MadeTerms())) == ALL


def test_what_was_not_measured_has_no_section() -> None:
    page = page_of(
        MadeTerms(cost=False, delay=False, truth=False),
        words=[],
        features=[],
        attention={},
        losses={},
        audit=None,
        dates=[],
        calibration=[],
    )
    assert sections_of(page) == ["in-short", "comparison", "read", "data", "notes"]


@pytest.mark.parametrize("shape", SHAPES)
def test_headings_are_in_order_and_ids_are_unique(shape: str) -> None:
    page = page_of(SHAPES[shape])
    levels = [int(element.tag[1]) for element in page.all() if re.fullmatch("h[1-6]", element.tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = [element.attributes["id"] for element in page.all() if "id" in element.attributes]
    assert len(ids) == len(set(ids))


def test_hostile_values_stay_text() -> None:
    made = MadeTerms(terms=HOSTILE, words=HOSTILE)
    text = search_terms_page(made.results(title="<script>alert(0)</script>"))
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    page = read(text)
    names = {row[0] for row in rows_of(page, "stop-table")}
    assert {" ".join(name.split()) for name in HOSTILE} <= names
    ticks = figure_of(page, "words-chart")["drawings"][""]["layout"]["yaxis"]["ticktext"]
    assert not any("<" in tick for tick in ticks)


def test_the_money_stands_first_with_its_currency() -> None:
    told = text_of(page_of(MadeTerms()), "in-short")
    assert "450 EUR" in told
    assert "3 terms cost 450 EUR and bring next to nothing, first of all “red shoes”" in told
    assert "Of the money that was planted to be wasted, 70 % is among it" in told


def test_who_predicts_is_said_with_why_and_against_what() -> None:
    told = text_of(page_of(MadeTerms()), "in-short")
    assert "Expectations come from the network: its deviance on the validation days is the lowest" in told
    assert "the term's own smoothed rate, the mean deviance is lower by 0.0030, more than chance" in told


def test_a_rule_that_wins_is_named_and_the_network_stands_beside_it() -> None:
    told = text_of(page_of(MadeTerms(kept="rate")), "in-short")
    assert "Expectations come from the term's own smoothed rate" in told
    assert "The network explains 25.0 %" in told
    numbers = text_of(page_of(MadeTerms(kept="rate")), "numbers")
    assert "Of the Poisson regression on words and numbers" in numbers


def test_few_conversions_are_said_before_anything_else() -> None:
    assert "The test days hold 40 conversions" in text_of(page_of(MadeTerms(conversions=40.0)), "in-short")
    assert "The test days hold" not in text_of(page_of(MadeTerms()), "in-short")


def test_the_comparison_marks_what_predicts_and_has_paired_differences() -> None:
    page = page_of(MadeTerms())
    rows = rows_of(page, "rolling-table")
    assert [row[0] for row in rows] == [
        "Network ✓",
        "Poisson regression",
        "XGBoost, TF-IDF",
        "Own smoothed rate",
        "Last week",
    ]
    heads = heads_of(page, "rolling-table")
    place = next(place for place, head in enumerate(heads) if head.startswith("Against"))
    assert rows[0][place] == "−0.0030"
    assert rows_of(page, "unseen-table")


def test_skipped_lines_and_totals_are_listed() -> None:
    page = page_of(MadeTerms())
    assert rows_of(page, "skipped-table")[0][1:] == ["preamble", "Bericht <b>zu</b> Suchbegriffen"]
    assert rows_of(page, "totals-table")[0][-1] == "agrees"
    assert "came as a table" not in text_of(page, "read")
    assert "came as a table" in text_of(page_of(MadeTerms(export=False)), "read")


def test_attention_is_told_as_a_comparison_and_judged_by_chance() -> None:
    page = page_of(MadeTerms())
    assert "tells neither whether a word is good or bad" in text_of(page, "words")
    assert "no sign that attention follows conversions" in text_of(page, "attention")
    beyond = MadeTerms().results()
    beyond.attention["shifts"][0]["correlation"] = 0.9
    assert "go together there" in text_of(read(search_terms_page(beyond)), "attention")


def test_words_have_a_rank_by_each_measure() -> None:
    rows = rows_of(page_of(MadeTerms()), "words-table")
    assert [row[0] for row in rows] == ["shoes", "free", "repair"]
    assert [row[4] for row in rows] == ["1", "2", "3"]
    assert [row[8] for row in rows] == ["3", "2", "1"]


def test_a_day_outside_of_its_band_is_counted() -> None:
    results = MadeTerms().results()
    results.dates[0]["observed"] = 40.0
    assert "1 of 14 days" in text_of(read(search_terms_page(results)), "dates")


def test_sums_of_the_list_are_of_all_its_terms_and_not_of_those_shown() -> None:
    made = MadeTerms()
    results = made.results()
    page = page_of(made, stop_told={"terms": 603, "cost": 6_450.0})
    assert "603 terms cost 6,450 EUR" in text_of(page, "in-short")
    assert "603 in all" in text_of(page, "lists")
    one = text_of(page_of(made, stop=results.stop[:1], stop_told={"terms": 1, "cost": 200.0}), "in-short")
    assert "1 term costs 200" in one
    assert "1 terms" not in one


def test_a_log_without_clicks_speaks_of_impressions() -> None:
    made = MadeTerms()
    results = made.results()
    stop = [{**row, "impressions": 4321.0} for row in results.stop]
    for row in stop:
        del row["clicks"]
    page = page_of(made, facts={**results.facts, "unit": "impressions"}, stop=stop)
    heads = [head for table in ("stop-table", "bids-table", "words-table") for head in heads_of(page, table)]
    assert any("per impression" in head for head in heads)
    assert not any("click" in head.lower() for head in heads)
    assert "4,321" in text_of(page, "lists")


def test_a_predictor_that_is_beaten_for_sure_is_warned_of_first() -> None:
    made = MadeTerms()
    results = made.results()
    gap = {"value": 0.002, "low": 0.001, "high": 0.003, "certain": True}
    rows = [
        {**row, "against": "rate", "difference": gap} if row["name"] == made.kept else row
        for row in results.comparison["rolling"]
    ]
    page = page_of(made, comparison={**results.comparison, "rolling": rows})
    told = text_of(page, "in-short")
    assert "the term's own smoothed rate does better than" in told
    assert "predictor = 'rate'" in told
    assert "not by chance" not in text_of(page_of(made), "in-short")
