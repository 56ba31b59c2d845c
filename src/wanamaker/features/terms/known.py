"""What was known of past conversions, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wanamaker.base.errors import DataError
from wanamaker.features.terms.days import day_number, day_text

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from wanamaker.features.terms.days import TermDays
    from wanamaker.features.terms.delay import DelayCurve


def report_day(past: TermDays, as_of: date | int | None = None) -> int:
    """Return the day on which the past was reported, in days since 1970-01-01.

    Left out, it is the day after the last one with known conversions.

    Raises
    ------
    DataError
        If there are conversions of that day or later.
    """
    amounts = past.measures.get("conversions")
    counted = past.day if amounts is None else past.day[~np.isnan(amounts)]
    last = int(counted[-1]) if len(counted) else None
    if as_of is None:
        return 0 if last is None else last + 1
    told = day_number(as_of)
    if last is not None and last >= told:
        message = (
            f"The report of {day_text(told)} must be of days before. It has conversions of {day_text(last)}."
        )
        raise DataError(message, hint="Leave out days that were not over when the report was taken.")
    return told


def final_conversions(
    past: TermDays, delay: DelayCurve | None, as_of: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the conversions of each row scaled up to what will be known in the end, and where any are known.

    At age a of a day, ``delay.share(a)`` of them are known; where nothing is known yet, they are 0.
    """
    amounts = past.measures.get("conversions")
    if amounts is None:
        return np.zeros(len(past)), np.zeros(len(past), dtype=bool)
    known = ~np.isnan(amounts)
    final = np.zeros(len(past))
    final[known] = amounts[known]
    if delay is not None:
        final[known] /= delay.share(as_of - past.day[known].astype(np.int64))
    return final, known
