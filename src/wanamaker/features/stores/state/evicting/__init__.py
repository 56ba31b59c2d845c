"""Letting go of what no window reaches any more."""
