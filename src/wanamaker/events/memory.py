"""Refusing a log that would not fit into memory, before any work is done."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from wanamaker.base.errors import OutOfMemoryError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

MEMORY_LIMIT = "WANAMAKER_MEMORY_GB"
"""Environment variable that sets the memory a job may use, in GB; by default what is free now."""

_TEXT_BYTES = 32
_COPIES = 4.0
_UNPACKED = 5.0
_BINARY = (".parquet", ".pq", ".arrow", ".feather", ".ipc")
_GIGABYTE = 1e9


def refuse_if_too_large(lazy: pl.LazyFrame, where: str, *, of_columns: int) -> None:
    """Refuse a log whose columns, with the copies that ordering makes, exceed the free memory.

    The rows of binary files are counted from their metadata; of text files, which would have to be
    read to be counted, the size stands for them.

    Parameters
    ----------
    lazy
        The log with only the needed columns.
    where
        Its path, for the message.
    of_columns
        How many columns the log has in all.

    Raises
    ------
    OutOfMemoryError
        If about four times the size of the columns is more than may be used.
    """
    dtypes = lazy.collect_schema().dtypes()
    if Path(where).is_file() and Path(where).suffix not in _BINARY:
        size = Path(where).stat().st_size * len(dtypes) / of_columns
        size *= _UNPACKED if where.endswith(".gz") else 1
    else:
        rows = int(lazy.select(pl.len()).collect(engine="streaming").item())
        size = rows * sum(width_of(dtype) for dtype in dtypes)
    need, free = size * _COPIES, memory_limit()
    if need > free:
        message = (
            f"{where!r} needs about {need / _GIGABYTE:,.3g} GB of memory; "
            f"{free / _GIGABYTE:,.3g} GB may be used."
        )
        hint = (
            "Split the log by user (all rows of a user in one part) and attribute each part, or take a "
            f"sample of users; ids as integers need less. {MEMORY_LIMIT}=64 raises the limit."
        )
        raise OutOfMemoryError(message, hint=hint)


def fits_memory(lazy: pl.LazyFrame, where: str, *, extra: float = 0.0) -> bool:
    """Tell whether a whole log, with the copies that ordering makes, fits into the free memory.

    Parameters
    ----------
    lazy
        The log.
    where
        Its path.
    extra
        Bytes that each row takes besides.
    """
    try:
        refuse_if_too_large(lazy, where, of_columns=len(lazy.collect_schema()))
    except OutOfMemoryError:
        return False
    rows = int(lazy.select(pl.len()).collect(engine="streaming").item())
    width = sum(width_of(dtype) for dtype in lazy.collect_schema().dtypes())
    return rows * (_COPIES * width + extra) <= memory_limit()


def memory_limit(environment: Mapping[str, str] = os.environ) -> float:
    """Return the bytes a job may use.

    Raises
    ------
    ParameterError
        If the environment variable is set to something other than a positive number.
    """
    setting = environment.get(MEMORY_LIMIT)
    if setting is None:
        return _free_memory()
    try:
        limit = float(setting)
    except ValueError:
        limit = 0.0
    if not limit > 0:
        message = f"{MEMORY_LIMIT} must be a positive number of GB. Got {setting!r}."
        raise ParameterError(message)
    return limit * _GIGABYTE


def _free_memory() -> float:
    facts = Path("/proc/meminfo")
    if facts.exists():
        for line in facts.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return float(line.split()[1]) * 1024
    return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")) * 0.8


def width_of(dtype: pl.DataType) -> float:
    """Return about how many bytes a value of a type takes in memory."""
    if dtype in (pl.String, pl.Binary):
        return _TEXT_BYTES
    if dtype.is_integer() or dtype.is_float():
        bits = "".join(letter for letter in str(dtype) if letter.isdigit())
        return float(bits) / 8
    return 8
