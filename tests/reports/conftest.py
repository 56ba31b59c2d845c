from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reports.browser import Browser, find


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for all tests; without chromium they are skipped."""
    if find() is None:
        pytest.skip("chromium is not installed. Hint: apt-get install -y chromium")
    profile: Path = tmp_path_factory.mktemp("chromium")
    with Browser(profile) as opened:
        yield opened
