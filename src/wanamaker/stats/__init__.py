"""Metrics, bootstrap weights, exact Shapley values: arrays in, arrays out."""
