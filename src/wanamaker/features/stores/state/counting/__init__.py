"""Counting an event with its keys, and letting go of old ones."""
