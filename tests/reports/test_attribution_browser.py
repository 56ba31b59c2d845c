from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.reports.browser import Browser
from tests.reports.found import calibrated, compared, details
from tests.reports.made import HOSTILE, Made
from tests.reports.made_network import ablation, network, one_date, replay
from wanamaker.reports.attribution import AttributionResults, attribution_page

pytestmark = pytest.mark.browser

CASES = {
    "full": Made(breakdowns=("month", "country"), truth=True, unattributed=True),
    "hostile": Made(touches=HOSTILE, breakdowns=("country",), truth=True),
    "sixty": Made(
        touches=tuple(f"campaign {n}" for n in range(60)), negative=True, models=tuple("abcdefghijkl")
    ),
    "bare": Made(
        touches=("only",), models=("last",), costs=False, values=False, intervals=False, times=False
    ),
    "goals": Made(goals=("purchase", "signup")),
    "compared": compared(breakdowns=("month",), truth=True),
    "compared-goals": compared(goals=("purchase", "signup")),
    "compared-hostile": compared(touches=HOSTILE),
    "compared-sixty": compared(touches=tuple(f"campaign {n}" for n in range(60))),
    "network": Made(models=("last", "counterfactual", "attention"), truth=True),
}


def results_of(case: str) -> AttributionResults:
    made = CASES[case]
    if case == "network":
        told = network(doubt="It has not learned.", ablation=ablation(), common_date=one_date())
        return made.results(network=told, replay=replay())
    if "incremental" not in made.models:
        return made.results()
    tests = {} if made.goals or made.breakdowns else calibrated(made, made.touches[1])
    return made.results(details=details(made), **tests)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    written = {name: folder / f"{name}.html" for name in CASES}
    for name, path in written.items():
        path.write_text(attribution_page(results_of(name)), encoding="utf-8")
    return written


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("case", CASES)
def test_it_renders_without_complaint_and_fits(
    browser: Browser, pages: dict[str, Path], case: str, width: int
) -> None:
    browser.open(pages[case], width)
    assert browser.complaints() == []
    assert browser.requests() == []
    drawn = "[...document.querySelectorAll('.plot')].map(p => p.querySelectorAll('.main-svg').length > 0)"
    assert set(browser.run(drawn)) == {True}
    assert browser.run("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    inside = """[...document.querySelectorAll('.plot .main-svg')].every(
        svg => svg.getBoundingClientRect().right <= document.documentElement.clientWidth + 1)"""
    assert browser.run(inside)


def test_dark_colours_reach_the_charts(browser: Browser, pages: dict[str, Path]) -> None:
    fills = []
    for dark in (False, True):
        browser.open(pages["full"], 1440, dark=dark)
        assert browser.complaints() == []
        fills.append(
            browser.run("getComputedStyle(document.querySelector('#credit-chart .point path')).fill")
        )
    assert fills[0] != fills[1]


def _column(place: int) -> str:
    return (
        "[...document.querySelectorAll('table[data-table=\"credit-table\"] tbody tr')]"
        f".map(row => row.cells[{place}].textContent)"
    )


def _head(place: int) -> str:
    return f"document.querySelectorAll('table[data-table=\"credit-table\"] thead th')[{place}]"


def test_a_table_sorts_by_click_and_by_keyboard(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["full"], 1440)
    browser.run(f"{_head(2)}.querySelector('button').click()")
    numbers = [float(text.replace(",", "")) for text in browser.run(_column(2))]
    assert numbers == sorted(numbers, reverse=True)
    assert browser.run(f"{_head(2)}.getAttribute('aria-sort')") == "descending"
    browser.run(f"{_head(0)}.querySelector('button').focus()")
    browser.press("Enter", 13, "\r")
    names = browser.run(_column(0))
    assert names == sorted(names, key=str.lower)
    assert browser.run(f"[{_head(0)}, {_head(2)}].map(head => head.getAttribute('aria-sort'))") == [
        "ascending",
        "none",
    ]
    assert browser.run("document.activeElement.textContent") == "Touch"


def test_ranks_sort_as_numbers_and_the_unranked_stay_last(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["sixty"], 1440)
    for _ in range(2):
        browser.run(f"{_head(1)}.querySelector('button').click()")
        ranks = browser.run(_column(1))
        known = [int(rank.split("–")[0]) for rank in ranks if rank[0].isdigit()]
        assert known in (sorted(known), sorted(known, reverse=True))
        assert not any(rank[0].isdigit() for rank in ranks[len(known) :])


def _choose(option: int, key: str = "model") -> str:
    return f"""(() => {{ const s = document.querySelector('select[data-choice="{key}"]');
        s.value = '{option}'; s.dispatchEvent(new Event('change')); }})()"""


@pytest.mark.parametrize("case", ["full", "hostile", "goals", "sixty"])
def test_rows_of_the_script_equal_rows_of_the_file(
    browser: Browser, pages: dict[str, Path], case: str
) -> None:
    browser.open(pages[case], 1440)
    whole = "document.querySelector('table[data-table=\"credit-table\"] tbody').innerHTML"
    cells = """[...document.querySelectorAll('table[data-table="credit-table"] tbody tr')].map(
        row => [row.className, ...[...row.cells].map(cell => cell.className + '|' + cell.textContent)])"""
    first = browser.run("Number(document.querySelector('select[data-choice=\"model\"]').value)")
    before, html = browser.run(cells), browser.run(whole)
    browser.run(_choose(1 if first == 0 else 0))
    assert browser.run(whole) != html
    browser.run(_choose(first))
    assert browser.run(cells) == before


def test_choosing_a_method_moves_charts_tables_and_every_selector(
    browser: Browser, pages: dict[str, Path]
) -> None:
    browser.open(pages["full"], 1440)
    bars = "JSON.stringify(document.querySelector('#credit-chart .plot').data[0].x)"
    before = browser.run(bars), browser.run("document.getElementById('spend-said').textContent")
    browser.run(_choose(0))
    after = browser.run(bars), browser.run("document.getElementById('spend-said').textContent")
    assert before[0] != after[0]
    assert before[1] != after[1]
    assert set(browser.run("[...document.querySelectorAll('select')].map(s => s.value)")) == {"0"}
    assert browser.complaints() == []


def test_the_csv_is_whole_quoted_and_harmless(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["hostile"], 1440)
    text = browser.run(
        """(async () => {
        let kept, name;
        const make = URL.createObjectURL;
        URL.createObjectURL = (blob) => { kept = blob; return make(blob); };
        HTMLAnchorElement.prototype.click = function () { name = this.download; };
        document.querySelector('#credit-table .csv').click();
        return name + '\\n' + await kept.text(); })()"""
    )
    name, _, content = text.partition("\n")
    assert name == "credit.csv"
    assert "\r\n" in content
    rows = list(csv.DictReader(io.StringIO(content.lstrip("\ufeff"), newline="")))
    made = CASES["hostile"]
    assert len(rows) == len(made.touches) * len(made.models)
    expected = {f"'{touch}" if touch[0] in "=+-@" else touch for touch in made.touches}
    assert {row["touch"] for row in rows} == expected
    assert sum(float(row["conversions"]) for row in rows if row["model"] == "last") == pytest.approx(
        1200, abs=0.01
    )
    assert browser.complaints() == []


def test_a_download_is_allowed_by_the_policy(
    browser: Browser, pages: dict[str, Path], tmp_path: Path
) -> None:
    import time

    browser.open(pages["full"], 1440)
    browser.call("Page.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
    browser.run("document.querySelector('#credit-chart .csv').click()")
    for _ in range(100):
        if (tmp_path / "credit.csv").exists():
            break
        time.sleep(0.05)
    assert (tmp_path / "credit.csv").read_bytes().startswith(b"\xef\xbb\xbfmodel,touch,conversions")
    assert browser.complaints() == []


def test_all_rows_can_be_shown(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["sixty"], 390)
    rows = "[...document.querySelectorAll('table[data-table=\"credit-table\"] tbody tr')]"
    shown = f"{rows}.filter(row => row.offsetHeight).length"
    assert browser.run(shown) == 25
    browser.run("document.querySelector('button[data-all=\"credit-table\"]').click()")
    assert browser.run(shown) == 61


def test_choosing_a_goal_moves_every_section_of_it(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["compared-goals"], 1440)
    shown = """JSON.stringify([
        document.getElementById('incremental-said').textContent,
        document.querySelector('#incremental-chart .plot').data[0].x,
        ...['incremental-table', 'removal-table', 'transitions'].map(name =>
            document.querySelector(`table[data-table="${name}"] tbody`).rows[0].dataset.row)])"""
    before = browser.run(shown)
    browser.run(_choose(1, "goal"))
    after = browser.run(shown)
    assert all(old != new for old, new in zip(json.loads(before), json.loads(after), strict=True))
    assert browser.complaints() == []


def test_a_matrix_by_the_script_equals_that_of_the_file(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["compared-goals"], 1440)
    cells = """['transitions', 'incremental-table', 'heat', 'removal-table'].map(name =>
        [...document.querySelectorAll(`table[data-table="${name}"] tbody tr`)].map(
        row => [...row.cells].map(cell => `${cell.className}|${cell.textContent}`)))"""
    before = browser.run(cells)
    browser.run(_choose(1, "goal"))
    browser.run(_choose(0, "goal"))
    assert browser.run(cells) == before


def test_the_csv_of_transitions_has_more_than_the_matrix(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["compared-sixty"], 1440)
    text = browser.run(
        """(async () => {
        let kept;
        const make = URL.createObjectURL;
        URL.createObjectURL = (blob) => { kept = blob; return make(blob); };
        HTMLAnchorElement.prototype.click = function () {};
        document.querySelector('#transitions .csv').click();
        return await kept.text(); })()"""
    )
    lines = text.lstrip("\ufeff").splitlines()
    assert lines[0] == "source,target,count,probability"
    assert len(lines) == 1 + 1 + 3 * 60


def test_words_about_methods_fit_a_phone_without_scrolling(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["compared"], 390)
    assert browser.run(
        "(t => t.scrollWidth <= t.parentElement.clientWidth)(document.querySelector('table.words'))"
    )
