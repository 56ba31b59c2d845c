"""How window features read a log: which columns, which of them are times, and what they say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.base.errors import SchemaError
from wanamaker.base.frames import require_columns
from wanamaker.features.windows.events import (
    NEVER,
    WindowEvents,
    known_ticks,
    refuse_late_history,
    refuse_unfit_keys,
    refuse_unfit_values,
    ticks_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wanamaker.features.windows.plan import Plan


@dataclass(frozen=True, slots=True)
class LogReader:
    """Makes a log into events.

    Parameters
    ----------
    plan
        What is computed.
    time
        The column of the events' times.
    labels
        The columns of labels and of their times; None where they are not read.
    time_unit
        The unit of times that are numbers.
    """

    plan: Plan
    time: str
    labels: tuple[str, str] | None
    time_unit: str

    @property
    def columns(self) -> list[str]:
        """The columns that are read, each once."""
        return list(dict.fromkeys([self.time, *columns_of(self.plan), *(self.labels or ())]))

    @property
    def times(self) -> list[str]:
        """Those of them that hold times."""
        return [self.time] if self.labels is None else [self.time, self.labels[1]]

    def events(self, frame: pl.DataFrame, instants: Iterable[pl.Series] = ()) -> WindowEvents:
        """Return a log as the windows read it.

        Parameters
        ----------
        frame
            The log.
        instants
            The columns of times as datetimes, where their unit does not follow from this frame alone.

        Raises
        ------
        SchemaError
            If a column is missing or of a type that its role does not allow.
        DataError
            If a value cannot be used.
        """
        require_columns([self.time, *(self.labels or ())], frame.columns, "the log")
        refuse_unfit_keys(frame, self.plan.keys)
        refuse_unfit_values(frame, self.plan.columns("total", "mean"), self.plan.columns("distinct"))
        # A time may be a key or a value as well, and is read as it stands there.
        timed = frame.with_columns(instants)
        ticks = ticks_of(timed[self.time], self.plan.resolution, self.time_unit)
        if self.labels is None:
            return WindowEvents(frame, ticks)
        known = known_ticks(
            timed, self.time, *self.labels, resolution=self.plan.resolution, time_unit=self.time_unit
        )
        return WindowEvents(frame, ticks, known)


def columns_of(plan: Plan) -> list[str]:
    """Return the columns of keys and values, each once."""
    return list(dict.fromkeys([*plan.keys, *plan.columns("distinct", "total", "mean")]))


def shared_types(plan: Plan, past: pl.Schema, new: pl.Schema) -> dict[str, pl.DataType]:
    """Return the type in which history and the rows that go on from it meet, of each key and value.

    Raises
    ------
    SchemaError
        If there is none.

    Examples
    --------
    >>> from wanamaker.features.windows.definitions import count
    >>> from wanamaker.features.windows.plan import plan_of
    >>> plan = plan_of([count(by="ip", within="5m")], 1_000_000)
    >>> shared_types(plan, pl.Schema({"ip": pl.Int64}), pl.Schema({"ip": pl.UInt8}))
    {'ip': Int64}
    """
    return {name: _shared(name, past[name], new[name]) for name in columns_of(plan)}


def cast(frame: pl.DataFrame, types: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Return some columns of a table, in given types."""
    return frame.select(pl.col(name).cast(dtype) for name, dtype in types.items())


def _shared(name: str, past: pl.DataType, new: pl.DataType) -> pl.DataType:
    both = [pl.DataFrame(schema={name: dtype}) for dtype in (past, new)]
    try:
        return pl.concat(both, how="vertical_relaxed").schema[name]
    except pl.exceptions.SchemaError as error:
        message = f"The column {name!r} of history must have the type of the new rows, {new}. Got {past}."
        hint = f"Cast it first, for example pl.col({name!r}).cast(pl.{new})."
        raise SchemaError(message, hint=hint) from error


def continued(plan: Plan, past: WindowEvents, new: WindowEvents) -> WindowEvents:
    """Return new events after past ones, whose labels alone are known.

    Raises
    ------
    SchemaError
        If a column has types that do not go together.
    DataError
        If history is not past.
    """
    if len(past.ticks) and len(new.ticks):
        refuse_late_history(int(past.ticks.max()), int(new.ticks.min()), plan.resolution)
    types = shared_types(plan, past.frame.schema, new.frame.schema)
    frame = pl.concat([cast(events.frame, types) for events in (past, new)])
    known = None
    if past.known is not None:
        known = np.concatenate([past.known, np.full(len(new.ticks), NEVER)])
    return WindowEvents(frame, np.concatenate([past.ticks, new.ticks]), known)
