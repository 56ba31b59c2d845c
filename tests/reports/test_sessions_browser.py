"""The sessions report in a browser: it draws, fits, and follows what the reader chooses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reports.browser import Browser
from tests.reports.made import HOSTILE
from tests.reports.made_sessions import MadeSessions
from wanamaker.reports.sessions import sessions_page

pytestmark = pytest.mark.browser

CASES = {
    "full": MadeSessions(),
    "hostile": MadeSessions(names=HOSTILE),
    "features": MadeSessions(events=False, by="column", intervals=False),
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    written = {name: folder / f"{name}.html" for name in CASES}
    for name, path in written.items():
        path.write_text(sessions_page(CASES[name].results()), encoding="utf-8")
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


def test_choosing_a_session_changes_what_is_told_of_it(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["full"], 1440)
    told = "document.getElementById('session-told').textContent"
    assert "90.0" in browser.run(told)
    browser.run(
        "(() => { const s = document.querySelector('select[data-choice=\"session\"]'); s.value = '1';"
        " s.dispatchEvent(new Event('change')); })()"
    )
    assert browser.complaints() == []
    assert "50.0" in browser.run(told)
