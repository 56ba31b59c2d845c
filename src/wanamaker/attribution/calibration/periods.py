"""What the model credits in the period of each lift test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wanamaker.base.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from numpy.typing import NDArray

    from wanamaker.attribution.calibration.lift_tests import LiftTests

    Floats = NDArray[np.float64]

_MOST_SCALE = 1.5
_NOTHING = 1e-9


def credited_in_periods(
    tests: LiftTests, names: list[str], credit: Floats, daily: Mapping[str, Any] | None
) -> tuple[Floats, Floats]:
    """Return what the model credits to each test's channel in its period, and that as part of its credit.

    Credit belongs to the day, in UTC, on which its journey ended. The part a is the credit of the period
    over that of the whole log. Where the latter is about 0, or the part is below 0 or above 1.5 (credits of
    both signs cancel out), the channel's own days tell nothing, and a is the part of the credit of
    all channels, signs left out, that fell into the period.

    Parameters
    ----------
    names, credit
        The channels, and the model's credit of each over the whole log.
    daily
        Credit by day (`wanamaker.attribution.incremental.daily`), which tests over part of the log need.

    Returns
    -------
    tuple
        Credited conversions and parts, each of shape (tests,).

    Raises
    ------
    DataError
        If a test is over part of the log, and credit by day is not known.
    """
    places = np.array([names.index(touch) for touch in tests.table["touch"]])
    credited, scales = credit[places], np.ones(len(places))
    sums = None
    for row, (place, (first, last)) in enumerate(zip(places, tests.periods, strict=True)):
        if tests.covers_log(first, last):
            continue
        if daily is None:
            raise _no_days(tests, row, len(names))
        sums = _by_day(daily, names) if sums is None else sums
        here = _days_within(daily["days"], first, last)
        credited[row] = sums[here, place].sum()
        scales[row] = _scale(credited[row], credit[place], sums, here)
    return credited, scales


def _scale(credited: float, whole: float, sums: Floats, here: NDArray[np.bool_]) -> float:
    every = np.abs(sums).sum()
    scale = credited / whole if abs(whole) > _NOTHING * max(every, 1.0) else np.inf
    if 0.0 <= scale <= _MOST_SCALE:
        return float(scale)
    return float(np.abs(sums[here]).sum() / every) if every > 0 else float(here.mean())


def _by_day(daily: Mapping[str, Any], names: list[str]) -> Floats:
    """Return the credit of each day and channel, of shape (days, channels)."""
    numbers = np.asarray(daily["conversions"], dtype=np.float64)
    return numbers[:, [daily["touches"].index(name) for name in names]]


def _days_within(days: list[str], first: date | None, last: date | None) -> NDArray[np.bool_]:
    told = np.asarray(days, dtype="datetime64[D]")
    here = np.ones(len(told), dtype=np.bool_)
    if first is not None:
        here &= told >= np.datetime64(first)
    if last is not None:
        here &= told <= np.datetime64(last)
    return here


def _no_days(tests: LiftTests, row: int, names: int) -> DataError:
    first, last = tests.periods[row]
    message = (
        f"{tests.where}, row {row}: a test over part of the log, {first} to {last}, needs the model's credit "
        f"by day, which is not kept for a log of so many days and {names:,} touches."
    )
    return DataError(
        message, hint="Leave start and end empty for a test of the whole log, or shorten the log."
    )
