"""The search-terms study: from an export to expected conversions, and to what is not worth its money."""
