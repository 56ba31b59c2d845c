"""Times of events, and the unit of those that are numbers: the first decides it."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from wanamaker.base.errors import DataError, SchemaError
from wanamaker.events.times import epoch_micros, resolve_unit
from wanamaker.features.windows.events import ticks_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from wanamaker.features.stores.store import Store

_EPOCH: Final = datetime.datetime(1970, 1, 1)
_ZONED_EPOCH: Final = _EPOCH.replace(tzinfo=datetime.UTC)
_SECOND: Final = 1_000_000
_DAY: Final = 86_400
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{6})?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_HINT = "Give a datetime, an ISO 8601 text, or a number in the unit of the other times."
_AGREED = "time_unit"


class EventTimes:
    """Reads times, one at a time or as a column.

    Parameters
    ----------
    column
        The column of times, for messages.
    unit
        The unit of numbers; ``"auto"`` is what the store's events agreed on. Before they did, it is guessed
        for each call alone, until `settle` makes the guess hold.
    resolution
        Microseconds per tick.
    store
        Where the unit is agreed on.

    Attributes
    ----------
    guess : str or None
        The unit in which the last numbers were read, while none is agreed on.
    """

    def __init__(self, column: str, unit: str, resolution: int, store: Store) -> None:
        self._column = column
        self._unit = unit
        self._resolution = resolution
        self._store = store
        self.guess: str | None = None

    def settle(self) -> bool:
        """Agree on the unit that was guessed; return whether it is the one that holds."""
        guess, self.guess = self.guess, None
        self._unit = self._store.agree(_AGREED, guess) or self._unit
        return self._unit == guess

    def micros(self, value: Any) -> int:
        """Return a time as microseconds since the epoch, as `epoch_micros` reads it.

        Raises
        ------
        DataError
            If it is missing or cannot be read.
        """
        if type(value) is str and _ISO.fullmatch(value):
            value = _moment(value)
        if type(value) is datetime.datetime:
            since = value - (_EPOCH if value.tzinfo is None else _ZONED_EPOCH)
            return (since.days * _DAY + since.seconds) * _SECOND + since.microseconds
        if type(value) is int and self._unit == "s" and abs(value) < 1 << 36:
            return value * _SECOND
        return self._slow_micros(value)

    def ticks(self, times: pl.Series) -> NDArray[np.int64]:
        """Return the ticks of a column.

        Raises
        ------
        DataError
            If a time is missing or cannot be read; names the row.
        """
        return ticks_of(times, self._resolution, self._unit_of(times))

    def _slow_micros(self, value: Any) -> int:
        try:
            series = pl.Series(self._column, [value])
            found = epoch_micros(series, self._unit_of(series)).item()
        except (SchemaError, DataError, TypeError, ValueError, OverflowError) as error:
            message = f"Column {self._column!r}: {value!r} cannot be read as a time."
            raise DataError(message, hint=_HINT) from error
        if found is None:
            message = f"Column {self._column!r}: the time is missing."
            raise DataError(message, hint=_HINT)
        return int(found)

    def _unit_of(self, times: pl.Series) -> str:
        """Return the unit of numbers: the one that holds, else a guess."""
        if self._unit != "auto" or not times.dtype.is_numeric() or times.null_count() == len(times):
            return self._unit
        self._unit = self._store.agree(_AGREED, None) or "auto"
        if self._unit != "auto":
            return self._unit
        self.guess = resolve_unit(times)
        return self.guess


def _moment(text: str) -> Any:
    """Return the datetime that a text in the usual form names, or the text."""
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        return text
