"""Pairs of words that mean something else together: their effects, and which terms have them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

_AMONG = 5  # a pair is one of so many times as many, those with the most clicks
_WEAKEST, _STRONGEST = 0.5, 1.2


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Bigrams:
    """Pairs of words with an effect of their own.

    Parameters
    ----------
    pairs
        First and second word as places in the vocabulary; shape (bigrams, 2).
    effect
        What a pair adds to the log of the expected conversions per click, beside the effects of its two
        words; shape (bigrams,).
    """

    pairs: Integers
    effect: Floats

    def in_terms(self, codes: Integers) -> list[Integers]:
        """Return, for each pair, the terms in which the second word follows the first."""
        return [np.flatnonzero(_has(codes, first, second)) for first, second in self.pairs]

    def of_terms(self, codes: Integers) -> Floats:
        """Return the sum of the effects of each term's pairs; shape (terms,)."""
        summed = np.zeros(len(codes))
        for terms, effect in zip(self.in_terms(codes), self.effect, strict=True):
            summed[terms] += effect
        return summed


def draw_bigrams(
    codes: Integers, clicks: Floats, many: int, factor: float, rng: np.random.Generator
) -> Bigrams:
    """Draw pairs among those with the most clicks, half of them of a good effect.

    Parameters
    ----------
    codes
        Words of each term, -1 after the last; shape (terms, places).
    clicks
        Expected clicks of each term, up to a factor; shape (terms,).
    many
        How many pairs; fewer if there are not so many.
    factor
        Factor of their effects.
    """
    pairs, weight = pairs_of(codes, clicks)
    most = np.argsort(-weight, kind="stable")[: many * _AMONG]
    chosen = rng.permutation(most)[:many]
    sign = np.where(np.arange(len(chosen)) % 2 == 0, 1.0, -1.0)
    size = rng.uniform(_WEAKEST, _STRONGEST, len(chosen))
    return Bigrams(pairs=pairs[chosen], effect=factor * sign * size)


def pairs_of(codes: Integers, clicks: Floats) -> tuple[Integers, Floats]:
    """Return the pairs of words that follow each other, and the clicks of the terms that have them.

    Examples
    --------
    >>> pairs, clicks = pairs_of(np.array([[3, 5, -1], [3, 5, 4]]), np.array([1.0, 2.0]))
    >>> pairs.tolist(), clicks.tolist()
    ([[3, 5], [5, 4]], [3.0, 2.0])
    """
    first, second = codes[:, :-1], codes[:, 1:]
    whole, radix = second >= 0, int(codes.max()) + 1
    keys, place = np.unique((first * radix + second)[whole], return_inverse=True)
    weight = np.bincount(place, weights=np.broadcast_to(clicks[:, None], whole.shape)[whole])
    return np.stack([keys // radix, keys % radix], axis=1), np.asarray(weight, dtype=np.float64)


def _has(codes: Integers, first: int, second: int) -> NDArray[np.bool_]:
    return np.asarray(((codes[:, :-1] == first) & (codes[:, 1:] == second)).any(axis=1))
