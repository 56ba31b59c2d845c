"""A log on disk that is read in pieces of some rows."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from wanamaker.base.errors import DataError
from wanamaker.base.frames import require_columns
from wanamaker.events.memory import memory_limit, width_of
from wanamaker.events.reading import scan_path
from wanamaker.events.times import epoch_micros, resolve_unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wanamaker.features.windows.events import WindowEvents
    from wanamaker.features.windows.reading import LogReader

_PIECE = 1_000_000
_LEAST = 10_000
"""Rows that are read at once, at most and at least."""
_SHARE = 0.02
"""The share of the free memory that one piece may take."""


class Pieces:
    """A log on disk, a piece at a time and in its order.

    Parameters
    ----------
    source
        The path of a file or of a directory of parquet.
    reader
        Makes a piece into events.
    """

    def __init__(self, source: str | os.PathLike[str], reader: LogReader) -> None:
        self.where = os.fspath(source)
        self.reader = reader
        self._lazy, _ = scan_path(self.where)
        self.schema = self._lazy.collect_schema()
        require_columns(reader.columns, self.schema.names(), self.where)
        fitting = int(_SHARE * memory_limit() / max(self.width(self.schema.names()), 1.0))
        self.piece = max(_LEAST, min(_PIECE, fitting))

    @cached_property
    def rows(self) -> int:
        """How many rows the log has."""
        return int(self._lazy.select(pl.len()).collect(engine="streaming").item())

    def width(self, columns: Sequence[str]) -> float:
        """Return how many bytes a row of some columns takes in memory."""
        return sum(width_of(self.schema[name]) for name in columns)

    def frames(self) -> Iterator[pl.DataFrame]:
        """Go through the log, all columns of it."""
        yield from self._batches(self._lazy)

    def events(self) -> Iterator[WindowEvents]:
        """Go through what the windows read of the log.

        Raises
        ------
        DataError
            If a value cannot be used; the rows that the message counts begin with the piece's first.
        """
        units = {name: self._unit(name) for name in self.reader.times}
        needed = self._lazy.select(self.reader.columns)
        begin = 0
        for piece in self._batches(needed):
            try:
                yield self.reader.events(piece, [_instants(piece[name], units[name]) for name in units])
            except DataError as error:
                message = f"{error.message} Rows count from row {begin:,} of {self.where!r}."
                raise DataError(message, hint=error.hint) from error
            begin += len(piece)

    def _batches(self, lazy: pl.LazyFrame) -> Iterator[pl.DataFrame]:
        """Go through a table, at least one piece of it, which may be empty."""
        if not self.rows:
            yield lazy.collect()
            return
        yield from lazy.collect_batches(chunk_size=self.piece, maintain_order=True, lazy=True)

    def _unit(self, name: str) -> str:
        """Return the unit of a column of times: one for the whole log, not one for each piece."""
        if self.reader.time_unit != "auto":
            return self.reader.time_unit
        numbers = pl.col(name)
        if self.schema[name] == pl.String:
            numbers = numbers.str.strip_chars().cast(pl.Float64, strict=False)
        elif not self.schema[name].is_numeric():
            return "auto"
        bounds = self._lazy.select(low=numbers.min(), high=numbers.max()).collect(engine="streaming")
        return resolve_unit(pl.concat([bounds["low"].alias(name), bounds["high"].alias(name)]).drop_nulls())


def _instants(times: pl.Series, unit: str) -> pl.Series:
    return epoch_micros(times, unit).cast(pl.Datetime("us"))
