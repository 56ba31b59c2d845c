"""Incremental credit in the report: baseline, negatives, drop-one effects, what it rests on."""

from __future__ import annotations

import pytest

from tests.reports.found import LOSSES, compared, details, incremental
from tests.reports.made import Made
from tests.reports.pages import columns_of, figure_of, page_of, sections_of, text_of
from tests.reports.reading import rows_of


def test_without_details_there_is_no_section() -> None:
    assert "incremental" not in sections_of(page_of(compared()))


def test_the_baseline_is_named_and_the_rest_is_what_touches_added() -> None:
    made = compared()
    baseline = incremental(made)["baseline"]
    said = text_of(page_of(made, details=details(made)), "incremental")
    assert f"Of 1,200 conversions, {baseline:,.0f} (" in said
    assert f"The touches added {1200 - baseline:,.0f}." in said
    assert "would have come anyway, without any touch: the baseline" in said


def test_steps_from_the_baseline_end_at_all_conversions() -> None:
    made = compared()
    page = page_of(made, details=details(made))
    steps = columns_of(page, "incremental_steps")
    assert steps["step"][0] == "(baseline)"
    assert steps["step"][-1] == "all conversions"
    ends = [begins + added for begins, added in zip(steps["begins"], steps["conversions"], strict=True)]
    assert ends[:-2] == pytest.approx(steps["begins"][1:-1])
    assert ends[-2] == pytest.approx(1200)
    assert ends[-1] == pytest.approx(1200)
    drawing = figure_of(page, "incremental-chart")["drawings"][""]["data"][0]
    assert drawing["marker"]["color"][0] == "--grey"
    assert drawing["marker"]["color"][steps["step"].index("search")] == "--spend"


def test_a_negative_effect_is_flagged() -> None:
    made = compared()
    page = page_of(made, details=details(made))
    (note,) = page.one("section", id="incremental").all("li", data_code="below_zero")
    assert note.text.startswith("Warning Credit below zero: “search” (−")
    flags = {row[0]: row[-1] for row in rows_of(page, "incremental-table")}
    assert flags["search"] == "below zero"
    assert {flags[touch] for touch in ("social", "display", "(baseline)")} == {""}


def test_a_negative_effect_that_may_be_chance_is_no_warning() -> None:
    made = compared(intervals=True)
    credit = made.credit().with_columns(conversions_high=1.0)
    page = page_of(made, details=details(made), credit=credit)
    (note,) = page.one("section", id="incremental").all("li", data_code="below_zero")
    assert note.text.startswith("Note Credit below zero")
    assert "which may be chance" in note.text


def test_a_baseline_below_zero_is_not_to_be_used() -> None:
    made = compared()
    flipped = made.credit().with_columns(conversions=-1.0 * made.credit()["conversions"])
    extra = flipped.with_columns(conversions=2 * made.credit()["conversions"].abs())
    credit = extra.with_columns(
        conversions=extra["conversions"] * (1 - 2 * (extra["touch"] == "(baseline)").cast(int) * 0.1)
    )
    said = text_of(page_of(made, details=details(made), credit=credit), "incremental")
    assert "cannot be" not in said
    below = (extra["touch"] == "(baseline)").cast(int)
    credit = extra.with_columns(conversions=extra["conversions"] * (1 - below) - below * 100.0)
    said = text_of(page_of(made, details=details(made), credit=credit), "incremental")
    assert "The baseline is below zero (−100 conversions), which cannot be" in said


def test_what_is_lost_without_a_touch_stands_beside_its_credit_and_does_not_add_up() -> None:
    made = compared()
    page = page_of(made, details=details(made, link="logistic"))
    effects = incremental(made)["effects"]
    lost, added = (sum(effect[key] for effect in effects) for key in ("removal", "conversions"))
    assert (
        f"These losses do not add up: they sum to {lost:,.0f}, the touches added {added:,.0f}"
    ) in text_of(page, "incremental")
    csv = columns_of(page, "incremental_effects")
    place = csv["touch"].index("social")
    expected = next(effect for effect in effects if effect["touch"] == "social")
    for key in ("removal", "removal_low", "removal_high"):
        assert csv[key][place] == pytest.approx(expected[key])


def test_losses_equal_to_the_credit_are_explained() -> None:
    made = compared()
    found = details(made)
    for effect in found["incremental"][""]["effects"]:
        effect["removal"] = effect["conversions"]
    said = text_of(page_of(made, details=found), "incremental")
    assert "here they equal the credit, because the link is linear" in said
    assert "In general such losses do not add up" in said


def test_normalised_credit_stands_beside_it() -> None:
    made = compared()
    csv = columns_of(page_of(made, details=details(made)), "incremental_effects")
    credit = made.credit()
    plain = dict(
        credit.filter(credit["model"] == "incremental_normalised")["touch", "conversions"].iter_rows()
    )
    assert dict(zip(csv["touch"], csv["normalised"], strict=True)) == pytest.approx(plain)


def test_form_link_and_the_loss_that_chose_it_are_told() -> None:
    made = compared()
    said = text_of(page_of(made, details=details(made)), "incremental")
    assert "Whole journeys" in said
    assert (
        "log loss is 0.2370 if logistic and 0.2344 if linear (difference 0.0026, standard error 0.0005): "
        "linear predicts clearly better."
    ) in said
    kept = details(made, link="logistic", losses=LOSSES | {"linear": 0.2369})
    assert "linear is not clearly better, so logistic stays" in text_of(
        page_of(made, details=kept), "incremental"
    )
    set_ = details(made, losses={})
    assert "It was set, or there was too little to compare" in text_of(
        page_of(made, details=set_), "incremental"
    )


def test_the_reference_of_the_hazard_form_is_named_with_what_it_takes_for_granted() -> None:
    made = compared(observed="until_conversion")
    page = page_of(made, details=details(made, form="hazard", reference="video"))
    said = text_of(page, "incremental")
    assert "if every touch had done no more than “video”, which is taken to have no effect of its own" in said
    assert "Measured against“video”It is taken to have no effect of its own." in said
    assert "coefficient" not in columns_of(page, "incremental_effects")


def test_covariates_held_constant_are_counted() -> None:
    made = compared()
    assert "Covariates7 columnsHeld constant" in text_of(
        page_of(made, details=details(made, covariates=7)), "incremental"
    )
    assert "CovariatesNone" in text_of(page_of(made, details=details(made)), "incremental")


def test_goals_are_kept_apart() -> None:
    made = compared(goals=("purchase", "signup"))
    page = page_of(made, details=details(made))
    assert set(figure_of(page, "incremental-chart")["drawings"]) == {"0", "1"}
    assert len(rows_of(page, "incremental-table")) == 5
    assert len(columns_of(page, "incremental_effects")["goal"]) == 10
    notes = page.one("section", id="incremental").all("li", data_code="below_zero")
    assert [note.text.split(":")[0] for note in notes] == ["Warning purchase", "Warning signup"]


def test_two_regressions_have_a_section_each() -> None:
    models = ("last", "incremental(form=journeys)", "incremental(form=hazard)")
    made = Made(models=models, negative=True)
    regression = incremental(compared())
    found = {model: {"": regression} for model in models[1:]}
    names = sections_of(page_of(made, details=found))
    assert [name for name in names if name.startswith("incremental")] == ["incremental", "incremental-2"]
