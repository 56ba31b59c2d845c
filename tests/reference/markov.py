"""Markov chains of any order from their definition, in dictionaries of exact fractions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

Journey = tuple[Sequence[str], Fraction, Fraction, Fraction]
"""Touches, conversions, nulls, and the value of the conversions."""

START, CONVERTED, FAILED = "start", "converted", "failed"


class Chain:
    """The chain of journeys: a state is the tuple of the last touches, at most ``order`` of them."""

    def __init__(self, journeys: Sequence[Journey], order: int) -> None:
        counts: dict = defaultdict(lambda: defaultdict(Fraction))
        values: dict = defaultdict(lambda: [Fraction(0), Fraction(0)])
        for touches, conversions, nulls, value in journeys:
            state: object = START
            for place in range(len(touches)):
                after = tuple(touches[max(0, place + 1 - order) : place + 1])
                counts[state][after] += Fraction(conversions) + Fraction(nulls)
                state = after
            if touches:
                counts[state][CONVERTED] += Fraction(conversions)
                counts[state][FAILED] += Fraction(nulls)
                values[state][value < 0] += abs(Fraction(value))
        self.counts = {state: dict(after) for state, after in counts.items() if sum(after.values()) > 0}
        self.values = values
        self.found: dict[str | None, dict[object, Fraction]] = {}
        self.touches = sorted({touch for touches, *_ in journeys for touch in touches})

    def visits(self, without: str | None = None) -> dict[object, Fraction]:
        """Return how often a journey is in each state, if it fails as soon as it meets ``without``."""
        if without not in self.found:
            kept = [state for state in self.counts if state == START or state[-1] != without]
            # One equation per state: its visits are those that come from other states; the start has one.
            equations = {state: {state: Fraction(1)} for state in kept}
            for state in kept:
                total = sum(self.counts[state].values())
                for after, count in self.counts[state].items():
                    if after in equations:
                        row = equations[after]
                        row[state] = row.get(state, Fraction(0)) - count / total
            self.found[without] = solved(equations, {START: Fraction(1)}) if START in kept else {}
        return self.found[without]

    def expected(self, reward, without: str | None = None) -> Fraction:
        """Return the expected reward of a journey; a visit to a state that ends with ``without`` fails."""
        return sum(
            (
                times * reward(self, state) / sum(self.counts[state].values())
                for state, times in self.visits(without).items()
            ),
            Fraction(0),
        )

    def removal_effect(self, reward, touch: str) -> Fraction:
        whole = self.expected(reward)
        return 1 - self.expected(reward, touch) / whole if whole else Fraction(0)


def solved(equations: dict, right: dict) -> dict[object, Fraction]:
    """Solve linear equations, given by unknown and their coefficients by unknown, by elimination."""
    rows = {name: (dict(row), right.get(name, Fraction(0))) for name, row in equations.items()}
    for name in list(rows):
        row, value = rows[name]
        head = row[name]
        rows[name] = ({other: number / head for other, number in row.items()}, value / head)
        row, value = rows[name]
        for other, (beside, their) in rows.items():
            factor = beside.get(name, 0)
            if other != name and factor:
                for at, number in row.items():
                    beside[at] = beside.get(at, 0) - factor * number
                rows[other] = (
                    {at: number for at, number in beside.items() if number},
                    their - factor * value,
                )
    return {name: value for name, (_, value) in rows.items()}


def conversions_of(chain: Chain, state: object) -> Fraction:
    return chain.counts[state].get(CONVERTED, Fraction(0))


def earned_of(chain: Chain, state: object) -> Fraction:
    return chain.values[state][0]


def refunded_of(chain: Chain, state: object) -> Fraction:
    return chain.values[state][1]


def value_of(chain: Chain, state: object) -> Fraction:
    return earned_of(chain, state) - refunded_of(chain, state)


def credit(journeys: Sequence[Journey], order: int) -> dict[str, tuple[Fraction, Fraction]]:
    """Return credited conversions and value by touch; refunds are credited apart."""
    chain = Chain(journeys, order)
    touched = [journey for journey in journeys if journey[0]]
    conversions = shared(chain, conversions_of, sum(Fraction(one[1]) for one in touched))
    earned = shared(chain, earned_of, sum(max(Fraction(one[3]), 0) for one in touched))
    refunded = shared(chain, refunded_of, sum(max(-Fraction(one[3]), 0) for one in touched))
    return {touch: (conversions[touch], earned[touch] - refunded[touch]) for touch in chain.touches}


def shared(chain: Chain, reward, total: Fraction) -> dict[str, Fraction]:
    effects = {touch: chain.removal_effect(reward, touch) for touch in chain.touches}
    whole = sum(effects.values())
    return {touch: total * effect / whole if whole else Fraction(0) for touch, effect in effects.items()}
