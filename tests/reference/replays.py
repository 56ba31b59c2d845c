"""The replay in plain words: slow and obvious."""

from __future__ import annotations

from fractions import Fraction


def replay(journeys, purses):
    """Return conversions, money spent by channel, and the journeys that lost a touch.

    ``purses`` is what each channel may spend, exactly.
    """
    ledger, purchases = journeys.ledger, []
    for journey in range(len(journeys)):
        for place, entry in enumerate(range(ledger.offsets[journey], ledger.offsets[journey + 1])):
            purchases.append(
                (
                    int(ledger.times[entry]),
                    int(journeys.users[journey]),
                    int(journeys.ended[journey]),
                    place,
                    float(journeys.conversions[journey]),
                    round(float(ledger.amounts[entry]) * 1_000_000),
                    int(ledger.touches[entry]),
                    journey,
                )
            )
    left, broken = dict(enumerate(purses)), set()
    for *_, cost, channel, journey in sorted(purchases):
        if journey in broken:
            continue
        if cost > left[channel]:
            broken.add(journey)
        else:
            left[channel] -= cost
    kept = sum(journeys.conversions[j] for j in range(len(journeys)) if j not in broken)
    return kept, [purse - left[channel] for channel, purse in enumerate(purses)], broken


def capped(weights, spent, money):
    """Split money by weights, no channel more than it cost, in exact fractions."""
    given = [Fraction(0)] * len(weights)
    for told in (weights, [0 if w > 0 else s for w, s in zip(weights, spent, strict=True)]):
        unmet = {k for k, w in enumerate(told) if w > 0}
        while unmet:
            left = money - sum(given)
            total = sum(Fraction(told[k]) for k in unmet)
            wanted = {k: Fraction(told[k]) / total * left for k in unmet}
            full = {k for k in unmet if wanted[k] >= spent[k]}
            if not full:
                for k in unmet:
                    given[k] += wanted[k]
                break
            for k in full:
                given[k] = Fraction(spent[k])
            unmet -= full
    return given
