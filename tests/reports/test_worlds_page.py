"""The pictures of worlds, in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reports.browser import Browser
from wanamaker.simulate import World, clicks, journeys, search_terms, sessions
from wanamaker.studies.worlds.pictures import picture_world

WORLDS = {
    "clicks": clicks(20_000, seed=1, base_rate=0.02),
    "people-alone": clicks(300, seed=1, bots=0.0, injected=0.0, apps=1),
    "journeys": journeys(1_000, seed=1, late=True, carry_over=True),
    "sessions": sessions(3_000, seed=1),
    "one-session": sessions(1, seed=1, purchase_event=True),
    "search-terms": search_terms(3_000, seed=1, fractional=True),
    "one-row": search_terms(1, seed=1, days=1, useless=0.0, bigrams=0),
}


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
def test_pictures_are_drawn_without_complaint_and_fit(
    browser: Browser, tmp_path: Path, world: World, width: int
) -> None:
    browser.open(picture_world(world.write(tmp_path)), width)
    assert browser.complaints() == []
    assert browser.requests() == []
    drawn = "[...document.querySelectorAll('.plot')].map(p => p.querySelectorAll('.main-svg').length > 0)"
    assert set(browser.run(drawn)) == {True}
    assert browser.run("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_page_tells_everything_the_world_was_made_from(tmp_path: Path) -> None:
    page = picture_world(WORLDS["clicks"].write(tmp_path)).read_text(encoding="utf-8")
    for name in ("Label delay", "Utc offset", "by the number of rows", "wanamaker"):
        assert name in page
