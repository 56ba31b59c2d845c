"""Ids of events that a label can still reach."""
