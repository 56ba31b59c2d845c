"""The words that people search with: what each does to clicks and to conversions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

KINDS = ("question", "intent", "brand", "rival", "attribute", "product", "tail")
"""Kinds of words: questions, what is wanted, the own brand and others, properties, products, and what
comes last: places, and words such as "jobs"."""

_NAMED: dict[str, dict[str, float]] = {
    "question": {"how": -1.2, "what": -1.4, "which": -0.5, "why": -1.6, "can": -0.9},
    "intent": {"buy": 0.8, "order": 0.9, "price": 0.3, "compare": -0.3, "rent": -0.7, "find": 0.1},
    "brand": {"wanderlyn": 1.1},
    "rival": {"nordfell": -0.3, "kestrelia": -0.6, "altamonte": 0.2},
    "attribute": {
        "cheap": -0.4,
        "waterproof": 0.4,
        "women's": 0.3,
        "used": -0.9,
        "best": -0.2,
        "men's": 0.1,
        "leather": 0.5,
        "kids": 0.2,
        "winter": 0.6,
        "red": 0.0,
        "größe": 0.4,
        "light": -0.1,
    },
    "product": {
        "boots": 0.4,
        "tent": 0.2,
        "jacket": 0.5,
        "backpack": 0.1,
        "stove": -0.3,
        "shoes": 0.3,
        "hammock": -0.5,
        "lantern": -0.1,
        "gloves": 0.0,
        "crampons": 0.6,
    },
    "tail": {
        "free": -1.8,
        "online": 0.6,
        "jobs": -2.4,
        "sale": 0.7,
        "repair": -1.2,
        "review": -0.5,
        "diy": -1.4,
        "pdf": -2.0,
        "discount": 0.5,
        "shop": 0.4,
    },
}
_CLICKED = {"question": -0.7, "intent": 0.2, "brand": 1.0, "rival": -0.5, "attribute": 0.0, "product": 0.1}

FEWEST_WORDS = 60
"""Below, there would be no place for words without a planted name."""

_OTHERS = {"attribute": 0.35, "product": 0.35, "tail": 0.2, "rival": 0.1}  # shares of the unnamed words
_SPREAD, _CLICK_SPREAD = 0.7, 0.25  # standard deviations of logs
_ZIPF = 0.7
_CONSONANTS, _VOWELS, _SYLLABLES = "bdfgklmnprstvz", "aeiou", 3


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Vocabulary:
    """The words of a world; arrays of shape (words,).

    Parameters
    ----------
    words
        As they are written.
    kind
        Place in `KINDS`.
    weight
        How often each is used, beside the others of its kind; sums to 1 for each kind.
    effect
        What it adds to the log of the expected conversions per click.
    click_effect
        What it adds to the log-odds of a click.
    """

    words: list[str]
    kind: Integers
    weight: Floats
    effect: Floats
    click_effect: Floats

    def draw(self, kind: str, uniform: Floats) -> Integers:
        """Return words of a kind, by how often they are used."""
        own = np.flatnonzero(self.kind == KINDS.index(kind))
        place = np.searchsorted(self.weight[own].cumsum(), uniform, side="right")
        return np.asarray(own[np.minimum(place, len(own) - 1)])


def draw_vocabulary(words: int, word_effect: float, rng: np.random.Generator) -> Vocabulary:
    """Draw the words of a world; those with a planted name are always the same.

    Parameters
    ----------
    words
        How many.
    word_effect
        Factor of all effects on conversions.

    Examples
    --------
    >>> vocabulary = draw_vocabulary(100, 1.0, np.random.default_rng(0))
    >>> place = vocabulary.words.index("jobs")
    >>> len(vocabulary.words), float(vocabulary.effect[place])
    (100, -2.4)
    """
    written, kind, effect = _named()
    others = words - len(written)
    unnamed = rng.choice(len(_OTHERS), others, p=list(_OTHERS.values()))
    places = np.array([KINDS.index(name) for name in _OTHERS])
    kinds = np.append(kind, places[unnamed]).astype(np.int64)
    effects = np.append(effect, rng.normal(0.0, _SPREAD, others))
    of_kind = np.array([_CLICKED.get(name, -0.1) for name in KINDS])
    return Vocabulary(
        words=written + _invented(others, rng),
        kind=kinds,
        weight=_weights(kinds),
        effect=word_effect * effects,
        click_effect=of_kind[kinds] + rng.normal(0.0, _CLICK_SPREAD, words),
    )


def _named() -> tuple[list[str], Integers, Floats]:
    rows = [(word, KINDS.index(kind), effect) for kind, of in _NAMED.items() for word, effect in of.items()]
    words, kinds, effects = zip(*rows, strict=True)
    return list(words), np.array(kinds, dtype=np.int64), np.array(effects)


def _weights(kind: Integers) -> Floats:
    """Return Zipf's law within each kind, in the order of the words."""
    weight = np.zeros(len(kind))
    for own in (np.flatnonzero(kind == place) for place in range(len(KINDS))):
        ranked = (1.0 + np.arange(len(own))) ** -_ZIPF
        weight[own] = ranked / ranked.sum()
    return weight


def _invented(many: int, rng: np.random.Generator) -> list[str]:
    """Return different words of three syllables, none of which is a named one."""
    syllables = [first + second for first in _CONSONANTS for second in _VOWELS]
    drawn = rng.choice(len(syllables) ** _SYLLABLES, many, replace=False)
    digits = np.stack(np.unravel_index(drawn, (len(syllables),) * _SYLLABLES), axis=1)
    return ["".join(syllables[digit] for digit in row) for row in digits]
