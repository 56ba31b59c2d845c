"""Rules of attribution, one journey at a time, in plain Python and exact fractions."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

DIRECT = {"direct", "(direct)", "(none)", "(direct) / (none)", "(direct)/(none)"}


def first(names: Sequence[str], times: Sequence[float]) -> list[float]:
    return [float(place == 0) for place in range(len(names))]


def last(names: Sequence[str], times: Sequence[float]) -> list[float]:
    return [float(place == len(names) - 1) for place in range(len(names))]


def last_non_direct(names: Sequence[str], times: Sequence[float]) -> list[float]:
    chosen = len(names) - 1
    for place, name in enumerate(names):
        if name.lower() not in DIRECT:
            chosen = place
    if all(name.lower() in DIRECT for name in names):
        chosen = len(names) - 1
    return [float(place == chosen) for place in range(len(names))]


def linear(names: Sequence[str], times: Sequence[float]) -> list[float]:
    return [1 / len(names)] * len(names)


def time_decay(names: Sequence[str], times: Sequence[float], half_life: float = 7 * 86_400) -> list[float]:
    """Weights halve with every half-life (seconds) before the last touch."""
    weights = [0.5 ** ((times[-1] - time) / half_life) for time in times]
    return [weight / sum(weights) for weight in weights]


def position(
    names: Sequence[str],
    times: Sequence[float],
    start: Fraction = Fraction(2, 5),
    end: Fraction = Fraction(2, 5),
) -> list[float]:
    count = len(names)
    if count == 1:
        return [1.0]
    if count == 2:
        both = start + end
        return [0.5, 0.5] if both == 0 else [float(start / both), float(end / both)]
    between = (1 - start - end) / (count - 2)
    return [float(start), *[float(between)] * (count - 2), float(end)]


def w_shaped(names: Sequence[str], times: Sequence[float], share: Fraction = Fraction(3, 10)) -> list[float]:
    count = len(names)
    if count <= 3:
        return [1 / count] * count
    marked = {0, count // 2, count - 1}
    rest = (1 - 3 * share) / (count - 3)
    return [float(share if place in marked else rest) for place in range(count)]


RULES = {
    "first": first,
    "last": last,
    "last_non_direct": last_non_direct,
    "linear": linear,
    "time_decay": time_decay,
    "position": position,
    "w_shaped": w_shaped,
}

UNTIMED = [name for name in RULES if name != "time_decay"]


def totals(rule: str, journeys: list[dict]) -> dict[str, tuple[float, float]]:
    """Return the credited conversions and value of each touch."""
    credit: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for journey in journeys:
        if not journey["converted"]:
            continue
        names = journey["touches"]
        shares = RULES[rule](names, journey["times"]) if names else [1.0]
        for name, share in zip(names or ["(unattributed)"], shares, strict=True):
            credit[name][0] += share
            credit[name][1] += share * journey["value"]
    return {name: tuple(both) for name, both in credit.items()}
