"""Fingerprints of keys and values."""
