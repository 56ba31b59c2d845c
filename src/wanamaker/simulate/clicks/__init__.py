"""The world of clicks: people, bots and injected clicks on the way to an install, with known truth."""

from __future__ import annotations
