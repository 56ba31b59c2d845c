from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import polars as pl
import pytest

import wanamaker as wm
from tests.reports.made import HOSTILE, Made
from tests.reports.pages import page_of, sections_of, text_of
from tests.reports.reading import data_of, heads_of, read, rows_of
from wanamaker.journeys.summary import summarise
from wanamaker.reports.attribution import AttributionResults, attribution_page

BASELINE = {
    "roc_auc": {"value": 0.873, "low": 0.866, "high": 0.880},
    "log_loss": {"value": 0.2, "low": 0.19, "high": 0.21},
    "test_journeys": 4900,
    "features": ["length", "gaps_between_touches"],
    "reason": None,
}


@pytest.fixture(scope="module")
def real() -> AttributionResults:
    world = wm.simulate.journeys(4000, seed=1)
    journeys = wm.journeys_from_events(world.log, value="value", cost="cost", observed="full")
    credit = wm.attribute(journeys, bootstrap=20)
    return AttributionResults(
        title="A simulated world",
        credit=credit.frame,
        metadata=credit.metadata,
        summary=summarise(journeys).as_dict(),
        notes=[note.as_dict() for note in credit.notes],
        truth=wm.evaluate_credit(credit, world.truth).to_dicts(),
        details=credit.details,
        breakdowns={"month": wm.attribute(journeys, bootstrap=0, by="month").frame},
    )


def test_a_real_result_has_every_part(real: AttributionResults) -> None:
    page = read(attribution_page(real))
    assert sections_of(page) == [
        "in-short", "observation", "believe", "credit", "disagreement", "incremental", "spend", "by-5-month",
        "shapley", "markov", "truth", "journeys", "top-paths", "flow", "methods", "conservation", "notes",
    ]  # fmt: skip


def test_every_method_adds_up_to_the_conversions(real: AttributionResults) -> None:
    page = read(attribution_page(real))
    total = f"{real.summary['headline']['conversions']:,.0f}"
    models = real.credit["model"].unique(maintain_order=True).to_list()
    assert f"Sum of credit = {total} conversions, by each of the {len(models)} methods." in text_of(
        page, "conservation"
    )
    rows = rows_of(page, "conservation-table")
    assert [row[0] for row in rows] == models
    assert all(row[1] == row[2] == total and "yes" in row for row in rows)


def test_credit_that_does_not_add_up_is_said_loudly() -> None:
    made = Made()
    broken = made.credit().with_columns(
        pl.when(pl.col("model") == "last")
        .then(pl.col("conversions") * 1.001)
        .otherwise("conversions")
        .alias("conversions")
    )
    said = text_of(page_of(made, credit=broken), "conservation")
    assert "Credit does not add up for last" in said
    assert "Sum of credit =" not in said


