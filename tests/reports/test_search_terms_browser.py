"""The search-terms report in a browser: it draws, and fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reports.browser import Browser
from tests.reports.made import HOSTILE
from tests.reports.made_terms import MadeTerms
from wanamaker.reports.search_terms import search_terms_page

pytestmark = pytest.mark.browser

CASES = {
    "full": MadeTerms(),
    "hostile": MadeTerms(terms=HOSTILE, words=HOSTILE),
    "bare": MadeTerms(cost=False, delay=False, truth=False, intervals=False, export=False, unseen=False),
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    written = {name: folder / f"{name}.html" for name in CASES}
    for name, path in written.items():
        path.write_text(search_terms_page(CASES[name].results()), encoding="utf-8")
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
