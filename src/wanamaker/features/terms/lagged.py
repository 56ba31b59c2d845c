"""What was known of a term, its words, its campaign and the account before the day that is asked."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.errors import ParameterError, ParameterTypeError
from wanamaker.base.parameters import RealIn, check, check_known
from wanamaker.features.terms.calendar import calendar_columns, calendar_names
from wanamaker.features.terms.days import MEASURES, day_number
from wanamaker.features.terms.delay import DelayCurve
from wanamaker.features.terms.entities import entities_of
from wanamaker.features.terms.known import report_day
from wanamaker.features.terms.past import (
    Smoothing,
    past_of,
    priors_of,
    ratios_of,
    require_measures,
    write_entity,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from numpy.typing import NDArray

    from wanamaker.features.terms.days import TermDays

    Floats = NDArray[np.float64]

_STRENGTH = RealIn(0)


@dataclass(frozen=True, kw_only=True)
class LaggedFeatures:
    """Which features are read of the past, and how.

    Use them for models that take one row of numbers. They see no order within a window; for the days as a
    sequence see `wanamaker.features.terms.history.histories`.

    Parameters
    ----------
    windows
        Lengths in days: a window of 7 holds the 7 days before the day that is asked. All of the past
        ("ever") is read in any case.
    measures
        What the log counts, out of ``impressions``, ``clicks``, ``cost`` and ``conversions``.
    campaign
        Whether the campaign's past is read.
    known_ahead
        The measures whose value of the same day is known when a prediction is asked for (planned
        impressions). Nothing else of the same day is ever read.
    holidays
        Dates with a flag of their own.
    delay
        How much of a day's conversions is reported after how many days; left out, all is on the day after.
    ctr_strength, rate_strength, cost_strength
        How many impressions, clicks, and clicks the account's own ratio counts for where a term (or word,
        or campaign) is smoothed towards it: clicks per impression, conversions per click, cost per click.

    Raises
    ------
    ParameterError, ParameterTypeError
        If a value is not allowed.

    Examples
    --------
    >>> LaggedFeatures(windows=(7,), measures=("clicks",), campaign=False).names[10:14]
    ['term_clicks_7d', 'term_clicks_ever', 'term_recency', 'term_known_for']
    """

    windows: tuple[int, ...] = (1, 7, 28)
    measures: tuple[str, ...] = MEASURES
    campaign: bool = False
    known_ahead: tuple[str, ...] = ()
    holidays: tuple[date, ...] = ()
    delay: DelayCurve | None = None
    ctr_strength: float = 200.0
    rate_strength: float = 50.0
    cost_strength: float = 5.0

    def __post_init__(self) -> None:
        for name in ("windows", "measures", "known_ahead", "holidays"):
            object.__setattr__(self, name, _as_tuple(name, getattr(self, name)))
        for name in ("measures", "known_ahead"):
            check_known(f"measure in {name!r}", getattr(self, name), MEASURES)
        whole = all(isinstance(days, int | np.integer) and days > 0 for days in self.windows)
        if not whole or len(set(self.windows)) < len(self.windows):
            message = f"'windows' must be different whole numbers of days, 1 or more. Got {self.windows!r}."
            raise ParameterError(message, hint="Write windows=(1, 7, 28).")
        if "conversions" in self.known_ahead:
            message = "'known_ahead' must not name the conversions: they are what is predicted."
            raise ParameterError(message, hint="Write known_ahead=('impressions',).")
        strengths = ("ctr_strength", "rate_strength", "cost_strength")
        check(
            "LaggedFeatures",
            {name: getattr(self, name) for name in strengths},
            dict.fromkeys(strengths, _STRENGTH),
        )
        object.__setattr__(self, "windows", tuple(sorted(int(days) for days in self.windows)))
        object.__setattr__(self, "measures", tuple(name for name in MEASURES if name in self.measures))
        object.__setattr__(self, "holidays", tuple(sorted({_as_date(one) for one in self.holidays})))

    @property
    def names(self) -> list[str]:
        """The names of the features, in order."""
        kinds = ["term", "words", *(["campaign"] if self.campaign else []), "all"]
        ahead = [f"{name}_ahead" for name in self.known_ahead]
        return [
            *calendar_names(holidays=bool(self.holidays)),
            *ahead,
            *(f"{kind}_{name}" for kind in kinds for name in self.entity_names),
        ]

    @property
    def entity_names(self) -> list[str]:
        """The names of the features that each of term, words, campaign and all has, in order."""
        ends = [*(f"{days}d" for days in self.windows), "ever"]
        kinds = [*self.measures, *ratios_of(self.measures)]
        return [*(f"{kind}_{end}" for end in ends for kind in kinds), "recency", "known_for"]

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as values that JSON can hold."""
        told = {field.name: getattr(self, field.name) for field in fields(self)}
        told |= {name: list(told[name]) for name in ("windows", "measures", "known_ahead")}
        delay = None if self.delay is None else self.delay.as_dict()
        return told | {"holidays": [day.isoformat() for day in self.holidays], "delay": delay}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> LaggedFeatures:
        """Return the settings of `as_dict`.

        Raises
        ------
        ParameterError
            If a name is unknown or a value is not allowed.
        """
        check_known("setting of LaggedFeatures", values, [field.name for field in fields(cls)])
        delay = values.get("delay")
        return cls(**{**values, "delay": None if delay is None else DelayCurve.from_dict(delay)})


