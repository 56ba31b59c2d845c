"""Where terms are shown: campaigns, ad groups, keywords and match types, and what a click costs there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.optimize import brentq

from wanamaker.base.errors import ParameterError
from wanamaker.simulate.search_terms.setting import OWNER
from wanamaker.simulate.search_terms.words import KINDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.simulate.search_terms.calendar import Calendar
    from wanamaker.simulate.search_terms.setting import TermSetting
    from wanamaker.simulate.search_terms.terms import Terms
    from wanamaker.simulate.search_terms.words import Vocabulary

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

CAMPAIGNS = (
    "Brand | Search",
    "Rivals | Search",
    "Outdoor | Search",
    "Footwear | Search",
    "Clothing | Search",
    "Generic | Search",
    "Everything | Dynamic",
)
_PRICES = np.array([0.35, 1.9, 1.1, 0.9, 1.25, 0.65, 0.5])  # of a click, in currency
_BRAND, _RIVALS, _FAMILIES, _GENERIC, _EVERYTHING = 0, 1, (2, 3, 4), 5, 6

MATCH_TYPES = ("Exact match", "Phrase match", "Broad match", "Exact match (close variant)")
_MATCH_SHARES, _EXACT, _BROAD = (0.3, 0.25, 0.3, 0.15), 0, 2

_SECOND, _OF_THE_FIRST = 0.3, 0.7  # terms shown in two places, and the first one's share of them
_PRICE_SPREAD = 0.2
_QUANTILES = (0.1, 0.3, 0.5, 0.7, 0.9)
_FULLEST = 0.8


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Placements:
    """Terms where they are shown; a term may have two places. Arrays of shape (placements,).

    Parameters
    ----------
    term
        Place among the terms; rises.
    campaign
        Place in `CAMPAIGNS`.
    rate
        Expected impressions of an ordinary day.
    price
        Of a click, in currency.
    names
        Their ``ad_group``, ``keyword`` and ``match_type``.
    """

    term: Integers
    campaign: Integers
    rate: Floats
    price: Floats
    names: pl.DataFrame


def draw_placements(
    setting: TermSetting,
    vocabulary: Vocabulary,
    terms: Terms,
    calendar: Calendar,
    rng: np.random.Generator,
) -> Placements:
    """Draw where terms are shown; about ``n`` rows of the log name their term.

    Raises
    ------
    ParameterError
        If there are too few terms for so many rows.
    """
    many = len(terms.text)
    home, theme = _homes(terms, vocabulary)
    second = np.flatnonzero(rng.random(many) < _SECOND)
    term = np.sort(np.append(np.arange(many), second), kind="stable")
    again = np.append(False, term[1:] == term[:-1])
    share = np.ones(many)
    share[second] = _OF_THE_FIRST
    rate = terms.popularity[term] * np.where(again, 1.0 - share[term], share[term])
    elsewhere = again & (rng.random(len(term)) < 0.5)  # noqa: PLR2004 (half of the second places)
    campaign = np.where(elsewhere, _EVERYTHING, home[term])
    match = rng.choice(len(MATCH_TYPES), len(term), p=_MATCH_SHARES)
    match = np.where(again, (np.roll(match, 1) + 1) % len(MATCH_TYPES), match)  # another one than the first
    match = np.where(elsewhere, _BROAD, match)
    return Placements(
        term=term,
        campaign=campaign,
        rate=rate * _scale(setting, rate[~terms.hidden[term]], calendar.searches),
        price=_PRICES[campaign] * np.exp(_PRICE_SPREAD * rng.standard_normal(len(term))),
        names=_names(terms.text.gather(term), theme.gather(term), elsewhere, match),
    )


def _homes(terms: Terms, vocabulary: Vocabulary) -> tuple[Integers, pl.Series]:
    """Return the campaign of each term, and the word that gives its ad group the name."""
    kinds = np.append(vocabulary.kind, -1)[terms.codes]
    found = {name: _first(terms.codes, kinds == KINDS.index(name)) for name in ("brand", "rival", "product")}
    brand, rival, product = found["brand"], found["rival"], found["product"]
    families = np.array(_FAMILIES)[product % len(_FAMILIES)]
    home = np.select([brand >= 0, rival >= 0, product >= 0], [_BRAND, _RIVALS, families], _GENERIC)
    theme = np.where(product >= 0, product, np.where(rival >= 0, rival, brand))
    words = pl.Series([*vocabulary.words, "everything else"])
    return home, words.gather(np.where(theme >= 0, theme, len(vocabulary.words)))


def _first(codes: Integers, wanted: NDArray[np.bool_]) -> Integers:
    """Return the first wanted word of each term, -1 where there is none."""
    there = codes[np.arange(len(codes)), wanted.argmax(axis=1)]
    return np.where(wanted.any(axis=1), there, -1)


def _names(text: pl.Series, theme: pl.Series, elsewhere: NDArray[np.bool_], match: Integers) -> pl.DataFrame:
    """Return ad group, keyword (none where campaigns need none) and match type of each placement."""
    exact, dynamic = pl.Series(match == _EXACT), pl.Series(elsewhere)
    keyword = pl.when(dynamic).then(None).when(exact).then(text).otherwise(theme)
    return pl.select(
        pl.when(dynamic).then(pl.lit("All pages")).otherwise(theme.str.to_titlecase()).alias("ad_group"),
        keyword.alias("keyword"),
        pl.Series(list(MATCH_TYPES)).gather(match).alias("match_type"),
    )


def _scale(setting: TermSetting, rate: Floats, searches: Floats) -> float:
    """Return by what to multiply the rates so that the log has ``n`` rows in the mean, about."""
    full = setting.days * len(rate)
    if setting.n > _FULLEST * full:
        message = (
            f"{setting.many} terms of {OWNER}, {setting.hidden:g} of the clicks hidden, cannot fill "
            f"{setting.n} rows in {setting.days} days."
        )
        raise ParameterError(message, hint="Leave 'terms' out, or give more of them, or more 'days'.")
    factors = np.quantile(searches, _QUANTILES)

    def excess(log_scale: float) -> float:
        seen = sum(float(-np.expm1(-np.exp(log_scale) * factor * rate).sum()) for factor in factors)
        return seen * setting.days / len(factors) - setting.n

    return float(np.exp(brentq(excess, -60.0, 60.0, xtol=1e-6)))
