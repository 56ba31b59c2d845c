"""Refusing a log that would not fit into memory, before any work is done."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from wanamaker.base.errors import OutOfMemoryError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
    text = _text_size(where)
    size = text * len(lazy.collect_schema()) / of_columns if text else _rows(lazy) * _width(lazy)
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


def fits_memory(logs: Iterable[tuple[pl.LazyFrame, str]], *, extra: float = 0.0) -> bool:
    """Tell whether whole logs, with the copies that ordering makes, fit into the free memory together.

    Parameters
    ----------
    logs
        Each log and its path.
    extra
        Bytes that each row takes besides.
    """
    need = 0.0
    for lazy, where in logs:
        rows = _rows(lazy)
        need += _COPIES * max(rows * _width(lazy), _text_size(where)) + rows * extra
    return need <= memory_limit()


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


def _rows(lazy: pl.LazyFrame) -> int:
    return int(lazy.select(pl.len()).collect(engine="streaming").item())


def _width(lazy: pl.LazyFrame) -> float:
    return sum(width_of(dtype) for dtype in lazy.collect_schema().dtypes())


def _text_size(where: str) -> float:
    """Return the size of a text file, unpacked; 0 of everything else."""
    if Path(where).is_file() and Path(where).suffix not in _BINARY:
        return Path(where).stat().st_size * (_UNPACKED if where.endswith(".gz") else 1)
    return 0.0


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