def test_headings_are_in_order_and_ids_are_unique() -> None:
    page = page_of(Made(breakdowns=("month", "country"), truth=True), baseline=BASELINE)
    levels = [int(element.tag[1]) for element in page.all() if re.fullmatch("h[1-6]", element.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = [element.attributes["id"] for element in page.all() if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    targets = [link.attributes["href"][1:] for link in page.one("nav").all("a")]
    assert targets == sections_of(page)


def test_nothing_is_loaded_from_elsewhere_and_the_policy_forbids_it() -> None:
    page = page_of(Made())
    for element in page.all():
        for key in ("src", "href", "action", "data", "poster", "srcset"):
            assert not re.match(r"(https?:)?//", element.attributes.get(key, "")), element.attributes
        assert element.tag not in ("link", "iframe", "object", "embed", "img")
        assert not any(key.startswith("on") for key in element.attributes)
    assert "url(" not in "".join(page.one("style").pieces)
    policy = page.one("meta", http_equiv="Content-Security-Policy").attributes["content"]
    assert "default-src 'none'" in policy
    assert "connect-src 'none'" in policy
    assert re.search(r"script-src 'sha256-[^']+' 'sha256-[^']+'\s*;", policy)


def test_hostile_names_stay_text() -> None:
    made = Made(touches=HOSTILE, breakdowns=("country",), truth=True)
    notes = [{"code": "<i>", "severity": "warning", "message": "<script>alert(9)</script>", "count": 1}]
    text = attribution_page(made.results(title="<script>alert(0)</script>", notes=notes))
    page = read(text)
    own = [script for script in page.all("script") if script.attributes.get("type") != "application/json"]
    assert len(own) == 2, "plotly and the page's own"
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert page.one("h1").text == "<script>alert(0)</script>"
    names = [row[0] for row in rows_of(page, "credit-table")]
    assert {" ".join(name.split()) for name in HOSTILE} <= set(names)
    assert set(data_of(page)["data"]["credit"]["fields"][1]["levels"]) == set(HOSTILE)


def test_names_that_plotly_would_read_as_tags_are_escaped_for_it() -> None:
    figures = data_of(page_of(Made(touches=HOSTILE)))["figures"]
    chart = next(figure for figure in figures if figure["name"] == "credit-chart")
    ticks = chart["drawings"]["0"]["layout"]["yaxis"]["ticktext"]
    assert not any("<" in tick for tick in ticks)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in ticks


def test_names_that_look_like_numbers_stay_names() -> None:
    page = page_of(Made(touches=tuple("0123456789")))
    chart = next(figure for figure in data_of(page)["figures"] if figure["name"] == "credit-chart")
    axis = chart["drawings"]["0"]["layout"]["yaxis"]
    assert sorted(axis["ticktext"]) == list("0123456789")
    assert axis["tickvals"] == list(range(10))


def test_notes_are_there_warnings_first() -> None:
    notes = [
        {"code": "ties", "severity": "info", "message": "26 ties.", "count": 26},
        {"code": "null_time", "severity": "warning", "message": "3 rows have no time.", "count": 3},
    ]
    page = page_of(Made(), notes=notes)
    shown = page.one("section", id="notes").all("li")
    assert [note.text for note in shown] == ["Warning 3 rows have no time.", "Note 26 ties."]
    assert "1 warning about the data" in text_of(page, "in-short")
    assert "Nothing unusual" in text_of(page_of(Made(), notes=[]), "notes")


def test_without_costs_there_is_no_spend() -> None:
    page = page_of(Made(costs=False))
    assert "spend" not in sections_of(page)
    assert not {"Cost", "CPA", "ROAS"} & set(heads_of(page, "credit-table"))


def test_without_values_and_intervals() -> None:
    page = page_of(Made(values=False, intervals=False))
    heads = heads_of(page, "credit-table")
    assert "Value" not in heads
    assert not any("interval" in head for head in heads)
    assert "No intervals were computed" in text_of(page, "credit")


def test_paths_without_times_have_no_delays_and_say_what_was_left_out() -> None:
    page = page_of(
        Made(times=False, costs=False), baseline={"roc_auc": None, "reason": "there are no times."}
    )
    assert "Aggregated paths" in text_of(page, "observation")
    assert "is not known: there are no times." in text_of(page, "observation")
    assert page.all(id="delays") == []
    assert "time_decay" in text_of(page, "methods")
    assert "Needs times." in text_of(page, "methods")


def test_goals_are_kept_apart() -> None:
    page = page_of(Made(goals=("purchase", "signup")))
    assert [option.text for option in page.all("select", data_choice="goal")[0].all("option")] == [
        "purchase",
        "signup",
    ]
    chart = next(figure for figure in data_of(page)["figures"] if figure["name"] == "credit-chart")
    assert len(chart["drawings"]) == 6
    assert len(rows_of(page, "credit-table")) == 4, "the touches of one goal"


def test_one_touch_and_one_method() -> None:
    page = page_of(Made(touches=("only",), models=("last",)))
    assert "disagreement" not in sections_of(page)
    assert "by the one method" in text_of(page, "conservation")
    assert rows_of(page, "credit-table")[0][:2] == ["only", "1"]


def test_negative_credit_and_rows_that_are_no_touches() -> None:
    page = page_of(Made(negative=True, unattributed=True))
    rows = {row[0]: row for row in rows_of(page, "credit-table")}
    assert [row[0] for row in rows_of(page, "credit-table")][-2:] == sorted(rows)[:2], (
        "rows in parentheses come last"
    )
    assert rows["(baseline)"][1] == "–"
    assert any(cell.startswith("−") for cell in rows["search"])
    assert "does not add up" not in text_of(page, "conservation")


def test_touches_with_little_data_are_not_ranked() -> None:
    rows = {row[0]: row[1] for row in rows_of(page_of(Made()), "credit-table")}
    assert rows["video"] == "too few to rank"
    assert sum(rank == "too few to rank" for rank in rows.values()) == 1


def test_ranks_claim_no_more_than_the_intervals_allow() -> None:
    made = Made(models=("last",))
    share = pl.Series([0.4, 0.3, 0.28, 0.02])
    credit = made.credit().with_columns(
        share=share,
        conversions=share * 1200,
        share_low=share - 0.02,
        share_high=share + 0.02,
        support=pl.lit(500.0),
    )
    assert [row[1] for row in rows_of(page_of(made, credit=credit), "credit-table")] == [
        "1",
        "2–3",
        "2–3",
        "4",
    ]


def test_the_baseline_is_said_in_plain_words() -> None:
    page = page_of(Made(), baseline=BASELINE)
    said = text_of(page, "observation")
    assert "AUC 0.87 (95 % interval 0.87 – 0.88)" in said
    assert "gives the outcome away" in said
    assert "lengths and gaps of journeys alone" in text_of(page, "in-short")


def test_a_cut_by_max_touches_is_told() -> None:
    results = Made().results()
    results.metadata["observation"]["max_touches"] = 5
    results.summary["headline"].update(cut_journeys=300, cut_share=0.025)
    page = read(attribution_page(results))
    assert "The last 5 touches" in text_of(page, "observation")
    assert "2.5 % of the journeys" in text_of(page, "journeys")


def test_long_paths_are_shortened_and_whole_in_the_title() -> None:
    made = Made(touches=tuple(f"t{place}" for place in range(12)))
    paths = page_of(made).one("table", data_table="paths").all("td", class_="path")
    first = paths[0]
    assert "… 6 more …" in first.text
    assert first.attributes["title"] == " > ".join(made.touches)
    assert paths[-1].text == "t0 ×3"


def test_the_footer_tells_how_the_numbers_came_about() -> None:
    said = page_of(Made(models=("last", "time_decay"))).one("footer").text
    for part in (
        "wanamaker 0.1.0",
        "200 bootstrap replicates",
        "half_life = 7d",
        "30d",
        "2025-01-01T00:00:00Z",
    ):
        assert part in said


def test_many_touches_stay_small_and_quick() -> None:
    import time

    touches = tuple(f"campaign {place}" for place in range(300))
    results = Made(touches=touches, models=tuple("abcdefgh")).results()
    begun = time.perf_counter()
    page = attribution_page(results)
    assert time.perf_counter() - begun < 2.0
    data = re.search(r'id="page-data">(.*?)</script>', page, re.DOTALL)
    assert data is not None
    assert len(data[1]) < 600_000


def test_times_relative_to_zero_are_not_called_1970() -> None:
    results = Made().results()
    results.summary["headline"].update(start="1970-01-01T00:00:02Z", end="1970-01-31T21:59:54Z")
    said = text_of(read(attribution_page(results)), "in-short")
    assert "31 days" in said
    assert "1970" not in said


def test_the_results_are_left_as_they_were() -> None:
    results = Made(goals=("a", "b"), breakdowns=("month",)).results()
    before = replace(results, credit=results.credit.clone())
    attribution_page(results)
    assert results.credit.equals(before.credit)
