"""Rows in the order of their keys, and of time within a key."""
