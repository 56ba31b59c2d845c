"""Ids and names as dense integer codes, and as hashes that do not depend on row order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def dense_codes(keys: Sequence[pl.Series]) -> tuple[NDArray[np.int64], pl.DataFrame]:
    """Give each distinct combination of the key columns a number, in order of first appearance.

    The columns are compared as a tuple of values, never joined into one string, so that
    (1, 11) and (11, 1) stay apart. Nulls are a value of their own.

    Returns
    -------
    tuple
        The code of each row, of shape (rows,), and the distinct keys, one row per code.

    Examples
    --------
    >>> codes, distinct = dense_codes([pl.Series([1, 11, 1]), pl.Series([11, 1, 11])])
    >>> codes.tolist(), len(distinct)
    ([0, 1, 0], 2)
    """
    names = [f"key_{place}" for place in range(len(keys))]
    frame = pl.DataFrame([key.alias(name) for name, key in zip(names, keys, strict=True)])
    grouped = frame.with_row_index("row").group_by(names, maintain_order=True).agg("row")
    rows = grouped["row"]
    codes = np.empty(len(frame), dtype=np.int64)
    codes[rows.explode().to_numpy()] = np.repeat(np.arange(len(grouped)), rows.list.len().to_numpy())
    return codes, grouped.select(names)


def stable_hashes(values: pl.Series) -> NDArray[np.uint64]:
    """Return a 64-bit hash of each value, the same in every process and every version.

    Whole numbers, also those stored as floats, are mixed by the finaliser of SplitMix64; every other
    type is hashed by its text (FNV-1a, then the same finaliser). Nulls hash as the empty text.

    Examples
    --------
    >>> stable_hashes(pl.Series([1, 2, 1])).tolist()
    [10451216379200822465, 10905525725756348110, 10451216379200822465]
    """
    whole = _whole_numbers(values)
    if whole is None:
        return mixed(_text_hashes(_as_text(values)))
    hashes = mixed(whole.fill_null(0).to_numpy().view(np.uint64))
    return np.where(whole.is_null().to_numpy(), mixed(_text_hashes(pl.Series([""]))), hashes)


def mixed(states: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the SplitMix64 output for each 64-bit state (Steele, Lea and Flood 2014)."""
    with np.errstate(over="ignore"):
        state = states + np.uint64(0x9E3779B97F4A7C15)
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return state ^ (state >> np.uint64(31))


def hash_groups(hashes: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give equal hashes one number, in order of first appearance.

    Returns
    -------
    tuple
        The number of each row, of shape (rows,), and the first row of each number.

    Examples
    --------
    >>> codes, firsts = hash_groups(np.array([7, 9, 7], dtype=np.uint64))
    >>> codes.tolist(), firsts.tolist()
    ([0, 1, 0], [0, 1])
    """
    from wanamaker.events.kernels import number_groups

    return number_groups(hashes)


def _whole_numbers(values: pl.Series) -> pl.Series | None:
    if values.dtype.is_integer():
        return values.cast(pl.Int64, wrap_numerical=True)
    if values.dtype.is_float() and (values == values.round()).all():
        return values.cast(pl.Int64, strict=False)
    return None


def _as_text(values: pl.Series) -> pl.Series:
    text = values.bin.encode("hex") if values.dtype == pl.Binary else values.cast(pl.String)
    return text.fill_null("")


def _text_hashes(text: pl.Series) -> NDArray[np.uint64]:
    from wanamaker.events.kernels import fnv1a

    offsets, data = string_buffers(text)
    return fnv1a(offsets, data)


def string_buffers(text: pl.Series) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Return offsets and UTF-8 bytes of a string column without nulls, without copying."""
    import pyarrow as pa

    array = text.rechunk().to_arrow().cast(pa.large_string())
    _, offsets, data = array.buffers()
    count = len(array)
    if count == 0:
        return np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.uint8)
    starts = np.frombuffer(offsets, dtype=np.int64)[array.offset : array.offset + count + 1]
    empty = np.empty(0, dtype=np.uint8)
    return starts, empty if data is None else np.frombuffer(data, dtype=np.uint8)
