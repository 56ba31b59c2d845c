from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reports.browser import Browser, find


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for all tests; without chromium they are skipped, or fail where everything is required."""
    if find() is None:
        message = "chromium is not installed. Hint: apt-get install -y chromium"
        if os.environ.get("WANAMAKER_REQUIRE_ALL") == "1":
            pytest.fail(message)
        pytest.skip(message)
    profile: Path = tmp_path_factory.mktemp("chromium")
    with Browser(profile) as opened:
        yield opened
