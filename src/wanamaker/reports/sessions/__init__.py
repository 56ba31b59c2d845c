"""The sessions report."""

from __future__ import annotations

from wanamaker.reports.sessions.page import sessions_page
from wanamaker.reports.sessions.results import SessionsResults

__all__ = ["SessionsResults", "sessions_page"]
