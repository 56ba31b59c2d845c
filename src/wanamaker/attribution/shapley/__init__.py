"""Shapley credit: each touch's mean marginal contribution over all orders of a journey's touches."""

from wanamaker.attribution.shapley.method import Shapley

__all__ = ["Shapley"]
