"""Tables as a click model reads them: labels checked, times as moments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError
from wanamaker.base.frames import require_columns
from wanamaker.events.columns import as_flags
from wanamaker.events.reading import read_table
from wanamaker.events.times import epoch_micros, resolve_unit

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Roles:
    """Which columns say when, and whether.

    Parameters
    ----------
    time, label, label_time
        As in `ClickModel`.
    ids
        Columns that hold ids or names.
    unit
        The unit of times that are numbers.
    """

    time: str
    label: str
    label_time: str | None
    ids: tuple[str, ...]
    unit: str

    def resolved(self, train: pl.DataFrame) -> Roles:
        """Return the roles with the unit that the training rows have, for parts too short to tell."""
        require_columns([self.time], train.columns, "the training rows")
        return Roles(
            self.time, self.label, self.label_time, self.ids, resolve_unit(train[self.time], self.unit)
        )

    def read(self, table: Any) -> pl.DataFrame:
        """Return a table of any kind, or at a path, as it was written."""
        return read_table(table, ids=self.ids).frame

    def timed(self, table: pl.DataFrame) -> pl.DataFrame:
        """Return the table with times as moments; a missing time is left to whoever needs it.

        Raises
        ------
        DataError
            If a time cannot be read; names the row, counted from 0.
        """
        names = [name for name in (self.time, self.label_time) if name in table.columns]
        return table.with_columns(
            epoch_micros(table[name], self.unit).cast(pl.Datetime("us")).alias(name)
            for name in names
            if name is not None
        )

    def unlabelled(self, table: pl.DataFrame) -> pl.DataFrame:
        """Return the table without what tells the answer, whatever stands there."""
        return table.drop([name for name in (self.label, self.label_time) if name], strict=False)

    def labels_of(self, table: pl.DataFrame, part: str, *, both: bool = True) -> NDArray[np.bool_]:
        """Return the labels of a part of the log.

        Raises
        ------
        SchemaError
            If there is no label column.
        DataError
            If a label is neither 0 nor 1, or with ``both`` only one of them is there.
        """
        require_columns([self.label], table.columns, f"the {part} part")
        labels = as_flags(table[self.label], "label")
        if both and (labels.all() or not labels.any()):
            found = "no rows" if not len(labels) else f"{len(labels)} rows, all {int(labels[0])}"
            message = f"The {part} part must have rows of both labels in {self.label!r}. Got {found}."
            raise DataError(message, hint="Give a longer part, or check what the label column holds.")
        return labels

    def moments(self, table: pl.DataFrame) -> NDArray[np.int64]:
        """Return the times of a table in microseconds since the epoch, of shape (rows,).

        Raises
        ------
        DataError
            If a time is missing; names the row, counted from 0.
        """
        times = table[self.time]
        if times.null_count():
            row = int(times.is_null().arg_true()[0])
            message = (
                f"Column {self.time!r}, row {row}: the time is missing ({times.null_count()} such rows)."
            )
            raise DataError(message, hint="Leave out these rows, or fill in their times; rows count from 0.")
        return times.cast(pl.Int64).to_numpy()


def cut_in_time(moments: NDArray[np.int64], share: float) -> NDArray[np.bool_]:
    """Return which rows belong to the last share of rows by time; rows of one moment stay together.

    Examples
    --------
    >>> cut_in_time(np.array([5, 1, 2, 2]), 0.5).tolist()
    [True, False, True, True]
    """
    at = np.sort(moments)[min(int(len(moments) * (1 - share)), len(moments) - 1)] if len(moments) else 0
    return np.asarray(moments >= at)
