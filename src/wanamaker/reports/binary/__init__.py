"""Sections that every report on probabilities of a yes or no shares."""
