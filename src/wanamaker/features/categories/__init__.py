"""Categorical columns as numbers: vectors, pair topics, frequencies, hashes, target means; one interface."""
