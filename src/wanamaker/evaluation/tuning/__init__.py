"""The search for better settings of a model."""

from __future__ import annotations

from wanamaker.evaluation.tuning.search import Tuning, tune
from wanamaker.evaluation.tuning.space import SPACE, default_space

__all__ = ["SPACE", "Tuning", "default_space", "tune"]
