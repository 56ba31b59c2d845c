"""Which method to believe: by how the log was observed, covariates, lift tests."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reports.found import COMPARING, calibrated, compared, details
from tests.reports.made import Made
from tests.reports.pages import page_of, sections_of, text_of
from tests.reports.reading import Element

RULES = ("first", "last", "linear")


def verdicts(page: Element) -> dict[str, tuple[str, str]]:
    """Return what the table says: methods to whether their assumption holds, and why."""
    rows = page.one("table", class_="words").one("tbody").all("tr")
    cells = [[cell.text for cell in row.children] for row in rows]
    return {name: (holds.removeprefix("Holds here: "), why) for name, _, holds, why in cells}


def believed(made: Made, **more: Any) -> str:
    return text_of(page_of(made, **more), "believe")


def test_it_stands_after_the_observation() -> None:
    assert sections_of(page_of(compared()))[:3] == ["in-short", "observation", "believe"]


def test_in_full_with_covariates_incremental_is_first_and_shapley_only_without_intent() -> None:
    made = compared()
    page = page_of(made, details=details(made, covariates=20))
    said = text_of(page, "believe")
    assert "Believe incremental first: the journeys were observed in full, and it holds covariates" in said
    assert "(20 columns)" in said
    assert "shapley holds nothing constant: believe it only where touches are not chosen by intent" in said
    assert verdicts(page)["incremental"][0] == "cannot be known"
    assert verdicts(page)["shapley"][0] == "cannot be known"
    assert "Believe incremental first" in text_of(page, "in-short")


def test_covariates_are_named_where_the_metadata_name_them() -> None:
    made = compared()
    results = made.results(details=details(made, covariates=20))
    results.metadata["methods"]["incremental"]["parameters"] = {"covariates": ["intent", "country"]}
    assert "it holds “intent” and “country” constant" in believed(
        made, details=results.details, metadata=results.metadata
    )


def test_in_full_without_covariates_nothing_may_drive_both() -> None:
    made = compared()
    page = page_of(made, details=details(made))
    assert (
        "Believe incremental and shapley only if nothing drives both who is reached and who converts. No "
        "covariate was given"
    ) in text_of(page, "believe")
    assert "no covariate was given" in verdicts(page)["incremental"][1]


def test_until_the_conversion_the_hazard_form_is_first_and_rates_are_not_believed() -> None:
    made = compared(observed="until_conversion")
    page = page_of(made, details=details(made, form="hazard", link="logistic", reference="video"))
    said = text_of(page, "believe")
    assert "Believe incremental first, though no covariate was given: in its hazard form" in said
    assert "It is measured against “video”." in said
    assert "Do not believe shapley, markov, markov_2 or any conversion rate here" in said
    assert verdicts(page)["shapley"] == (
        "no",
        "Journeys stop at their conversion, so rates fall as sets of touches grow.",
    )


def test_whole_journeys_compared_although_they_stop_at_conversion_are_not_believed() -> None:
    made = compared(observed="until_conversion")
    page = page_of(made, details=details(made, form="journeys"))
    assert "Ask for its hazard form." in text_of(page, "believe")
    assert verdicts(page)["incremental"][0] == "no"


def test_without_other_journeys_only_rules_are_left_and_none_knows() -> None:
    made = Made(models=RULES, left_out=(("shapley", "no journey that did not convert was given"),))
    results = made.results()
    results.summary["headline"]["journeys"] = results.summary["headline"]["converting_journeys"]
    page = page_of(made, summary=results.summary)
    said = text_of(page, "believe")
    assert "nothing in it shows what would have happened without a touch" in said
    assert "only rules and descriptions of paths are left" in said
    assert verdicts(page)["first, last, linear"][0] == "no"
    assert "no rule knows what would have happened" in verdicts(page)["first, last, linear"][1]
    assert verdicts(page)["shapley"] == ("left out", "No journey that did not convert was given.")


def test_lift_tests_come_before_every_model() -> None:
    made = compared()
    page = page_of(made, details=details(made, covariates=3), **calibrated(made, "social"))
    said = text_of(page, "believe")
    assert "Believe incremental_calibrated first: it is anchored to experiments on the touch that" in said
    assert "Next, believe incremental:" in said
    assert verdicts(page)["incremental_calibrated"] == (
        "yes",
        "As far as the tests go: “social”. Other touches stand as under incremental.",
    )


def test_rules_markov_and_counts_are_called_descriptions() -> None:
    page = page_of(compared())
    assert "Descriptions, not causes: rules, Markov chains and shapley_count." in text_of(page, "believe")
    held = verdicts(page)
    assert {held[name][0] for name in ("last, linear", "markov, markov_2", "shapley_count")} == {"no"}


def test_a_method_left_out_is_told_with_its_reason() -> None:
    made = Made(models=RULES, observed="full", left_out=(("incremental", "a covariate is missing"),))
    page = page_of(made)
    assert "Incremental credit was left out: a covariate is missing." in text_of(page, "believe")
    assert verdicts(page)["incremental"] == ("left out", "A covariate is missing.")


def test_a_method_that_the_report_does_not_know_is_not_judged() -> None:
    assert verdicts(page_of(Made(models=("last", "mine"))))["mine"][0] == "cannot be known"


@pytest.mark.parametrize(
    ("models", "observed", "first"),
    [
        (COMPARING, "full", "incremental"),
        (("last", "linear", "markov", "shapley"), "full", "shapley"),
        (("last", "linear", "markov", "shapley"), "until_conversion", "linear"),
        (("last", "markov"), "until_conversion", "last"),
    ],
)
def test_the_method_shown_first_is_the_one_with_most_reason_to_be_believed(
    models: tuple[str, ...], observed: str, first: str
) -> None:
    page = page_of(Made(models=models, observed=observed))
    (chosen,) = [
        option.text
        for option in page.one("select", id="credit-choice-model").all("option")
        if "selected" in option.attributes
    ]
    assert chosen == first
