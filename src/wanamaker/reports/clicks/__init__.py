"""The clicks report: one section per file, and the page that puts them in order."""

from __future__ import annotations

from wanamaker.reports.clicks.page import clicks_page
from wanamaker.reports.clicks.results import ClicksResults

__all__ = ["ClicksResults", "clicks_page"]
