"""How much of a day's conversions is reported after how many days."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.errors import DataError, ParameterError
from wanamaker.base.parameters import RealIn, check
from wanamaker.features.terms.reports import buckets_of, grown, increments_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from numpy.typing import NDArray

_NEGLIGIBLE = 1e-6
_LONGEST = 3_650
_SLACK = 1e-9


@dataclass(frozen=True)
class DelayCurve:
    """The share of a day's conversions that is reported when so many days have passed.

    Conversions are counted on the day of their click and come in later: a report that is taken a day
    after lacks most of them. A curve tells what was known when, and what is still to come. It assumes
    that the delay is *stationary*: the same for all terms and at all times. Do not use it across a
    change of the conversion window or of what counts as a conversion, nor to tell terms apart by how fast
    they convert. What comes in after the curve's last age is not known to it.

    Parameters
    ----------
    shares
        The share reported at an age of 1, 2, … days: never falling, above 0, and 1 at the last. The age of
        a day in a report is the date on which the report was taken minus the day; 1 on the day after.

    Raises
    ------
    ParameterError
        If the shares are not of that kind.

    Examples
    --------
    >>> curve = DelayCurve((0.5, 0.8, 1.0))
    >>> curve.share(np.array([1, 2, 30])).tolist(), curve.mature_age(0.75)
    ([0.5, 0.8, 1.0], 2)
    """

    shares: tuple[float, ...]

    def __post_init__(self) -> None:
        shares = np.asarray(self.shares, dtype=np.float64)
        hint = "Give one share per day of age, never falling, for example (0.6, 0.9, 1.0)."
        if shares.ndim != 1 or not 0 < len(shares) <= _LONGEST:
            message = f"'shares' must be a list of 1 to {_LONGEST} numbers. Got shape {shares.shape}."
            raise ParameterError(message, hint=hint)
        wrong = ~(np.isfinite(shares) & (shares > 0) & (shares <= 1 + _SLACK))
        wrong[1:] |= np.diff(shares) < -_SLACK
        if wrong.any():
            place = int(np.argmax(wrong))
            message = "The shares of a delay curve must lie in (0, 1] and never fall. "
            message += f"Got {shares[place]:g} at an age of {place + 1} days."
            raise ParameterError(message, hint=hint)
        if shares[-1] < 1 - _SLACK:
            message = f"The last share of a delay curve must be 1. Got {shares[-1]:g}."
            raise ParameterError(message, hint="Divide the shares by the last one.")
        shares = np.minimum(np.maximum.accumulate(shares), 1.0)
        shares[-1] = 1.0
        object.__setattr__(self, "shares", tuple(shares.tolist()))

    @classmethod
    def none(cls) -> DelayCurve:
        """Return the curve of conversions that are all known on the day after."""
        return cls((1.0,))

    @classmethod
    def exponential(cls, mean: float) -> DelayCurve:
        """Return the curve of delays that are exponential with a mean in days.

        Clicks come evenly over their day, so that the share at age a is the mean of 1 − exp(−t/mean)
        over t from a − 1 to a. The curve ends where less than a millionth is missing.

        Raises
        ------
        ParameterError
            If the mean is not positive, or longer than 200 days.

        Examples
        --------
        >>> [round(share, 3) for share in DelayCurve.exponential(5.0).shares[:3]]
        [0.094, 0.258, 0.392]
        """
        check("DelayCurve.exponential", {"mean": mean}, {"mean": RealIn(0, 200, open_at=("low",))})
        scale = mean * -math.expm1(-1 / mean)
        last = max(1, math.ceil(1 - mean * math.log(_NEGLIGIBLE)))
        missing = scale * np.exp(-np.arange(last) / mean)
        return cls((*(1 - missing[:-1]).tolist(), 1.0))

    @classmethod
    def from_days_to_conversion(
        cls,
        table: Any,
        *,
        bucket: str = "days_to_conversion",
        conversions: str = "conversions",
        same_day: float = 0.5,
    ) -> DelayCurve:
        """Return the curve of a report of conversions by days to conversion.

        Parameters
        ----------
        table
            One or several rows per bucket. Take a period of clicks that ended one conversion window ago:
            what is not in yet shortens the delay.
        bucket
            The column of the buckets: "<1 day", "1-2 days", …, "60-90 days", "90+ days", with the word for
            days in any language, or whole numbers, k for k to k + 1 days. Within a bucket, conversions are
            taken to come evenly.
        conversions
            The column of their conversions.
        same_day
            What share of the conversions of each 24 hours after the click comes before midnight. 0.5 if
            clicks and conversions are spread evenly; more if most people buy at once.

        Raises
        ------
        SchemaError
            If a column is missing or of the wrong type.
        DataError
            If a bucket cannot be read, two of them overlap, or there are no conversions.

        Examples
        --------
        >>> import polars as pl
        >>> told = {"days_to_conversion": ["<1 day", "1-2 days", "2-4 days"], "conversions": [50, 30, 20]}
        >>> DelayCurve.from_days_to_conversion(pl.DataFrame(told)).shares
        (0.25, 0.65, 0.85, 0.95, 1.0)
        """
        allowed = {"same_day": RealIn(0, 1, open_at=("low",))}
        check("DelayCurve.from_days_to_conversion", {"same_day": same_day}, allowed)
        by_day = buckets_of(table, bucket, conversions)
        whole = np.concatenate(([0.0], np.cumsum(by_day) / by_day.sum()))
        shares = whole[:-1] + same_day * np.diff(whole)
        return cls._of(np.append(shares, 1.0) if shares[-1] < 1 else shares)

    @classmethod
    def from_snapshots(
        cls, reports: Any, *, date: str = "date", as_of: str = "as_of", conversions: str = "conversions"
    ) -> DelayCurve:
        """Return the curve of the same days as they were reported on several dates.

        The estimate is the one of greatest likelihood for delays that are seen between two reports and
        not beyond the last: with a report every day, the chain ladder of insurers. A day weighs as much as
        it has conversions.

        Parameters
        ----------
        reports
            Rows of any number of terms: the day, the date on which the report was taken, and the
            conversions of the day in that report (a term that is not in an early report had none).
        date, as_of, conversions
            The columns.

        Raises
        ------
        SchemaError
            If a column is missing or of the wrong type.
        DataError
            If no day is in two reports, or a report is not younger than its days.

        Examples
        --------
        >>> import polars as pl
        >>> days = {"date": ["2026-03-02"] * 2, "as_of": ["2026-03-03", "2026-03-04"], "conversions": [3, 4]}
        >>> DelayCurve.from_snapshots(pl.DataFrame(days)).shares
        (0.75, 1.0)
        """
        return cls._of(np.cumsum(grown(increments_of(reports, date, as_of, conversions))))

    @classmethod
    def _of(cls, shares: NDArray[np.float64]) -> DelayCurve:
        """Return a curve without ages at which nothing is reported at all."""
        if shares[0] <= 0:
            first = int(np.argmax(shares > 0))
            message = (
                f"Nothing is reported at an age of {first} days, so that nothing can be scaled up from it."
            )
            raise DataError(
                message, hint="Leave the last days out, or count days from the day they are known."
            )
        return cls(tuple(np.minimum(shares, 1.0).tolist()))

    def share(self, age: NDArray[np.integer] | int) -> NDArray[np.float64]:
        """Return the share that is reported at ages in whole days, of the shape of ``age``.

        Raises
        ------
        DataError
            If an age is below 1: a day that is not over has no complete report.
        """
        ages = np.asarray(age, dtype=np.int64)
        if ages.size and int(ages.min()) < 1:
            message = f"The age of a reported day must be 1 or more days. Got {int(ages.min())}."
            raise DataError(message, hint="Leave out days that were not over when the report was taken.")
        shares = np.asarray(self.shares, dtype=np.float64)
        found: NDArray[np.float64] = shares[np.minimum(ages, len(shares)) - 1]
        return found

    def mature_age(self, at_least: float = 0.99) -> int:
        """Return the first age in days at which at least so much is reported.

        Raises
        ------
        ParameterError
            If the share is not in (0, 1].
        """
        check("DelayCurve.mature_age", {"at_least": at_least}, {"at_least": RealIn(0, 1, open_at=("low",))})
        return int(np.argmax(np.asarray(self.shares) >= at_least)) + 1

    def as_dict(self) -> dict[str, Any]:
        """Return the curve as values that JSON can hold."""
        return {"shares": list(self.shares)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> DelayCurve:
        """Return the curve of `as_dict`.

        Raises
        ------
        ParameterError
            If there are no shares in it.
        """
        if not isinstance(values.get("shares"), list | tuple):
            message = f"A delay curve is kept as {{'shares': [0.6, 0.9, 1.0]}}. Got {dict(values)!r}."
            raise ParameterError(message)
        return cls(tuple(values["shares"]))
