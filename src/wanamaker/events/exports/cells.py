"""The cells of a report: in bulk where every line is a row, else record by record."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from wanamaker.base.errors import DataError
from wanamaker.events.exports.column import Column, place_type
from wanamaker.events.exports.lines import behind_lines, count_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wanamaker.events.exports.encoding import Text
    from wanamaker.events.exports.header import Header

_LONGEST_CELL = 1 << 27


@dataclass(frozen=True, slots=True)
class Cells:
    """Rows below the header.

    Parameters
    ----------
    path
        The file.
    columns
        The cells of each place that was asked for.
    lines
        The line on which each row begins, counted from 1.
    count
        How many lines the file has.
    """

    path: str
    columns: dict[int, Column]
    lines: pl.Series
    count: int

    def __len__(self) -> int:
        return len(self.lines)

    def where(self, row: int) -> str:
        """Return file and line of a row, for a message."""
        return f"{self.path!r}, line {self.lines[row]}"


def read_cells(text: Text, header: Header, places: Sequence[int]) -> Cells:
    """Return the cells of some columns.

    A line may have fewer fields than the header, and more if those are blank.

    Raises
    ------
    DataError
        If a line has a field beyond the header's last column, or a quote is not closed; names it.
    """
    wanted = sorted(set(places))
    columns = _in_bulk(text, header, wanted)
    if columns is None:
        return _by_record(text, header, wanted)
    rows = len(columns[wanted[0]])
    lines = pl.int_range(header.line + 1, header.line + 1 + rows, dtype=pl.Int64, eager=True)
    return Cells(text.path, columns, lines.alias("line"), header.line + rows)


def _in_bulk(text: Text, header: Header, wanted: Sequence[int]) -> dict[int, Column] | None:
    """Return the cells if each line is one row, else None."""
    from wanamaker.events.exports.kernels import split_rows

    body = text.data
    begin = behind_lines(body, header.line)
    most = max(0, count_lines(body) - header.line)
    slots = np.full(len(header.names), -1, dtype=np.int64)
    slots[list(wanted)] = np.arange(len(wanted))
    starts, ends = np.zeros((2, len(wanted), most), dtype=place_type(len(body)))
    rows = split_rows(body, begin, ord(header.separator), slots, starts, ends)
    if rows < 0:
        return None
    return {place: Column(body, starts[slot], ends[slot]) for slot, place in enumerate(wanted)}


def _by_record(text: Text, header: Header, wanted: Sequence[int]) -> Cells:
    width = len(header.names)
    stream = io.StringIO(text.body.decode("utf-8"), newline="")
    for _ in range(header.line):
        stream.readline()
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(stream, delimiter=header.separator)
    columns: list[list[str]] = [[] for _ in wanted]
    lines = []
    ended = 0
    for record in reader:
        line, ended = header.line + 1 + ended, reader.line_num
        if any(field.strip() for field in record[width:]):
            raise _too_many(text.path, line, record, header)
        if any("\n" in field and field.count(header.separator) >= width - 1 for field in record):
            raise _swallowed(text.path, line, record)
        for column, place in zip(columns, wanted, strict=True):
            column.append(record[place] if place < len(record) else "")
        lines.append(line)
    held = {place: Column.of(cells) for place, cells in zip(wanted, columns, strict=True)}
    return Cells(text.path, held, pl.Series("line", lines, dtype=pl.Int64), count_lines(text.data))


def _swallowed(path: str, line: int, record: Sequence[str]) -> DataError:
    field = next(field for field in record if "\n" in field)
    message = f"{path!r}, line {line}: a cell was expected. Got one that holds whole lines: {field[:80]!r}…"
    return DataError(message, hint="A quote is opened and not closed; close it, or leave it out.")


def _too_many(path: str, line: int, record: Sequence[str], header: Header) -> DataError:
    mark = repr(header.separator)
    message = (
        f"{path!r}, line {line}: the header names {len(header.names)} columns, separated by {mark}. "
        f"Got {len(record)} fields: {header.separator.join(record)[:200]!r}."
    )
    hint = f"A number or a term that holds {mark} must stand in quotes; download the report again, as .tsv."
    return DataError(message, hint=hint)
