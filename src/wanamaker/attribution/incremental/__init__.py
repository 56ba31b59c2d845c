"""Incremental credit: what would not have happened without the touches, by regression."""

from wanamaker.attribution.incremental.method import Incremental

__all__ = ["Incremental"]
