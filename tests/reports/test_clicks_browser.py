"""The clicks report in a browser: it draws, fits, and follows what the reader chooses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reports.browser import Browser
from tests.reports.made import HOSTILE
from tests.reports.made_clicks import MadeClicks
from wanamaker.reports.clicks import clicks_page

pytestmark = pytest.mark.browser

CASES = {
    "full": MadeClicks(costs=True, tuned=True, truth=True),
    "hostile": MadeClicks(names=HOSTILE),
    "bare": MadeClicks(intervals=False, compared=False, vectors=False, by="random"),
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    written = {name: folder / f"{name}.html" for name in CASES}
    for name, path in written.items():
        path.write_text(clicks_page(CASES[name].results()), encoding="utf-8")
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


def test_choosing_a_column_changes_the_table_and_the_chart(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["hostile"], 1440)
    assert browser.run("document.querySelectorAll('select[data-choice=\"column\"]').length") == 2
    browser.run(
        "(() => { const s = document.querySelector('select[data-choice=\"column\"]'); s.value = '1';"
        " s.dispatchEvent(new Event('change')); })()"
    )
    assert browser.complaints() == []
    values = "[...document.querySelectorAll('select[data-choice=\"column\"]')].map(s => s.value)"
    assert browser.run(values) == ["1", "1"], "both choosers of one key move together"
