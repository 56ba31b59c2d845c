"""Every signed sum of columns, tried one by one on every row, as slowly and plainly as can be."""

from __future__ import annotations

import math
from itertools import combinations, product


def all_signed_sums(zero, one, size, tried):
    """Return columns and signs of each sum that gives the class, and how: 1, 2, 4, or their sum."""
    found = {}
    for columns in combinations(range(zero.shape[1]), size):
        for rest in product((1.0, -1.0), repeat=size - 1):
            signs = (1.0, *rest)
            sums = [
                [sum(sign * row[column] for sign, column in zip(signs, columns, strict=True)) for row in rows]
                for rows in (zero, one)
            ]
            ways = constant(sums[0], sums[1]) + 2 * constant(sums[1], sums[0]) + 4 * apart(*sums, tried)
            if ways:
                found[columns, signs] = ways
    return found


def constant(held, other):
    known = [value for value in held if not math.isnan(value)]
    others = [value for value in other if not math.isnan(value)]
    if 2 * len(known) < len(held) or 2 * len(others) < len(other):
        return False
    return bearable([value != known[0] for value in known]) and bearable(
        [value == known[0] for value in others]
    )


def bearable(wrong):
    """One wrong row is granted, and one more in 32, at every point on the way."""
    return all(sum(wrong[: seen + 1]) <= 1 + (seen + 1) // 32 for seen in range(len(wrong)) if wrong[seen])


def apart(zero, one, tried):
    pairs = list(zip(zero, one, strict=False))[:tried]
    pairs = [pair for pair in pairs if not any(math.isnan(value) for value in pair)]
    low, high = zip(*pairs, strict=True)
    return len(pairs) >= 10 and (max(low) < min(high) or max(high) < min(low))
