"""The report of a search-terms study."""

from __future__ import annotations

from wanamaker.reports.search_terms.page import search_terms_page
from wanamaker.reports.search_terms.results import SearchTermsResults

__all__ = ["SearchTermsResults", "search_terms_page"]
