"""Models of journeys, judged: parts in time, baselines, metrics over users, ablation."""

from __future__ import annotations

from wanamaker.evaluation.journeys.baselines import NAMES, journey_baselines
from wanamaker.evaluation.journeys.compared import compared_journeys
from wanamaker.evaluation.journeys.parts import split_journeys, split_users

__all__ = ["NAMES", "compared_journeys", "journey_baselines", "split_journeys", "split_users"]
