"""Aggregated paths, as other attribution tools take them."""
