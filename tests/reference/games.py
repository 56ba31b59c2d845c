"""Shapley credit and regression credit from their definitions, one journey at a time."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import combinations, permutations
from math import exp, factorial
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Names = frozenset[str]


def shapley(players: Iterable[str], worth: Callable[[Names], Any]) -> dict[str, Any]:
    """Return each player's mean marginal worth over all orders."""
    names = sorted(players)
    values = dict.fromkeys(names, 0)
    for order in permutations(names):
        before: Names = frozenset()
        for name in order:
            values[name] += worth(before | {name}) - worth(before)
            before |= {name}
    return {name: value / factorial(len(names)) for name, value in values.items()}


def counted_worth(journeys: Sequence[dict]) -> Callable[[Names], Fraction]:
    """Return the conversions whose touches lie within a set."""
    sets = [frozenset(journey["touches"]) for journey in journeys if journey["converted"]]
    return lambda names: Fraction(sum(1 for one in sets if one <= names))


def rates(journeys: Sequence[dict]) -> tuple[Callable[[Names], float], float]:
    """Return the worth of sets in the game of rates, and the base rate."""
    seen: dict[Names, list[int]] = defaultdict(lambda: [0, 0])
    for journey in journeys:
        entry = seen[frozenset(journey["touches"])]
        entry[0] += journey["converted"]
        entry[1] += 1
    names = sorted({name for one in seen for name in one})
    design = np.array([[1.0, *(float(name in one) for name in names)] for one in seen])
    weights = np.array([float(total) for _, total in seen.values()])
    observed = np.array([won / total for won, total in seen.values()])
    share = float((observed * weights).sum() / weights.sum())
    ridge = np.eye(len(names) + 1) * 1e-6 / (share * (1 - share))
    ridge[0, 0] = 0.0
    beta = np.linalg.solve(design.T @ (design * weights[:, None]) + ridge, design.T @ (weights * observed))

    def worth(chosen: Names) -> float:
        if not chosen:
            return 0.0
        if chosen in seen:
            return seen[chosen][0] / seen[chosen][1] - beta[0]
        return float(sum(beta[1 + names.index(name)] for name in chosen))

    return worth, float(beta[0])


def rate_shares(touches: Sequence[str], worth: Callable[[Names], float]) -> list[float]:
    """Return each touch's share: clipped, scaled, equal among occurrences; else linear."""
    values = shapley(set(touches), worth)
    positive = {name: max(value, 0.0) for name, value in values.items()}
    total = sum(positive.values())
    if total <= 0:
        return [1 / len(touches)] * len(touches)
    return [positive[name] / total / touches.count(name) for name in touches]


def logistic_credit(
    rows: Sequence[tuple[dict[str, float], float, float]], beta: dict[str, float], base: float
) -> dict[str, float]:
    """Return (p - p0) β x / Σ β x summed over rows of exposures, successes and failures."""
    credit: dict[str, float] = defaultdict(float)
    for exposures, won, lost in rows:
        parts = {name: beta[name] * amount for name, amount in exposures.items()}
        total = sum(parts.values())
        with_all, without = (1 / (1 + exp(-eta)) for eta in (base + total, base))
        for name, part in parts.items():
            slope = with_all * (1 - with_all) if abs(total) < 1e-9 else (with_all - without) / total
            credit[name] += (won + lost) * slope * part
    return dict(credit)


def subsets(names: Iterable[str]) -> list[Names]:
    every = sorted(names)
    return [frozenset(chosen) for size in range(len(every) + 1) for chosen in combinations(every, size)]
