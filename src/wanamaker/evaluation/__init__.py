"""How far results can be trusted: credit against a planted truth, and more to come."""

from __future__ import annotations

from wanamaker.evaluation.credit_truth import evaluate_credit

__all__ = ["evaluate_credit"]
