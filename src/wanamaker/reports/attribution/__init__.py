"""The report of attribution: credit by method, what it rests on, and where it misleads."""

from __future__ import annotations

from wanamaker.reports.attribution.page import attribution_page
from wanamaker.reports.attribution.results import AttributionResults

__all__ = ["AttributionResults", "attribution_page"]