def lagged_features(
    asked: TermDays, history: TermDays, spec: LaggedFeatures, *, as_of: date | int | None = None
) -> tuple[list[str], Floats]:
    """Return the features of each asked row, from days before it alone.

    For the term, its words (the mean over them; a word's past is that of all terms with it), the
    campaign and the whole account, and for each window and all of the past:

    * log1p of the sums of the measures;
    * ``ctr`` = (clicks + s·p) / (impressions + s), p being the account's ratio over all of the past (0 while
      there is none) and s its strength; ``rate`` = conversions per click (per impression if clicks are not
      counted) and ``cpc`` = cost per click likewise;
    * ``recency``, 1 / days since it was last seen, and ``known_for``, log1p of the days since it was first
      seen; both are 0 for what was never seen.

    Conversions of a past day q are as they were known on the day d that is asked:
    reported(q) · share(d − q) / share(as_of − q). In ``rate``, clicks count by the same share(d − q), so
    that conversions that are still to come do not lower it.
    These are expectations: a report that was really taken on d would have shown them with more noise. For a
    d after as_of, they are what is expected to have come in by then.

    Parameters
    ----------
    asked
        The rows that are asked; nothing of them is read but the term, the day, the campaign, and the
        measures in ``known_ahead``.
    history
        The log that is known. Rows of the day that is asked, or later, are not read, so that it may hold
        the asked rows too (`wanamaker.features.terms.days.together`).
    spec
        Which features.
    as_of
        When the history was reported: a date, or days since 1970-01-01; left out, the day after its last
        one with known conversions.

    Returns
    -------
    tuple
        The names, and the values of shape (asked rows, features).

    Raises
    ------
    SchemaError
        If a measure or the campaign is read that is not there.
    DataError
        If the history has conversions of the day of the report or later.

    Examples
    --------
    >>> import polars as pl
    >>> from wanamaker.features.terms.days import term_days
    >>> log = pl.DataFrame({"term": ["a", "a"], "date": ["2026-03-02", "2026-03-03"], "clicks": [3, 5]})
    >>> spec = LaggedFeatures(windows=(1,), measures=("clicks",))
    >>> names, values = lagged_features(term_days(log), term_days(log), spec)
    >>> np.expm1(values[:, names.index("term_clicks_1d")]).round(6).tolist()
    [0.0, 3.0]
    """
    require_measures(asked, spec.known_ahead, "the rows that are asked")
    require_measures(history, spec.measures, "the history")
    names, width = spec.names, len(spec.entity_names)
    values = np.empty((len(asked), len(names)))
    if not len(asked):
        return names, values
    entities = entities_of(asked, history, campaign=spec.campaign)
    start = len(names) - len(entities) * width
    ahead = [np.log1p(asked.measures[name]) for name in spec.known_ahead]
    holidays = [day_number(one) for one in spec.holidays]
    values[:, :start] = np.column_stack([calendar_columns(asked.day, holidays), *ahead])
    past = past_of(history, spec.measures, spec.delay, report_day(history, as_of))
    strengths = np.array([spec.ctr_strength, spec.rate_strength, spec.cost_strength])
    windows = np.array(spec.windows, dtype=np.int64)
    priors = priors_of(asked, past, windows)
    for place, entity in enumerate(entities):
        out = values[:, start + place * width : start + (place + 1) * width]
        write_entity(entity, asked, past, Smoothing(windows, priors, strengths), out)
    return names, values


def _as_tuple(name: str, values: Any) -> tuple[Any, ...]:
    if isinstance(values, str) or not hasattr(values, "__iter__"):
        message = f"The {name!r} parameter of LaggedFeatures must be a list. Got {values!r}."
        raise ParameterTypeError(message, hint=f"Write {name}=[{values!r}].")
    return tuple(values)


def _as_date(value: Any) -> date:
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        message = f"'holidays' must be dates. Got {value!r}."
        raise ParameterError(message, hint="Write holidays=['2026-12-25'].") from error
