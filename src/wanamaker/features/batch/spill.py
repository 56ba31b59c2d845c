"""Parts of a log on disk: rows with equal keys in one part, each part in the log's order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np
import polars as pl

from wanamaker.events.codes import mixed, stable_hashes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    import pyarrow as pa
    import pyarrow.parquet as pq
    from numpy.typing import NDArray


def parts_of(keys: pl.DataFrame, parts: int) -> NDArray[np.uint16]:
    """Return the part that each key belongs to, the same for equal keys in every table.

    Examples
    --------
    >>> found = parts_of(pl.DataFrame({"ip": [7, 8, 7], "app": ["a", "a", "a"]}), 5)
    >>> bool(found[0] == found[2])
    True
    """
    if parts == 1:
        return np.zeros(len(keys), dtype=np.uint16)
    hashes = np.zeros(len(keys), dtype=np.uint64)
    for column in keys:
        hashes = mixed(hashes ^ stable_hashes(column))
    return (hashes % np.uint64(parts)).astype(np.uint16)


def split_by(parts: NDArray[np.uint16], count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows in the order of their part, stably, and how many each part has.

    Examples
    --------
    >>> rows, lengths = split_by(np.array([1, 0, 1], dtype=np.uint16), 2)
    >>> rows.tolist(), lengths.tolist()
    ([1, 0, 2], [1, 2])
    """
    return np.argsort(parts, kind="stable"), np.bincount(parts, minlength=count)


class Writers:
    """Parquet files that rows are added to, one for each part; made when the first rows come."""

    def __init__(self, files: Sequence[Path]) -> None:
        self.files = files
        self._writers: dict[int, pq.ParquetWriter] = {}

    def add(self, rows: pl.DataFrame, parts: NDArray[np.uint16]) -> None:
        """Add each row to its part."""
        order, lengths = split_by(parts, len(self.files))
        begin = 0
        ordered = rows if len(self.files) == 1 else rows[order]
        for part, length in enumerate(lengths):
            if length or part == 0:
                self._write(part, ordered.slice(begin, length).to_arrow())
            begin += int(length)

    def _write(self, part: int, table: pa.Table) -> None:
        import pyarrow.parquet as pq

        if part not in self._writers:
            told = {"compression": "lz4", "use_dictionary": False, "write_statistics": False}
            self._writers[part] = pq.ParquetWriter(self.files[part], table.schema, **told)
        self._writers[part].write_table(table)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for writer in self._writers.values():
            writer.close()


@dataclass
class Stream:
    """The rows of a parquet file, some at a time."""

    file: Path
    _batches: Iterator[pa.RecordBatch] | None = None
    _rest: list[pl.DataFrame] = field(default_factory=list)

    def take(self, count: int) -> pl.DataFrame:
        """Return the next rows; as many as that must be left."""
        import pyarrow.parquet as pq

        if self._batches is None:
            self._batches = pq.ParquetFile(self.file).iter_batches()
        have = sum(map(len, self._rest))
        while have < count:
            found = pl.DataFrame(next(self._batches))
            self._rest.append(found)
            have += len(found)
        if not self._rest:
            return pl.DataFrame(schema=pl.read_parquet_schema(self.file))
        rows = pl.concat(self._rest)
        self._rest = [rows.slice(count)]
        return rows.head(count)
