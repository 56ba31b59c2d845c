"""Everything of a world of search terms but what happens by the day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.simulate.search_terms.calendar import calendar_of
from wanamaker.simulate.search_terms.delays import shares_reported
from wanamaker.simulate.search_terms.placements import draw_placements
from wanamaker.simulate.search_terms.terms import draw_terms
from wanamaker.simulate.search_terms.words import draw_vocabulary

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wanamaker.simulate.search_terms.calendar import Calendar
    from wanamaker.simulate.search_terms.placements import Placements
    from wanamaker.simulate.search_terms.setting import TermSetting
    from wanamaker.simulate.search_terms.terms import Terms
    from wanamaker.simulate.search_terms.words import Vocabulary

    Floats = NDArray[np.float64]

# The place of a stream of randomness fixes its numbers: new ones are added before the days' only.
_VOCABULARY, _TERMS, _PLACEMENTS, REPORT, _DAYS = range(5)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Plan:
    """A world before its days.

    Parameters
    ----------
    setting, vocabulary, terms, placements, calendar
        What it consists of.
    base
        Log of the expected conversions per click of a useful term whose words have no effect.
    rate
        Expected conversions per click of each term on a day without effect; shape (terms,).
    reported
        Share of each day's conversions that is known at the end of the log; shape (days,).
    """

    setting: TermSetting
    vocabulary: Vocabulary
    terms: Terms
    placements: Placements
    calendar: Calendar
    base: float
    rate: Floats
    reported: Floats


def plan_of(setting: TermSetting) -> Plan:
    """Draw a world up to its days.

    Examples
    --------
    >>> from wanamaker.simulate.search_terms.setting import TermSetting
    >>> plan = plan_of(TermSetting(n=1000, days=20, base_rate=0.04))
    >>> plan.terms.text[:2].to_list()
    ['pitoko', 'buy stove']
    """
    vocabulary = draw_vocabulary(setting.words, setting.word_effect, generator(setting, _VOCABULARY))
    terms = draw_terms(setting, vocabulary, generator(setting, _TERMS))
    calendar = calendar_of(setting)
    placements = draw_placements(setting, vocabulary, terms, calendar, generator(setting, _PLACEMENTS))
    relative = np.where(terms.useless, 0.0, np.exp(terms.effect))
    wanted = setting.base_rate * terms.clicks.sum() / (terms.clicks * relative).sum()
    return Plan(
        setting=setting,
        vocabulary=vocabulary,
        terms=terms,
        placements=placements,
        calendar=calendar,
        base=float(np.log(wanted)),
        rate=wanted * relative,
        reported=shares_reported(setting.days, setting.mean_delay)[::-1],
    )


def generator_of_day(setting: TermSetting, day: int) -> np.random.Generator:
    """Return the source of randomness of a day, so that a log is the same however it is cut."""
    return generator(setting, _DAYS + day)


def generator(setting: TermSetting, stream: int) -> np.random.Generator:
    """Return one of the sources of randomness of a world."""
    return np.random.default_rng(np.random.SeedSequence(setting.seed, spawn_key=(stream,)))
