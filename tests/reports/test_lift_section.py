"""Lift tests in the report: before, after, the test, and its weight."""

from __future__ import annotations

import pytest

from tests.reports.found import calibrated, compared, details
from tests.reports.pages import columns_of, figure_of, page_of, sections_of, text_of
from tests.reports.reading import heads_of, rows_of
from wanamaker.reports.numbers import number

MADE = compared()


def test_without_lift_tests_there_is_no_section() -> None:
    assert "lift-tests" not in sections_of(page_of(MADE, details=details(MADE)))


def test_before_test_after_and_weight_stand_side_by_side() -> None:
    given = calibrated(MADE, "social")
    page = page_of(MADE, details=details(MADE), **given)
    (test,) = given["calibration"]
    row = dict(zip(heads_of(page, "lift-table"), rows_of(page, "lift-table")[0], strict=True))
    assert row["Touch"] == "social"
    assert row["Weight of test"] == "50 %"
    assert row["Test found"] == number(test["conversions"], 1)
    assert row["Before"] == number(test["before"], 1)
    assert row["After"] == number(test["after"], 1)
    csv = columns_of(page, "lift_tests")
    assert csv["low"] == pytest.approx([test["conversions"] - 19.6])
    assert csv["high"] == pytest.approx([test["conversions"] + 19.6])


def test_the_baseline_takes_the_rest() -> None:
    said = text_of(page_of(MADE, details=details(MADE), **calibrated(MADE, "social")), "lift-tests")
    assert "The test takes 50 conversions from touches and gives them 0." in said
    assert "The total stays: the baseline goes from" in said


def test_a_test_of_some_days_is_drawn_on_the_scale_of_the_whole_log() -> None:
    given = calibrated(MADE, "social", start="2025-02-01", end="2025-02-28")
    (test,) = given["calibration"]
    test["credited"] = test["before"] / 4
    page = page_of(MADE, details=details(MADE), **given)
    drawn = {trace["name"]: trace for trace in figure_of(page, "lift-chart")["drawings"][""]["data"]}
    assert drawn["Lift test"]["x"] == pytest.approx([4 * test["conversions"]])
    assert drawn["Lift test"]["error_x"]["array"] == pytest.approx([4 * 19.6])
    assert drawn["Model before"]["x"] == [test["before"]]
    assert "1 Feb – 28 Feb 2025" in text_of(page, "lift-tests")


def test_a_test_of_the_days_of_the_log_is_of_the_whole_log() -> None:
    given = calibrated(MADE, "social", start="2025-01-01", end="2025-03-31")
    page = page_of(MADE, details=details(MADE), **given)
    assert "Days of the test" not in heads_of(page, "lift-table")
    assert columns_of(page, "lift_tests")["days"] == ["whole log"]


def test_a_test_of_next_to_no_credit_is_not_drawn() -> None:
    given = calibrated(MADE, "social", start="2025-02-01", end="2025-02-02", credited=0.0)
    page = page_of(MADE, details=details(MADE), **given)
    drawn = {trace["name"]: trace for trace in figure_of(page, "lift-chart")["drawings"][""]["data"]}
    assert drawn["Lift test"]["x"] == [None]
    assert drawn["Lift test"]["error_x"]["array"] == [None]


def test_errors_that_were_enlarged_are_told() -> None:
    given = calibrated(MADE, "social", error_factor=2.5)
    said = text_of(page_of(MADE, details=details(MADE), **given), "lift-tests")
    assert "Tests and model disagree by more than chance" in said
    assert "2.50 times as large" in said


def test_calibrated_credit_adds_up_as_any_other() -> None:
    page = page_of(MADE, details=details(MADE), **calibrated(MADE, "social"))
    assert "does not add up" not in text_of(page, "conservation")
