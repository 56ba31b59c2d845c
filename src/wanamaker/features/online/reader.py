"""Events and tables as a store reads them."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError, ParameterTypeError, SchemaError, nearest
from wanamaker.base.frames import require_columns
from wanamaker.features.online.times import EventTimes
from wanamaker.features.online.words import (
    INTEGER,
    NULL_WORDS,
    column_words,
    filled,
    value_words,
    write_words,
)
from wanamaker.features.stores.layout import NOTHING, NUMBER, REAL, WHOLE, WORDS, Coded
from wanamaker.features.windows.events import refuse_unfit_keys, refuse_unfit_values

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from wanamaker.features.stores.layout import Layout
    from wanamaker.features.stores.store import Store

TEXTS: Final = 1 << 16
"""How many texts are remembered with their words before they are forgotten, all at once."""

_HALF: Final = 1 << 63
_NO_ID = "A label finds its event by the id: each event needs one of its own."


class EventReader:
    """Reads events, one at a time or as a table, into ticks, words and numbers.

    Parameters
    ----------
    layout
        What is read.
    time
        The column of times.
    time_unit
        The unit of numbers; ``"auto"`` is decided by the first number and then stays, in this store.
    store
        Where the unit is agreed on.

    Attributes
    ----------
    times : EventTimes
        Reads times.
    real : dict
        For each summed column whether the events that were taken hold a number that is no integer.
    """

    def __init__(self, layout: Layout, time: str, time_unit: str, store: Store) -> None:
        self._layout = layout
        self._time = time
        self.times = EventTimes(time, time_unit, layout.plan.resolution, store)
        self._texts: dict[str, tuple[int, int, int]] = {}
        counted = set(layout.plan.columns("distinct"))
        ids = layout.coded[-1:] if layout.has_ids else ()
        self._keys = {*layout.plan.keys, *ids}
        self._counted = counted
        self.real = dict.fromkeys(layout.summed, False)
        self._real_now: set[str] = set()
        self._values = itemgetter(time, *layout.coded)
        self._resolution = layout.plan.resolution
        self._pack, self._one = self._buffer()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that an event must have."""
        return tuple(dict.fromkeys([self._time, *self._layout.coded, *self._layout.summed]))

    def taken(self) -> None:
        """Keep what was learned from events that the store has taken: which sums are no integers."""
        self.real.update(dict.fromkeys(self._real_now, True))
        self._real_now.clear()

    # --- One event -----------------------------------------------------------------------------------

    def one(self, event: Mapping[str, Any]) -> Coded:
        """Return one event, in arrays that the next call writes anew.

        Raises
        ------
        SchemaError
            If a column is missing.
        DataError
            If a value cannot be used; names the column.
        """
        coded = self._event(event)
        if self.times.guess is not None and not self.times.settle():
            coded = self._event(event)
        return coded

    def _event(self, event: Mapping[str, Any]) -> Coded:
        self._forget()
        flat: list[int] = []
        add = flat.extend
        try:
            time, *values = self._values(event)
            micros = self.times.micros(time)
            for column, value in zip(self._layout.coded, values, strict=False):
                high = value >> 63 if type(value) is int else 1
                add((INTEGER, value, high) if -1 <= high <= 0 else self._words(value, column))
            for column in self._layout.summed:
                add(self._number(event[column], column))
        except (KeyError, IndexError, TypeError):
            self._refuse_missing(event)
            raise
        self._pack(micros // self._resolution, *flat)
        if self._layout.has_ids and self._one.words[-1, 0, 0] == 0:
            message = f"Column {self._layout.coded[-1]!r}: the id is missing."
            raise DataError(message, hint=_NO_ID)
        return self._one

    def _words(self, value: Any, column: str) -> tuple[int, int, int]:
        if type(value) is not str:
            return NULL_WORDS if value is None else self._other_words(value, column)
        known = self._texts.get(value)
        if known is None:
            if len(self._texts) >= TEXTS:
                self._texts.clear()
            known = self._texts[value] = value_words(value, column)
        return known

    def _other_words(self, value: Any, column: str) -> tuple[int, int, int]:
        return value_words(value, column, counted=column in self._counted and column not in self._keys)

    def _number(self, value: Any, column: str) -> tuple[int, int]:
        if value is None:
            return NOTHING, 0
        if isinstance(value, int | np.integer | np.bool_) and -_HALF <= value < _HALF:
            return WHOLE, int(value)
        try:
            real = float("nan") if isinstance(value, str | bytes) else float(value)
        except (TypeError, ValueError):
            real = float("nan")
        if not np.isfinite(real) or isinstance(value, int | np.integer):
            message = f"Column {column!r}: {value!r} is no finite number that can be summed."
            raise DataError(message, hint="Give a number, or None, which adds nothing.")
        if not self.real[column]:
            self._real_now.add(column)
        return REAL, struct.unpack("q", struct.pack("d", real))[0]

    def _refuse_missing(self, event: Any) -> None:
        if not isinstance(event, Mapping):
            message = f"An event must be a dict of its columns. Got {type(event).__name__}."
            raise ParameterTypeError(message, hint="Use observe_many for tables.")
        missing = [column for column in self.columns if column not in event]
        if missing:
            message = f"The event lacks the columns: {missing}."
            raise SchemaError(message, hint=f"{nearest(missing[0], map(str, event))} Give None for null.")

    def _buffer(self) -> tuple[Callable[..., None], Coded]:
        coded, summed = len(self._layout.coded), len(self._layout.summed)
        buffer = np.zeros(1 + WORDS * coded + NUMBER * summed, dtype=np.int64)
        words = buffer[1 : 1 + WORDS * coded].reshape(coded, 1, WORDS)
        numbers = buffer[1 + WORDS * coded :].reshape(summed, 1, NUMBER)
        pack, view = struct.Struct(f"={len(buffer)}q").pack_into, buffer.data.cast("B")
        return partial(pack, view, 0), Coded(buffer[:1], words, numbers)

    # --- A table -------------------------------------------------------------------------------------

    def many(self, frame: pl.DataFrame) -> Coded:
        """Return the events of a table.

        Raises
        ------
        SchemaError
            If a column is missing or of the wrong type.
        DataError
            If a value cannot be used; names column and row.
        """
        coded = self._table(frame)
        if self.times.guess is not None and not self.times.settle():
            coded = self._table(frame)
        return coded

    def _table(self, frame: pl.DataFrame) -> Coded:
        self._forget()
        layout = self._layout
        require_columns(self.columns, frame.columns, "the events")
        refuse_unfit_keys(frame, sorted(self._keys))
        refuse_unfit_values(frame, layout.summed, sorted(self._counted))
        if layout.has_ids:
            _refuse_missing_ids(frame[layout.coded[-1]])
        ticks = self.times.ticks(frame[self._time])
        numbers = np.zeros((len(layout.summed), len(frame), NUMBER), dtype=np.int64)
        for place, column in enumerate(layout.summed):
            self._write_numbers(frame[column], numbers[place])
        return Coded(ticks, self._column_words(frame, layout.coded), numbers)

    def asked(self, frame: pl.DataFrame, ticks: NDArray[np.int64], keys: tuple[str, ...]) -> Coded:
        """Return keys, each with its tick; what is no key is null."""
        refuse_unfit_keys(frame, keys)
        words = np.zeros((len(self._layout.coded), len(frame), WORDS), dtype=np.int64)
        for column in keys:
            write_words(frame[column], words[self._layout.coded.index(column)])
        return Coded(ticks, words, np.zeros((len(self._layout.summed), len(frame), NUMBER), dtype=np.int64))

    def labels(self, ids: pl.Series, times: pl.Series) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the words of ids, and the ticks at which their labels became known."""
        refuse_unfit_keys(ids.to_frame(), [ids.name])
        _refuse_missing_ids(ids)
        return column_words(ids), self.times.ticks(times)

    def _forget(self) -> None:
        """Forget what was learned from events that were not taken."""
        self.times.guess = None
        self._real_now.clear()

    def _column_words(self, frame: pl.DataFrame, columns: tuple[str, ...]) -> NDArray[np.int64]:
        words = np.empty((len(columns), len(frame), WORDS), dtype=np.int64)
        for place, column in enumerate(columns):
            write_words(frame[column], words[place], counted=column not in self._keys)
        return words

    def _write_numbers(self, values: pl.Series, numbers: NDArray[np.int64]) -> None:
        whole = values.dtype.is_integer() or values.dtype in (pl.Boolean, pl.Null)
        if whole:
            _refuse_too_large(values)
            numbers[:, 1] = filled(values.cast(pl.Int64))
        else:
            self._real_now.add(values.name)
            numbers[:, 1] = filled(values.cast(pl.Float64)).view(np.int64)
        numbers[:, 0] = WHOLE if whole else REAL
        if values.null_count():
            numbers[values.is_null().to_numpy(), 0] = NOTHING


def _refuse_missing_ids(ids: pl.Series) -> None:
    if ids.null_count():
        message = f"Column {ids.name!r}, row {ids.is_null().arg_true()[0]}: the id is missing."
        raise DataError(message, hint=_NO_ID)


def _refuse_too_large(values: pl.Series) -> None:
    if values.dtype in (pl.UInt64, pl.Int128, pl.UInt128):
        bad = values.cast(pl.Int64, strict=False).is_null() & values.is_not_null()
        if bad.any():
            row = int(bad.arg_true()[0])
            message = (
                f"Column {values.name!r}, row {row}: {values[row]!r} is too large for a sum of integers."
            )
            raise DataError(message, hint="Sums of integers have 64 bits; cast the column to floats.")
