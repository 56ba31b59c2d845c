"""From rows of a log to what predictors read: words, past days, numbers, exposure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.features.terms.calendar import calendar_columns, calendar_names
from wanamaker.features.terms.days import day_number
from wanamaker.features.terms.delay import DelayCurve
from wanamaker.features.terms.history import histories
from wanamaker.features.terms.known import report_day
from wanamaker.features.terms.lagged import LaggedFeatures, lagged_features
from wanamaker.features.terms.tokens import UNKNOWN, Tokens, Vocabulary, split_words
from wanamaker.models.search_terms.examples import Examples, Past, Sums, Texts
from wanamaker.models.search_terms.exposure import Exposure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    import polars as pl
    from numpy.typing import NDArray

    from wanamaker.features.terms.days import TermDays
    from wanamaker.models.search_terms.vectors import TermVectors

    Floats = NDArray[np.float64]

_SEEN_AFTER = {"year_sin": 365, "year_cos": 365, "day_of_month": 60}
_RATIOS = ("ctr", "rate", "cpc")


@dataclass(frozen=True, eq=False, kw_only=True)
class Reader:
    """How rows are read; fitted on training rows alone.

    Parameters
    ----------
    vocabulary
        The words that are known.
    max_words
        How many words of a term are read.
    spec
        Which numbers of the past are read.
    within
        How many days back the sequence of past days goes.
    exposure
        What the rate is multiplied with.
    names
        The numbers that predictors read, out of the spec's.
    vectors
        Given vectors of terms, or None.
    """

    vocabulary: Vocabulary
    max_words: int
    spec: LaggedFeatures
    within: int
    exposure: Exposure
    names: tuple[str, ...]
    vectors: TermVectors | None = None

    @classmethod
    def of(
        cls,
        train: TermDays,
        spec: LaggedFeatures,
        *,
        min_count: int,
        max_words: int,
        within: int,
        exposure: str,
        vectors: TermVectors | None,
    ) -> Reader:
        """Return a reader that knows the words of the training rows.

        Parameters
        ----------
        train
            The training rows.
        spec
            Which numbers of the past are read.
        min_count
            In how many different terms a word has to be.
        max_words, within, vectors
            As of the reader.
        exposure
            ``"clicks"``, ``"impressions"`` or ``"expected"``.
        """
        words = split_words(train.terms.gather(np.unique(train.codes))).first(max_words)
        vocabulary = Vocabulary.fit(words, min_count=min_count)
        days = int(train.day[-1] - train.day[0]) if len(train) else 0
        return cls(
            vocabulary=vocabulary,
            max_words=max_words,
            spec=spec,
            within=within,
            exposure=Exposure.of(train, exposure, within),
            names=tuple(name for name in spec.names if _is_read(name, days)),
            vectors=vectors,
        )

    @cached_property
    def delay(self) -> DelayCurve:
        """How much of a day's conversions is reported after how many days."""
        return self.spec.delay or DelayCurve.none()

    def read(self, asked: TermDays, past: TermDays, as_of: date | int | None, *, labelled: bool) -> Examples:
        """Return rows as predictors read them.

        Parameters
        ----------
        asked
            The rows.
        past
            All rows that are known; those of the day of a row and later are not read for it.
        as_of
            When conversions were reported; None: on the day after the last one with any.
        labelled
            Whether the conversions of the rows are their labels.
        """
        told = _told_by(asked, past)
        names, values = lagged_features(told, past, self.spec, as_of=as_of)
        self._write_calendar(names, values, asked)
        places = [names.index(name) for name in self.names]
        found = histories(told, past, self.within)
        steps = found.numbers(past, delay=self.spec.delay, as_of=as_of)
        days = Past(
            offsets=found.offsets,
            numbers=np.column_stack(list(steps.values())),
            ages=found.ages,
            names=tuple(steps),
        )
        labels = asked.measures["conversions"] if labelled else None
        when = report_day(past, as_of)
        ones = np.ones(len(asked))
        sums = self._sums(names, values)
        self._fill_windows(names, values, told, past)
        return Examples(
            texts=self.texts(asked.terms),
            terms=asked.codes,
            numbers=values[:, places].astype(np.float32),
            names=self.names,
            past=days,
            sums=sums,
            exposure=self.exposure.read(asked, past, found),
            labels=labels,
            shares=self.delay.share(when - asked.day.astype(np.int64)) if labelled else ones,
            weights=ones,
        )

    def words(self, terms: pl.Series | Sequence[str]) -> Tokens:
        """Return the words of terms that are read."""
        return split_words(terms).first(self.max_words)

    def texts(self, terms: pl.Series) -> Texts:
        """Return different terms as codes."""
        words = self.words(terms)
        vectors = None if self.vectors is None else self.vectors.read(terms)
        return Texts(
            offsets=words.offsets,
            codes=self.vocabulary.encode(words),
            size=self.vocabulary.size,
            vectors=vectors,
        )

    def unseen(self, terms: pl.Series) -> dict[str, int]:
        """Return how many words are unknown, how many terms are cut, and how many have no vector.

        Parameters
        ----------
        terms
            One per row: a term counts as often as it stands there.
        """
        words = split_words(terms)
        cut = words.first(self.max_words)
        told = {
            "words": int((self.vocabulary.encode(cut) == UNKNOWN).sum()),
            "terms_cut": int((words.lengths > self.max_words).sum()),
        }
        if self.vectors is None:
            return told
        return {**told, "vectors": int((self.vectors.read(terms)[:, -1] == 0).sum())}

    def _write_calendar(self, names: list[str], values: Floats, asked: TermDays) -> None:
        """Write what the calendar says of the days themselves."""
        known = calendar_names(holidays=bool(self.spec.holidays))
        holidays = [day_number(one) for one in self.spec.holidays]
        values[:, [names.index(name) for name in known]] = calendar_columns(asked.day, holidays)

    def _fill_windows(self, names: list[str], values: Floats, asked: TermDays, past: TermDays) -> None:
        """Scale sums over windows that reach back before the log begins to the whole window.

        Else they would rise through the first days of the log, and what is learned from that rise would be
        taken for what more of something does.
        """
        if not len(past):
            return
        seen = np.maximum(asked.day.astype(np.int64) - int(past.day[0]), 1)
        for days in self.spec.windows:
            factor = days / np.minimum(seen, days)
            for place, name in enumerate(names):
                _, _, rest = name.partition("_")
                if rest in {f"{measure}_{days}d" for measure in self.spec.measures}:
                    values[:, place] = np.log1p(np.expm1(values[:, place]) * factor)

    def _sums(self, names: list[str], values: Floats) -> Sums:
        """Return sums of the past from their logarithms, and the exposure that conversions are counted by.

        The features have ``rate = (conversions + s p) / (exposure + s)``; exposure follows from it, with the
        clicks of recent days counted as far as their conversions are in.
        """
        column = {name: values[:, place] for place, name in enumerate(names)}
        kinds = ("term", "campaign", "all") if self.spec.campaign else ("term", "term", "all")
        strength, overall = self.spec.rate_strength, column["all_rate_ever"]
        conversions, exposure = [], []
        counted = "clicks" if "clicks" in self.spec.measures else "impressions"
        for kind in kinds:
            known = np.expm1(column[f"{kind}_conversions_ever"])
            shown = np.expm1(column[f"{kind}_{counted}_ever"])
            rate = np.where(overall > 0, column[f"{kind}_rate_ever"], 1.0)
            per = np.where(overall > 0, (known + strength * overall) / rate - strength, shown)
            if self.exposure.unit != counted:
                per *= np.expm1(column[f"{kind}_{self.exposure.unit}_ever"]) / np.maximum(shown, 1e-9)
            conversions.append(known)
            exposure.append(np.maximum(per, 0.0))
        if not self.spec.campaign:  # the level between is left out
            conversions[1], exposure[1] = np.zeros(len(values)), np.zeros(len(values))
        week = np.expm1(column["term_conversions_7d"])
        return Sums(conversions=np.column_stack(conversions), exposure=np.column_stack(exposure), week=week)

    def to_state(self) -> dict[str, Any]:
        """Return the reader, but for its vectors, as JSON has it."""
        return {
            "vocabulary": self.vocabulary.as_list(),
            "max_words": self.max_words,
            "spec": self.spec.as_dict(),
            "within": self.within,
            "exposure": self.exposure.to_state(),
            "names": list(self.names),
        }

    @classmethod
    def from_state(cls, state: Mapping[str, Any], vectors: TermVectors | None) -> Reader:
        """Return the reader that `to_state` described."""
        return cls(
            vocabulary=Vocabulary.from_list(state["vocabulary"]),
            max_words=int(state["max_words"]),
            spec=LaggedFeatures.from_dict(state["spec"]),
            within=int(state["within"]),
            exposure=Exposure.from_state(state["exposure"]),
            names=tuple(state["names"]),
            vectors=vectors,
        )


def _told_by(asked: TermDays, past: TermDays) -> TermDays:
    """Return rows with their day, at the latest the one after all that is known.

    Further ahead, windows of the last days would be empty as they never are for a term that is searched; what
    is known last is the best that can be said of later days, too.
    """
    if not len(past) or not len(asked) or asked.last_day <= past.last_day + 1:
        return asked
    return replace(asked, day=np.minimum(asked.day, np.int32(past.last_day + 1)))


def _is_read(name: str, days: int) -> bool:
    """Return whether predictors read a number.

    What rises from day to day is left out: sums over all of the past, and since when something is known.
    What is learned from it does not hold for days to come. So are sums over the whole account, which tell
    one day from another. The season is none before a year was seen, nor the time of the month before two
    months.

    Parameters
    ----------
    days
        How long the training rows go back.
    """
    if name in _SEEN_AFTER:
        return days >= _SEEN_AFTER[name]
    entity, _, rest = name.partition("_")
    ratio = rest.split("_")[0] in _RATIOS
    rising = rest.endswith("_ever") or rest == "known_for"
    return ratio or not (rising or entity == "all")
