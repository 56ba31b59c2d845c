"""One column of a report as places in its text, made into strings only where that is needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from wanamaker.events.exports.names import BLANK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Places = NDArray[np.signedinteger[Any]]
    Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Column:
    """Cells as places in the bytes of a text.

    Parameters
    ----------
    body
        The text in UTF-8.
    starts, ends
        Where each cell starts and ends, of shape (rows,); the end of a cell with doubled quotes is negated.
    """

    body: NDArray[np.uint8]
    starts: Places
    ends: Places

    @classmethod
    def of(cls, cells: Sequence[str]) -> Column:
        """Return a column of these cells."""
        held = [cell.encode("utf-8") for cell in cells]
        ends = np.cumsum([0, *map(len, held)]).astype(place_type(sum(map(len, held))))
        return cls(np.frombuffer(b"".join(held), dtype=np.uint8), ends[:-1], ends[1:])

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, row: int) -> str:
        start, end = int(self.starts[row]), int(self.ends[row])
        told = self.body[start : abs(end)].tobytes().decode("utf-8")
        return told.replace('""', '"') if end < 0 else told

    def take(self, rows: Rows | slice) -> Column:
        """Return some of the cells."""
        return Column(self.body, self.starts[rows], self.ends[rows])

    def texts(self) -> pl.Series:
        """Return the cells as they are written."""
        import pyarrow as pa

        from wanamaker.events.exports.kernels import gathered

        offsets, data = gathered(self.body, self.starts, self.ends)
        buffers = [None, pa.py_buffer(offsets), pa.py_buffer(data)]
        held = pl.from_arrow(pa.LargeStringArray.from_buffers(len(self), buffers[1], buffers[2]))
        assert isinstance(held, pl.Series)  # noqa: S101  (an array gives a series)
        return held

    def distinct(self) -> tuple[pl.Series, pl.Series]:
        """Return the number of each cell, and the distinct cells in order of first appearance."""
        from wanamaker.events.exports.numbering.kernels import numbered

        codes, firsts = numbered(self.body, self.starts, self.ends)
        return pl.Series(codes), self.take(firsts).texts()

    def names(self) -> Names:
        """Return the cells without spaces around them, null where there is no value."""
        codes, distinct = self.distinct()
        return Names(codes.to_numpy(), clean(distinct))

    def plain(self, decimal: str) -> tuple[NDArray[np.float64], Rows]:
        """Return the numbers of cells that are digits and a decimal mark, and the rows that are not.

        Cells without a value, and those rows, are NaN.
        """
        from wanamaker.events.exports.kernels import OTHER, plain_numbers

        values, kinds = plain_numbers(self.body, self.starts, self.ends, ord(decimal))
        return values, np.flatnonzero(kinds == OTHER)


@dataclass(frozen=True, slots=True)
class Names:
    """A column of names, each of which is held once.

    Parameters
    ----------
    codes
        The number of each row's name, of shape (rows,).
    distinct
        The names, null for no value. One may stand there twice, of cells that differ in spaces.
    """

    codes: NDArray[np.uint32]
    distinct: pl.Series

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, row: int) -> str | None:
        held: str | None = self.distinct[int(self.codes[row])]
        return held

    def take(self, rows: Rows | slice | NDArray[np.bool_]) -> Names:
        """Return some of the rows."""
        return Names(self.codes[rows], self.distinct)

    def told(self, of_each: pl.Series) -> pl.Series:
        """Return for each row what is told of its name."""
        return of_each.gather(pl.Series(self.codes))

    def marked(self, of_each: pl.Series) -> NDArray[np.bool_]:
        """Return for each row what is told of its name, where that is yes or no."""
        marks: NDArray[np.bool_] = of_each.to_numpy()[self.codes]
        return marks

    def only(self, pattern: str) -> Names:
        """Return the names that a pattern is found in, and null for all others."""
        return Names(self.codes, self.distinct.set(~self.distinct.str.contains(pattern), None))

    def firsts(self) -> dict[str, int]:
        """Return the names, in order of first appearance, and the first row of each."""
        rows = np.full(len(self.distinct), -1)
        rows[self.codes[::-1]] = np.arange(len(self))[::-1]
        names = self.distinct.to_list()
        found: dict[str, int] = {}
        for number in np.argsort(rows, kind="stable").tolist():
            if rows[number] >= 0 and names[number] is not None:
                found.setdefault(names[number], int(rows[number]))
        return found


def place_type(size: int) -> type[np.signedinteger[Any]]:
    """Return the smallest type that holds the places of a text of so many bytes."""
    return np.int32 if size <= np.iinfo(np.int32).max else np.int64


def clean(texts: pl.Series) -> pl.Series:
    """Return names without spaces around them, null where there is no value.

    Examples
    --------
    >>> clean(pl.Series([" shoes", " --", ""])).to_list()
    ['shoes', None, None]
    """
    plain = texts.str.strip_chars()
    return plain.set(plain.is_in(list(BLANK)), None)
