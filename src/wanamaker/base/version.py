"""The version of this package."""

from __future__ import annotations

from importlib.metadata import version as installed


def version() -> str:
    """Return the installed version."""
    return installed("wanamaker")
