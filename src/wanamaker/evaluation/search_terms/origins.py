"""Rolling origins: days to learn from, to choose by and to be tested on, as a forecaster has them."""

from __future__ import annotations

from dataclasses import dataclass

from wanamaker.base.errors import DataError
from wanamaker.features.terms.days import day_text

_FEWEST_TRAIN = 7


@dataclass(frozen=True)
class Origin:
    """A day on which a forecast is made, and the days around it, in days since 1970-01-01.

    Parameters
    ----------
    first
        The first day to learn from.
    valid
        The first day of validation; training ends before it.
    gap
        The first day that is left out, since its conversions were not all known at the origin.
    start
        The origin: the first day that is tested.
    stop
        The day after the last that is tested.
    """

    first: int
    valid: int
    gap: int
    start: int
    stop: int

    def days(self, part: str) -> tuple[int, int]:
        """Return the first day of a part, and the day after its last."""
        ends = {"train": (self.first, self.valid), "valid": (self.valid, self.gap)}
        return {**ends, "gap": (self.gap, self.start), "test": (self.start, self.stop)}[part]

    def as_dict(self) -> dict[str, str]:
        """Return the first and the last day of each part that has days, as ISO dates."""
        told: dict[str, str] = {}
        for part in ("train", "valid", "gap", "test"):
            begin, end = self.days(part)
            if end > begin:
                told |= {f"{part}_from": day_text(begin), f"{part}_to": day_text(end - 1)}
        return told


def rolling_origins(
    first: int, last: int, *, origins: int, horizon: int, valid: int, gap: int
) -> list[Origin]:
    """Return the origins of a log, the latest last: its test days are the log's last.

    Test days of different origins do not overlap; each origin learns from all days before.

    Parameters
    ----------
    first, last
        The log's first and last day, in days since 1970-01-01.
    origins
        How many.
    horizon
        Days that are tested at each.
    valid
        Days of validation before the gap.
    gap
        Days before the origin that are left out.

    Raises
    ------
    DataError
        If the log is too short.

    Examples
    --------
    >>> [one.as_dict()["test_from"] for one in rolling_origins(0, 99, origins=2, horizon=10, valid=5, gap=3)]
    ['1970-03-22', '1970-04-01']
    """
    found = []
    for back in range(origins, 0, -1):
        start = last + 1 - back * horizon
        found.append(Origin(first, start - gap - valid, start - gap, start, start + horizon))
    needed = origins * horizon + gap + valid + _FEWEST_TRAIN
    if found[0].valid - first < _FEWEST_TRAIN:
        message = (
            f"{origins} origin{'s' if origins > 1 else ''} of {horizon} days, {gap} days of gap and {valid} "
            f"of validation need a log of {needed} days or more. Got {last + 1 - first} days: "
            f"{day_text(first)} to {day_text(last)}."
        )
        raise DataError(message, hint="Set a smaller split.origins, split.horizon, split.valid or split.gap.")
    return found
