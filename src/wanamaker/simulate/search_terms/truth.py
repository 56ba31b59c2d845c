"""What is true of a world of search terms, as one table of rows of several kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.simulate.search_terms.calendar import WEEKDAY_EFFECTS, WEEKDAYS
from wanamaker.simulate.search_terms.delays import shares_reported
from wanamaker.simulate.search_terms.terms import NONE

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from wanamaker.simulate.search_terms.plan import Plan
    from wanamaker.simulate.search_terms.tally import Tally

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]
    Sums = dict[str, Floats]

_SCHEMA = pl.Schema(
    {
        "kind": pl.String(),
        "name": pl.String(),
        "effect": pl.Float64(),
        "lift": pl.Float64(),
        "clicks": pl.Float64(),
        "cost": pl.Float64(),
        "conversions": pl.Float64(),
        "final": pl.Float64(),
        "useless": pl.Boolean(),
        "hidden": pl.Boolean(),
    }
)
EMPTY = pl.DataFrame(schema=_SCHEMA)
"""The truth of no world."""

BASELINE = "(baseline)"


def truth_of(plan: Plan, tally: Tally) -> pl.DataFrame:
    """Return the truth of a world whose days are counted."""
    return pl.concat(
        [
            _baseline(plan, tally),
            _words(plan, tally),
            _bigrams(plan, tally),
            _weekdays(plan, tally),
            _days(plan, tally),
            _delays(plan),
            _terms(plan, tally),
        ]
    )


def _rows(
    kind: str, names: list[str] | pl.Series, effect: ArrayLike, sums: Sums, **more: ArrayLike
) -> pl.DataFrame:
    given = {
        "kind": pl.Series([kind], dtype=pl.String).new_from_index(0, len(names)),
        "name": pl.Series(names, dtype=pl.String),
        "effect": pl.Series(np.asarray(effect, dtype=np.float64), nan_to_null=True),
    }
    if sums:
        given |= {name: pl.Series(sums[name]) for name in ("clicks",)}
        given |= {"cost": pl.Series(sums["cost"] / 100.0), "conversions": pl.Series(sums["expected"])}
        given |= {"final": pl.Series(sums["final"] / 100.0)}
    given |= {name: pl.Series(np.asarray(values), nan_to_null=True) for name, values in more.items()}
    blank = {name: pl.lit(None, dtype=of).alias(name) for name, of in _SCHEMA.items() if name not in given}
    return pl.DataFrame(given).with_columns(*blank.values()).select(list(_SCHEMA))


def _baseline(plan: Plan, tally: Tally) -> pl.DataFrame:
    whole = {name: np.array([of.sum()]) for name, of in tally.of_days.items()}
    return _rows("baseline", [BASELINE], [plan.base], whole)


def _words(plan: Plan, tally: Tally) -> pl.DataFrame:
    codes, vocabulary, bigrams = plan.terms.codes, plan.vocabulary, plan.terms.bigrams
    many = len(vocabulary.words)
    own = np.append(vocabulary.effect, 0.0)[codes]  # shape (terms, places): what goes with each word
    for (first, second), effect in zip(bigrams.pairs, bigrams.effect, strict=True):
        before = (codes[:, :-1] == first) & (codes[:, 1:] == second)
        own[:, :-1][before] += effect
        own[:, 1:][before] += effect
    there = codes != NONE
    term, word = np.nonzero(there)[0], codes[there]

    def by_word(amounts: Floats) -> Floats:
        return np.asarray(np.bincount(word, weights=amounts, minlength=many), dtype=np.float64)

    sums = {name: by_word(of[term]) for name, of in tally.of_terms.items()}
    without = by_word(tally.of_terms["expected"][term] * np.exp(-own[there]))
    return _rows(
        "word", vocabulary.words, vocabulary.effect, sums, lift=_log_ratio(sums["expected"], without)
    )


def _bigrams(plan: Plan, tally: Tally) -> pl.DataFrame:
    words, bigrams = plan.vocabulary.words, plan.terms.bigrams
    names = [f"{words[first]} {words[second]}" for first, second in bigrams.pairs]
    within = bigrams.in_terms(plan.terms.codes)
    sums = {name: np.array([of[terms].sum() for terms in within]) for name, of in tally.of_terms.items()}
    lift = np.where(sums["expected"] > 0.0, bigrams.effect, np.nan)
    return _rows("bigram", names, bigrams.effect, sums, lift=lift)


def _weekdays(plan: Plan, tally: Tally) -> pl.DataFrame:
    weekday = plan.calendar.weekday
    sums = {name: _by_weekday(weekday, of) for name, of in tally.of_days.items()}
    return _rows("weekday", list(WEEKDAYS), plan.setting.season * WEEKDAY_EFFECTS, sums)


def _days(plan: Plan, tally: Tally) -> pl.DataFrame:
    names = [day.isoformat() for day in plan.calendar.dates]
    return _rows("day", names, plan.calendar.effect, tally.of_days)


def _delays(plan: Plan) -> pl.DataFrame:
    shares = shares_reported(plan.setting.days, plan.setting.mean_delay)
    return _rows("delay", [str(age) for age in range(1, len(shares) + 1)], shares, {})


def _terms(plan: Plan, tally: Tally) -> pl.DataFrame:
    terms = plan.terms
    effect = np.where(terms.useless, np.nan, terms.effect)
    return _rows("term", terms.text, effect, tally.of_terms, useless=terms.useless, hidden=terms.hidden)


def _by_weekday(weekday: Integers, amounts: Floats) -> Floats:
    summed = np.bincount(weekday, weights=amounts, minlength=len(WEEKDAYS))
    return np.asarray(summed, dtype=np.float64)


def _log_ratio(above: Floats, below: Floats) -> Floats:
    """Return the logarithm of a ratio, NaN where there is nothing."""
    ratio = np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0.0)
    return np.asarray(np.log(ratio))
