"""What a world of search terms is made from: every option, checked once."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from wanamaker.base.durations import duration_text, to_micros
from wanamaker.base.errors import ParameterError
from wanamaker.base.parameters import Boolean, IntegerIn, Optional, RealIn, check
from wanamaker.simulate.search_terms.words import FEWEST_WORDS
from wanamaker.simulate.starts import unix_seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wanamaker.base.durations import Duration
    from wanamaker.base.parameters import Constraint

OWNER = "simulate.search_terms"

_DAY_MICROS = 86_400_000_000
_LONGEST_DELAY = 30
_TERMS_OF_A_ROW_A_DAY, _FEWEST_TERMS = 6, 60

_CONSTRAINTS: Mapping[str, Constraint] = {
    "n": IntegerIn(1, 500_000_000),
    "seed": IntegerIn(0),
    "days": IntegerIn(1, 1_461),
    "base_rate": RealIn(0.0, 1.0, open_at=("low",)),
    "words": IntegerIn(FEWEST_WORDS, 20_000),
    "terms": Optional(IntegerIn(10, 5_000_000)),
    "word_effect": RealIn(0.0, 3.0),
    "bigrams": IntegerIn(0, 100),
    "term_effect": RealIn(0.0, 3.0),
    "season": RealIn(0.0, 3.0),
    "dispersion": RealIn(0.0, 10.0),
    "zero_inflation": RealIn(0.0, 1.0, open_at=("high",)),
    "useless": RealIn(0.0, 0.9),
    "hidden": RealIn(0.0, 0.9),
    "fractional": Boolean(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TermSetting:
    """The options of `wanamaker.simulate.search_terms`, which describes them; bad ones are refused here.

    Examples
    --------
    >>> TermSetting(n=90_000).many, TermSetting(n=90_000).mean_delay
    (3000, 5.0)
    """

    n: int
    seed: int = 0
    start: str | date = "2025-01-01"
    days: int = 180
    base_rate: float = 0.06
    words: int = 150
    terms: int | None = None
    word_effect: float = 1.0
    bigrams: int = 12
    term_effect: float = 0.2
    season: float = 1.0
    dispersion: float = 0.5
    zero_inflation: float = 0.1
    useless: float = 0.1
    delay: Duration = "5d"
    hidden: float = 0.1
    fractional: bool = False

    def __post_init__(self) -> None:
        check(OWNER, {name: getattr(self, name) for name in _CONSTRAINTS}, _CONSTRAINTS)
        unix_seconds(self.start, OWNER)
        to_micros(self.delay, "delay")
        if not 0.0 <= self.mean_delay <= _LONGEST_DELAY:
            message = (
                f"The 'delay' parameter of {OWNER} must be from 0 to {_LONGEST_DELAY} days. "
                f"Got {self.delay!r}."
            )
            raise ParameterError(message, hint="delay='5d'; '0d' is for conversions known at once.")

    @property
    def parameters(self) -> dict[str, Any]:
        """All options as values that JSON knows."""
        return {**asdict(self), "start": str(self.start), "delay": duration_text(self.delay)}

    @property
    def first_day(self) -> date:
        """First day of the log."""
        return datetime.fromtimestamp(unix_seconds(self.start, OWNER), tz=UTC).date()

    @property
    def last_day(self) -> date:
        """Last day of the log; at the end of it, it was downloaded."""
        return self.first_day + timedelta(days=self.days - 1)

    @property
    def mean_delay(self) -> float:
        """Mean time from click to conversion, in days."""
        return to_micros(self.delay, "delay") / _DAY_MICROS

    @property
    def many(self) -> int:
        """How many terms there are; by the rows of a day if not told."""
        return self.terms or max(_FEWEST_TERMS, round(_TERMS_OF_A_ROW_A_DAY * self.n / self.days))
