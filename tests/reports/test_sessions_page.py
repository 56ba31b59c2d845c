"""The sessions report on made-up results of every shape."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from tests.reports.made import HOSTILE
from tests.reports.made_sessions import MadeSessions
from tests.reports.pages import sections_of, text_of
from tests.reports.reading import Element, data_of, read, rows_of
from wanamaker.reports.sessions import sessions_page

SHAPES = {
    "by event": MadeSessions(),
    "one cell": MadeSessions(cells=("gru",)),
    "by session": MadeSessions(per_event=False),
    "features": MadeSessions(events=False, by="column"),
    "no intervals": MadeSessions(intervals=False),
    "at random": MadeSessions(by="random"),
}


def page_of(made: MadeSessions, **more: object) -> Element:
    return read(sessions_page(made.results(**more)))


def test_a_full_result_has_every_part() -> None:
    assert sections_of(page_of(MadeSessions())) == [
        "in-short", "data", "comparison", "quality", "course", "calibration", "ranking", "decision", "along",
        "effects", "losses", "audit", "notes",
    ]  # fmt: skip


def test_what_was_not_measured_has_no_section() -> None:
    page = page_of(MadeSessions(), explained={}, prefixes={}, losses={}, curves={}, audit=None)
    assert sections_of(page) == [
        "in-short",
        "data",
        "comparison",
        "quality",
        "calibration",
        "decision",
        "notes",
    ]


@pytest.mark.parametrize("shape", SHAPES)
def test_headings_are_in_order_and_ids_are_unique(shape: str) -> None:
    page = page_of(SHAPES[shape])
    levels = [int(element.tag[1]) for element in page.all() if re.fullmatch("h[1-6]", element.tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = [element.attributes["id"] for element in page.all() if "id" in element.attributes]
    assert len(ids) == len(set(ids))


def test_nothing_is_loaded_from_elsewhere() -> None:
    page = page_of(MadeSessions())
    for element in page.all():
        for key in ("src", "href", "action"):
            assert not re.match(r"(https?:)?//", element.attributes.get(key, "")), element.attributes
        assert element.tag not in ("link", "iframe", "object", "embed", "img")
    policy = page.one("meta", http_equiv="Content-Security-Policy").attributes["content"]
    assert "default-src 'none'" in policy


def test_hostile_values_stay_text() -> None:
    text = sessions_page(MadeSessions(names=HOSTILE).results(title="<script>alert(0)</script>"))
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    page = read(text)
    names = {row[0] for row in rows_of(page, "effects-table")}
    assert {" ".join(name.split()) for name in HOSTILE} <= names
    chart = next(figure for figure in data_of(page)["figures"] if figure["name"] == "along-chart")
    ticks = chart["drawings"]["0"]["layout"]["xaxis"]["ticktext"]
    assert not any("<" in tick.replace("<br>", "") for tick in ticks)


def test_a_network_that_loses_is_said_before_anything_else() -> None:
    told = text_of(page_of(MadeSessions(loses=True)), "in-short")
    assert "The network loses to boosted trees that also read the last events" in told
    assert "take the simpler model" in told
    assert "The network loses" not in text_of(page_of(MadeSessions()), "in-short")


def test_few_positives_are_said_before_anything_else() -> None:
    assert "Only 40 of the test questions are answered yes" in text_of(
        page_of(MadeSessions(positives=40)), "in-short"
    )


def test_a_random_split_is_said_before_anything_else() -> None:
    assert "were split at random, as asked" in text_of(page_of(MadeSessions(by="random")), "in-short")


def test_the_comparison_has_cost_and_figures_of_every_model() -> None:
    rows = rows_of(page_of(MadeSessions()), "comparison-table")
    assert [row[0] for row in rows] == [
        "RNN",
        "GRU ✓",
        "Logistic regression",
        "XGBoost on counts",
        "XGBoost, last events",
    ]
    assert all(row[1] == "12,345" for row in rows)
    assert rows[0][3:5] == ["0.500", "0.490 – 0.510"]
    assert rows[2][4] == "–", "what was fitted once has no interval"


def test_the_course_tells_when_the_precision_is_reached() -> None:
    told = text_of(page_of(MadeSessions()), "course")
    assert "after event 3 (2 to 5)" in told
    assert "In 5" in told
    never = MadeSessions().results()
    never.prefixes["earliest"] = None
    assert "No threshold reached the target" in text_of(read(sessions_page(never)), "course")


def test_questions_that_count_together_are_explained_only_where_there_are_some() -> None:
    assert "each session counting once" in text_of(page_of(MadeSessions()), "in-short")
    assert "each session counting once" not in text_of(page_of(MadeSessions(per_event=False)), "in-short")


def test_the_session_that_is_chosen_selects_its_events() -> None:
    page = page_of(MadeSessions())
    assert len(rows_of(page, "along-table")) == 3
    drawings = next(figure for figure in data_of(page)["figures"] if figure["name"] == "along-chart")[
        "drawings"
    ]
    assert set(drawings) == {"0", "1"}
    assert {trace["name"] for trace in drawings["0"]["data"]} == {
        "Removal",
        "Integrated gradients",
        "Probability",
    }


def test_values_of_the_column_stand_in_place_of_times() -> None:
    rows = rows_of(page_of(MadeSessions(events=False, by="column")), "parts-table")
    assert [row[-1] for row in rows] == ["Jan, Feb", "Mar", "Apr"]


def test_common_answers_are_drawn_on_plain_scales() -> None:
    figures = {figure["name"]: figure for figure in data_of(page_of(MadeSessions()))["figures"]}
    assert figures["reliability"]["drawings"][""]["layout"]["xaxis"].get("type") != "log"
    assert figures["precision-recall"]["drawings"][""]["layout"]["yaxis"].get("type") != "log"


def test_the_planted_truth_stands_beside_where_it_is_known() -> None:
    truth = {"roc_auc": {"value": 0.91, "low": 0.9, "high": 0.92}, "rank_correlation": 0.64}
    page = page_of(MadeSessions(), truth=truth)
    assert "truth" in sections_of(page)
    assert "0.910 (0.900 to 0.920)" in text_of(page, "truth")
