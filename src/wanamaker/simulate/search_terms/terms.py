"""What people search for: terms of one to six words, how popular they are, and what they lead to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.base.errors import ParameterError
from wanamaker.simulate.search_terms.bigrams import draw_bigrams
from wanamaker.simulate.search_terms.setting import OWNER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.simulate.search_terms.bigrams import Bigrams
    from wanamaker.simulate.search_terms.setting import TermSetting
    from wanamaker.simulate.search_terms.words import Vocabulary

    Booleans = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

NONE = -1
"""Stands where a term has no further word."""

# Which kinds stand in each place of a term, and how often; else nothing stands there.
_GRAMMAR: tuple[dict[str, float], ...] = (
    {"question": 0.10, "intent": 0.22},
    {"brand": 0.10, "rival": 0.12},
    {"attribute": 0.55},
    {"attribute": 0.18},
    {"product": 0.80},
    {"tail": 0.40},
)
_PRODUCT = 4  # the place that is filled if all others are empty
_ROUNDS, _FEWEST_NEW = 30, 0.02  # drawing stops with a round that gives no more than this share
_POPULARITY_SPREAD = 1.5  # standard deviation of logs
_LONGER_IS_RARER = -0.25  # for each word beyond the first
_CLICK_RATE, _CLICK_SPREAD = -1.5, 0.3  # log-odds
_TREND_SPREAD = 0.5  # of log popularity in a year


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Terms:
    """The terms of a world; arrays of shape (terms,) unless told otherwise.

    Parameters
    ----------
    text
        As they are searched for.
    codes
        Their words as places in the vocabulary, `NONE` after the last; shape (terms, 6).
    popularity
        Impressions of an ordinary day up to a common factor.
    trend
        By how much the log of it rises in a year.
    click_rate
        Clicks per impression.
    effect
        Log of the expected conversions per click up to a common summand, without day.
    useless
        Whether it never converts.
    hidden
        Whether the report does not name it.
    bigrams
        The pairs of words with an effect of their own.
    """

    text: pl.Series
    codes: Integers
    popularity: Floats
    trend: Floats
    click_rate: Floats
    effect: Floats
    useless: Booleans
    hidden: Booleans
    bigrams: Bigrams

    @property
    def clicks(self) -> Floats:
        """Expected clicks of an ordinary day up to a common factor."""
        return np.asarray(self.popularity * self.click_rate)


def draw_terms(setting: TermSetting, vocabulary: Vocabulary, rng: np.random.Generator) -> Terms:
    """Draw the terms of a world.

    Raises
    ------
    ParameterError
        If there are too few words for so many different terms.
    """
    text, codes = _texts(setting, vocabulary, rng)
    many, length = len(text), (codes != NONE).sum(axis=1)
    popularity = np.exp(_POPULARITY_SPREAD * rng.standard_normal(many) + _LONGER_IS_RARER * (length - 1))
    odds = _CLICK_RATE + _summed(vocabulary.click_effect, codes)
    click_rate = 1.0 / (1.0 + np.exp(-(odds + _CLICK_SPREAD * rng.standard_normal(many))))
    clicks = popularity * click_rate
    bigrams = draw_bigrams(codes, clicks, setting.bigrams, setting.word_effect, rng)
    own = setting.term_effect * rng.standard_normal(many) - setting.term_effect**2 / 2.0  # factors of mean 1
    return Terms(
        text=text,
        codes=codes,
        popularity=popularity,
        trend=_TREND_SPREAD * rng.standard_normal(many),
        click_rate=click_rate,
        effect=_summed(vocabulary.effect, codes) + bigrams.of_terms(codes) + own,
        useless=_useless(popularity, setting.useless, rng),
        hidden=_rarest(clicks, setting.hidden),
        bigrams=bigrams,
    )


def _texts(
    setting: TermSetting, vocabulary: Vocabulary, rng: np.random.Generator
) -> tuple[pl.Series, Integers]:
    """Draw terms until there are enough different ones, in the order in which they are drawn."""
    text, codes = pl.Series("term", [], dtype=pl.String), np.zeros((0, len(_GRAMMAR)), dtype=np.int64)
    for _ in range(_ROUNDS):
        before = len(text)
        drawn = _draw_codes(setting.many, vocabulary, rng)
        text, codes = pl.concat([text, _written(drawn, vocabulary)]), np.concatenate([codes, drawn])
        new = np.flatnonzero(text.is_first_distinct().to_numpy())[: setting.many]
        text, codes = text.gather(new), codes[new]
        if len(text) == setting.many:
            return text, codes
        if len(text) - before < _FEWEST_NEW * setting.many:
            break
    message = f"{setting.words} words of {OWNER} are too few for {setting.many} different terms."
    raise ParameterError(message, hint=f"Write words={2 * setting.words}, or fewer 'terms'.")


def _draw_codes(many: int, vocabulary: Vocabulary, rng: np.random.Generator) -> Integers:
    codes = np.full((many, len(_GRAMMAR)), NONE, dtype=np.int64)
    for place, kinds in enumerate(_GRAMMAR):
        which, word, since = rng.random(many), rng.random(many), 0.0
        for kind, share in kinds.items():
            here = (which >= since) & (which < since + share)
            codes[here, place] = vocabulary.draw(kind, word[here])
            since += share
    codes[codes[:, 3] == codes[:, 2], 3] = NONE  # no property twice
    empty = (codes == NONE).all(axis=1)
    codes[empty, _PRODUCT] = vocabulary.draw("product", rng.random(int(empty.sum())))
    return np.asarray(np.take_along_axis(codes, np.argsort(codes == NONE, axis=1, kind="stable"), axis=1))


def _written(codes: Integers, vocabulary: Vocabulary) -> pl.Series:
    words = pl.Series([*vocabulary.words, None], dtype=pl.String)  # the last stands for `NONE`
    parts = [
        words.gather(np.where(column == NONE, len(vocabulary.words), column)).alias(str(place))
        for place, column in enumerate(codes.T)
    ]
    return pl.select(pl.concat_str(parts, separator=" ", ignore_nulls=True).alias("term")).to_series()


def _summed(of_words: Floats, codes: Integers) -> Floats:
    return np.asarray(np.append(of_words, 0.0)[codes].sum(axis=1))


def _useless(popularity: Floats, share: float, rng: np.random.Generator) -> Booleans:
    """Choose a share of the terms, as many of the popular ones as of the rare ones."""
    rank = np.argsort(np.argsort(popularity, kind="stable"), kind="stable")
    return np.asarray((rank * share + rng.random()) % 1.0 < share)


def _rarest(clicks: Floats, share: float) -> Booleans:
    """Choose the terms with the fewest expected clicks that have at most this share of all."""
    order = np.argsort(clicks, kind="stable")
    hidden = np.zeros(len(clicks), dtype=np.bool_)
    hidden[order] = clicks[order].cumsum() <= share * clicks.sum()
    return hidden
