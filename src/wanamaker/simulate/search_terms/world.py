"""`wanamaker.simulate.search_terms`: a log of search terms whose words have known effects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from wanamaker.simulate.search_terms.setting import TermSetting
from wanamaker.simulate.search_terms.stream import chunks
from wanamaker.simulate.search_terms.term_world import TermWorld

if TYPE_CHECKING:
    from datetime import date

    from wanamaker.base.durations import Duration


def search_terms(
    n: int = 100_000,
    *,
    seed: int = 0,
    start: str | date = "2025-01-01",
    days: int = 180,
    base_rate: float = 0.06,
    words: int = 150,
    terms: int | None = None,
    word_effect: float = 1.0,
    bigrams: int = 12,
    term_effect: float = 0.2,
    season: float = 1.0,
    dispersion: float = 0.5,
    zero_inflation: float = 0.1,
    useless: float = 0.1,
    delay: Duration = "5d",
    hidden: float = 0.1,
    fractional: bool = False,
) -> TermWorld:
    """Simulate the search terms of an advertiser: shown, clicked, paid and bought after, day by day.

    Terms are made of one to six words. How often one is searched for is log-normal, with weekdays, a season
    and a trend of its own; clicks and their price depend on words and campaign. A click leads to exp(base +
    effects of its words + effects of pairs of words + the term's own + weekday and season) conversions in
    the mean, or to none if the term is useless. Use it to see whether a model finds what words do and which
    terms waste money; words add up here, so do not take its accuracy for that on a real log.

    Parameters
    ----------
    n
        Number of rows that name their term, about: one for each term, day and place where it was shown at
        least once. For logs that do not fit into memory there is `write_search_terms`.
    seed
        Seed of everything; the same seed gives the same log, bit for bit.
    start, days
        First day (a date or its ISO form), and how many there are. The log is as it was at the end of the
        last.
    base_rate
        Expected conversions per click over all terms on a day without effect, about.
    words
        How many different ones; 47 of them have names ("buy", "free", "jobs") and the same effect always.
    terms
        How many different ones, hidden ones included; None for six to a row of an average day.
    word_effect
        Factor of all effects of words and pairs.
    bigrams
        Pairs of words, one following the other, with an effect of their own.
    term_effect
        Standard deviation over terms of what their words do not tell, in the log of the rate.
    season
        Factor of what weekdays and the time of the year do to searches and conversions.
    dispersion
        Variance of the gamma factor (of mean 1) on the conversions of a row; 0 for Poisson counts.
    zero_inflation
        Share of the rows whose conversions are all lost; the others make up for it.
    useless
        Share of the terms that never convert, among popular ones as among rare ones, whatever their words.
    delay
        Mean time from click to conversion, exponential; at most 30 days. ``"0d"``: known at once.
    hidden
        Share of the expected clicks that go to terms which the report does not name, the rarest.
    fractional
        Whether conversions are credited in part, in hundredths, as by data-driven attribution; expectations
        stay.

    Returns
    -------
    TermWorld
        A `World`, whose ``write`` adds the reports ``export.csv`` and ``days_to_conversion.csv``.

        ``log``, by day: ``term``, ``date``, ``campaign``, ``ad_group``, ``keyword``, ``match_type``,
        ``impressions``, ``clicks``, ``cost``, ``conversions`` (of the clicks of that day, as far as known at
        the end), ``value``. A term may have two rows on a day, in different places. Hidden terms
        make one row per day and campaign, last on their day, whose ``term`` is null.

        ``truth``, rows of several ``kind`` with a ``name`` and, where it makes sense, ``effect`` and the
        sums over their clicks: ``clicks``, ``cost``, ``conversions`` (expected, given the clicks),
        ``final`` (that came about, known at the end or not). Of kind ``word``: ``effect`` is what it adds to
        the log of the conversions per click, all other words equal, which a Poisson regression on words
        and planted pairs recovers; ``lift`` is the log of the expected conversions of the terms with it
        over what they were if it had no effect, neither alone nor in a pair, which a counterfactual
        recovers. ``bigram``: the effect beside those of its words. ``term``: ``effect`` (null for useless
        ones) is the log of its rate relative to ``baseline``; ``useless`` and ``hidden``. ``weekday``,
        ``day`` (weekday and season together). ``delay``: by age in days (1 at the end of the day
        itself), the share of conversions that is known.

    Raises
    ------
    ParameterError, ParameterTypeError
        If an option is out of its range or of the wrong type.

    Examples
    --------
    >>> world = search_terms(20_000, seed=1)
    >>> world.truth.filter(pl.col("name") == "jobs").select("kind", "effect").row(0)
    ('word', -2.4)
    """
    setting = TermSetting(
        n=n,
        seed=seed,
        start=start,
        days=days,
        base_rate=base_rate,
        words=words,
        terms=terms,
        word_effect=word_effect,
        bigrams=bigrams,
        term_effect=term_effect,
        season=season,
        dispersion=dispersion,
        zero_inflation=zero_inflation,
        useless=useless,
        delay=delay,
        hidden=hidden,
        fractional=fractional,
    )
    parts = list(chunks(setting))
    log, truth = (pl.concat([getattr(part, name) for part in parts]) for name in ("log", "truth"))
    return TermWorld("search_terms", log, truth, setting.parameters)
