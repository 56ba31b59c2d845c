"""The times of a live session's events, as microseconds since the epoch."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from wanamaker.base.durations import MICROS_PER_SECOND
from wanamaker.base.errors import DataError, SchemaError
from wanamaker.events.times import epoch_micros, resolve_unit
from wanamaker.models.sessions.reader import TIME

if TYPE_CHECKING:
    from collections.abc import Mapping

_ZONED_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_EPOCH = _ZONED_EPOCH.replace(tzinfo=None)
_DAY = 86_400
_FACTORS: Mapping[str, int] = {"s": MICROS_PER_SECOND, "ms": 1_000, "us": 1}
_HINT = "Give a datetime, ISO 8601 text, or a number as in the log."


class Clock:
    """Reads times one by one, as those of a log are read; the first number decides the unit of all."""

    def __init__(self) -> None:
        self._factor: int | None = None

    def micros(self, value: Any) -> int:
        """Return a time as microseconds since the epoch.

        Raises
        ------
        DataError
            If it is missing or cannot be read.
        """
        if type(value) is datetime.datetime:
            since = value - (_EPOCH if value.tzinfo is None else _ZONED_EPOCH)
            seconds = since.days * _DAY + since.seconds
            return int(seconds * MICROS_PER_SECOND + since.microseconds)
        if type(value) in (int, float) and self._factor is not None and abs(value) < 1 << 62:
            micros: int = round(value * self._factor)
            return micros
        return self._slow_micros(value)

    def _slow_micros(self, value: Any) -> int:
        try:
            times = pl.Series(TIME, [value])
            unit = resolve_unit(times)
            found = epoch_micros(times, unit).item()
        except (SchemaError, DataError, TypeError, ValueError, OverflowError) as error:
            message = f"{TIME!r}: {value!r} cannot be read as a time."
            raise DataError(message, hint=_HINT) from error
        if found is None:
            message = f"{TIME!r}: the time is missing."
            raise DataError(message, hint=_HINT)
        self._factor = _FACTORS.get(unit, self._factor)
        return int(found)
