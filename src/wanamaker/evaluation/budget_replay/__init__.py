"""Budget replay: what a log would have brought had money followed the credit."""

from __future__ import annotations

from wanamaker.evaluation.budget_replay.allocation import AS_SPENT, EVENLY
from wanamaker.evaluation.budget_replay.replay import BUDGETS, budget_replay

__all__ = ["AS_SPENT", "BUDGETS", "EVENLY", "budget_replay"]
