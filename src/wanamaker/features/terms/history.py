"""What a term did on the days before: a sequence of past rows for each row that is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.parameters import IntegerIn, check
from wanamaker.base.ragged import lengths_to_offsets
from wanamaker.features.terms.entities import matched
from wanamaker.features.terms.known import final_conversions, report_day

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from wanamaker.features.terms.days import TermDays
    from wanamaker.features.terms.delay import DelayCurve


@dataclass(frozen=True, eq=False)
class Histories:
    """The past rows of each asked row's term, by day.

    Parameters
    ----------
    offsets
        Where the steps of each asked row begin, of shape (asked rows + 1,).
    places
        The row of the past that each step is, of shape (steps,).
    ages
        Whole days from the step to the asked row, 1 or more, of shape (steps,).
    gaps
        Whole days since the step before, 0 at the first step of a row, of shape (steps,).
    """

    offsets: NDArray[np.int64]
    places: NDArray[np.int64]
    ages: NDArray[np.float32]
    gaps: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def numbers(
        self, past: TermDays, *, delay: DelayCurve | None = None, as_of: date | int | None = None
    ) -> dict[str, NDArray[np.float32]]:
        """Return log1p of the past's measures at each step, of shape (steps,) each.

        Conversions are as they were known on the day that is asked, as in `lagged_features`. What is not
        known counts as 0.

        Parameters
        ----------
        past
            The past that the places point into.
        delay
            How much is reported after how many days; left out, all is on the day after.
        as_of
            When the past was reported: a date, or days since 1970-01-01; left out, the day after the last
            with known conversions.
        """
        told = {name: np.nan_to_num(amounts)[self.places] for name, amounts in past.measures.items()}
        if delay is not None and "conversions" in told:
            final, _ = final_conversions(past, delay, report_day(past, as_of))
            told["conversions"] = final[self.places] * delay.share(self.ages.astype(np.int64))
        return {name: np.log1p(amounts).astype(np.float32) for name, amounts in told.items()}


def histories(asked: TermDays, past: TermDays, within: int = 28) -> Histories:
    """Return for each asked row the past rows of its term from ``within`` days before to the day before.

    Days without a row of the term are no steps; ages and gaps tell of them.

    Parameters
    ----------
    asked
        The rows that are asked.
    past
        The log that is known; rows of the asked day and later are not read.
    within
        How many days back.

    Raises
    ------
    ParameterError
        If ``within`` is below 1.

    Examples
    --------
    >>> import polars as pl
    >>> from wanamaker.features.terms.days import term_days
    >>> log = {"term": ["a"] * 3, "date": ["2026-03-02", "2026-03-03", "2026-03-06"]}
    >>> days = term_days(pl.DataFrame(log))
    >>> found = histories(days, days, within=3)
    >>> found.offsets.tolist(), found.places.tolist(), found.ages.tolist()
    ([0, 0, 1, 2], [0, 1], [1.0, 3.0])
    """
    check("histories", {"within": within}, {"within": IntegerIn(1)})
    codes = np.append(matched(asked.terms, past.terms), np.int32(-1))[asked.codes].astype(np.int64)
    keys, order = _keys(past, within)
    first, span = _scale(past, within)
    until = codes * span + np.clip(asked.day.astype(np.int64) - first, 0, span - 1)
    stops = np.searchsorted(keys, until)
    starts = np.searchsorted(keys, np.maximum(until - within, codes * span))
    offsets = lengths_to_offsets(np.where(codes < 0, 0, stops - starts))
    shift = np.repeat(starts - offsets[:-1], np.diff(offsets))
    places = order[np.arange(offsets[-1], dtype=np.int64) + shift]
    when = past.day[places]
    ages = np.repeat(asked.day, np.diff(offsets)) - when
    gaps = np.diff(when, prepend=when[:1])
    gaps[offsets[:-1][np.diff(offsets) > 0]] = 0
    return Histories(offsets, places, ages.astype(np.float32), gaps.astype(np.float32))


def _scale(past: TermDays, within: int) -> tuple[int, int]:
    """Return the first day that has a key of its own, and how many days there are for each term."""
    if not len(past):
        return 0, within + 1
    return int(past.day[0]), int(past.day[-1]) - int(past.day[0]) + within + 2


def _keys(past: TermDays, within: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the past by term and day, as keys in order and the row of each."""
    first, span = _scale(past, within)
    keys = past.codes.astype(np.int64) * span + (past.day - first)
    order = np.argsort(keys, kind="stable")
    return keys[order], order
