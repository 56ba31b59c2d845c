"""Figures and pages from results: self-contained HTML that opens offline. Nothing is computed here."""
