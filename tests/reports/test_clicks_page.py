"""The clicks report on made-up results of every shape."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from tests.reports.made import HOSTILE
from tests.reports.made_clicks import MadeClicks
from tests.reports.pages import sections_of, text_of
from tests.reports.reading import Element, data_of, read, rows_of
from wanamaker.reports.clicks import clicks_page

EVERYTHING = MadeClicks(costs=True, tuned=True, truth=True)


def page_of(made: MadeClicks, **more: object) -> Element:
    return read(clicks_page(made.results(**more)))


def test_a_full_result_has_every_part() -> None:
    assert sections_of(page_of(EVERYTHING)) == [
        "in-short", "data", "quality", "calibration", "ranking", "decision", "truth", "ablation", "honesty",
        "learning", "importance", "explored", "tuning", "audit", "notes",
    ]  # fmt: skip


def test_what_was_not_measured_has_no_section() -> None:
    page = page_of(MadeClicks(compared=False), importance={}, explored={}, decision={}, curves={})
    assert sections_of(page) == ["in-short", "data", "quality", "calibration", "audit", "notes"]


@pytest.mark.parametrize(
    "made",
    [EVERYTHING, MadeClicks(intervals=False), MadeClicks(by="group"), MadeClicks(vectors=False)],
    ids=["everything", "no intervals", "by group", "no vectors"],
)
def test_headings_are_in_order_and_ids_are_unique(made: MadeClicks) -> None:
    page = page_of(made)
    levels = [int(element.tag[1]) for element in page.all() if re.fullmatch("h[1-6]", element.tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = [element.attributes["id"] for element in page.all() if "id" in element.attributes]
    assert len(ids) == len(set(ids))


def test_nothing_is_loaded_from_elsewhere() -> None:
    page = page_of(EVERYTHING)
    for element in page.all():
        for key in ("src", "href", "action"):
            assert not re.match(r"(https?:)?//", element.attributes.get(key, "")), element.attributes
        assert element.tag not in ("link", "iframe", "object", "embed", "img")
    policy = page.one("meta", http_equiv="Content-Security-Policy").attributes["content"]
    assert "default-src 'none'" in policy


def test_hostile_values_stay_text() -> None:
    text = clicks_page(MadeClicks(names=HOSTILE).results(title="<script>alert(0)</script>"))
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    page = read(text)
    names = {row[0] for row in rows_of(page, "values-table")}
    assert {" ".join(name.split()) for name in HOSTILE} <= names
    chart = next(figure for figure in data_of(page)["figures"] if figure["name"] == "values-chart")
    assert not any("<" in tick for tick in chart["drawings"]["0"]["layout"]["yaxis"]["ticktext"])


def test_few_conversions_are_said_before_anything_else() -> None:
    assert "The test rows hold 120 conversions" in text_of(page_of(MadeClicks(positives=120)), "in-short")
    assert "read the intervals" not in text_of(page_of(MadeClicks(positives=400)), "in-short")


def test_few_conversions_warn_of_the_calibration_error() -> None:
    assert "Do not judge by it" in text_of(page_of(MadeClicks(positives=120)), "calibration")
    assert "Do not judge by it" not in text_of(page_of(MadeClicks(positives=400)), "calibration")


def test_a_random_split_is_said_so() -> None:
    assert "split at random" in text_of(page_of(MadeClicks(by="random")), "in-short")
    assert "split at random" not in text_of(page_of(MadeClicks()), "in-short")


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.01, 0.09, "more than chance explains"),
        (-0.01, 0.09, "which may be chance"),
        (-0.09, -0.01, "worse, and not by chance"),
        (None, None, "without an interval"),
    ],
)
def test_a_difference_is_called_what_its_interval_allows(
    low: float | None, high: float | None, said: str
) -> None:
    row = {"against": "logistic_one_hot", "value": 0.04, "low": low, "high": high}
    assert said in text_of(page_of(MadeClicks(), comparisons=[row]), "in-short")


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(0.9, 1.1, "right on the whole"), (1.1, 1.4, "too high"), (0.6, 0.9, "too low")],
)
def test_the_level_of_the_predictions_is_judged_by_the_interval_of_its_ratio(
    low: float, high: float, said: str
) -> None:
    made = MadeClicks()
    metrics = made.metrics()
    metrics["test"]["calibration_ratio"] = {"value": (low + high) / 2, "low": low, "high": high}
    assert said in text_of(page_of(made, metrics=metrics), "in-short")


def test_what_the_future_would_give_is_said_to_be_out_of_reach() -> None:
    said = text_of(page_of(MadeClicks()), "in-short")
    assert "+ time to next click" in said
    assert "AUC would read 0.970: +0.020 (0.000 to +0.040)" in said
    assert "there are no such columns" in said


def test_costs_are_shown_where_there_are_some() -> None:
    names = [figure["name"] for figure in data_of(page_of(MadeClicks(costs=True)))["figures"]]
    assert "cost-chart" in names
    assert "cost-chart" not in [figure["name"] for figure in data_of(page_of(MadeClicks()))["figures"]]


def test_findings_of_the_audit_are_in_the_report() -> None:
    finding = {
        "detector": "L1",
        "columns": ["clicks", "views"],
        "severity": "critical",
        "message": "The label equals clicks − views.",
        "advice": "Drop one of them.",
        "evidence": {},
    }
    page = page_of(MadeClicks(), audit=[finding])
    assert "The label equals clicks − views." in text_of(page, "audit")
    assert "1 thing to look at" in text_of(page, "in-short")
    assert "found nothing" in text_of(page_of(MadeClicks()), "in-short")


def test_every_row_of_a_table_is_in_its_csv() -> None:
    page = page_of(EVERYTHING)
    rows = rows_of(page, "ablation-table")
    assert [row[0] for row in rows] == [
        "(nothing)", "category vectors", "frequencies", "hour", "target means", "windows",
    ]  # fmt: skip
    assert data_of(page)["data"]["ablation"]["fields"][0]["levels"] == [row[0] for row in rows]
